#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Samples of traffic for solve, from files and from a device, and predictions
# from measurements.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
chain=examples/psd-policer-fsc.json
export HOME=$tmp XDG_STATE_HOME=$tmp/state FLOWMAGE_STATE_DIR=$tmp/run

# write_pcap FILE SHARE: 4000 sources, and one that has SHARE of all packets
write_pcap()
{
	python3 - "$1" "$2" <<-'END'
		import random, struct, sys
		rand, share = random.Random(1), float(sys.argv[2])
		out = open(sys.argv[1], "wb")
		out.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
		def write(src, port):
		    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40, 0, 0, 64, 6, 0,
		                     src, 0xc0a80001 + rand.randrange(250))
		    frame = (bytes(12) + b"\x08\0" + ip +
		             struct.pack(">HH", port, 80) + bytes(16))
		    out.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
		for i in range(4000):
		    write(rand.randrange(1 << 32), rand.randrange(1 << 16))
		for i in range(round(4000 * share / (1 - share))):
		    write(0x0a010203, rand.randrange(1 << 16))
	END
}

# solve_with ARGUMENT...: for 8 cores, as JSON
solve_with()
{
	status "$fmctl" --dry-run -j solve "$chain" nic virtio_net cores 8 "$@"
}

write_pcap "$tmp/even.pcap" 0
write_pcap "$tmp/skew.pcap" 0.5

# ---- files

expect_eq "no sample" 0 "$(solve_with)"
expect_eq "no sample: no load" "False False" \
	"$(json '"%s %s" % ("traffic" in d, "load" in d["alternatives"][0])')"
expect_eq "an even sample" 0 "$(solve_with traffic "$tmp/even.pcap")"
expect_eq "an even sample: what is in it" "4000 True 0 0" \
	"$(json '"%d %s %d %d" % (d["traffic"]["packets"],
		d["traffic"]["flows"] > 3990, d["traffic"]["other"],
		d["traffic"]["left_out"])')"
expect_eq "an even sample: the same set" "['src_ip']" \
	"$(json 'd["steer"][0]["fields"]')"
expect_eq "an even sample: no core is busier" True \
	"$(json '1 <= d["segments"][0]["load"] < 1.05')"
expect_eq "a skewed sample" 0 "$(solve_with --traffic "$tmp/skew.pcap")"
expect_eq "a skewed sample: another set" "['dst_ip']" \
	"$(json 'd["steer"][0]["fields"]')"
row='[a for a in d["alternatives"] if a["fields"] == ["src_ip"]][0]'
expect_eq "a skewed sample: who is to blame" "src_ip 10.1.2.3 0.5 True" \
	"$(json "'%s %s %s' % (${row}['heavy'], ${row}['heavy_share'],
		4 <= ${row}['load'] < 4.1)")"
expect_eq "a skewed sample: told" 1 \
	"$(json 'd["why"].count("src_ip 10.1.2.3 has 50.0 % of the packets")')"
# What cores get, by owners and hashes of another hand.
expect_eq "owners have moved so that all cores get as much" True "$(python3 - \
	"$tmp/out" "$tmp/skew.pcap" <<-'END'
		import json, struct, sys
		steer = json.load(open(sys.argv[1]))["steer"][0]
		key = int(steer["key"].replace(":", ""), 16)
		bits = 4 * len(steer["key"].replace(":", ""))
		data, at, load = open(sys.argv[2], "rb").read(), 24, {}
		names = ["src_ip", "dst_ip", "src_port", "dst_port"]
		while at < len(data):
		    size = struct.unpack_from("<I", data, at + 8)[0]
		    frame, at = data[at + 16:at + 16 + size], at + 16 + size
		    parts = frame[26:30], frame[30:34], frame[34:36], frame[36:38]
		    text = b"".join(part if name in steer["fields"] else bytes(len(part))
		                    for name, part in zip(names, parts))
		    hash = 0
		    for i in range(96):
		        if text[i // 8] >> 7 - i % 8 & 1:
		            hash ^= key >> bits - 32 - i & 0xffffffff
		    owner = steer["owners"][hash % len(steer["owners"])]
		    load[owner] = load.get(owner, 0) + 1
		print(len(load) == 8 and max(load.values()) * 8 < 1.05 * sum(load.values()))
	END
)"
cp "$tmp/out" "$tmp/plan.json"
expect_eq "such a plan can be deployed" 0 "$(status "$fmctl" --dry-run -j deploy \
	"$chain" dev lo plan "$tmp/plan.json")"
expect_eq "text" 0 "$(status "$fmctl" --dry-run solve "$chain" nic virtio_net \
	cores 8 traffic "$tmp/skew.pcap" explain)"
expect_eq "text: loads" 4.0 "$(awk '$2 == "src_ip" && $3 ~ /synthesis/ {
	printf "%.1f", $6 }' "$tmp/out")"

# ---- what is wrong is told

expect_eq "no such file" 3 "$(solve_with traffic "$tmp/nosuch")"
expect_eq "no capture" 8 "$(solve_with traffic "$chain")"
expect_eq "no capture: where" 1 "$(grep -c "$chain: unknown file format" "$tmp/err")"
head -c 100000 "$tmp/even.pcap" > "$tmp/cut.pcap"
expect_eq "a capture that is cut off" 8 "$(solve_with traffic "$tmp/cut.pcap")"
expect_eq "a capture that is cut off: where" 1 \
	"$(grep -c "cut.pcap: behind packet [0-9]*: truncated" "$tmp/err")"
head -c 24 "$tmp/even.pcap" > "$tmp/empty.pcap"
expect_eq "an empty capture" 8 "$(solve_with traffic "$tmp/empty.pcap")"
expect_eq "an empty capture: words" 1 \
	"$(grep -c "empty.pcap: no IP packet in 0" "$tmp/err")"
expect_eq "file and device" 2 "$(solve_with traffic "$tmp/even.pcap" live lo)"
expect_eq "seconds of a file" 2 "$(solve_with traffic "$tmp/even.pcap" seconds 3)"
expect_eq "with click" 2 "$(status "$fmctl" solve --click \
	examples/psd-policer-fsc.click traffic "$tmp/even.pcap")"
expect_eq "no such device" 3 "$(solve_with live nosuch0)"

# ---- a device: loopback in a namespace of its own

cat > "$tmp/live" <<-'END'
	ip link set lo up
	ping -q -i 0.002 -c 2000 127.0.0.1 > "$0.ping" &
	"$@"
	rc=$?
	kill $!
	exit $rc
END
live()
{
	status unshare --user --map-root-user --net bash "$tmp/live" "$fmctl" \
		--dry-run -j solve "$chain" nic virtio_net cores 8 live lo "$@"
}
if unshare --user --map-root-user --net true 2> "$tmp/err"; then
	expect_eq "a device" 0 "$(live seconds 1)"
	cp "$tmp/out" "$tmp/all"
	expect_eq "a device: one in eight" 0 "$(live seconds 1 every 8)"
	expect_eq "a device: about as many" True "$(json \
		'100 < d["traffic"]["packets"] * 8 < 4 * json.load(open("'"$tmp"'/all"))["traffic"]["packets"]')"
else
	skip "a device" "there are no user namespaces"
fi

# ---- the machine's own constants

export FLOWMAGE_COSTS=$tmp/state/deep/costs.json
expect_eq "calibrate, a trial" 0 "$(status "$fmctl" --dry-run -j solve calibrate)"
expect_eq "a trial stores nothing" no "$([[ -e $FLOWMAGE_COSTS ]] || echo no)"
expect_eq "calibrate" 0 "$(status "$fmctl" solve calibrate)"
expect_eq "calibrate: a line for each constant" 13 "$(tail -n +2 "$tmp/out" | wc -l)"
expect_eq "calibrate: memory further away takes longer" True "$(json \
	'0 < d["costs"]["op"] < 1 < d["costs"]["chase"] < d["costs"]["transfer"]' \
	"$FLOWMAGE_COSTS")"
expect_eq "calibrate: shares are not measured" "0.0625 0.5 4.0" "$(json \
	'"{write_share} {v6_share} {max_lines}".format(**d["costs"])' \
	"$FLOWMAGE_COSTS")"
expect_eq "solve takes them" 0 "$(solve_with)"
expect_eq "solve takes them: told" measured "$(json 'd["constants"]')"
measured=$(json 'd["cost"]')
expect_eq "or not" 0 "$(solve_with costs default)"
expect_eq "or not: told" "default True" \
	"$(json "'%s %s' % (d['constants'], d['cost'] != $measured)")"
sed 's/"transfer":[0-9.]*/"transfer":0/;s/"lock":[0-9.]*/"lock":0/
	s/"contend":[0-9.]*/"contend":0/' "$FLOWMAGE_COSTS" > "$tmp/free.json"
expect_eq "sharing that costs nothing" 0 "$(solve_with costs "$tmp/free.json")"
expect_eq "sharing that costs nothing: no plan is better than RSS" True \
	"$(json 'd["cost"] == d["default_cost"]')"
sed 's/"cpu":".*"/"cpu":"abacus"/' "$FLOWMAGE_COSTS" > "$tmp/other.json"
expect_eq "another processor's" 0 "$(solve_with costs "$tmp/other.json")"
expect_eq "another processor's: told" 1 "$(grep -c 'measured on .*abacus' "$tmp/err")"
echo '{"schema_version":1,"cpu":"x","costs":{"lock":-1}}' > "$tmp/bad.json"
expect_eq "no costs" 8 "$(status "$fmctl" solve "$chain" costs "$tmp/bad.json")"
expect_eq "no costs: where" "$tmp/bad.json:1:" "$(grep -o "^$tmp/bad.json:1:" "$tmp/err")"
expect_eq "a CPU alone" 2 "$(status "$fmctl" solve calibrate cpus 0)"
export FLOWMAGE_COSTS=$tmp/none

# ---- predictions

cat > "$tmp/measured.csv" <<-'END'
	chain,cores,min_mpps,mpps
	linear,4,3.9,4
	linear,1,0.9,1
	linear,2,1.9,2
	linear,8,7,10
	queue,1,9,10
	queue,2,7,8
END
expect_eq "predict" 0 "$(status "$fmctl" -j predict "$tmp/measured.csv")"
point='{(p["configuration"], p["cores"]): p for p in d["predictions"]}'
expect_eq "predict: what grows with the cores" "64.0 64" \
	"$(json "'%s %d' % (${point}['linear', 64]['predicted_mpps'],
		len([p for p in d['predictions'] if p['configuration'] == 'linear']))")"
expect_eq "predict: how far it is off" "-20.0 False True" \
	"$(json "'%s %s %s' % (${point}['linear', 8]['error_percent'],
		${point}['linear', 8]['fitted'], ${point}['linear', 4]['fitted'])")"
# 2 / (0.1 + 0.1 (1 + 1/2)) = 8: half of 0.2 us is waited for.
expect_eq "predict: what is shared" "0.1 0.2" \
	"$(json '"%s %.3g" % (d["models"][1]["own_us"], d["models"][1]["serial_us"])')"
expect_eq "predict: text" 0 "$(status "$fmctl" predict - cores 32 \
	< "$tmp/measured.csv")"
expect_eq "predict: a line for 32 cores" "linear 32 32.000 - - -" \
	"$(grep '^linear *32' "$tmp/out" | xargs)"
expect_eq "predict: more cores than there may be" 2 "$(status "$fmctl" predict \
	"$tmp/measured.csv" cores 99)"
# wrong NAME LINE WORDS: line 2 of a file, and what is said of it
wrong()
{
	printf 'chain,cores,mpps\n%s\n' "$2" > "$tmp/bad.csv"
	expect_eq "$1" 8 "$(status "$fmctl" predict "$tmp/bad.csv")"
	expect_eq "$1: words" "fmctl: $tmp/bad.csv:$3" "$(head -n 1 "$tmp/err")"
}
wrong "cores that are none" 'a,x,1' '2: no number of cores: "x"'
wrong "half a core" 'a,1.5,1' '2: cores are 1 to 64, not "1.5"'
wrong "no throughput" 'a,1,0' '2: no throughput in Mpps above 0: "0"'
wrong "a column too few" 'a,1' '2: not as many columns as in the first line'
wrong "a line twice" $'a,1,1\na,1,2' \
	'3: there is already a line for as many cores of "a"'
wrong "one line alone" 'a,1,1' \
	' a: a fit needs a line for 1 core and one more with at most 4'
printf 'a,b\n' > "$tmp/bad.csv"
expect_eq "no column of cores" 8 "$(status "$fmctl" predict "$tmp/bad.csv")"

finish
