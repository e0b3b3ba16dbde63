# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The netlink family: its policy is the specification's, every refusal has its
# sentence, its errno and its attribute and changes nothing, and users without
# privilege can change nothing that is not theirs.
#
# vm: -c 4 -n 1

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly name32=abcdefghijklmnopqrstuvwxyz012345
readonly name31=${name32:0:31}

# ---- policy

policy > "$tmp/policy.json"
check "the kernel's policy is the specification's" \
	ktest/spec_check policy "$tmp/policy.json"
# CAP_HASPOL 8, CMD_CAP_DUMP 4, CMD_CAP_DO 2, UNS_ADMIN_PERM 16
expect_output "changes and states need privilege in the owning user namespace" \
	'{"info_get":10,"nf_get":14,"chain_new":26,"chain_set":26,"chain_del":26,"chain_get":14,"shard_get":12,"flow_get":28,"flow_new":26,"flow_del":26,"stat_get":10,"nic_get":14,"nic_set":26,"shard_move":26,"shard_go":26,"offload_set":26,"offload_del":26,"offload_get":12,"priority_set":26,"priority_get":10,"list_new":26,"list_add":26,"list_get":12}' \
	nlraw -f

# ---- errors, each with a chain in place that must stay as it is

insmod "${FM_KO%/*}/tcp_strict.ko"
insmod "${FM_KO%/*}/proto_filter.ko"
ip link add d0 type dummy
ip link add d1 type dummy
src_4=$(steer src 4 0 1 2 3)
check "there is a chain" chain_new live "$(dev d0)" "$src_4" \
	"$(inst psd local)" "$(inst flow_counter shared)"
generation=$(generation live)

# refuse ERRNO SENTENCE ATTR REQUEST
refuse()
{
	expect_refused "refused: $2" "$@"
}

# refuse_chain ERRNO SENTENCE ATTR CHAIN_ATTR...: of a new chain
refuse_chain()
{
	local errno=$1 sentence=$2 attr=$3

	shift 3
	refuse "$errno" "$sentence" "$attr" "$(request chain_new new "$@")"
}

# only CMD [TOP_ATTR]...
only()
{
	local cmd=$1

	shift
	echo "{\"cmd\":\"$cmd\",\"attrs\":[$(join "$@")]}"
}

# The attribute that the end of a dump names: 6.1 tells the sentence alone.
at()
{
	[[ $FM_KVER = 6.1.* ]] || echo "$1"
}

dump()
{
	only "$@" | sed 's/^{/{"dump":true,/'
}

live='["chain_name","string","live"]'
none='["chain_name","string","none"]'
key="[\"key\",\"hex\",\"$key_src\"]"
src='["fields","u32",1]'
four="[\"owners\",\"hex\",\"$(owners 4 0)\"]"
psd=$(inst psd local)

steer_of()
{
	echo "[\"steer\",\"nest\",[$(join "$@")]]"
}

inst_of()
{
	echo "[\"inst\",\"nest\",[$(join "$@")]]"
}

shared='["mode","u32",2]' type='["type","string","psd"]'

refuse EINVAL "chain-name is missing" "" "$(only chain_get)"
refuse EINVAL "chain-name is missing" "" "$(only chain_del)"
refuse EINVAL "chain-name is missing" "" "$(only stat_get)"
refuse EINVAL "chain-name is missing" "" "$(dump shard_get)"
refuse EINVAL "chain-name is missing" "" "$(dump flow_get)"
refuse EINVAL "chain-name is missing" "" "$(only chain_new)"
refuse EINVAL "chain-name is missing" "" "$(only chain_set)"
refuse EINVAL "chain is missing" "" "$(only chain_new "$none")"
refuse EINVAL "chain is missing" "" "$(only chain_set "$live")"
for cmd in chain_get chain_del stat_get; do
	refuse ENOENT "there is no chain none" chain_name \
	"$(only shard_go "$none" '["move","nest",[["id","u32",1]]]')"
refuse ENOENT "there is no chain none" chain_name \
		"$(only $cmd "$none")"
done
for cmd in shard_get flow_get; do
	refuse ENOENT "there is no chain none" "$(at chain_name)" \
		"$(dump $cmd "$none")"
done
refuse ENOENT "there is no chain none" chain_name \
	"$(request chain_set none "$src_4" "$psd")"
refuse EINVAL "the chain's name is empty" chain_name \
	"$(request chain_new '' "$src_4" "$psd")"
refuse EEXIST "there is a chain live already" chain_name \
	"$(request chain_new live "$src_4" "$psd")"
refuse ESTALE "chain live is at generation $generation, not 77" generation \
	"$(only chain_del "$live" '["generation","u32",77]')"
refuse ESTALE "chain live is at generation $generation, not 77" generation \
	"$(request chain_set live "$src_4" "$psd" |
	sed 's/"attrs":\[/&["generation","u32",77],/')"

# the chain as a whole
refuse_chain EINVAL "the chain has no steering" chain "$psd"
refuse_chain EINVAL "the chain has no NF" chain "$src_4"
refuse_chain E2BIG "more than 4 segments" "chain.steer[4]" \
	"$src_4" "$src_4" "$src_4" "$src_4" "$src_4" "$psd"
refuse_chain EINVAL "segment 1 has no NF" "" "$src_4" "$src_4" "$psd"
many=()
for ((i = 0; i < 33; i++)); do
	many+=("$(inst psd shared name="p$i")")
done
refuse_chain E2BIG "more than 32 NFs" "chain.inst[32]" "$src_4" "${many[@]}"
many=()
for ((i = 0; i < 17; i++)); do
	many+=("[\"ifindex\",\"u32\",$((i + 1000))]")
done
refuse_chain E2BIG "more than 16 devices" "chain.ifindex[16]" "$src_4" \
	"$psd" "${many[@]}"
refuse_chain ENODEV "there is no device with index 4000" "" "$src_4" "$psd" \
	'["ifindex","u32",4000]'
refuse_chain EBUSY "d0 is bound to chain live already" "" "$src_4" "$psd" \
	"$(dev d1 d0)"
check "a refused chain has let go of the devices it had bound" \
	chain_new other "$(dev d1)" "$src_4" "$psd"
refuse EBUSY "d1 is bound to chain other already" "" \
	"$(request chain_set live "$(dev d0 d1)" "$src_4" "$psd")"
check "the other chain goes" chain_del other

# steering
refuse_chain EINVAL "steer: fields is missing" "chain.steer[0]" \
	"$(steer_of "$key" "$four")" "$psd"
refuse_chain EINVAL "steer: key is missing" "chain.steer[0]" \
	"$(steer_of "$src" "$four")" "$psd"
refuse_chain EINVAL "steer: owners is missing" "chain.steer[0]" \
	"$(steer_of "$src" "$key")" "$psd"
refuse_chain EINVAL "steer: owners must be whole 32-bit numbers" \
	"chain.steer[0].owners" \
	"$(steer_of "$src" "$key" '["owners","hex","0000000000"]')" "$psd"
refuse_chain EINVAL "steering: 3 shards, must be a power of two up to 4096" \
	"" "$(steer src 3 0)" "$psd"
refuse_chain EINVAL \
	"steering: shard 1 belongs to CPU 9, which is not online" "" \
	"$(steer src 4 0 9)" "$psd"
refuse_chain EINVAL \
	"steering: shard 0 belongs to CPU 4294967295, which is not online" "" \
	"$(steer_of "$src" "$key" '["owners","hex","ffffffff"]')" "$psd"
refuse_chain EINVAL \
	"steering: a Toeplitz hash covers addresses and ports only" "" \
	"$(steer_of '["fields","u32",17]' "$key" "$four")" "$psd"

# NFs
refuse_chain EINVAL "inst: type is missing" "chain.inst[0]" "$src_4" \
	"$(inst_of "$shared")"
refuse_chain EINVAL "inst: mode is missing" "chain.inst[0]" "$src_4" \
	"$(inst_of "$type")"
refuse_chain EINVAL \
	"psd is in segment 1, there are segments 0 to 0 only" \
	"chain.inst[0]" "$src_4" \
	"$(inst_of "$type" "$shared" '["segment","u32",1]')"
refuse_chain EINVAL "an NF's name is empty" "chain.inst[0].name" "$src_4" \
	"$(inst psd shared name=)"
refuse_chain ENOENT "there is no NF nat99" "chain.inst[1]" "$src_4" "$psd" \
	"$(inst nat99 shared)"
refuse_chain EINVAL "two NFs of the chain are named psd" "chain.inst[1]" \
	"$src_4" "$psd" "$psd"
refuse_chain EINVAL "two NFs of the chain are named x" "chain.inst[2]" \
	"$src_4" "$(inst psd local name=x)" "$psd" \
	"$(inst flow_counter local name=x)"
refuse_chain EINVAL "psd keeps state: its mode must be local or shared" \
	"chain.inst[0]" "$src_4" "$(inst psd none)"
refuse_chain EINVAL "f keeps no state: its mode must be none" \
	"chain.inst[0]" "$src_4" "$(inst proto_filter shared name=f)"
refuse_chain ERANGE "psd: max_entries is 16777217, at most 16777216" \
	"chain.inst[0]" "$src_4" "$(inst psd local max_entries=16777217)"

# parameters
number='["param","nest",[["name","string","window_ms"]' # no value, no end
refuse_chain EINVAL "param: name is missing" "chain.inst[0].param[0]" \
	"$src_4" "$(inst_of "$type" "$shared" \
	'["param","nest",[["uint","u64",1]]]')"
refuse_chain EINVAL "parameter window_ms needs either a number, a string or a list" \
	"chain.inst[0].param[0]" "$src_4" \
	"$(inst_of "$type" "$shared" "$number]]")"
refuse_chain EINVAL "parameter window_ms needs either a number, a string or a list" \
	"chain.inst[0].param[0]" "$src_4" "$(inst_of "$type" "$shared" \
	"$number,[\"uint\",\"u64\",1],[\"string\",\"string\",\"1\"]]]")"
many=()
for ((i = 0; i < 33; i++)); do
	many+=("$number,[\"uint\",\"u64\",1]]]")
done
refuse_chain E2BIG "more than 32 parameters" "chain.inst[0].param[32]" \
	"$src_4" "$(inst_of "$type" "$shared" "${many[@]}")"
refuse_chain EINVAL "psd has no parameter speed" "chain.inst[0].param[0]" \
	"$src_4" "$(inst psd local speed=1)"
refuse_chain EINVAL "psd: threshold is given twice" "chain.inst[0].param[1]" \
	"$src_4" "$(inst psd local threshold=3 threshold=4)"
refuse_chain EINVAL "psd: threshold must be a number" \
	"chain.inst[0].param[0]" "$src_4" "$(inst psd local threshold=few)"
refuse_chain ERANGE "psd: threshold is 1025, outside 1..1024" \
	"chain.inst[0].param[0]" "$src_4" "$(inst psd local threshold=1025)"
refuse_chain ERANGE "policer: rate is 0, outside 1..17179869184" \
	"chain.inst[0].param[0]" "$src_4" \
	"$(inst policer shared rate=0 burst=1)"
refuse_chain EINVAL "policer: burst must be given" "" "$src_4" \
	"$(inst policer shared rate=1)"
refuse_chain EINVAL "policer: rate must be given" "" "$src_4" \
	"$(inst policer shared)"
refuse_chain EINVAL "psd: action must be one of drop|mark" \
	"chain.inst[0].param[0]" "$src_4" "$(inst psd local action=dro)"
refuse_chain EINVAL "psd: action must be one of drop|mark" \
	"chain.inst[0].param[0]" "$src_4" "$(inst psd local action=1)"
refuse_chain EINVAL "proto_filter: allow must be a string" \
	"chain.inst[0].param[0]" "$src_4" "$(inst proto_filter none allow=6)"
printf -v long '%064d,' 0
refuse_chain EINVAL "proto_filter: allow is longer than 63 bytes" \
	"chain.inst[0].param[0]" "$src_4" \
	"$(inst proto_filter none allow="$long")"
refuse_chain EINVAL \
	"proto_filter: allow must be a list of numbers below 256" "" "$src_4" \
	"$(inst proto_filter none allow=6,256)"

# NFs, flows, devices
refuse EINVAL "nf-name is missing" "" "$(only nf_get)"
refuse ENOENT "there is no NF nat99" nf_name \
	"$(only nf_get '["nf_name","string","nat99"]')"

# flows_by FILTER_ATTR...
flows_by()
{
	dump flow_get "$live" "[\"filter\",\"nest\",[$(join "$@")]]"
}

refuse ENOENT "the chain has no NF policer" "$(at filter)" \
	"$(flows_by '["inst","string","policer"]')"
for end in src dst; do
	refuse EINVAL "a prefix length without its address" \
		"$(at "filter.${end}_len")" \
		"$(flows_by "[\"${end}_len\",\"u8\",8]")"
	refuse EINVAL "an address has 4 or 16 bytes" "$(at "filter.$end")" \
		"$(flows_by "[\"$end\",\"hex\",\"0a00000102\"]")"
	refuse EINVAL "a prefix of 33 bits is too long" \
		"$(at "filter.${end}_len")" \
		"$(flows_by "[\"$end\",\"hex\",\"0a000001\"]" \
		"[\"${end}_len\",\"u8\",33]")"
done
d0=$(dev d0) d1=$(dev d1)
for cmd in nic_get nic_set; do
	refuse EINVAL "nic is missing" "" "$(only $cmd)"
	refuse EINVAL "nic: ifindex is missing" "" \
		"$(only $cmd '["nic","nest",[["test","flag"]]]')"
	refuse ENODEV \
		"no chain is bound to the device with index $(< /sys/class/net/d1/ifindex)" \
		nic.ifindex "$(only $cmd "[\"nic\",\"nest\",[$d1]]")"
done
for hex in 0000000001 000000000100000002000000; do
	refuse EINVAL "nic: indir must have a power of two entries" nic.indir \
		"$(only nic_set "[\"nic\",\"nest\",[$d0,[\"indir\",\"hex\",\"$hex\"]]]")"
done

# What strict checking itself refuses; the words are the kernel's own.
for how in '["chain_name","string","'$name32'"]' '[99,"u32",1]' \
	'["stat","nest",[]]' '["chain","nest",[["frag_policy","u32",3]]]' \
	'["chain","nest",[["inst","nest",[["mode","u32",3]]]]]' \
	'["chain","nest",[["inst","nest",[["kept","flag"]]]]]' \
	'["chain","nest",[["steer","nest",[["key","hex","00"]]]]]' \
	'["chain","nest",[["steer","nest",[["fields","u32",32]]]]]' \
	'["generation","u64",1]' '["chain","hex","01"]'; do
	before=$(chains_now)
	nlraw "$(only chain_set "$how")" > "$tmp/answer"
	expect_eq "refused with words: $how" "1 true $before" \
		"$? $(gojq '(.errno == "EINVAL" or .errno == "ERANGE") and
			(.message | length > 5)' "$tmp/answer") $(chains_now)"
done
for flags in 256 512 1024; do
	before=$(chains_now)
	nlraw "{\"cmd\":\"chain_new\",\"flags\":$flags,\"attrs\":[]}" \
		> "$tmp/answer"
	expect_eq "flags $flags of NEW requests are refused" "1 $before" \
		"$? $(chains_now)"
done

check "the longest name is good" chain_new "$name31" "$src_4" \
	"$(inst psd local name="$name31")"
check "its chain goes" chain_del "$name31"

# ---- an ordinary user

nobody()
{
	HOME=/ setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# What an ordinary user gets in a user and a network namespace of its own.
own()
{
	nobody unshare --user --map-root-user --net "$@"
}

now=$(chains_now)
for request in "$(request chain_new mine "$src_4" "$psd")" \
	"$(request chain_set live "$src_4" "$psd")" \
	"$(only chain_del "$live")" "$(only nic_set)"; do
	expect_eq "an ordinary user may not ${request:8:9}" EPERM \
		"$(nobody nlraw "$request" | gojq -r .errno)"
done
expect_eq "an ordinary user may not look at states" EPERM \
	"$(nobody nlraw "$(dump flow_get "$live")" | gojq -r .errno)"
expect_eq "an ordinary user may look at chains" "$now" \
	"$(nobody nlraw '{"cmd":"chain_get","dump":true}' | md5sum)"
if own true; then
	cat > "$tmp/own" <<-'END'
		set -e
		source ktest/kself/data/plan.bash
		ip link add d2 type dummy
		ip link set d2 up
		nlraw '{"cmd":"chain_get","dump":true}'
		nlraw "$(request chain_new mine "$(dev d2)" "$(steer src 4 0 1)" \
			"$(inst psd local)")"
		nlraw "$(request chain_set mine "$(dev d2)" "$(steer src 4 1 0)" \
			"$(inst psd local threshold=5)")" | cut -c 1-11
		fmctl -j chain list | gojq -c '[.chains[].chain_name]'
		nlraw '{"cmd":"chain_del","attrs":[["chain_name","string","live"]]}' ||
			:
	END
	chmod 755 "$tmp" && chmod 644 "$tmp/own"
	expect_output "an ordinary user has chains in its own namespace only" \
'{"replies":[]}
{"replies":[{"cmd":"chain_new","attrs":[["chain_name","6d696e6500"],["generation","01000000"]]}]}
{"replies":
["mine"]
{"errno":"ENOENT","message":"there is no chain live","attr":"chain_name"}' \
		own bash "$tmp/own"
	expect_eq "and has not touched ours" "$now" "$(chains_now)"
else
	skip "an ordinary user has chains in its own namespace only" \
		"this kernel gives no user namespaces to ordinary users"
fi

check "the chain goes" chain_del live
ip link del d0
ip link del d1
rmmod tcp_strict proto_filter
finish
