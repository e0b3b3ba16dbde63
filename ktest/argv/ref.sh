#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The reference implementation against numbers that were worked out by hand,
# and the generator: what both say must not depend on the module.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. ktest/lib.sh

data=ktest/unit/data/pcap
dut=02:00:00:00:00:02

cat > "$tmp/psd" <<'END'
{ // one source, many ports
  "nfs": [
    { "type": "psd", "params": { "threshold": 3, "window_ms": 1000,
      "block_ms": 500 } },
    { "type": "source_counter", "name": "sources" } ] }
END
sed 's/"block_ms": 500/&, "action": "mark"/' "$tmp/psd" > "$tmp/psd-mark"
cat > "$tmp/policer" <<'END'
{ "nfs": [ { "type": "policer", "params": { "rate": 1000, "burst": 1000 } } ] }
END
sed 's/"burst": 1000/&, "exceed": "mark"/' "$tmp/policer" > "$tmp/policer-mark"
cat > "$tmp/counters" <<'END'
{ "nfs": [ { "type": "source_counter" }, { "type": "flow_counter" } ] }
END
cat > "$tmp/parse" <<'END'
{ "frag_policy": "accept", /* other_policy: accept */
  "nfs": [ { "type": "source_counter", "name": "sources" },
           { "type": "flow_counter", "name": "flows" } ] }
END
sed 's/"accept",/"drop",/' "$tmp/parse" > "$tmp/parse-drop"
sed 's/{ "frag/{ "other_policy": "drop", "frag/' "$tmp/parse" > "$tmp/other"
echo '{ "nfs": [ { "type": "source_counter" } ] }' > "$tmp/sources"

# agree NAME PCAP FLOWS STATS WANT [OPTION...]
agree()
{
	local name=$1 pcap=$2 flows=$3 stats=$4 want=$5 got rc=0

	shift 5
	got=$(ref compare --margin 0 --pcap "$pcap" --flows "$flows" \
		--stats "$stats" "$@" 2>&1) || rc=$?
	expect_eq "$name" "$want (status 0)" "${got##*$'\n'} (status $rc)"
}

# sums OPTION...: the first numbers of a run in one line
sums()
{
	ref run "$@" | sed -n '/"nfs"/q; s/[ ,"{}]//g; /./p' | paste -sd' '
}

for name in psd policer parse parse-drop; do
	pcap=$data/${name%-drop}.pcap
	case $name in
	psd) want="packets=30 keys=9" ;;
	policer) want="packets=12 keys=3" ;;
	*) want="packets=47 keys=8" ;;
	esac
	agree "$name is what was worked out" "$pcap" "$data/$name.json" \
		"$data/$name.json" "compared $want mismatched=0" \
		--chain "$tmp/$name" --dst-mac $dut --skip-own $dut
done
agree "counters are what was worked out, in fmctl's words" \
	$data/counter.pcap $data/counter-flows.json $data/counter-stats.json \
	"compared packets=10 keys=4 mismatched=0" --chain "$tmp/counters" \
	--times

expect_output "psd that marks drops nothing" \
	"packets:30 bytes:1080 accepted:30 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/psd-mark" --pcap $data/psd.pcap
expect_output "policer that marks drops nothing" \
	"packets:12 bytes:5706 accepted:12 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/policer-mark" --pcap $data/policer.pcap
expect_output "other_policy drop drops what is not IP and what is malformed" \
	"packets:47 bytes:1929 accepted:23 dropped:24 fragments_dropped:0 other_dropped:24 not_ip:4 malformed:20 ambiguous:0" \
	sums --chain "$tmp/other" --pcap $data/parse.pcap --dst-mac $dut \
	--skip-own $dut
expect_output "frag_policy drop is for chains with a key that has ports" \
	"packets:47 bytes:1929 accepted:47 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:4 malformed:20 ambiguous:0" \
	sums --chain "$tmp/sources" --pcap $data/parse.pcap --dst-mac $dut \
	--skip-own $dut
expect_output "filters choose packets" \
	"packets:2 bytes:48 accepted:2 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/sources" --pcap $data/parse.pcap \
	--filter "ip proto 1 or ip proto 47"
expect_output "filters leave packets out" \
	"packets:1 bytes:20 accepted:1 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/sources" --pcap $data/parse.pcap \
	--filter "ip proto 1 or ip proto 47" --exclude icmp
expect_output "a cooked capture is read, without what the device sent" \
	"packets:2 bytes:56 accepted:2 dropped:0 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/sources" --pcap $data/cooked.pcap --skip-own $dut
expect_output "two captures are one stream" \
	"packets:22 bytes:6106 accepted:7 dropped:15 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:0" \
	sums --chain "$tmp/policer" --pcap $data/policer.pcap \
	--pcap $data/counter.pcap --exclude "host 1.2.3.4"

# Every number of a report that is one off is found, whichever it is.
missed=0 planted=0
plant()
{
	local line words

	while IFS=: read -r line words; do
		planted=$((planted + 1))
		awk -v line="$line" -v at="$words" 'NR == line {
			n = 0; out = ""
			while (match($0, /": [0-9]+/)) {
				v = substr($0, RSTART + 3, RLENGTH - 3)
				if (++n == at) v++
				out = out substr($0, 1, RSTART + 2) v
				$0 = substr($0, RSTART + RLENGTH)
			}
			$0 = out $0 } { print }' "$1" > "$tmp/planted"
		if ref compare --margin 0 --chain "$2" --pcap "$3" --flows \
			"$tmp/planted" --stats "$tmp/planted" --dst-mac $dut \
			--skip-own $dut > "$tmp/out" 2>&1; then
			echo "# missed: number $words of line $line of $1"
			missed=$((missed + 1))
		elif [[ $? -ne 8 ]]; then
			fm_comment "$(< "$tmp/out")"
			missed=$((missed + 1))
		fi
	done < <(awk '{ n = gsub(/": [0-9]+/, ""); for (i = 1; i <= n; i++)
		print NR ":" i }' "$1")
}
plant $data/psd.json "$tmp/psd" $data/psd.pcap
plant $data/policer.json "$tmp/policer" $data/policer.pcap
plant $data/parse.json "$tmp/parse" $data/parse.pcap
expect_eq "each of 94 numbers that is one off is found" "94 planted, 0 missed" \
	"$planted planted, $missed missed"

# different NAME LINE PCAP CHAIN FLOWS STATS: LINE is said, and exit 8
different()
{
	local got rc=0

	got=$(ref compare --margin 0 --pcap "$3" --chain "$4" --flows "$5" \
		--stats "$6" 2>&1) || rc=$?
	expect_eq "$1" "$2 (status 8)" "$(grep -Fx -- "$2" <<< "$got") (status $rc)"
}

grep -v '10.0.0.98' $data/policer.json > "$tmp/missing"
different "a flow that the module does not have is found" \
	'differs: policer {"dst":"10.0.0.98"}: flows: expected 1, got 0' \
	$data/policer.pcap "$tmp/policer" "$tmp/missing" $data/policer.json
sed '/10.0.0.98/{p;p}' $data/policer.json > "$tmp/twice"
different "a flow that two shards have is found" \
	'differs: policer {"dst":"10.0.0.98"}: flows: expected 1, got 3' \
	$data/policer.pcap "$tmp/policer" "$tmp/twice" $data/policer.json
sed '/10.0.0.98/{p;s/98/97/}' $data/policer.json > "$tmp/more"
different "a flow that no packet made is found" \
	'differs: policer {"dst":"10.0.0.97"}: flows: expected 0, got 1' \
	$data/policer.pcap "$tmp/policer" "$tmp/more" $data/policer.json
sed 's/9, "bytes": 360,/8, "bytes": 360,/' $data/counter-flows.json > "$tmp/one"
different "a packet that was not counted is found" \
	'differs: flow_counter {"src":"10.0.0.1","dst":"10.0.0.99","src_port":1000,"dst_port":80,"protocol":6}: packets: expected 9, got 8' \
	$data/counter.pcap "$tmp/counters" "$tmp/one" $data/counter-stats.json

gen --profile flows --packets 100 --flows 50 -w "$tmp/flows.pcap"
echo '{"flows": []}' > "$tmp/empty"
ref compare --chain "$tmp/counters" --pcap "$tmp/flows.pcap" --flows "$tmp/empty" \
	--stats $data/counter-stats.json > "$tmp/out"
expect_eq "no more than 20 differences are shown" 20 \
	"$(grep -c ^differs: "$tmp/out")"

# What depends on the clock is said to, and no more than that: two packets at
# the end of a block, two at the end of a window.
expect_output "psd near its edges is not guessed" \
	"packets:30 bytes:1080 accepted: min:23 max:27 dropped: min:3 max:7 fragments_dropped:0 other_dropped:0 not_ip:0 malformed:0 ambiguous:4" \
	sums --chain "$tmp/psd" --pcap $data/psd.pcap --margin 1
for profile in mixed scan police sources; do
	gen --profile $profile --seed 5 --packets 5000 -w "$tmp/$profile.pcap"
	cat > "$tmp/all" <<-'END'
	{ "frag_policy": "accept", "nfs": [
	  { "type": "psd", "params": { "threshold": 5, "window_ms": 100,
	    "block_ms": 70 } },
	  { "type": "policer", "params": { "rate": 500000, "burst": 30000 } },
	  { "type": "source_counter" }, { "type": "flow_counter" } ] }
	END
	bad=0
	for seed in 1 2 3 4 5; do
		gen -r "$tmp/$profile.pcap" --jitter 7 --seed $seed \
			-w "$tmp/late.pcap"
		ref run --chain "$tmp/all" --pcap "$tmp/late.pcap" > "$tmp/late"
		ref compare --chain "$tmp/all" --pcap "$tmp/$profile.pcap" \
			--margin 7 --flows "$tmp/late" --stats "$tmp/late" \
			> "$tmp/out" || { bad=$((bad + 1)); fm_comment "$(< "$tmp/out")"; }
	done
	expect_eq "$profile: packets up to 7 ms late are within the bounds of 7 ms" \
		0 $bad
done

for profile in mixed scan flows police sources; do
	gen --profile $profile --seed 9 --packets 2000 -w "$tmp/a.pcap"
	gen --profile $profile --seed 9 --packets 2000 -w "$tmp/b.pcap"
	gen --profile $profile --seed 10 --packets 2000 -w "$tmp/c.pcap"
	check "$profile: the same seed, the same frames" \
		cmp "$tmp/a.pcap" "$tmp/b.pcap"
	expect_fail "$profile: another seed, other frames" "" \
		cmp -s "$tmp/a.pcap" "$tmp/c.pcap"
	gen -r "$tmp/a.pcap" -w "$tmp/b.pcap"
	check "$profile: a file read and written is the same file" \
		cmp "$tmp/a.pcap" "$tmp/b.pcap"
	expect_eq "$profile: as many frames as asked for" "packets:2000" \
		"$(sums --chain "$tmp/counters" --pcap "$tmp/a.pcap" |
			cut -d' ' -f1)"
done
gen --profile mixed --packets 5000 -w "$tmp/mixed.pcap"
expect_eq "checksums of whole packets are right" "0" \
	"$(tcpdump -nnvvr "$tmp/mixed.pcap" 'not (ip[6:2] & 0x3fff != 0)' \
		2> /dev/null | grep -c 'bad udp cksum\|bad sctp cksum\|wrong icmp\|icmp6 sum wrong\|cksum.*(incorrect')"
for kind in 'vlan' 'ip[0] & 15 > 5' 'ip[6:2] & 0x3fff != 0' arp sctp icmp icmp6 \
	'ip6[6] = 60' 'ip6[6] = 44' 'ip6[6] = 51' 'ether proto 0x88b5'; do
	got=$(ref run --chain "$tmp/counters" --pcap "$tmp/mixed.pcap" \
		--filter "$kind" | sed -n 's/^  "packets":\([0-9]*\),/\1/p')
	check "mixed has frames of: $kind" test "${got:-0}" -gt 0
done

expect_fail "offloads in a capture are refused" \
	"ref: $data/offload.pcap: packet 1 has 1515 bytes: no wire carries it, turn offloads off where you capture" \
	ref run --chain "$tmp/counters" --pcap $data/offload.pcap
expect_fail "headers that were not captured are missed" \
	"ref: $data/cut.pcap: packet 1: its headers were not captured whole" \
	ref run --chain "$tmp/counters" --pcap $data/cut.pcap
expect_fail "a cooked capture has no destinations" \
	"ref: $data/cooked.pcap: a cooked capture has no Ethernet destinations, select by source" \
	ref run --chain "$tmp/counters" --pcap $data/cooked.pcap --dst-mac $dut
expect_fail "a chain file must be there" \
	"ref: json_object_from_file: error opening file $tmp/no: No such file or directory" \
	ref run --chain "$tmp/no" --pcap $data/psd.pcap
sed 's/threshold/treshold/' "$tmp/psd" > "$tmp/bad"
expect_fail "a parameter must be known" "ref: chain: psd has no parameter treshold" \
	ref run --chain "$tmp/bad" --pcap $data/psd.pcap
sed 's/"rate": 1000/"rate": 0/' "$tmp/policer" > "$tmp/bad"
expect_fail "a parameter must be in its range" \
	"ref: chain: rate: a number from 1 to 17179869184" \
	ref run --chain "$tmp/bad" --pcap $data/psd.pcap
sed 's/"rate": 1000,//' "$tmp/policer" > "$tmp/bad"
expect_fail "a parameter without default must be there" \
	"ref: chain: policer needs rate" \
	ref run --chain "$tmp/bad" --pcap $data/psd.pcap
expect_fail "ref must be told what to do" "ref: run or compare? (ref --help)" ref
expect_fail "compare needs what to compare with" \
	"ref: --flows and --stats are needed (ref --help)" \
	ref compare --chain "$tmp/psd" --pcap $data/psd.pcap
expect_fail "numbers are read to their end" "ref: bad value: 5x (ref --help)" \
	ref run --margin 5x
expect_fail "gen must be told what to make" "gen: --profile or -r? (gen --help)" \
	gen -w "$tmp/a.pcap"
expect_fail "gen must be told where to" "gen: -w or -i? (gen --help)" \
	gen --profile mixed
expect_fail "gen knows its profiles" "gen: bad value: mix (gen --help)" \
	gen --profile mix -w "$tmp/a.pcap"
expect_fail "an interface must be there" "gen: nosuchdev: No such device" \
	gen --profile mixed -i nosuchdev

finish
