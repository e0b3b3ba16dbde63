// SPDX-License-Identifier: GPL-2.0
/*
 * check_ip_header: drops IP packets that no honest host on the other side sends:
 * wrong header checksums, addresses that cannot be there, IPv4 options. What
 * has a wrong version or length has not come so far: see other_policy.
 */
#include <linux/ip.h>
#include "flowmage_nf.h"

#define CHECK_IP_WORDS_MAX	15	/* of an IPv4 header */

enum check_ip_header_reason {
	CHECK_IP_CHECKSUM,
	CHECK_IP_SOURCE,
	CHECK_IP_DESTINATION,
	CHECK_IP_LAND,
	CHECK_IP_OPTIONS,
	CHECK_IP_OK,
};

struct check_ip_header_config {
	u8 checksum;
	u8 martians;
	u8 options;
};

static const struct fm_param check_ip_header_params[] = {
	FM_BOOL(struct check_ip_header_config, checksum, 1,
		"drop IPv4 packets whose header has a wrong checksum"),
	FM_BOOL(struct check_ip_header_config, martians, 1,
		"drop addresses that cannot be on the wire, and a source that is the destination"),
	FM_BOOL(struct check_ip_header_config, options, 0,
		"drop IPv4 packets with options"),
};

static const char *const check_ip_header_reasons[] = {
	[CHECK_IP_CHECKSUM] = "bad_checksum",
	[CHECK_IP_SOURCE] = "martian_source",
	[CHECK_IP_DESTINATION] = "martian_destination",
	[CHECK_IP_LAND] = "source_is_destination",
	[CHECK_IP_OPTIONS] = "options",
};

/* The ones' complement sum of a header with its checksum is all ones. */
static bool check_ip_checksum(const struct fm_pkt *pkt)
{
	u32 len = pkt->l4_off - pkt->l3_off, sum = 0, i;
	__be16 buf[2 * CHECK_IP_WORDS_MAX];
	const __be16 *word;

	word = skb_header_pointer(pkt->skb, pkt->l3_off, len, buf);
	if (!word)
		return false;
	for (i = 0; i < len / 2; i++)
		sum += (__force u16)word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum += sum >> 16;
	return (u16)sum == 0xffff;
}

/* RFC 1122 3.2.1.3, RFC 6890; DHCP asks from 0.0.0.0. */
static enum check_ip_header_reason check_ip_martians4(const struct fm_pkt *pkt)
{
	u32 src = ntohl(pkt->src.w[0]), dst = ntohl(pkt->dst.w[0]);

	if (src == dst)
		return CHECK_IP_LAND;
	if (src >> 28 >= 14 || src >> 24 == 127 ||
	    (src >> 24 == 0 && (src || dst != U32_MAX)))
		return CHECK_IP_SOURCE;
	if (dst >> 24 == 0 || dst >> 24 == 127 ||
	    (dst >> 28 == 15 && dst != U32_MAX))
		return CHECK_IP_DESTINATION;
	return CHECK_IP_OK;
}

/* Is it ::n or, if @mapped, ::ffff:0:0/96 */
static bool check_ip_low6(const struct fm_addr *addr, u32 n, bool mapped)
{
	if (addr->w[0] || addr->w[1])
		return false;
	if (mapped)
		return addr->w[2] == htonl(0xffff);
	return !addr->w[2] && addr->w[3] == htonl(n);
}

/*
 * RFC 4291 2.5 and 2.7. Hosts that have no address yet send from :: to
 * multicast groups.
 */
static enum check_ip_header_reason check_ip_martians6(const struct fm_pkt *pkt)
{
	const struct fm_addr *src = &pkt->src, *dst = &pkt->dst;
	u32 top = ntohl(dst->w[0]) >> 16;
	bool group = top >> 8 == 0xff;

	if (!memcmp(src, dst, sizeof(*src)))
		return CHECK_IP_LAND;
	if (ntohl(src->w[0]) >> 24 == 0xff || check_ip_low6(src, 1, false) ||
	    check_ip_low6(src, 0, true) ||
	    (check_ip_low6(src, 0, false) && !group))
		return CHECK_IP_SOURCE;
	/* Groups of scope 0 and 1 stay in their node. */
	if (check_ip_low6(dst, 0, false) || check_ip_low6(dst, 1, false) ||
	    check_ip_low6(dst, 0, true) || (group && (top & 15) <= 1))
		return CHECK_IP_DESTINATION;
	return CHECK_IP_OK;
}

static enum check_ip_header_reason
check_ip_header_find(const struct check_ip_header_config *config,
		     const struct fm_pkt *pkt)
{
	bool is4 = pkt->family == 4;

	if (is4 && config->checksum && !check_ip_checksum(pkt))
		return CHECK_IP_CHECKSUM;
	if (is4 && config->options &&
	    pkt->l4_off - pkt->l3_off > sizeof(struct iphdr))
		return CHECK_IP_OPTIONS;
	if (!config->martians)
		return CHECK_IP_OK;
	return is4 ? check_ip_martians4(pkt) : check_ip_martians6(pkt);
}

static enum fm_verdict check_ip_header_eval(struct fm_ctx *ctx,
					    struct fm_pkt *pkt)
{
	enum check_ip_header_reason reason;

	reason = check_ip_header_find(fm_ctx_config(ctx), pkt);
	return reason == CHECK_IP_OK ? FM_CONTINUE : fm_drop(ctx, reason);
}

FM_BUILTIN_NF(check_ip_header) = {
	.name = "check_ip_header",
	.description = "drops packets with impossible IP headers",
	.owner = THIS_MODULE,
	.params = check_ip_header_params,
	.nparams = ARRAY_SIZE(check_ip_header_params),
	.reasons = check_ip_header_reasons,
	.nreasons = ARRAY_SIZE(check_ip_header_reasons),
	.config_size = sizeof(struct check_ip_header_config),
	.eval = check_ip_header_eval,
};
