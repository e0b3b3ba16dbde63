// SPDX-License-Identifier: GPL-2.0-or-later
#include <rte_ethdev.h>
#include <rte_hash.h>

struct flow_key {
	uint32_t src;
	uint32_t dst;
	uint16_t sport;
	uint16_t dport;
	uint8_t proto;
};

struct flow {
	uint64_t packets;
	struct flow *next;
};

static struct rte_hash *table;
static struct flow flows[1024];

static void handle(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod(m, struct rte_ipv4_hdr *);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	struct flow_key key = {
		.src = ip->src_addr, .dst = ip->dst_addr,
		.sport = udp->src_port, .dport = udp->dst_port,
		.proto = ip->next_proto_id,
	};
	int at = rte_hash_lookup(table, &key);

	if (at < 0)
		at = rte_hash_add_key(table, &key);
	if (at >= 0)
		flows[at].packets++;
}

int loop(void)
{
	struct rte_mbuf *m[32];
	int n = rte_eth_rx_burst(0, 0, m, 32);

	for (int i = 0; i < n; i++)
		handle(m[i]);
	return 0;
}
