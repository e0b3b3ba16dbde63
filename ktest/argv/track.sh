#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the tracker reads from sources of all frameworks, from copies of them
# under other names, and from copies in which one thing was changed.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
# shellcheck source=ktest/lib.sh
. ktest/lib.sh
# shellcheck source=ktest/argv/data/tool.bash
. ktest/argv/data/tool.bash

fmctl=${FMCTL:-build/fmctl}
data=ktest/argv/data/track
export FLOWMAGE_FEATURES=$tmp/state HOME=$tmp
unset OPENAI_API_KEY OPENAI_BASE_URL

# features FRAMEWORK NF FILE: key, intensity, pointer of a stateful NF
features()
{
	"$fmctl" -j --dry-run track --framework "$1" --nf "$2" "$3" \
		> "$tmp/out" 2> "$tmp/err" || cat "$tmp/err"
	jq -r '.records[0] | if .statefulness == "stateless" then "stateless"
		else "\(.key | join(",")) \(.intensity) \(.pointer)" end' \
		"$tmp/out"
}

all=src_ip,dst_ip,src_port,dst_port,protocol

# ---- each framework, and the same under another name

# same FRAMEWORK FILE NF WANTED: also if all its names are others
same()
{
	expect_eq "$1: $2" "$4" "$(features "$1" "$3" "$data/$2")"
	sed "s/${3}/Zebra/g; s/${3,,}_/zebra_/g" "$data/$2" > "$tmp/zebra.${2##*.}"
	expect_eq "$1: $2 under another name" "$4" \
		"$(features "$1" Zebra "$tmp/zebra.${2##*.}")"
}

same fastclick scan.hh Scan "src_ip per-packet true"
same linux limit.c limit "src_ip per-packet true"
same vpp node.c spread "$all per-flow false"
same bess meter.cc Meter "dst_ip per-packet false"
same dpdk flows.c flows "$all per-packet true"
same ebpf guard.c guard "src_ip per-packet false"
check "missing headers are told" jq -e \
	'.records[0].sources.static.unparsed | length > 0' \
	<("$fmctl" -j --dry-run track --framework fastclick --nf Scan $data/scan.hh)
check "and lower the confidence" jq -e '.records[0].confidence < 0.95' \
	<("$fmctl" -j --dry-run track --framework fastclick --nf Scan $data/scan.hh)

# ---- one thing changed

# planted NAME FRAMEWORK FILE NF SED WANTED
planted()
{
	sed "$5" "$data/$3" > "$tmp/planted.${3##*.}"
	expect_eq "$2: $1" "$6" "$(features "$2" "$4" "$tmp/planted.${3##*.}")"
}

planted "another key" fastclick scan.hh Scan 's/ip_src/ip_dst/' \
	"dst_ip per-packet true"
planted "no write" fastclick scan.hh Scan '/state->ports++/d' "stateless"
planted "no pointer" fastclick scan.hh Scan '/unordered_map/d' \
	"src_ip per-packet false"
planted "another key" linux limit.c limit 's/iph->saddr/iph->daddr/' \
	"dst_ip per-packet true"
planted "written once" linux limit.c limit '/e->tokens -=/d' \
	"src_ip per-flow true"
planted "a write per packet" vpp node.c spread \
	's/forward(b0, s->backend);/s->packets++;/' "$all per-packet false"
planted "a pointer" vpp node.c spread 's/u64 packets;/void *more;/' \
	"$all per-flow true"
planted "fewer fields" vpp node.c spread '/kv.key\[1\] =/,/ip->protocol;/d' \
	"src_ip,dst_ip per-flow false"
planted "another key" bess meter.cc Meter 's/ip->dst/ip->src/g' \
	"src_ip per-packet false"
planted "no pointer" dpdk flows.c flows '/struct flow \*next/d' \
	"$all per-packet false"
planted "only an address" dpdk flows.c flows \
	'/\.sport =/d; /\.proto =/d; s/, \.dst = ip->dst_addr//' \
	"src_ip per-packet true"
planted "only read: configuration" ebpf guard.c guard \
	'/bpf_map_update_elem/d; /s->packets++/d' "stateless"
planted "a counter is no state" ebpf guard.c guard \
	'/s = bpf_map_lookup_elem/,/XDP_DROP/d' "stateless"

# ---- bounds

{
	cat "$data/limit.c"
	for ((i = 0; i < 300; i++)); do
		echo "static int filler_$i(int x) { int y = x;"
		printf 'y += x * %d + (y ^ %d); if (y > x) y -= 3;\n' {1..420}
		echo "return y; }"
	done
} > "$tmp/long.c"
check "a source of 2 MB" test "$(stat -c %s "$tmp/long.c")" -gt 2000000
# cpu_ms CMD...: CPU time it takes, which a busy machine does not lengthen
cpu_ms()
{
	local TIMEFORMAT="%U %S" spent

	spent=$({ time "$@" > "$tmp/out" 2> "$tmp/err"; } 2>&1)
	awk '{ printf "%d\n", ($1 + $2) * 1000 }' <<< "$spent"
}

expect_eq "a source of 2 MB is read" "src_ip per-packet true" \
	"$(features linux limit "$tmp/long.c")"
check "in less than a second" test "$(cpu_ms "$fmctl" -j --dry-run track \
	--framework linux --nf limit "$tmp/long.c")" -lt 1000

# calls to as many functions as are followed: the steps end before the source
{
	echo "struct e { __u32 a; struct e *n; }; static struct e *tab[4096];"
	echo "static int g0(struct sk_buff *skb, int x) { return x; }"
	for ((i = 1; i < 60; i++)); do
		echo "static int g$i(struct sk_buff *skb, int x) {"
		echo "struct iphdr *iph = ip_hdr(skb); int y = iph->saddr;"
		for ((k = 0; k < 300; k++)); do
			echo "struct e *v$k = tab[jhash(iph->daddr + x)];"
			echo "if (v$k->a > y) { v$k->n->a += x; x = v$k->a; }"
		done
		for ((k = 0; k < 8; k++)); do echo "y += g$((i - 1))(skb, y);"; done
		echo "return y; }"
	done
	echo 'static struct xt_match m = { .name = "calls", .match = g59 };'
} > "$tmp/calls.c"
check "nor does one that is too complex to follow take longer" test \
	"$(cpu_ms "$fmctl" -j --dry-run track --framework linux --nf calls \
	"$tmp/calls.c")" -lt 1000
check "and that is told" jq -e '.records[0].sources.static.unparsed |
	any(test("too complex"))' "$tmp/out"
head -c 3000 /dev/urandom > "$tmp/noise.c"
check "noise is no crash" "$fmctl" --dry-run track --framework linux \
	--nf noise "$tmp/noise.c"
printf '{([%.0s' {1..20000} > "$tmp/deep.c"
check "20000 brackets are no crash" "$fmctl" --dry-run track \
	--framework linux --nf deep "$tmp/deep.c"
expect_eq "a framework that is not there" 3 "$(status "$fmctl" --dry-run track \
	--framework none --nf limit "$data/limit.c")"
expect_eq "a file that is not there" 3 "$(status "$fmctl" --dry-run track \
	--framework linux --nf limit "$tmp/none.c")"

# ---- how a tree that was built compiles an NF

built=$tmp/built
mkdir -p "$built/net/netfilter" "$built/net/other" "$built/lib/private" \
	"$built/include/generated"
cat > "$built/lib/private/small_key.h" <<'END'
static inline u32 small_hash(const struct iphdr *iph)
{
#if IS_ENABLED(CONFIG_SMALL_BY_DST) && !defined(SMALL_BY_SRC)
	return jhash_1word(iph->daddr, 0);
#else
	return jhash_1word(iph->saddr, 0);
#endif
}
END
cat > "$built/net/netfilter/xt_small.c" <<'END'
#include <linux/ip.h>
#include "small_key.h"

struct entry {
	u32 tokens;
};

static struct entry table[4096];

static bool small_mt(const struct sk_buff *skb, struct xt_action_param *par)
{
	struct entry *e = &table[small_hash(ip_hdr(skb))];

#ifndef SMALL_READS
	e->tokens++;
#endif
	return e->tokens > 5;
}

static struct xt_match small_reg = { .name = "small", .match = small_mt };
END
command=$built/net/netfilter/.xt_small.o.cmd
config=$built/include/generated/autoconf.h

# small [OPTION]...: what is read of it
small()
{
	"$fmctl" -j "${@:---dry-run}" track --framework linux --tree "$built" \
		--nf xt_small 2> "$tmp/err" | jq -r '.records[0] |
		if .statefulness == "stateless" then "stateless"
		else "\(.key | join(",")) \(.intensity)" end'
}

# kbuild FLAGS: as if the tree had been built with them
kbuild()
{
	{
		printf 'savedcmd_net/netfilter/xt_small.o := '
		printf "gcc -nostdinc -I ./lib/private %s '-DNAME=\"a b\"' " "$1"
		printf -- '-c -o net/netfilter/xt_small.o xt_small.c\n\n'
		printf 'source_net/netfilter/xt_small.o := xt_small.c -DNOT\n'
	} > "$command"
}

expect_eq "not built: a header is missing" "small_key.h: header is not there" \
	"$("$fmctl" -j --dry-run track --framework linux --tree "$built" \
	--nf xt_small | jq -r '.records[0].sources.static.unparsed[0]')"
kbuild -D__KERNEL__
expect_eq "built: headers are found where the compiler found them" \
	"dst_ip per-packet" "$(small)"
: > "$config"
expect_eq "what the configuration does not define is off" \
	"src_ip per-packet" "$(small)"
echo '#define CONFIG_SMALL_BY_DST_MODULE 1' > "$config"
expect_eq "a module is on" "dst_ip per-packet" "$(small)"
kbuild -DSMALL_BY_SRC
expect_eq "-D turns code off" "src_ip per-packet" "$(small)"
kbuild "-DSMALL_BY_SRC -DSMALL_READS=1"
expect_eq "and on" "stateless" "$(small)"
kbuild "-UCONFIG_SMALL_BY_DST -U OTHER"
expect_eq "so does -U" "src_ip per-packet" "$(small)"
: > "$command"
expect_eq "an empty command is none" "tokens" "$("$fmctl" -j --dry-run track \
	--framework linux --tree "$built" --nf xt_small |
	jq -r '.records[0].sources.static.environment')"
rm "$command"
cat > "$built/compile_commands.json" <<END
[{"directory": "$built", "file": "net/other/xt_small.c",
  "command": "gcc -DSMALL_READS -Ilib/private -c net/other/xt_small.c"},
 17, {"directory": "$built"},
 {"directory": "$built/net", "file": "netfilter/xt_small.c",
  "arguments": ["gcc", "-I", "../lib/private", "-DSMALL_BY_SRC", "-c", 4]}]
END
touch "$built/net/other/xt_small.c"
expect_eq "a list of commands" "src_ip per-packet" "$(small)"
sed -i 's/-DSMALL_BY_SRC/-DNOTHING/' "$built/compile_commands.json"
expect_eq "is read for this file only" "dst_ip per-packet" "$(small)"
expect_eq "a record with settings is kept" "dst_ip per-packet" "$(small -q)"
sed -i 's/-DNOTHING/-DSMALL_BY_SRC/' "$built/compile_commands.json"
expect_eq "and stale when they change" "src_ip per-packet" "$(small -q)"
expect_eq "they are in it" "compile_commands.json" "$("$fmctl" -j nf features \
	xt_small | jq -r '.records[0].sources.static.settings[0].path')"
echo '[{"directory": ' > "$built/compile_commands.json"
check "a list that is none stops nothing" "$fmctl" --dry-run track \
	--framework linux --tree "$built" --nf xt_small
rm -r "${FLOWMAGE_FEATURES:?}"

# ---- the store

mkdir "$tmp/tree"
cp "$data/limit.c" "$tmp/tree/limit.c"
"$fmctl" track watch "$tmp/tree" --framework linux --nf limit --once \
	> "$tmp/out" 2> "$tmp/err"
check "watch --once analyses what has no record" grep -q "^limit: stateful" \
	"$tmp/out"
"$fmctl" track watch "$tmp/tree" --framework linux --once > "$tmp/out" \
	2> "$tmp/err"
expect_eq "and nothing that has not changed" "" "$(< "$tmp/out")"
sed -i 's/iph->saddr/iph->daddr/' "$tmp/tree/limit.c"
"$fmctl" track watch "$tmp/tree" --framework linux --once > "$tmp/out" \
	2> "$tmp/err"
check "a change is told" grep -q "dst_ip.*(changed)" "$tmp/out"
"$fmctl" track watch "$tmp/tree" --framework linux --debounce 50 \
	> "$tmp/watched" 2> "$tmp/err" &
pid=$!
wait_for "grep -q 'looked at' $tmp/err"
sed -i 's/iph->daddr/iph->saddr/' "$tmp/tree/limit.c"
check "watch sees it by itself" wait_for \
	"grep -q 'src_ip.*(changed)' $tmp/watched"
kill -INT $pid
wait $pid
expect_eq "and ends when it is told to" 130 $?

check "a decision" "$fmctl" nf confirm limit --framework linux key=dst_ip \
	--why "the test says so"
expect_eq "stands in the record" "dst_ip the test says so" \
	"$("$fmctl" -j nf features limit |
	jq -r '.records[0] | "\(.key | join(",")) \(.confirmed.why)"')"
"$fmctl" track --framework linux --tree "$tmp/tree" --nf limit --force \
	> "$tmp/out" 2> "$tmp/err"
expect_eq "also when the NF is analysed again" "dst_ip" \
	"$("$fmctl" -j nf features limit | jq -r '.records[0].key | join(",")')"
expect_eq "a decision about nothing" 2 "$(status "$fmctl" nf confirm limit \
	--framework linux colour=red --why x)"
expect_eq "a decision about an NF without a record" 3 "$(status "$fmctl" nf confirm \
	nobody key=src_ip --why x)"
for i in {1..12}; do
	cp "$data/limit.c" "$tmp/tree/many$i.c"
	"$fmctl" -q track --framework linux --tree "$tmp/tree" --nf "many$i" \
		> "$tmp/many$i" 2>&1 &
done
wait
expect_eq "parallel runs lose no record" 13 \
	"$("$fmctl" -j nf features --framework linux | jq '.records | length')"

# ---- the report

cat > "$tmp/labels.json" <<'END'
{"schema_version": 1, "nfs": [
 {"nf": "limit", "framework": "linux", "statefulness": "stateful",
  "key": ["src_ip"], "intensity": "per-packet", "pointer": false,
  "defensible": ["pointer"]}]}
END
cat > "$tmp/answers.json" <<'END'
{"right": {"limit": [{"iteration": "1", "error": null, "answer":
   {"statefulness": "stateful", "key": ["src_ip"], "intensity": "per-packet",
    "size": [32, false]}, "cost_usd": 0.5},
  {"iteration": "2", "error": "too long", "answer": null, "cost_usd": 0.25}]},
 "wrong": {"limit": [{"iteration": "1", "error": null, "answer":
   {"statefulness": "stateless", "key": [], "intensity": null,
    "pointer": false}, "cost_usd": 0}]}}
END
"$fmctl" -j track eval --labels "$tmp/labels.json" --answers "$tmp/answers.json" \
	--tree "linux=$tmp/tree" > "$tmp/out" 2> "$tmp/err"
expect_eq "accuracy" \
	"analysis 1/1 1/1 1/1;right 1/1 1/1 1/1;wrong 0/1 0/1 0/1" \
	"$(jq -r '[.accuracy[] | select(.source | test("analysis[+ ]") | not) |
	"\(.source) \(.statefulness) \(.key) \(.pointer)"] | join(";")' \
	"$tmp/out")"
expect_eq "cost of a model" 0.75 \
	"$(jq '.accuracy[] | select(.source == "right") | .cost_usd' "$tmp/out")"
"$fmctl" -j track eval --labels "$tmp/labels.json" --strict \
	--tree "linux=$tmp/tree" > "$tmp/out" 2> "$tmp/err"
expect_eq "strict: what can be defended is wrong" "0/1" \
	"$(jq -r '.accuracy[0].pointer' "$tmp/out")"
expect_eq "labels that are none" 8 "$(status "$fmctl" track eval \
	--labels "$tmp/answers.json")"
check "the labels of the tree are sound" "$fmctl" track eval \
	--labels ktest/argv/data/labels.json

finish
