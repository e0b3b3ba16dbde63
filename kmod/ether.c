// SPDX-License-Identifier: GPL-2.0
/*
 * The Ethernet header of a packet, and the way out of the device it came in by.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include "flowmage_nf.h"
#include "state.h"

/* A device without headers: what is there was put there by an NF. */
static bool ether_is_kind(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER || !dev->hard_header_len;
}

static bool ether_is_there(const struct sk_buff *skb)
{
	return skb_mac_header_was_set(skb) && ether_is_kind(skb->dev) &&
	       skb->data - skb_mac_header(skb) >= ETH_HLEN;
}

const struct ethhdr *fm_ether_header(const struct fm_pkt *pkt)
{
	return ether_is_there(pkt->skb) ? eth_hdr(pkt->skb) : NULL;
}
EXPORT_SYMBOL_GPL(fm_ether_header);

/* As the driver has decided it by the address that was there. */
static u8 ether_pkt_type(const struct net_device *dev, const u8 *dst)
{
	if (is_broadcast_ether_addr(dst))
		return PACKET_BROADCAST;
	if (is_multicast_ether_addr(dst))
		return PACKET_MULTICAST;
	return ether_addr_equal(dst, dev->dev_addr) ? PACKET_HOST :
						      PACKET_OTHERHOST;
}

int fm_ether_write(struct fm_pkt *pkt, const u8 *dst, const u8 *src)
{
	struct sk_buff *skb = pkt->skb;
	struct ethhdr *eth;

	if (!ether_is_there(skb))
		return -ENOENT;
	if (skb_unclone(skb, GFP_ATOMIC))
		return -ENOMEM;
	eth = eth_hdr(skb);
	if (dst)
		ether_addr_copy(eth->h_dest, dst);
	if (src)
		ether_addr_copy(eth->h_source, src);
	if (dst && skb->dev->type == ARPHRD_ETHER)
		skb->pkt_type = ether_pkt_type(skb->dev, dst);
	return 0;
}
EXPORT_SYMBOL_GPL(fm_ether_write);

int fm_ether_push(struct fm_pkt *pkt, const u8 *dst, const u8 *src)
{
	struct sk_buff *skb = pkt->skb;
	struct ethhdr *eth;

	if (ether_is_there(skb))
		return -EEXIST;
	if (!ether_is_kind(skb->dev) || skb->dev->type == ARPHRD_ETHER)
		return -EOPNOTSUPP;
	if (skb_cow_head(skb, ETH_HLEN))
		return -ENOMEM;
	eth = skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, dst);
	ether_addr_copy(eth->h_source, src);
	eth->h_proto = skb->protocol;
	__skb_pull(skb, ETH_HLEN);
	return 0;
}
EXPORT_SYMBOL_GPL(fm_ether_push);

/* A socket may hold a reference to it: then a copy goes. */
enum fm_verdict fm_send(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	struct sk_buff *skb = skb_share_check(pkt->skb, GFP_ATOMIC);

	if (!skb)
		return FM_STOLEN;
	skb_push(skb, skb->data - skb_mac_header(skb));
	skb_set_network_header(skb, ETH_HLEN);
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	dev_queue_xmit(skb);
	return FM_STOLEN;
}
EXPORT_SYMBOL_GPL(fm_send);
