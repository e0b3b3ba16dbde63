// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <linux/kernel.h>
#include <linux/skbuff.h>

/* Copies what [offset, offset + len) of the packet has of a run of bytes. */
static void copy_run(u8 *to, int offset, int len, const u8 *run, int start,
		     int size)
{
	int from = max(offset, start), end = min(offset + len, start + size);

	if (from < end)
		memcpy(to + from - offset, run + from - start, end - from);
}

int skb_copy_bits(const struct sk_buff *skb, int offset, void *to, int len)
{
	int start = skb_headlen(skb);
	unsigned int i;

	if (offset > (int)skb->len - len)
		return -EFAULT;
	copy_run(to, offset, len, skb->data, 0, start);
	for (i = 0; i < skb->shinfo.nr_frags; i++) {
		copy_run(to, offset, len, skb->shinfo.frags[i].data, start,
			 skb->shinfo.frags[i].len);
		start += skb->shinfo.frags[i].len;
	}
	return 0;
}
