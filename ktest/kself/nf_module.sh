# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# NFs that are modules of their own: they come, work, are held while a chain uses
# them, and go while the core stays.
#
# vm: -c 4 -n 1 -o
# debug: smoke

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly dir=${FM_KO%/*}
names=$(gojq -c '[.nfs[].type] | sort' rules/nf/builtin.json)
readonly names

nf_names()
{
	fmctl -j nf list | gojq -c '[.nfs[].type] | sort'
}

users()
{
	cat "/sys/module/$1/refcnt"
}

expect_eq "the core has its own NFs" "$names" "$(nf_names)"
expect_eq "fmctl knows them without the module too" \
	"$(gojq '.nfs | sort_by(.type)' rules/nf/builtin.json)" \
	"$(fmctl -j nf list | gojq '.nfs | sort_by(.type)')"
for nf in tcp_strict proto_filter service_counter; do
	check "$nf is loaded" insmod "$dir/$nf.ko"
done
expect_eq "nf list has them" \
	"$(gojq -c '. + ["proto_filter", "service_counter", "tcp_strict"] |
		sort' <<< "$names")" "$(nf_names)"
fmctl -j nf show tcp_strict > "$tmp/nf.json"
expect_eq "nf show tells what tcp_strict said of itself" \
	'["tcp_strict",true,["src_ip","dst_ip","src_port","dst_port","protocol"],true,"flow",false,16,3600000,65536,["no_handshake"],["unknown"]]' \
	"$(gojq -c '.nf // . | [.type, .stateful, .key, .bidirectional, .intensity,
		.pointer, .state_size, .timeout_ms, .max_entries, .reason,
		[.param[].name]]' "$tmp/nf.json")"
expect_fail "the core does not go before them" \
	"rmmod: ERROR: Module flowmage is in use by: service_counter proto_filter tcp_strict" \
	rmmod flowmage

# ---- counting right; half of the connections begin with a SYN

check "there is a chain of them" chain_new edge "$(dev eth0)" \
	"$(steer service 32 0 1 2 3)" "$(inst proto_filter none allow=6,17)" \
	"$(inst service_counter local)" "$(inst tcp_strict shared unknown=adopt)" \
	"$(inst flow_counter local)"
expect_eq "the chain holds each" "1 1 1" \
	"$(users tcp_strict) $(users proto_filter) $(users service_counter)"
for nf in tcp_strict proto_filter service_counter; do
	expect_fail "$nf does not go while it is used" \
		"rmmod: ERROR: Module $nf is in use" rmmod "$nf"
done
check "4000 packets" send flows 4000 4000 --flows 300
seen edge 4000
settled edge
fmctl -j flow list edge > "$tmp/flows.json"
# sum INST FIELD
sum()
{
	gojq "[.flows[].state[] | select(.inst == \"$1\").value.$2] | add" \
		"$tmp/flows.json"
}
passed=$(gojq '[.flows[].state[] | select(.inst == "flow_counter").value.packets] |
	add' "$tmp/flows.json")
expect_eq "proto_filter drops what is neither TCP nor UDP" "4000 true" \
	"$((passed + $(count edge proto_filter reason.protocol))) \
$(gojq '[.flows[] | select(.key | length == 5).protocol] |
	unique == [6, 17]' "$tmp/flows.json")"
expect_eq "service_counter has counted the others" \
	"$passed $(sum flow_counter bytes)" \
	"$(sum service_counter packets) $(sum service_counter bytes)"
# What the flows say of each service, and what the services say.
expect_eq "each service has what its flows have" "true" "$(gojq '
	def by(keys): map(select(.key == keys));
	([.flows | by(["dst_ip","dst_port"])[] |
	  {k: "\(.dst) \(.dst_port)", v: .state[0].value.packets}] |
	 sort_by(.k)) ==
	([.flows[] | select(.mode == "local" and (.key | length) == 5) |
	  {k: "\(.dst) \(.dst_port)", v: .state[0].value.packets}] |
	 group_by(.k) | map({k: .[0].k, v: map(.v) | add}))' "$tmp/flows.json")"
expect_eq "tcp_strict has a state per TCP connection" "true" "$(gojq '
	([.flows[] | select(.mode == "shared")] | length) ==
	([.flows[] | select(.mode == "local" and .protocol == 6)] | length)' \
	"$tmp/flows.json")"

# ---- dropping right, local, by a symmetric steering

check "the chain is replaced by a strict one" chain_set edge "$(dev eth0)" \
	"$(steer sym 32 3 2 1 0)" "$(inst tcp_strict local)" \
	"$(inst flow_counter local)"
expect_eq "it holds one of them only" "1 0 0" \
	"$(users tcp_strict) $(users proto_filter) $(users service_counter)"
check "proto_filter goes" rmmod proto_filter
expect_eq "nf list has it no more" \
	"$(gojq -c '. + ["service_counter", "tcp_strict"] | sort' \
		<<< "$names")" "$(nf_names)"
expect_refused "chains cannot have it any more" ENOENT \
	"there is no NF proto_filter" "chain.inst[0]" \
	"$(request chain_new new "$(steer src 4 0)" "$(inst proto_filter none)")"

# A flow's packets 1 to 16 are SYN, ACK..., FIN: all pass if the first did.
before=$(stat edge .packets)
check "2000 packets of connections that begin" send flows 2000 4000 \
	--flows 40 --seed 5
seen edge $((before + 2000))
settled edge
expect_eq "tcp_strict lets them pass" "0 true" \
	"$(count edge tcp_strict reason.no_handshake) \
$(count edge tcp_strict 'created > 0')"
# Each packet of this kind is of another connection.
gen --profile sources --packets 2000 -w "$tmp/sources" --seed 6
opens()
{
	tcpdump -nr "$tmp/sources" 2> "$tmp/tcpdump" \
		'tcp[13] & 0x17 = 2 or (ip6[6] = 6 and ip6[53] & 0x17 = 2)' |
		wc -l
}
before=$(stat edge .packets) entries=$(count edge tcp_strict entries)
check "2000 packets of connections that do not" send sources 2000 4000 --seed 6
seen edge $((before + 2000))
settled edge
expect_eq "it drops all but those that begin" "$((2000 - $(opens)))" \
	"$(count edge tcp_strict reason.no_handshake)"
expect_eq "and remembers those" "$(opens)" \
	"$(($(count edge tcp_strict entries) - entries))"
check "the chain goes" chain_del edge
check "tcp_strict goes" rmmod tcp_strict
check "service_counter goes" rmmod service_counter
expect_eq "the core has its own NFs only" "$names" "$(nf_names)"
finish
