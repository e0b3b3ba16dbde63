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
same linux mode.c mode "$all per-packet true"
same ebpf ways.c ways "$all per-packet false"
both=$("$fmctl" -j --dry-run track --framework ebpf --nf ways $data/ways.c)
check "both directions of a flow" jq -e '.records[0].bidirectional' <<< "$both"
check "state at both ends of a packet is told" jq -e \
	'.records[0].sources.static.unparsed | any(test("hosts.*no key holds"))' \
	<<< "$both"
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
planted "no ports" linux mode.c mode '/_port = ports/d' \
	"src_ip,dst_ip per-packet true"
planted "no destination" linux mode.c mode \
	'/_port = ports/d; /by & 2/,+1d' "src_ip per-packet true"
planted "the last case counts for all if the others fall into it" linux \
	mode.c mode '/break;/d; s/proto = mode_last.*/proto = 6;/' \
	"src_ip,dst_ip per-packet true"
planted "hosts only" ebpf ways.c ways '/s->packets++/d; /&connections/d' \
	"src_ip,dst_ip per-packet false"
planted "one host" ebpf ways.c ways \
	'/s->packets++/d; /&connections/d; /count(&key.daddr/d' \
	"src_ip per-packet false"
planted "only read: configuration" ebpf guard.c guard \
	'/bpf_map_update_elem/d; /s->packets++/d' "stateless"
planted "a counter is no state" ebpf guard.c guard \
	'/s = bpf_map_lookup_elem/,/XDP_DROP/d' "stateless"

# ---- functions that pointers lead to

# pointer CALL [DECLARATIONS [STATEMENTS]]: what is read of an NF whose index
# is what CALL returns for iph
pointer()
{
	cat > "$tmp/pointer.c" <<-END
	struct entry { u32 packets; u32 old; };
	static struct entry table[4096];
	static u32 by_src(const struct iphdr *iph)
	{
		return jhash_1word(iph->saddr, 0);
	}
	static u32 by_dst(const struct iphdr *iph)
	{
		return jhash_1word(iph->daddr, 0);
	}
	static void count(struct entry *e) { e->packets++; }
	static void look(struct entry *e) { }
	typedef u32 (*index_fn)(const struct iphdr *iph);
	struct keyed { int n; index_fn index; void (*update)(struct entry *e); };
	struct other { int n; index_fn index; };
	struct holder { struct keyed *ops; index_fn index; };
	static struct holder *held;
	${2-}
	static u32 apply(const struct iphdr *iph,
			 u32 (*index)(const struct iphdr *iph))
	{
		return index(iph);
	}
	static bool fp_mt(const struct sk_buff *skb, struct xt_action_param *par)
	{
		const struct iphdr *iph = ip_hdr(skb);
		struct entry *e;
		${3-}
		e = &table[$1];
		${4-e->packets++;}
		return e->old > 5;
	}
	static struct xt_match fp_reg = { .name = "fp", .match = fp_mt };
	END
	features linux fp "$tmp/pointer.c"
}

src="src_ip per-packet false"
dst="dst_ip per-packet false"
ops="static struct keyed a = { .n = 1, .index = by_src, .update = count };
static const struct keyed b = { 2, by_dst, look };"
expect_eq "a pointer is not known to lead anywhere" stateless \
	"$(pointer "held->nothing(1)")"
expect_eq "a struct of operations" "$src" "$(pointer "a.index(iph)" "$ops")"
expect_eq "another of the same type, by position" "$dst" \
	"$(pointer "b.index(iph)" "$ops")"
expect_eq "a pointer to it" "$dst" \
	"$(pointer "o->index(iph)" "$ops" "const struct keyed *o = &b;")"
expect_eq "one that configuration chooses" "$src" \
	"$(pointer "held->ops->index(iph)" "$ops")"
expect_eq "one of another type is not it" "$dst" \
	"$(pointer "held->ops->index(iph)" \
	"static struct other x = { .index = by_src };
	static struct keyed y = { .index = by_dst };")"
expect_eq "a write behind it" "$src" \
	"$(pointer "by_src(iph)" "$ops" "" "a.update(e);")"
expect_eq "and none" stateless "$(pointer "by_src(iph)" "$ops" "" "b.update(e);")"
expect_eq "a local pointer" "$dst" \
	"$(pointer "fn(iph)" "" "u32 (*fn)(const struct iphdr *) = by_dst;")"
expect_eq "with a name for its type, set later" "$dst" \
	"$(pointer "(*fn)(iph)" "" "index_fn fn; fn = &by_dst;")"
expect_eq "one of two" "$src" "$(pointer "fn(iph)" "" \
	"index_fn fn = par->u ? by_dst : by_src;")"
expect_eq "an argument" "$dst" "$(pointer "apply(iph, by_dst)")"
expect_eq "and another one" "$src" "$(pointer "apply(iph, &by_src)")"
expect_eq "a member that a function sets" "$dst" \
	"$(pointer "held->index(iph)" \
	"static void setup(struct holder *h) { h->index = by_dst; }")"
expect_eq "a variable outside functions" "$dst" \
	"$(pointer "chosen(iph)" "static index_fn chosen = by_dst;")"
expect_eq "that is set elsewhere" "$src" "$(pointer "chosen(iph)" \
	"static index_fn chosen; static void setup(void) { chosen = by_src; }")"
expect_eq "an array of them" "$dst" "$(pointer "all[par->u](iph)" \
	"static const index_fn all[] = { by_dst, by_dst };")"
expect_eq "a name that is a variable's too hides the function" "$dst" \
	"$(pointer "by_src(iph)" "" "index_fn by_src = by_dst;")"
expect_eq "a function that calls itself so" "$src" "$(pointer "again(iph)" \
	"static u32 again(const struct iphdr *iph);
	static struct keyed r = { .index = again };
	static u32 again(const struct iphdr *iph)
	{ return r.index(iph) + by_src(iph); }")"
many=$(for i in {1..9}; do
	echo "static u32 f$i(const struct iphdr *iph) { return by_src(iph); }"
	echo "static struct keyed k$i = { .index = f$i };"
done)
expect_eq "more than are followed" "$src" \
	"$(pointer "held->ops->index(iph)" "$many")"
check "are told" jq -e '.records[0].sources.static.unparsed |
	any(test("not all functions"))' "$tmp/out"

# ---- what is written when, and what the files define

# small NAME WANTED STATEMENTS [DECLARATIONS]: of an NF of linux whose entry e is
# found by the source
small_nf()
{
	cat > "$tmp/small.c" <<-END
	struct entry { u32 packets; u32 first; struct inner { u32 a; } in; };
	static struct entry table[4096];
	${4-}
	static bool small_mt(const struct sk_buff *skb, struct xt_action_param *p)
	{
		const struct iphdr *iph = ip_hdr(skb);
		struct entry *e = &table[jhash_1word(iph->saddr, 0) % 4096];
		$3
		return e->first > 5;
	}
	static struct xt_match small_reg = { .name = "small", .match = small_mt };
	END
	expect_eq "$1" "$2" "$(features linux small "$tmp/small.c")"
}

once="src_ip per-flow false"
always="src_ip per-packet false"
small_nf "functions without source may write" "$always" "whatever(e);"
small_nf "those that compare do not" stateless "key_equal(e, p); OWN_DBG(e);"
small_nf "what is set because it is 0 is set once" "$once" \
	"if (!e->first) e->first = 1;"
small_nf "said as a comparison" "$once" "if (e->first == 0) e->first = 1;"
small_nf "said the other way round" "$once" \
	"if (e->first) return true; e->first = 1;"
small_nf "with another condition" "$once" \
	"if (p->hot && !e->first) e->first = 1;"
small_nf "with one that may hold instead" "$always" \
	"if (p->hot || !e->first) e->first = 1;"
small_nf "another member is not" "$always" "if (!e->first) e->packets++;"
small_nf "nor the same one elsewhere" "$always" \
	"if (!e->first) e->first = 1; else e->first = 2;"
small_nf "nor behind the branch" "$always" \
	"if (!e->first) p->hot = 1; e->first = 2;"
small_nf "a macro that a later file defines decides" "$always" \
	"#if !OWN_READS
		e->packets++;
	#endif" "
	#define OWN_READS 0"
small_nf "either way" stateless \
	"#if !OWN_READS
		e->packets++;
	#endif
	#define OWN_READS 1"
small_nf "one with two values does not" "$always" \
	"#if !OWN_READS
		e->packets++;
	#endif
	#define OWN_READS 1
	#define OWN_READS 0"
cat > "$tmp/held.hh" <<'END'
struct Entry { uint32_t packets; };
typedef HashTable<IPFlowID, Entry> Map;
struct Inner { Map map; };
class Held : public BatchElement { public:
	void push(int, Packet *p) {
		Entry *e = _state->map.get(IPFlowID(p));
		if (e)
			e->packets++;
	}
	per_thread<Inner> _state;
};
END
expect_eq "a member behind a template that acts as a pointer" \
	"src_ip,dst_ip,src_port,dst_port per-packet false" \
	"$(features fastclick Held "$tmp/held.hh")"
cat > "$tmp/new.c" <<'END'
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp")
int new_main(struct xdp_md *ctx)
{
	struct iphdr *ip = (void *)(long)ctx->data;
	__u32 key = ip->saddr;
	__u64 now = 1;
	bpf_map_update_elem(&seen, &key, &now, BPF_NOEXIST);
	return XDP_PASS;
}
END
expect_eq "an update that only creates" "$once" "$(features ebpf new "$tmp/new.c")"
sed -i 's/BPF_NOEXIST/BPF_ANY/' "$tmp/new.c"
expect_eq "and one that does not" "$always" "$(features ebpf new "$tmp/new.c")"
cat > "$tmp/made.c" <<'END'
#define MADE(F) SEC("xdp/"#F) int made_##F
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
MADE(one)(struct xdp_md *ctx)
{
	struct iphdr *ip = (void *)(long)ctx->data;
	__u64 *n = bpf_map_lookup_elem(&seen, &ip->saddr);
	if (n)
		++*n;
	return XDP_PASS;
}
SEC("xdp")
int made_main(struct xdp_md *ctx) { return XDP_PASS; }
END
expect_eq "a packet function that a macro makes" "$always" \
	"$(features ebpf made "$tmp/made.c")"

# ---- what a call is made of

cat > "$tmp/parts.hh" <<'END'
struct Entry { uint32_t packets; void touch(int); int age() { return packets; }
	void use() { touch(1); } };
class Parts : public BatchElement { public:
	void push(int, Packet *p) {
		IPFlowID id(p->ip_header()->ip_src, 0, p->ip_header()->ip_dst, 0);
		Entry *e = _map.find(id);
		if (e)
			e->use();
	}
	HashTable<IPFlowID, Entry> _map;
};
END
expect_eq "a key that is made of two fields; a method that is only declared writes" \
	"src_ip,dst_ip per-packet false" \
	"$(features fastclick Parts "$tmp/parts.hh")"
sed 's/IPFlowID id(.*/IPFlowID id(p);/; s/touch(1)/age()/' "$tmp/parts.hh" \
	> "$tmp/whole.hh"
expect_eq "a key of the packet; one that has a body is known" stateless \
	"$(features fastclick Parts "$tmp/whole.hh")"
sed 's/IPFlowID id(.*/IPFlowID id(p);/' "$tmp/parts.hh" > "$tmp/whole.hh"
expect_eq "a key of the packet" \
	"src_ip,dst_ip,src_port,dst_port per-packet false" \
	"$(features fastclick Parts "$tmp/whole.hh")"
small_nf "a macro that calls its argument" "$always" \
	"INDIRECT_CALL_1(p->hook, change, e);" \
	"static void change(struct entry *x) { x->packets++; }"
small_nf "the other one" "$always" "INDIRECT_CALL_2(p->hook, none, change, e);" \
	"static void change(struct entry *x) { x->packets++; }
	static void none(struct entry *x) { }"
small_nf "which may do nothing" stateless "INDIRECT_CALL_1(p->hook, none, e);" \
	"static void none(struct entry *x) { }"
cat > "$tmp/proto.c" <<'END'
static void own_state(struct ip_vs_conn *cp, int direction,
		      const struct sk_buff *skb, struct ip_vs_proto_data *pd)
{
	cp->state = direction;
}
struct ip_vs_protocol own = { .name = "own", .state_transition = own_state };
END
expect_eq "state that is a parameter" "$all per-packet true" \
	"$(features linux own "$tmp/proto.c")"
cat > "$tmp/ends.c" <<'END'
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); } seen SEC(".maps");
SEC("xdp")
int ends_main(struct xdp_md *ctx)
{
	struct iphdr *ip = (void *)(long)ctx->data;
	__u64 *n = bpf_map_lookup_elem(&seen, &ip->saddr);
	if (!n)
		n = bpf_map_lookup_elem(&seen, &ip->daddr);
	if (n)
		++*n;
	return XDP_PASS;
}
END
expect_eq "one end where the other has nothing" "$always" \
	"$(features ebpf ends "$tmp/ends.c")"

# ---- keys as strings of offsets

# offsets STRING...: key of a class that names these
offsets()
{
	cat > "$tmp/named.hh" <<-END
	#define OWN_ENDS "12/0/ffffffff 16/0/ffffffff"
	struct NamedState { uint32_t packets; };
	class Named : public FlowSpaceElement<NamedState> { public:
		$1
		void push_flow(int, NamedState *s, PacketBatch *b) { s->packets++; }
	};
	END
	features fastclick Named "$tmp/named.hh" | cut -d' ' -f1
}

context=FLOW_ELEMENT_DEFINE_SESSION_CONTEXT
expect_eq "no offsets: what the base class keeps" "$all" "$(offsets "")"
expect_eq "offsets of all" "$all" "$(offsets \
	"$context(\"12/0/ffffffff 16/0/ffffffff 20/0/ffff 22/0/ffff\", FLOW_TCP);")"
expect_eq "both ports in one" "$all" "$(offsets \
	"$context(\"12/0/ffffffff:HASH-3 16/0/ffffffff 20/0/ffffffff\", FLOW_TCP);")"
expect_eq "the source" "src_ip" "$(offsets "$context(\"12/0/ffffffff\", FLOW_IP);")"
expect_eq "the destination" "dst_ip" \
	"$(offsets "$context(\"16/0/ffffffff:HASH-3\", FLOW_IP);")"
expect_eq "bytes that are masked out do not count" "src_ip,src_port,protocol" \
	"$(offsets "$context(\"12/0/ff000000 20/0/ffff0000\", FLOW_TCP);")"
expect_eq "a macro for the string" "src_ip,dst_ip" \
	"$(offsets "$context(OWN_ENDS, FLOW_IP);")"
expect_eq "two strings" "src_ip,dst_ip" "$(offsets \
	"FLOW_ELEMENT_DEFINE_SESSION_DUAL(\"12/0/ffffffff\", \"16/0/ffffffff\");")"
expect_eq "what is no string of offsets" "$all" \
	"$(offsets "$context(\"99999999999999999999/0/f x/y\", FLOW_IP);")"

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

# the same for frameworks that are built in other ways
other=$tmp/other
mkdir -p "$other/build" "$other/examples/ways"
cat > "$other/examples/ways/main.c" <<'END'
struct entry { uint64_t packets; };
static struct entry table[4096];
static void forward(struct rte_mbuf **pkts, uint16_t port)
{
	uint16_t n = rte_eth_rx_burst(port, 0, pkts, 32);
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(pkts[n], struct rte_ipv4_hdr *);
#ifdef BY_DST
	table[ip->dst_addr & 4095].packets++;
#else
	table[ip->src_addr & 4095].packets++;
#endif
}
END
for define in NOTHING UBY_DST; do
	option=-D$define
	[[ $define == U* ]] && option=-${define}
	cat > "$other/build/compile_commands.json" <<-END
	[{"directory": "$other", "file": "examples/ways/main.c",
	  "command": "cc -DBY_DST $option -c examples/ways/main.c"}]
	END
	"$fmctl" -j --dry-run track --framework dpdk --tree "$other" --nf ways |
		jq -r '.records[0].key[0]'
done > "$tmp/keys"
expect_eq "a list of commands of another framework" "dst_ip src_ip" \
	"$(paste -sd' ' "$tmp/keys")"

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
