# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by those who source it
#
# Plans as requests to nlraw, for the kselftests that need plans which the
# solver would not make.  Sourced after ktest/lib.sh.

# Hash keys by what the low 7 bits of their hash depend on, for up to 128
# shards.  The first is so for IPv4 and IPv6.
readonly key_src=0000005796c85380000000000000000134b7ad800000000000000000000000000000000000000000
readonly key_dst=00000000000000012c7cf88000000000000000000000000000000000000000000000000000000000
readonly key_dst6=000000000000000000000000000000000000000166710bf45fd533538e41cef6fb4fc78000000000
readonly key_all=d8664cec6b7cc78b744b2dd5b55d4029a73518d569f7a53c161c3266d8f391e2670fdd1a5d1116b7
readonly key_sym=6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a
readonly key_service=0000000000000001a1a1a2800001061a000000000000000000000000000000000000000000000000
readonly key_service6=0000000000000000000000000000000000000001c7696f232e1b01fa69de70dffdfbea800001716a

# While any ingress hook is there, the kernel does not patch its code for each
# of ours: an emulated CPU that runs into that may be lost.
keep_hook()
{
	modprobe nf_tables && ip link add quiet type dummy && nft -f - <<-'END'
		table netdev keep {
			chain in { type filter hook ingress device quiet priority 0; }
		}
	END
}

# tag_devices: v0 here and v1 in namespace n1, as the host may have no tags; one*
# with a tag, two* with another within, 10.78.1.* and 10.78.2.*
tag_devices()
{
	local i in

	ip netns add n1
	ip link add v0 type veth peer name v1 netns n1
	for i in 0 1; do
		in=(ip)
		[[ $i = 0 ]] || in=(ip -n n1)
		"${in[@]}" -batch - <<-END
			link set v$i up
			link add link v$i name one$i type vlan id 10
			link add link one$i name two$i type vlan id 20
			link set one$i up
			link set two$i up
			addr add 10.78.1.$((i + 1))/24 dev one$i
			addr add 10.78.2.$((i + 1))/24 dev two$i
			addr add fd78:2::$((i + 1))/64 dev two$i nodad
		END
	done
}

# owners SHARDS CPU...: the CPUs in turn, as hex
owners()
{
	local n=$1 i hex='' cpu

	shift
	for ((i = 0; i < n; i++)); do
		cpu=$((i % $# + 1))
		printf -v cpu %02x000000 "${!cpu}"
		hex+=$cpu
	done
	echo "$hex"
}

join()
{
	local IFS=,

	echo "$*"
}

# steer FIELDS SHARDS CPU...: an honest steering by src, dst, ips, all, sym
# (symmetric), tcp (ports of TCP only) or service (destination with port)
steer()
{
	local kind=$1 attrs=()

	case $kind in
	src) attrs=('["fields","u32",1]' "[\"key\",\"hex\",\"$key_src\"]") ;;
	dst) attrs=('["fields","u32",2]' "[\"key\",\"hex\",\"$key_dst\"]"
		"[\"key6\",\"hex\",\"$key_dst6\"]") ;;
	ips) attrs=('["fields","u32",3]' "[\"key\",\"hex\",\"$key_all\"]") ;;
	all) attrs=('["fields","u32",15]' '["l4","u32",7]'
		"[\"key\",\"hex\",\"$key_all\"]") ;;
	service) attrs=('["fields","u32",10]' '["l4","u32",7]'
		"[\"key\",\"hex\",\"$key_service\"]"
		"[\"key6\",\"hex\",\"$key_service6\"]") ;;
	tcp) attrs=('["fields","u32",15]' '["l4","u32",1]'
		"[\"key\",\"hex\",\"$key_all\"]") ;;
	sym) attrs=('["fields","u32",15]' '["l4","u32",7]' '["symmetric","flag"]'
		"[\"key\",\"hex\",\"$key_sym\"]") ;;
	esac
	shift
	attrs+=("[\"owners\",\"hex\",\"$(owners "$@")\"]")
	echo "[\"steer\",\"nest\",[$(join "${attrs[@]}")]]"
}

# inst TYPE MODE [ATTR=VALUE]...: with name, max_entries, timeout_ms,
# full_policy, segment; others are parameters of the NF, numbers or words
inst()
{
	local mode attrs word name value

	case $2 in
	none) mode=0 ;;
	local) mode=1 ;;
	*) mode=2 ;;
	esac
	attrs=("[\"type\",\"string\",\"$1\"]" "[\"mode\",\"u32\",$mode]")
	shift 2
	for word; do
		name=${word%%=*} value=${word#*=}
		case $name in
		name)
			attrs+=("[\"name\",\"string\",\"$value\"]") ;;
		max_entries|timeout_ms|full_policy|segment)
			attrs+=("[\"$name\",\"u32\",$value]") ;;
		*)
			if [[ $value = *[!0-9]* ]]; then
				value="[\"string\",\"string\",\"$value\"]"
			else
				value="[\"uint\",\"u64\",$value]"
			fi
			attrs+=("[\"param\",\"nest\",[[\"name\",\"string\",\"$name\"],$value]]") ;;
		esac
	done
	echo "[\"inst\",\"nest\",[$(join "${attrs[@]}")]]"
}

# plan_steer FIELDS SHARDS CPU...: the same of src, dst and all for a plan file
plan_steer()
{
	local fields key keys=() n=$2 i owners=()

	case $1 in
	src) fields='"src_ip"' key=$key_src ;;
	dst) fields='"dst_ip"' key=$key_dst keys=("\"key6\": \"$key_dst6\"") ;;
	all) fields='"src_ip", "dst_ip", "src_port", "dst_port"' key=$key_all
		keys=('"l4": ["tcp", "udp", "sctp"]') ;;
	esac
	shift 2
	for ((i = 0; i < n; i++)); do
		owners+=("${@:i % $# + 1:1}")
	done
	join "{\"fields\": [$fields]" "\"key\": \"$key\"" "${keys[@]}" \
		"\"owners\": [$(join "${owners[@]}")]}"
}

# plan_inst NAME SEGMENT: an NF that is local, for a plan file
plan_inst()
{
	echo "{\"name\": \"$1\", \"mode\": \"local\", \"segment\": $2}"
}

# dev NAME...
dev()
{
	local name line attrs=()

	for name; do
		line=$(ip -o link show dev "$name")
		attrs+=("[\"ifindex\",\"u32\",${line%%:*}]")
	done
	join "${attrs[@]}"
}

# request CMD CHAIN ATTR...: of the chain
request()
{
	local cmd=$1 name=$2

	shift 2
	echo "{\"cmd\":\"$cmd\",\"attrs\":[[\"chain_name\",\"string\",\"$name\"],[\"chain\",\"nest\",[$(join "$@")]]]}"
}

# hex NUMBER...: as u32s in a row
hex()
{
	local n text='' word

	for n; do
		printf -v word %02x%02x0000 $((n & 255)) $((n >> 8))
		text+=$word
	done
	echo "$text"
}

# move_request SHARDS CPUS [hold]: of the chain edge
move_request()
{
	# shellcheck disable=SC2086 # words
	echo "{\"cmd\":\"shard_move\",\"attrs\":[[\"chain_name\",\"string\",\"edge\"],[\"move\",\"nest\",[[\"shards\",\"hex\",\"$(hex $1)\"],[\"cpus\",\"hex\",\"$(hex $2)\"]${3:+,[\"hold\",\"flag\"]}]]]}"
}

# chain_new NAME ATTR... and the like: 1 if refused; the kernel's answer is in
# $answer
chain_new()
{
	answer=$(nlraw "$(request chain_new "$@")")
}

chain_set()
{
	answer=$(nlraw "$(request chain_set "$@")")
}

chain_del()
{
	answer=$(nlraw "{\"cmd\":\"chain_del\",\"attrs\":[[\"chain_name\",\"string\",\"$1\"]]}")
}

# expect_refused NAME ERRNO SENTENCE ATTR REQUEST: and no chain has changed
expect_refused()
{
	local before after got

	before=$(chains_now)
	got=$(nlraw "$5") || :
	after=$(chains_now)
	expect_eq "$1" "$(printf '{"errno":"%s","message":"%s","attr":"%s"}' \
		"$2" "$3" "$4") $before" "$got $after"
}

# All chains with their generations and plans, in short.
chains_now()
{
	nlraw '{"cmd":"chain_get","dump":true}' | md5sum
}

# stat CHAIN [FILTER]: its counters, or one of them by a gojq filter
stat()
{
	fmctl -j stat show "$1" | gojq -c ".stat | ${2:-.}"
}

# count CHAIN INST COUNTER
count()
{
	stat "$1" ".inst[] | select(.name == \"$2\") | .$3"
}

info()
{
	fmctl -j version | gojq -c ".module | .$1"
}

generation()
{
	fmctl -j chain show "$1" | gojq -c .generation
}

# Traffic from behind eth0 that the guest's own stack does not answer.
readonly mac0=52:54:00:77:00:01

# send PROFILE PACKETS RATE [OPTION]...: and wait until all of it was sent; a
# debug kernel has time for an eighth of the rate
send()
{
	local rate=$3

	[[ ${FM_SLOW:-1} -eq 1 ]] || rate=$((rate / 8))
	peer 0 gen --profile "$1" --packets "$2" --rate "$rate" -i tap0 \
		--dst-mac "$mac0" "${@:4}"
}

# seen CHAIN PACKETS: wait until its counters say so
seen()
{
	wait_for "[[ \$(stat $1 .packets) -ge $2 ]]"
}

# settled CHAIN: wait until no packet is on its way to a CPU
settled()
{
	wait_for "stat $1 '.packets + .reassembled ==
		.accepted + .dropped + .frags' | grep -q true"
}
