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
	u8 nr_frags;
	skb_frag_t frags[MAX_SKB_FRAGS];
};

/* A packet: linear bytes at data, the rest in fragments. */
struct sk_buff {
	u8 *data;
	unsigned int len;
	unsigned int data_len;
	__be16 protocol;
	bool vlan_present;
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

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len);

static inline void *skb_header_pointer(const struct sk_buff *skb, int offset,
				       int len, void *buffer)
{
	if ((int)skb_headlen(skb) - offset >= len)
		return skb->data + offset;
	return skb_copy_bits(skb, offset, buffer, len) < 0 ? NULL : buffer;
}

#endif
