# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A chain is replaced as one transaction: under traffic every packet sees the
# old plan or the new, none a mix, none is lost, and what did not change keeps
# its state.
#
# Two policers x and y, side by side. In plan A everything conforms to x and
# exceeds y, in plan B the other way round. A packet that saw x of one plan and
# y of the other would be counted as conforming, or exceeding, twice.
#
# vm: -c 4 -n 1 -o

# shellcheck source=ktest/lib.sh
source ktest/lib.sh
# shellcheck source=ktest/kself/data/plan.bash
source ktest/kself/data/plan.bash

readonly all=(rate=17179869184 burst=4294967296)
readonly nothing=(rate=1 burst=1 exceed=mark)

# plan A|B MODE CPU...: by destination
plan()
{
	local which=$1 mode=$2 x y

	shift 2
	if [[ $which = A ]]; then
		x=$(inst policer "$mode" name=x "${all[@]}")
		y=$(inst policer "$mode" name=y "${nothing[@]}" mark=1)
	else
		x=$(inst policer "$mode" name=x "${nothing[@]}" mark=2)
		y=$(inst policer "$mode" name=y "${all[@]}")
	fi
	join "$(dev eth0)" "$(steer dst 64 "$@")" "$x" \
		"$(inst source_counter shared)" "$y"
}

# The stack's own count of what comes up, by the mark that the chain set.
cat > "$tmp/nft" <<'END'
table inet up {
	counter everything { }
	counter mark1 { }
	counter mark2 { }
	chain in {
		type filter hook prerouting priority raw; policy drop;
		counter name everything
		meta mark 1 counter name mark1
		meta mark 2 counter name mark2
	}
}
END
modprobe nf_tables
check "nft counts what comes up the stack" nft -f "$tmp/nft"

# up COUNTER
up()
{
	nft -j list counter inet up "$1" |
		gojq '.nftables[] | select(.counter).counter.packets'
}

# swap_under_traffic NAME TIMES: between the requests of $tmp/swaps; $sent is
# the sum of packets
swap_under_traffic()
{
	local job rc=0

	nlraw -n "$2" < "$tmp/swaps" > "$tmp/answers" &
	job=$!
	while kill -0 "$job" 2>&-; do
		send flows 5000 5000 --seed "$sent" || rc=1
		sent=$((sent + 5000))
	done
	wait "$job" || rc=1
	seen edge "$sent" && settled edge || rc=1
	expect_eq "$1" 0 "$rc"
}

# ---- 200 swaps, all state kept

check "there is a chain" chain_new edge "$(plan A local 0 1 2 3)"
sent=0
before=$(generation edge)
for which in B A; do
	request chain_set edge "$(plan "$which" local 0 1 2 3)"
done > "$tmp/swaps"
swap_under_traffic "200 changes under traffic" 100
fm_comment "$sent packets"
expect_eq "the generation counts each by one" "$((before + 200)) 200" \
	"$(generation edge) $(gojq -r '.replies[0].attrs[1][1]' "$tmp/answers" |
		sort -u | wc -l)"
expect_eq "every packet went through x and y and up" \
	"$sent $sent $sent $sent $sent 0" \
	"$(stat edge .packets) $(count edge x packets) $(count edge y packets) \
$(stat edge .accepted) $(up everything) $(stat edge .dropped)"
expect_eq "no drop of any reason" "[0]" "$(stat edge '[.reason[]] | unique')"
fmctl -j flow list edge nf x > "$tmp/flows.json"
# sums INST: conformed and exceeded bytes of all states
sums()
{
	gojq -c "[.flows[].state[] | select(.inst == \"$1\").value] |
		[(map(.conformed_bytes) | add), (map(.exceeded_bytes) | add)]" \
		"$tmp/flows.json"
}
expect_eq "no packet saw a mix" "$(sums x)" "$(sums y | gojq -c reverse)"
expect_eq "no destination saw a mix" "0" \
	"$(gojq '[.flows[] | [.state[] | select(.inst == "x" or .inst == "y").value] |
	select(.[0].conformed_bytes != .[1].exceeded_bytes or
	       .[0].exceeded_bytes != .[1].conformed_bytes)] | length' \
		"$tmp/flows.json")"
expect_eq "all bytes are there" "$(stat edge .bytes)" \
	"$(sums x | gojq add)"
expect_eq "both plans ran" "true true" \
	"$(sums x | gojq -r '"\(.[0] > 0) \(.[1] > 0)"')"
expect_eq "each plan marked its packets" "$sent true true" \
	"$(($(up mark1) + $(up mark2))) $(gojq -n "$(up mark1) > 0, $(up mark2) > 0" |
		tr '\n' ' ' | sed 's/ $//')"
expect_eq "all state was kept" "[true]" \
	"$(fmctl -j chain show edge | gojq -c '[.chain.inst[].kept] | unique')"
expect_eq "packets were handed between CPUs, none lost" "true 0" \
	"$(stat edge '[.cpu[].handed] | add > 0') \
$(stat edge '[.cpu[].handoff_drops] | add')"

# ---- 50 swaps that move every shard

for cpus in "3 2 1 0" "0 1 2 3"; do
	# shellcheck disable=SC2086 # words
	request chain_set edge "$(plan A local $cpus)"
done > "$tmp/swaps"
swap_under_traffic "50 changes of all owners under traffic" 25
expect_eq "every packet went through x and y and up, again" \
	"$sent $sent $sent $sent [0]" \
	"$(stat edge .packets) $(count edge x packets) $(count edge y packets) \
$(up everything) $(stat edge '[.reason[]] | unique')"
expect_eq "shared state was kept, that of moved shards was not" \
	'[["x",false],["source_counter",true],["y",false]]' \
	"$(fmctl -j chain show edge | gojq -c '[.chain.inst[] | [.name, .kept]]')"
expect_eq "the shared states have all packets" "$sent" \
	"$(fmctl -j flow list edge nf source_counter |
		gojq '[.flows[].state[] | select(.inst == "source_counter").value.packets] | add')"

# ---- one change at a time

kept()
{
	fmctl -j chain show edge | gojq -c '[.chain.inst[].kept]'
}

check "the chain goes" chain_del edge
flow=$(inst flow_counter local)
src_8=$(steer src 8 0 1 2 3)
check "there is a chain with flows" chain_new edge "$(dev eth0)" "$src_8" \
	"$(inst psd local threshold=1000)" "$flow"
expect_eq "nothing is kept at first" "[false,false]" "$(kept)"
check "2000 packets" send flows 2000 3000 --seed 7
seen edge 2000
settled edge
check "a parameter changes" chain_set edge "$(dev eth0)" "$src_8" \
	"$(inst psd local threshold=999)" "$flow"
expect_eq "all is kept" "[true,true]" "$(kept)"
check "the same 2000 packets" send flows 2000 3000 --seed 7
seen edge 4000
settled edge
expect_eq "flows go on counting" "4000 [0]" \
	"$(fmctl -j flow list edge nf flow_counter | gojq '[.flows[].state[] |
		select(.inst == "flow_counter").value.packets] | add') \
$(fmctl -j flow list edge nf flow_counter | gojq -c '[.flows[].state[] |
		select(.inst == "flow_counter").value.packets % 2] | unique')"
check "an NF comes that has the key of another" chain_set edge "$(dev eth0)" \
	"$src_8" "$(inst psd local threshold=999)" \
	"$(inst source_counter local)" "$flow"
expect_eq "only groups that are the same are kept" "[false,false,true]" \
	"$(kept)"
check "the mode changes" chain_set edge "$(dev eth0)" "$src_8" \
	"$(inst psd local threshold=999)" "$(inst source_counter local)" \
	"$(inst flow_counter shared)"
expect_eq "its states begin anew" "[true,true,false] 0" \
	"$(kept) $(count edge flow_counter entries)"
generation=$(generation edge)
stale=$(request chain_set edge "$src_8" "$flow" |
	sed "s/\"attrs\":\[/&[\"generation\",\"u32\",$((generation - 1))],/")
expect_refused "a change from a stale generation is refused" ESTALE \
	"chain edge is at generation $generation, not $((generation - 1))" \
	generation "$stale"
expect_eq "one from the right generation is not" "$((generation + 1))" \
	"$(nlraw "${stale/$((generation - 1))]/$generation]}" > "$tmp/answer";
	generation edge)"
check "the chain goes, too" chain_del edge
nft delete table inet up
finish
