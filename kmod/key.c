// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include "key.h"

/* Orders endpoints, so that both directions of a flow have one key. */
static bool is_reversed(const struct fm_addr *src, const struct fm_addr *dst,
			__be16 sport, __be16 dport)
{
	int order = memcmp(src, dst, sizeof(*src));

	return order ? order > 0 : ntohs(sport) > ntohs(dport);
}

bool fm_pkt_is_reversed(const struct fm_pkt *pkt)
{
	return is_reversed(&pkt->src, &pkt->dst, pkt->sport, pkt->dport);
}
EXPORT_SYMBOL_GPL(fm_pkt_is_reversed);

/**
 * fm_key_build - the key of a packet
 * @key: filled in whole
 * @pkt: the packet
 * @fields: FM_F_*
 * @bidirectional: the same key for the packets of the other direction
 */
void fm_key_build(struct fm_key *key, const struct fm_pkt *pkt, u32 fields,
		  bool bidirectional)
{
	BUILD_BUG_ON(sizeof(*key) != 40);

	memset(key, 0, sizeof(*key));
	key->family = pkt->family;
	if (fields & FM_F_SRC_IP)
		key->src = pkt->src;
	if (fields & FM_F_DST_IP)
		key->dst = pkt->dst;
	if (fields & FM_F_SRC_PORT)
		key->sport = pkt->sport;
	if (fields & FM_F_DST_PORT)
		key->dport = pkt->dport;
	if (fields & FM_F_PROTOCOL)
		key->l4proto = pkt->l4proto;
	if (bidirectional &&
	    is_reversed(&key->src, &key->dst, key->sport, key->dport)) {
		swap(key->src, key->dst);
		swap(key->sport, key->dport);
	}
}

/**
 * fm_key_closed - is a field set the same when endpoints swap
 * @fields: FM_F_*
 */
bool fm_key_closed(u32 fields)
{
	return !(fields & FM_F_SRC_IP) == !(fields & FM_F_DST_IP) &&
	       !(fields & FM_F_SRC_PORT) == !(fields & FM_F_DST_PORT);
}

/**
 * fm_key_format - write a field set as words
 * @buf: the text, always terminated
 * @size: bytes of @buf
 * @fields: FM_F_*
 *
 * Return: length of the text.
 */
int fm_key_format(char *buf, size_t size, u32 fields)
{
	static const char *const names[] = {
		"src_ip", "dst_ip", "src_port", "dst_port", "protocol",
	};
	unsigned int i;
	int len = 0;

	if (!fields)
		return scnprintf(buf, size, "none");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (fields & (1U << i))
			len += scnprintf(buf + len, size - len, "%s%s",
					 len ? "," : "", names[i]);
	return len;
}
