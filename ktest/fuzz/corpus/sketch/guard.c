// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct source {
	__u64 packets;
	__u64 last;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u32);
	__type(value, struct source);
	__uint(max_entries, 4096);
} sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("xdp")
int guard_prog(struct xdp_md *ctx)
{
	struct iphdr *ip = parse(ctx);
	__u32 key = ip->saddr, one = ip->protocol;
	struct source *s, fresh = { .packets = 1 };
	__u64 *count = bpf_map_lookup_elem(&counts, &one);

	if (count)
		*count += 1;
	s = bpf_map_lookup_elem(&sources, &key);
	if (!s) {
		bpf_map_update_elem(&sources, &key, &fresh, BPF_ANY);
		return XDP_PASS;
	}
	s->packets++;
	return s->packets > 100 ? XDP_DROP : XDP_PASS;
}
