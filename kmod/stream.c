// SPDX-License-Identifier: GPL-2.0
/*
 * Puts the bytes of a TCP stream in order for an NF that reads them. What comes
 * before its turn is copied, piece by piece, as far as a bound allows; the
 * packets themselves go on at once.
 */
#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include "flowmage_nf.h"

/* Bits of fm_stream.flags */
#define STREAM_BEGUN	0x01	/* next is known */
#define STREAM_SYN	0x02	/* syn is, too */
#define STREAM_CLOSED	0x04

#define PIECES_MAX	256

/**
 * struct fm_stream_piece - bytes that wait for their turn
 * @next: the piece after it; none has bytes of another
 * @seq: of the first byte
 * @n: bytes
 * @fresh: of the packet that is being kept
 * @bytes: the bytes
 */
struct fm_stream_piece {
	struct fm_stream_piece *next;
	u32 seq;
	u16 n;
	u8 fresh;
	u8 bytes[];
};

#define PIECE_BYTES	(1024 - sizeof(struct fm_stream_piece))

static bool seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static size_t piece_size(u32 n)
{
	return offsetof(struct fm_stream_piece, bytes) + n;
}

static u32 piece_end(const struct fm_stream_piece *piece)
{
	return piece->seq + piece->n;
}

/* Takes the piece out that a link points to. */
static void piece_drop(struct fm_heap *heap, struct fm_stream *stream,
		       struct fm_stream_piece **link)
{
	struct fm_stream_piece *piece = *link;

	*link = piece->next;
	stream->npieces--;
	fm_heap_free(heap, piece, piece_size(piece->n));
}

void fm_stream_end(struct fm_heap *heap, struct fm_stream *stream)
{
	while (stream->pieces)
		piece_drop(heap, stream, &stream->pieces);
}
EXPORT_SYMBOL_GPL(fm_stream_end);

bool fm_stream_is_closed(const struct fm_stream *stream)
{
	return READ_ONCE(stream->flags) & STREAM_CLOSED;
}
EXPORT_SYMBOL_GPL(fm_stream_is_closed);

bool fm_stream_is_empty(const struct fm_stream *stream)
{
	return !READ_ONCE(stream->at);
}
EXPORT_SYMBOL_GPL(fm_stream_is_empty);

/* A packet's bytes. */
struct stream_range {
	u32 seq;
	u32 end;
	u32 off;	/* of the first, from skb->data */
};

static bool range_of(const struct fm_pkt *pkt, struct stream_range *range)
{
	struct fm_payload payload;
	const struct tcphdr *th;
	struct tcphdr buf;

	th = skb_header_pointer(pkt->skb, pkt->l4_off, sizeof(buf), &buf);
	if (!th)
		return false;
	fm_payload_begin(&payload, pkt, pkt->payload_off);
	range->seq = ntohl(th->seq) + !!(pkt->tcp_flags & FM_TCP_SYN);
	range->end = range->seq;
	if (payload.end)
		range->end += payload.end - payload.at;
	range->off = pkt->payload_off;
	fm_payload_end(&payload);
	return true;
}

static void stream_begin(struct fm_stream *stream, u32 seq)
{
	stream->next = seq;
	stream->at = 0;
	stream->flags = STREAM_BEGUN;
}

static void stream_give(struct fm_stream *stream,
			struct fm_stream_reader *reader, const u8 *data, u32 n)
{
	reader->bytes(reader, data, n);
	stream->at += n;
	stream->next += n;
}

static void stream_jump(struct fm_stream *stream,
			struct fm_stream_reader *reader, u32 seq)
{
	if (!seq_before(stream->next, seq))
		return;
	stream->skipped += seq - stream->next;
	stream->at += seq - stream->next;
	stream->next = seq;
	reader->gap(reader);
}

/* Gives what is kept and not old; true if that was all that may come now. */
static bool stream_give_piece(struct fm_heap *heap, struct fm_stream *stream,
			      struct fm_stream_reader *reader)
{
	struct fm_stream_piece *piece = stream->pieces;
	u32 old;

	if (!piece || seq_before(stream->next, piece->seq))
		return false;
	old = stream->next - piece->seq;
	if (old < piece->n)
		stream_give(stream, reader, piece->bytes + old,
			    piece->n - old);
	piece_drop(heap, stream, &stream->pieces);
	return true;
}

static void stream_give_range(struct fm_ctx *ctx, struct fm_stream *stream,
			      const struct fm_pkt *pkt,
			      const struct stream_range *range,
			      struct fm_stream_reader *reader)
{
	struct fm_payload payload;
	const u8 *data;
	u32 n;

	fm_payload_begin(&payload, pkt,
			 range->off + stream->next - range->seq);
	while ((n = fm_payload_next(&payload, &data)))
		stream_give(stream, reader, data, n);
	while (stream->pieces &&
	       stream_give_piece(fm_ctx_heap(ctx), stream, reader))
		;
}

static struct fm_stream_piece *piece_add(struct fm_ctx *ctx,
					 struct fm_stream *stream,
					 struct fm_stream_piece **link,
					 u32 seq, u32 n)
{
	struct fm_stream_piece *piece;

	if (stream->npieces == PIECES_MAX)
		return NULL;
	piece = fm_heap_alloc(fm_ctx_heap(ctx), piece_size(n));
	if (!piece)
		return NULL;
	piece->seq = seq;
	piece->n = n;
	piece->fresh = true;
	piece->next = *link;
	*link = piece;
	stream->npieces++;
	return piece;
}

/* What nobody has brought yet of a packet that comes before its turn. */
static bool stream_copy(struct fm_ctx *ctx, struct fm_stream *stream,
			const struct fm_pkt *pkt, const struct stream_range *range)
{
	struct fm_stream_piece **link = &stream->pieces, *piece;
	u32 seq = range->seq, n;

	while (seq_before(seq, range->end)) {
		piece = *link;
		if (piece && !seq_before(seq, piece->seq)) {
			if (seq_before(seq, piece_end(piece)))
				seq = piece_end(piece);
			link = &piece->next;
			continue;
		}
		n = piece ? min(range->end - seq, piece->seq - seq) :
			    range->end - seq;
		n = min_t(u32, n, PIECE_BYTES);
		piece = piece_add(ctx, stream, link, seq, n);
		if (!piece || skb_copy_bits(pkt->skb, range->off + seq -
					    range->seq, piece->bytes, n))
			return false;
		link = &piece->next;
		seq += n;
	}
	return true;
}

/* All of it, or nothing: else the sender would send again what we have. */
static bool stream_keep(struct fm_ctx *ctx, struct fm_stream *stream,
			const struct fm_pkt *pkt, const struct stream_range *range,
			u32 bound)
{
	struct fm_stream_piece **link = &stream->pieces;
	bool kept;

	if (range->end - stream->next > bound)
		return false;
	kept = stream_copy(ctx, stream, pkt, range);
	while (*link) {
		if ((*link)->fresh && !kept) {
			piece_drop(fm_ctx_heap(ctx), stream, link);
			continue;
		}
		(*link)->fresh = false;
		link = &(*link)->next;
	}
	return kept;
}

/* The same SYN again begins nothing. */
static bool is_first(const struct fm_stream *stream, u32 seq)
{
	return seq == stream->next - (u32)stream->at;
}

/*
 * A SYN that comes later may be another connection's, or anybody's. It counts
 * once bytes follow it, which no receiver takes that did not take the SYN.
 */
static void stream_see_syn(struct fm_ctx *ctx, struct fm_stream *stream,
			   const struct fm_pkt *pkt, const struct stream_range *range,
			   struct fm_stream_reader *reader)
{
	if (!(stream->flags & STREAM_BEGUN)) {
		stream_begin(stream, range->seq);
	} else if (pkt->tcp_flags & FM_TCP_SYN &&
		   !is_first(stream, range->seq)) {
		stream->syn = range->seq;
		stream->flags |= STREAM_SYN;
	}
	if (!(stream->flags & STREAM_SYN) || range->seq == range->end ||
	    range->seq != stream->syn)
		return;
	stream->flags &= ~STREAM_SYN;
	if (range->seq == stream->next)
		return;
	if (stream->pieces)
		fm_stream_end(fm_ctx_heap(ctx), stream);
	reader->gap(reader);
	stream_begin(stream, range->seq);
}

static void stream_see_end(struct fm_stream *stream, const struct fm_pkt *pkt,
			   const struct stream_range *range)
{
	if (pkt->tcp_flags & (FM_TCP_FIN | FM_TCP_RST) &&
	    range->end == stream->next)
		stream->flags |= STREAM_CLOSED;
}

bool fm_stream_read(struct fm_ctx *ctx, struct fm_stream *stream,
		    const struct fm_pkt *pkt, struct fm_stream_reader *reader,
		    u32 bound)
{
	struct stream_range range;

	if (!range_of(pkt, &range))
		return true;
	stream_see_syn(ctx, stream, pkt, &range, reader);
	if (seq_before(stream->next, range.seq) && range.seq != range.end)
		return stream_keep(ctx, stream, pkt, &range, bound);
	if (seq_before(stream->next, range.end))
		stream_give_range(ctx, stream, pkt, &range, reader);
	stream_see_end(stream, pkt, &range);
	return true;
}
EXPORT_SYMBOL_GPL(fm_stream_read);

void fm_stream_resume(struct fm_ctx *ctx, struct fm_stream *stream,
		      const struct fm_pkt *pkt,
		      struct fm_stream_reader *reader)
{
	struct stream_range range;

	if (!range_of(pkt, &range))
		return;
	while (stream->pieces && seq_before(stream->pieces->seq, range.seq)) {
		stream_jump(stream, reader, stream->pieces->seq);
		stream_give_piece(fm_ctx_heap(ctx), stream, reader);
	}
	stream_jump(stream, reader, range.seq);
	if (seq_before(stream->next, range.end))
		stream_give_range(ctx, stream, pkt, &range, reader);
	stream_see_end(stream, pkt, &range);
}
EXPORT_SYMBOL_GPL(fm_stream_resume);
