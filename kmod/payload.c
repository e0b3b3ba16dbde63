// SPDX-License-Identifier: GPL-2.0
/*
 * Reading a packet's bytes where they lie.
 */
#include <linux/kernel.h>
#include "flowmage_nf.h"

void fm_payload_begin(struct fm_payload *payload, const struct fm_pkt *pkt,
		      u32 from)
{
	u32 end = skb_is_gso(pkt->skb) ? pkt->skb->len :
		  min(pkt->skb->len, pkt->l3_off + pkt->len);

	payload->at = from;
	payload->end = 0;
	if (from >= end)
		return;
	payload->end = end;
	skb_prepare_seq_read(pkt->skb, from, end, &payload->seq);
}
EXPORT_SYMBOL_GPL(fm_payload_begin);

u32 fm_payload_next(struct fm_payload *payload, const u8 **data)
{
	u32 n = 0;

	if (payload->at < payload->end)
		n = skb_seq_read(payload->at - payload->seq.lower_offset, data,
				 &payload->seq);
	if (!n) {
		fm_payload_end(payload);
		return 0;
	}
	n = min(n, payload->end - payload->at);
	payload->at += n;
	return n;
}
EXPORT_SYMBOL_GPL(fm_payload_next);

/* The last bytes may still be mapped. */
void fm_payload_end(struct fm_payload *payload)
{
	if (payload->end)
		skb_abort_seq_read(&payload->seq);
	payload->end = 0;
}
EXPORT_SYMBOL_GPL(fm_payload_end);
