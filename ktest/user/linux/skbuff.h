/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_SKBUFF_H
#define USER_LINUX_SKBUFF_H

#include <linux/types.h>

#define MAX_SKB_FRAGS	17

typedef struct {
	const u8 *data;
	unsigned int len;
} skb_frag_t;

struct skb_shared_info {
	unsigned short gso_size;
	unsigned short gso_segs;
	unsigned int gso_type;
	u8 nr_frags;
	skb_frag_t frags[MAX_SKB_FRAGS];
};

#define SKB_GSO_UDP_TUNNEL_CSUM	(1U << 11)
#define SKB_GSO_UDP_L4		(1U << 17)

#define CHECKSUM_NONE		0
#define CHECKSUM_UNNECESSARY	1
#define CHECKSUM_COMPLETE	2
#define CHECKSUM_PARTIAL	3

/*
 * A packet: linear bytes at data, the rest in fragments. What is before them,
 * an Ethernet header if there is one, is at mac.
 */
struct sk_buff {
	u8 *data;
	unsigned int len;
	unsigned int data_len;
	__be16 protocol;
	bool vlan_present;
	bool cloned;		/* others read it, so it must not be written */
	u8 ip_summed;
	u8 pkt_type;		/* 0 is PACKET_HOST */
	u8 *mac;
	int csum_start;		/* from data */
	u32 mark;
	struct skb_shared_info shinfo;
	struct sk_buff *next;
	char cb[48];
};

/* Packets, the first of them here. */
struct sk_buff_head {
	struct sk_buff *first;
};

#define skb_shinfo(skb)		(&(skb)->shinfo)

static inline bool skb_is_gso(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_size;
}

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline struct sk_buff *__skb_dequeue(struct sk_buff_head *list)
{
	struct sk_buff *skb = list->first;

	if (skb)
		list->first = skb->next;
	return skb;
}

static inline int skb_checksum_start_offset(const struct sk_buff *skb)
{
	return skb->csum_start;
}

/* Where a walk over a packet is. */
struct skb_seq_state {
	struct sk_buff *skb;
	u32 lower_offset;
	u32 upper_offset;
	bool mapped;
};

void skb_prepare_seq_read(struct sk_buff *skb, unsigned int from,
			  unsigned int to, struct skb_seq_state *st);
unsigned int skb_seq_read(unsigned int consumed, const u8 **data,
			  struct skb_seq_state *st);
void skb_abort_seq_read(struct skb_seq_state *st);
int skb_ensure_writable(struct sk_buff *skb, unsigned int len);
int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len);

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	if ((int)skb_headlen(skb) - offset >= len)
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) < 0 ? NULL : buffer;
}

#endif
