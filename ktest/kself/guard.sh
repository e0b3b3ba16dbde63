# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The guard: the module looks at what a hash key does, not at what the plan says
# it does, and an NF is local only if packets of a key cannot part.
#
# debug: no, nlfuzz asks more
# vm: -c 4 -n 1

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

for nf in tcp_strict service_counter; do
	insmod "${FM_KO%/*}/$nf.ko"
done
ip link add d0 type dummy
check "there is a chain" chain_new live "$(dev d0)" "$(steer src 4 0)" \
	"$(inst psd local)"

# refuse SENTENCE CHAIN_ATTR...: of a new chain, and as a change of ours
refuse()
{
	local sentence=$1

	shift
	expect_refused "new: $sentence" EINVAL "$sentence" "" \
		"$(request chain_new new "$@")"
	expect_refused "set: $sentence" EINVAL "$sentence" "" \
		"$(request chain_set live "$@")"
}

# lie FIELDS FIELDS6 L4 KEY KEY6 [ATTR]: a steering
lie()
{
	echo "[\"steer\",\"nest\",[[\"fields\",\"u32\",$1],[\"fields6\",\"u32\",$2],[\"l4\",\"u32\",$3],[\"key\",\"hex\",\"$4\"],[\"key6\",\"hex\",\"$5\"],[\"owners\",\"hex\",\"$(owners 16 0 1)\"]${6:+,$6}]]"
}

# ---- plans that lie about their hash key

psd=$(inst psd local)
refuse "steering: the plan says src_ip for IPv4, but its hash key spreads by src_ip,dst_ip" \
	"$(lie 1 1 0 "$key_all" "$key_all")" "$psd"
refuse "steering: the plan says src_ip for IPv6, but its hash key spreads by src_ip,dst_ip" \
	"$(lie 1 1 0 "$key_src" "$key_all")" "$psd"
refuse "steering: the plan says src_ip for IPv4, but its hash key spreads by src_ip,dst_ip,src_port,dst_port" \
	"$(lie 1 1 4 "$key_all" "$key_all")" "$psd"
refuse "steering: the plan says src_ip for IPv4, but its hash key spreads by dst_ip" \
	"$(lie 1 1 7 "$key_dst" "$key_dst6")" "$psd"
refuse "steering: the plan says src_ip,dst_ip for IPv4, but its hash key spreads by src_ip" \
	"$(lie 3 3 0 "$key_src" "$key_src")" "$psd"
refuse "steering: the plan says src_ip,dst_ip,src_port,dst_port for IPv4, but its hash key spreads by src_ip,dst_ip" \
	"$(lie 15 15 0 "$key_all" "$key_all")" "$(inst flow_counter local)"
refuse "steering: the plan says dst_ip for IPv6, but its hash key spreads by src_ip" \
	"$(lie 2 2 0 "$key_dst" "$key_dst")" "$(inst policer local rate=1 burst=1)"
# A lie that harms no NF of the chain is a lie nevertheless.
refuse "steering: the plan says dst_ip for IPv4, but its hash key spreads by src_ip" \
	"$(lie 2 2 0 "$key_src" "$key_src")" "$(inst psd shared)"
sym='["symmetric","flag"]'
refuse "steering: the plan says symmetric, but its hash key for IPv4 is not" \
	"$(lie 15 15 7 "$key_all" "$key_sym" "$sym")" "$(inst tcp_strict shared)"
refuse "steering: the plan says symmetric, but its hash key for IPv6 is not" \
	"$(lie 15 15 7 "$key_sym" "$key_all" "$sym")" "$(inst tcp_strict shared)"
refuse "steering: the plan says symmetric, but its hash key for IPv4 is not" \
	"$(lie 1 1 0 "$key_src" "$key_src" "$sym")" "$psd"

# ---- honest steerings that part the packets of a local NF's key

# parts NF KEY FIELDS WHY STEER INST
parts()
{
	refuse "$1 cannot be local: its key is $2, but IPv4 is steered by $3, $4" \
		"$5" "$6"
}

subset="which is not a non-empty subset of it"
parts psd src_ip dst_ip "$subset" "$(steer dst 16 0 1)" "$psd"
parts psd src_ip src_ip,dst_ip "$subset" "$(steer ips 16 0 1)" "$psd"
parts psd src_ip src_ip,dst_ip,src_port,dst_port "$subset" \
	"$(steer all 16 0 1)" "$psd"
parts psd src_ip none "$subset" "$(lie 0 0 0 "$key_src" "$key_src" |
	sed "s/\"owners\",\"hex\",\"[0-9]*\"/\"owners\",\"hex\",\"00000000\"/")" \
	"$psd"
parts source_counter src_ip dst_ip "$subset" "$(steer dst 16 0 1)" \
	"$(inst source_counter local)"
parts pol dst_ip src_ip "$subset" "$(steer src 16 0 1)" \
	"$(inst policer local rate=1 burst=1 name=pol)"
parts service_counter dst_ip,dst_port src_ip "$subset" \
	"$(steer src 16 0 1)" "$(inst service_counter local)"
parts service_counter dst_ip,dst_port src_ip,dst_ip,src_port,dst_port \
	"$subset" "$(steer all 16 0 1)" "$(inst service_counter local)"
parts tcp_strict src_ip,dst_ip,src_port,dst_port,protocol src_ip \
	"which is not symmetric as it must be" "$(steer src 16 0 1)" \
	"$(inst tcp_strict local)"
parts tcp_strict src_ip,dst_ip,src_port,dst_port,protocol \
	src_ip,dst_ip,src_port,dst_port "which is not symmetric as it must be" \
	"$(steer all 16 0 1)" "$(inst tcp_strict local)"
parts service_counter dst_ip,dst_port dst_ip,dst_port \
	"which hashes the ports of some protocols only" \
	"$(steer service 16 0 1 | sed 's/"l4","u32",7/"l4","u32",3/')" \
	"$(inst service_counter local)"
# Only the second family, and only the second of two NFs.
refuse "psd cannot be local: its key is src_ip, but IPv6 is steered by src_ip,dst_ip, $subset" \
	"$(lie 1 3 0 "$key_src" "$key_all")" "$(inst flow_counter local)" "$psd"
refuse "tcp_strict cannot be local: its key is src_ip,dst_ip,src_port,dst_port,protocol, but IPv6 is steered by src_ip,dst_ip,src_port,dst_port, which is not symmetric as it must be" \
	"$(lie 15 15 7 "$key_sym" "$key_all")" "$(inst tcp_strict local)"

# ---- plans that are right

# accepted NAME STEER INST...
accepted()
{
	local name=$1

	shift
	check "accepted: $name" chain_new right "$@" && chain_del right
}

counters=("$(inst flow_counter local)" "$(inst psd shared)"
	"$(inst source_counter shared)" "$(inst policer shared rate=1 burst=1)")
accepted "sources local by src_ip" "$(steer src 16 0 1)" "$psd" \
	"$(inst source_counter local)" "$(inst flow_counter local)"
accepted "destinations local by dst_ip" "$(steer dst 16 0 1)" \
	"$(inst policer local rate=1 burst=1)" "$(inst flow_counter local)" \
	"$(inst service_counter local)"
accepted "flows local by both addresses" "$(steer ips 16 0 1)" \
	"${counters[@]}"
accepted "flows local by all fields" "$(steer all 16 0 1)" "${counters[@]}"
# The protocol is part of its key: each is spread in its own way.
accepted "flows local by the ports of TCP" "$(steer tcp 16 0 1)" \
	"${counters[@]}"
accepted "services local by their address and port" \
	"$(steer service 16 0 1)" "$(inst service_counter local)"
accepted "connections local by a symmetric key" "$(steer sym 16 0 1)" \
	"$(inst tcp_strict local)" "$(inst flow_counter local)"
accepted "connections local by a symmetric key that does not say so" \
	"$(lie 15 15 7 "$key_sym" "$key_sym")" "$(inst tcp_strict local)"
accepted "everything shared by anything" "$(steer dst 16 0 1)" \
	"$(inst psd shared)" "$(inst tcp_strict shared)" \
	"$(inst service_counter shared)"

chain_del live
ip link del d0
rmmod tcp_strict service_counter
finish
