// SPDX-License-Identifier: GPL-2.0-only
/*
 * Both directions of a connection find one state. Hosts are counted, too: that
 * of the source and that of the destination of each packet.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/ip.h>
#include <linux/tcp.h>

struct end {
	__u32 addr;
	__u16 port;
};

struct ways_key {
	struct end saddr;
	struct end daddr;
	__u8 proto;
};

struct ways_state {
	__u64 packets;
	__u64 seen;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct ways_key);
	__type(value, struct ways_state);
} connections SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u64);
} hosts SEC(".maps");

static void turn(struct ways_key *to, const struct ways_key *from)
{
	to->proto = from->proto;
	to->saddr = from->daddr;
	to->daddr = from->saddr;
}

static int order(const void *a, const void *b, int len)
{
	const __u8 *x = a, *y = b;

	for (int i = 0; i < len; i++)
		if (x[i] != y[i])
			return x[i] > y[i] ? 1 : -1;
	return 0;
}

static void count(__u32 *addr)
{
	__u64 zero = 0, *n = bpf_map_lookup_elem(&hosts, addr);

	if (!n) {
		bpf_map_update_elem(&hosts, addr, &zero, BPF_NOEXIST);
		n = bpf_map_lookup_elem(&hosts, addr);
	}
	if (n)
		++*n;
}

SEC("xdp")
int ways_main(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct iphdr *ip = data + 14;
	struct tcphdr *tcp = data + 34;
	struct ways_key key = { 0 }, back = { 0 }, *used = &key;
	struct ways_state fresh = { 0 }, *s;

	key.proto = ip->protocol;
	key.saddr.addr = ip->saddr;
	key.daddr.addr = ip->daddr;
	key.saddr.port = tcp->source;
	key.daddr.port = tcp->dest;
	count(&key.saddr.addr);
	count(&key.daddr.addr);
	if (order(&key.saddr, &key.daddr, sizeof(key.saddr)) > 0) {
		turn(&back, &key);
		used = &back;
	}
	s = bpf_map_lookup_elem(&connections, used);
	if (!s) {
		bpf_map_update_elem(&connections, used, &fresh, BPF_NOEXIST);
		return XDP_PASS;
	}
	s->packets++;
	return XDP_PASS;
}
