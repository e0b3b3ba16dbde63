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

void skb_prepare_seq_read(struct sk_buff *skb, unsigned int from,
			  unsigned int to, struct skb_seq_state *st)
{
	*st = (struct skb_seq_state){ skb, from, to, false };
}

void skb_abort_seq_read(struct skb_seq_state *st)
{
	st->mapped = false;
}

/* As in the kernel, the run of bytes may go on past the end that was asked for. */
unsigned int skb_seq_read(unsigned int consumed, const u8 **data,
			  struct skb_seq_state *st)
{
	unsigned int at = st->lower_offset + consumed, i;
	unsigned int start = skb_headlen(st->skb);

	st->mapped = false;
	if (at >= st->upper_offset)
		return 0;
	if (at < start) {
		*data = st->skb->data + at;
		return start - at;
	}
	for (i = 0; i < st->skb->shinfo.nr_frags; i++) {
		const skb_frag_t *frag = &st->skb->shinfo.frags[i];

		if (at < start + frag->len) {
			st->mapped = true;
			*data = frag->data + at - start;
			return start + frag->len - at;
		}
		start += frag->len;
	}
	return 0;
}

/* The bytes must be in the linear part already; a clone gets its own. */
int skb_ensure_writable(struct sk_buff *skb, unsigned int len)
{
	if (len > skb_headlen(skb))
		return -ENOMEM;
	skb->cloned = false;
	return 0;
}
