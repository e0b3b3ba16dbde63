#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Tracking, solving, keys and dry runs, without a module, privileges or a NIC.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
chain=examples/psd-policer-fsc.json
export HOME=$tmp XDG_STATE_HOME=$tmp/state FLOWMAGE_STATE_DIR=$tmp/run

# ---- track

expect_eq "track" 0 "$(status "$fmctl" --dry-run -j track psd flow_counter)"
expect_eq "track: features" \
	"[('psd', ['src_ip'], True), ('flow_counter', ['src_ip', 'dst_ip', 'src_port', 'dst_port', 'protocol'], False)]" \
	"$(json '[(r["nf"], r["key"], r["pointer"]) for r in d["records"]]')"
expect_eq "track: all evidence has its line" True \
	"$(json 'all(e["line"] > 0 for r in d["records"] for e in r["evidence"])')"
expect_eq "track: text" 0 "$(status "$fmctl" --dry-run track policer)"
expect_eq "track: text has evidence" "kmod/nf/policer.c" \
	"$(grep -m 1 -o 'kmod/nf/policer.c' "$tmp/out")"

# ---- solve

expect_eq "solve" 0 "$(status "$fmctl" --dry-run -j solve "$chain" nic virtio_net cores 4)"
cp "$tmp/out" "$tmp/plan.json"
expect_eq "solve: field set" "['src_ip']" "$(json 'd["steer"][0]["fields"]')"
expect_eq "solve: means" "key-synthesis key-synthesis" \
	"$(json 'd["means"] + " " + d["means6"]')"
expect_eq "solve: modes" \
	"{'psd': 'local', 'policer': 'shared', 'source_counter': 'local', 'flow_counter': 'local'}" \
	"$(json '{i["name"]: i["mode"] for i in d["inst"]}')"
expect_eq "solve: every CPU owns as many shards" "{0: 32, 1: 32, 2: 32, 3: 32}" \
	"$(json '{c: d["steer"][0]["owners"].count(c) for c in range(4)}')"
expect_eq "solve: all alternatives, in order" "35 True" \
	"$(json '"%s %s" % (len(d["alternatives"]),
		[a["rank"] for a in d["alternatives"]] == list(range(1, 36)))')"
expect_eq "solve: the plan is better than what is usual" True \
	"$(json 'd["cost"] < d["default_cost"]')"
expect_eq "solve: a NIC that selects fields" 0 \
	"$(status "$fmctl" --dry-run -j solve "$chain" nic i40e cores 4)"
expect_eq "solve: it does so by its selector" \
	"field-selector {'tcp4': ['src_ip'], 'udp4': ['src_ip'], 'tcp6': ['src_ip'], 'udp6': ['src_ip']}" \
	"$(json 'd["means"] + " " + str(d["nic"]["select"])')"
expect_eq "solve: no NIC at all" 0 \
	"$(status "$fmctl" --dry-run -j solve "$chain" cores 4 cpus 2,5)"
expect_eq "solve: then software steers, on these CPUs" "software False [2, 5]" \
	"$(json '" ".join([d["means"], str(d["steer"][0]["hw"]),
		str(sorted(set(d["steer"][0]["owners"])))])')"
expect_eq "solve: text" 0 \
	"$(status "$fmctl" --dry-run solve "$chain" nic virtio_net cores 4 explain)"
expect_eq "solve: text has all alternatives" 35 \
	"$(sed -n '/^RANK/,/^$/p' "$tmp/out" | grep -c '^ *[0-9]')"
expect_eq "solve: unknown rule" 3 "$(status "$fmctl" solve "$chain" nic nosuch)"
expect_eq "solve: unknown rule: words" \
	"fmctl: there is no rule for a driver nosuch" "$(head -n 1 "$tmp/err")"
expect_eq "solve: no such device" 3 "$(status "$fmctl" solve "$chain" dev nosuch0)"
expect_eq "solve: device and rule" 2 "$(status "$fmctl" solve "$chain" dev lo nic igb)"
expect_eq "solve: CPUs that are none" 2 "$(status "$fmctl" solve "$chain" cpus 3-1)"

# ---- solve: segments and wishes

# solve_on CORES ARGUMENT...: $tmp/chain.json on a virtio_net, as JSON.
solve_on()
{
	local cores=$1

	shift
	status "$fmctl" --dry-run -j solve "$tmp/chain.json" nic virtio_net \
		cores "$cores" "$@"
}

# write_chain WISHES NF...: $tmp/chain.json of them
write_chain()
{
	local wishes=$1

	shift
	printf '{ "schema_version": 1, "name": "cut", "wishes": %s, "nfs": [ %s ] }' \
		"$wishes" "$(IFS=,; echo "$*")" > "$tmp/chain.json"
}

modes='" ".join("%s:%d:%s" % (i["name"], i["segment"], i["mode"]) for i in d["inst"])'
psd='{ "type": "psd" }'
policer='{ "type": "policer", "params": { "rate": 1000000, "burst": 10000 } }'

cp "$tmp/plan.json" "$tmp/out"
expect_eq "the search is told to be over" "optimal 0.0 True 1" \
	"$(json '"%s %s %s %d" % (d["status"], d["gap"],
		d["bound"] == d["cost"] == d["cheapest"], len(d["segments"]))')"
write_chain '{}' "$psd" "$policer"
expect_eq "many cores" 0 "$(solve_on 64)"
expect_eq "many cores: two segments" "psd:0:local policer:1:local" \
	"$(json "$modes")"
expect_eq "two segments: by NIC, then in software" \
	"[(['src_ip'], True), (['dst_ip'], False)]" \
	"$(json '[(s["fields"], s["hw"]) for s in d["steer"]]')"
expect_eq "two segments: told" \
	"[['psd'], ['policer']] ['key-synthesis', 'software'] optimal True" \
	"$(json '"%s %s %s %s" % ([s["nfs"] for s in d["segments"]],
		[s["means"] for s in d["segments"]], d["status"],
		abs(sum(s["cost"] for s in d["segments"]) - d["cost"]) < 0.02)')"
cp "$tmp/out" "$tmp/two.json"
expect_eq "two segments: a plan to deploy" 0 "$(status "$fmctl" --dry-run -j deploy \
	"$tmp/chain.json" dev lo plan "$tmp/two.json")"
expect_eq "two segments: text" 0 "$(status "$fmctl" --dry-run solve "$tmp/chain.json" \
	nic virtio_net cores 64)"
expect_eq "two segments: a line for each" "0 src_ip 1 dst_ip" \
	"$(sed -n '/^SEGMENT/,/^$/p' "$tmp/out" | awk 'NF && NR > 1 { print $1, $2 }' | xargs)"
expect_eq "text tells of the search" "search optimal gap 0.000000" \
	"$(grep -E '^(search|gap) ' "$tmp/out" | xargs)"
expect_eq "few cores" 0 "$(solve_on 4)"
expect_eq "few cores: one segment" "psd:0:local policer:0:shared" \
	"$(json "$modes")"
expect_eq "no re-steering" 0 "$(solve_on 64 segments 1)"
expect_eq "no re-steering: one segment" 1 "$(json 'len(d["steer"])')"
expect_eq "a local NF, few cores" 0 "$(solve_on 4 local policer segments 1)"
expect_eq "a local NF: it is" "psd:0:shared policer:0:local" "$(json "$modes")"
expect_eq "a shared NF" 0 "$(solve_on 64 shared policer)"
expect_eq "a shared NF: it is" "psd:0:local policer:0:shared" "$(json "$modes")"
expect_eq "both local" 0 "$(solve_on 4 local psd local policer)"
expect_eq "both local: two segments" "psd:0:local policer:1:local" \
	"$(json "$modes")"
expect_eq "wishes that exclude each other" 8 \
	"$(status "$fmctl" --dry-run solve "$tmp/chain.json" nic virtio_net cores 4 \
		local psd local policer segments 1)"
expect_eq "wishes that exclude each other: which" \
	"fmctl: infeasible: no plan can do all of this: psd (key src_ip) is local, policer (key dst_ip) is local and packets are not re-steered" \
	"$(< "$tmp/err")"
write_chain '{ "segments": 1 }' "$psd" "$policer"
expect_eq "no re-steering by the file" 0 "$(solve_on 64)"
expect_eq "no re-steering by the file: one segment" 1 "$(json 'len(d["steer"])')"
expect_eq "the command line goes before the file" 0 "$(solve_on 64 segments 2)"
expect_eq "the command line goes before the file: two" 2 \
	"$(json 'len(d["steer"])')"
write_chain '{ "segments": 5 }' "$psd"
expect_eq "more segments than there may be" 8 "$(solve_on 4)"
write_chain '{}' '{ "type": "nat" }' "$psd" "$policer"
expect_eq "behind who rewrites packets" 0 "$(solve_on 64)"
expect_eq "behind who rewrites packets no segment begins" 1 \
	"$(json 'len(d["steer"])')"
write_chain '{}' "$psd" "$policer" '{ "type": "nat" }'
expect_eq "before it" 0 "$(solve_on 64)"
expect_eq "before it segments begin" True "$(json 'len(d["steer"]) > 1')"
expect_eq "segments that are none" 2 "$(solve_on 4 segments 0)"
expect_eq "an NF that is not there" 2 "$(status "$fmctl" --dry-run solve "$chain" \
	nic virtio_net local nosuch)"
expect_eq "an NF that is not there: words" \
	"fmctl: chain psd-policer-fsc has no NF nosuch" "$(head -n 1 "$tmp/err")"
expect_eq "local and shared" 2 "$(solve_on 4 local psd shared psd)"
write_chain '{}' "$psd" '{ "type": "adl" }'
expect_eq "nothing to pin" 2 "$(solve_on 4 local adl)"
expect_eq "wishes with click" 2 "$(status "$fmctl" solve \
	--click examples/psd-policer-fsc.click segments 2)"

# ---- sources that are not the module's

mkdir "$tmp/tree"
cp -r kmod "$tmp/tree"
sed -i 's/\.key = FM_F_SRC_IP/.key = FM_F_DST_IP/' "$tmp/tree/kmod/nf/psd.c"
line=$(grep -n '\.key = ' kmod/nf/psd.c | cut -d: -f1)
expect_eq "a source with another key" 8 \
	"$(status "$fmctl" --dry-run deploy "$chain" dev lo tree "$tmp/tree")"
expect_eq "a source with another key: where" \
	"fmctl: source and module disagree: psd: key is dst_ip by kmod/nf/psd.c:$line but the module reports src_ip" \
	"$(< "$tmp/err")"

# ---- deploy: dry run

expect_eq "dry run" 0 "$(status "$fmctl" --dry-run -j deploy "$chain" dev lo)"
expect_eq "dry run: says so" True "$(json 'd["dry_run"]')"
expect_eq "dry run of a given plan" 0 \
	"$(status "$fmctl" --dry-run -j deploy "$chain" dev lo plan "$tmp/plan.json")"
steer=$(json 'd["steer"]')
cp "$tmp/plan.json" "$tmp/out"
expect_eq "dry run: it is that plan" "$(json 'd["steer"]')" "$steer"
expect_eq "dry run: nothing is written" "" "$(find "$tmp/run" "$tmp/state" 2>&1 |
	grep -v 'No such file')"
expect_eq "a plan for another chain" 8 "$(status "$fmctl" --dry-run deploy \
	examples/counters.json dev lo plan "$tmp/plan.json")"
expect_eq "a plan for another chain: words" \
	"fmctl: the plan is for chain psd-policer-fsc, not for counters" \
	"$(< "$tmp/err")"
expect_eq "a plan that is none" 8 "$(status "$fmctl" --dry-run deploy "$chain" dev lo \
	plan examples/counters.json)"
expect_eq "a device twice" 2 "$(status "$fmctl" --dry-run deploy "$chain" dev lo dev lo)"
expect_eq "no device" 2 "$(status "$fmctl" --dry-run deploy "$chain")"

# ---- NICs by other names

expect_eq "solve: a rule of one's own" 0 "$(status "$fmctl" --dry-run -j solve \
	"$chain" --nic rules/nic/i40e.json --cores 4)"
expect_eq "solve: it is read" field-selector "$(json 'd["means"]')"
echo '{"schema_version":1,"driver":"x","rsss":true}' > "$tmp/nic.json"
expect_eq "solve: a rule that is wrong" 8 "$(status "$fmctl" --dry-run solve \
	"$chain" nic "$tmp/nic.json")"
expect_eq "solve: a rule that is wrong: where" 1 \
	"$(grep -c "^$tmp/nic.json:1:[0-9]*: unknown key \"rsss\"" "$tmp/err")"
expect_eq "solve: a rule that is not there" 3 "$(status "$fmctl" --dry-run solve \
	"$chain" nic "$tmp/nosuch.json")"
expect_eq "solve: a live NIC" 3 "$(status "$fmctl" solve "$chain" nic live:nosuch0)"
expect_eq "solve: live and a device" 2 "$(status "$fmctl" solve "$chain" nic live:lo dev lo)"

# ---- hashes: those that the RSS specification verifies implementations by

hash_of()
{
	"$fmctl" -j nic hash "$@" > "$tmp/out"
	json 'd["hash"]'
}
expect_eq "hash: IPv4" "51ccc178 323e8fc2" \
	"$(hash_of 66.9.149.187:2794 161.142.100.80:1766) $(hash_of 66.9.149.187 \
		161.142.100.80)"
expect_eq "hash: IPv6" "40207d3d 2cc18cd5" "$(hash_of '[3ffe:2501:200:1fff::7]:2794' \
	'[3ffe:2501:200:3::1]:1766') $(hash_of 3ffe:2501:200:1fff::7 3ffe:2501:200:3::1)"
expect_eq "hash: some fields" "$(hash_of 66.9.149.187 161.142.100.80)" \
	"$(hash_of 66.9.149.187:2794 161.142.100.80:1766 fields src_ip,dst_ip)"
key=$("$fmctl" -j nic key --fields src_ip,dst_ip --symmetric --family v4 > "$tmp/out"
	json 'd["key"]')
expect_eq "hash: a key that makes both ways alike" \
	"$("$fmctl" nic hash 10.0.0.1 10.9.8.7 key "$key" | grep entry)" \
	"$("$fmctl" nic hash 10.9.8.7 10.0.0.1 key "$key" | grep entry)"
expect_eq "hash: entry" 120 "$(hash_of 66.9.149.187:2794 161.142.100.80:1766 \
	> "$tmp/hash"; json 'd["entry"]')"
for end in 10.0.0.1:x 10.0.0.1:65536 10.0.0 10.0.0.1:-1 '[::1' '[10.0.0.1]:1' ''; do
	expect_eq "hash: \"$end\" is no end" 2 "$(status "$fmctl" nic hash "$end" 10.0.0.2)"
done
expect_eq "hash: a port at one end" 2 "$(status "$fmctl" nic hash 10.0.0.1:1 10.0.0.2)"
expect_eq "hash: two families" 2 "$(status "$fmctl" nic hash 10.0.0.1 ::1)"
expect_eq "hash: no key" 2 "$(status "$fmctl" nic hash 10.0.0.1 10.0.0.2 key xyz)"
expect_eq "hash: a device without RSS" 1 "$(status "$fmctl" nic hash 10.0.0.1 \
	10.0.0.2 dev lo)"

# ---- keys

expect_eq "key" 0 "$(status "$fmctl" -j nic key --fields src_ip)"
expect_eq "key: what it spreads by" "['src_ip'] ['src_ip'] 7" \
	"$(json '"%s %s %s" % (d["fields"], d["fields6"], d["rank"])')"
expect_eq "key: how it spreads" True "$(json '1 <= d["balance"] < 1.1')"
expect_eq "key for one family" 0 "$(status "$fmctl" -j nic key --fields dst_ip --family v4)"
expect_eq "key for both: there is none" 8 "$(status "$fmctl" -j nic key --fields dst_ip)"
expect_eq "key for no family" 2 "$(status "$fmctl" -j nic key --fields src_ip --family v5)"
expect_eq "symmetric key" 0 "$(status "$fmctl" -j nic key --fields \
	src_ip,dst_ip,src_port,dst_port --symmetric --entries 512 --bytes 52)"
expect_eq "symmetric key: it is" "True True 512 155" \
	"$(json '"%s %s %s %s" % (d["symmetric"], d["symmetric6"],
		d["entries"], len(d["key"]))')"
expect_eq "a key that cannot be" 8 "$(status "$fmctl" nic key --fields dst_ip)"
expect_eq "but for IPv4 it can" 0 "$(status "$fmctl" -4 nic key --fields dst_ip)"
expect_eq "fields that are none" 2 "$(status "$fmctl" nic key --fields source)"
expect_eq "entries that are no power of two" 2 \
	"$(status "$fmctl" nic key --fields src_ip --entries 100)"
expect_eq "neither device nor fields" 2 "$(status "$fmctl" nic key)"

# ---- devices

expect_eq "a device without RSS" 0 "$(status "$fmctl" -j nic show lo)"
expect_eq "it is said" "False no RSS here: packets are steered in software" \
	"$(json 'str(d["rss"]) + " " + d["steering"]')"
expect_eq "no such device" 3 "$(status "$fmctl" nic show nosuch0)"
expect_eq "no such device: words" "fmctl: device nosuch0: No such device" \
	"$(< "$tmp/err")"

finish
