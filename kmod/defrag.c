// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments become packets again before the chain sees them, by the kernel's
 * own reassembly: its bounds on memory and time, its view of overlaps, its
 * sysctls. What waits there is the kernel's and knows nothing of us, so nothing
 * has to be waited for when a chain, a device or the module goes.
 *
 * That of IPv4 is part of the kernel. That of IPv6 is in nf_defrag_ipv6, which
 * is looked for when a chain asks for it: others do not need it. Neither of
 * netfilter's hooks for reassembly is enabled.
 */
#include <linux/hash.h>
#include <linux/if_vlan.h>
#include <linux/jhash.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/ip.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "chain.h"
#include "defrag.h"
#include "error.h"

/*
 * Fragments of one user are put together. Our users are the upper half of the
 * range that bridges have, by conntrack zone: of that range the kernel sends no
 * ICMP error for what it only forwards. They differ by tags in front of the
 * network header, as the same addresses in two VLANs are not the same hosts.
 */
#define DEFRAG_USER	0x8000
#define DEFRAG_TAGS	12	/* bits of a user: which tags, and whose */

static int defrag_miss(const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	fm_error_set(extack, attr,
		     "frag-policy defrag needs the kernel module nf_defrag_ipv6, which cannot be loaded");
	return -EOPNOTSUPP;
}

/**
 * fm_defrag_load - see to it that fm_defrag_setup() finds what it needs
 * @attr: that asks for it
 * @extack: gets a sentence
 *
 * The caller does not hold rtnl: a module that is loaded may need it.
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int fm_defrag_load(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	fm_defrag_fn gather6 = symbol_get(nf_ct_frag6_gather);

	if (!gather6) {
		request_module("nf_defrag_ipv6");
		gather6 = symbol_get(nf_ct_frag6_gather);
	}
	if (!gather6)
		return defrag_miss(attr, extack);
	symbol_put(nf_ct_frag6_gather);
	return 0;
}

/**
 * fm_defrag_setup - prepare a plan for fragments
 * @plan: with its policy
 * @extack: gets a sentence
 *
 * Return: 0 or -EOPNOTSUPP.
 */
int fm_defrag_setup(struct fm_plan *plan, struct netlink_ext_ack *extack)
{
	if (plan->frag_policy != FM_FRAG_DEFRAG)
		return 0;
	plan->gather6 = symbol_get(nf_ct_frag6_gather);
	return plan->gather6 ? 0 : defrag_miss(NULL, extack);
}

/**
 * fm_defrag_cleanup - undo fm_defrag_setup()
 * @plan: no packet sees it
 */
void fm_defrag_cleanup(struct fm_plan *plan)
{
	if (plan->gather6)
		symbol_put(nf_ct_frag6_gather);
}

static u32 defrag_user(const struct fm_plan *plan, const struct fm_pkt *pkt)
{
	u32 tags = jhash(pkt->skb->data, pkt->l3_off,
			 hash_ptr(plan->chain, 32));

	if (skb_vlan_tag_present(pkt->skb))
		tags ^= skb_vlan_tag_get_id(pkt->skb);
	/* How many there are is told exactly: they are put back afterwards. */
	BUILD_BUG_ON(FM_PKT_VLAN_MAX << DEFRAG_TAGS >= DEFRAG_USER);
	return DEFRAG_USER + (pkt->l3_off / VLAN_HLEN << DEFRAG_TAGS) +
	       (tags & ((1U << DEFRAG_TAGS) - 1));
}

/* Ends a packet, which may be gone already. */
static enum fm_parse defrag_drop(const struct fm_plan *plan,
				 struct fm_pkt *pkt, enum fm_reason reason)
{
	fm_stats_bump(plan->chain->stats, reason[reason], pkt->segs);
	fm_stats_bump(plan->chain->stats, dropped, pkt->segs);
	kfree_skb(pkt->skb);
	pkt->skb = NULL;
	return FM_PARSE_OK;
}

/*
 * The fragment as the kernel wants it: ours alone, headers in one piece and no
 * padding. It has one buffer then, so that a packet has as many as there were
 * fragments.
 */
static bool defrag_prepare(struct fm_pkt *pkt)
{
	struct sk_buff *skb = skb_share_check(pkt->skb, GFP_ATOMIC);

	pkt->skb = skb;
	if (!skb || !pskb_may_pull(skb, pkt->l4_off) ||
	    pskb_trim_rcsum(skb, pkt->l3_off + pkt->len) ||
	    (skb_has_frag_list(skb) && skb_linearize(skb)))
		return false;
	return true;
}

/*
 * Returns 0 if the packet is whole, or it and its fragments so far are the
 * kernel's (-EINPROGRESS), or else why not.
 */
static int defrag_gather(const struct fm_plan *plan, struct fm_pkt *pkt)
{
	struct net *net = dev_net(pkt->skb->dev);
	u32 user = defrag_user(plan, pkt);
	int err;

	skb_pull_rcsum(pkt->skb, pkt->l3_off);
	skb_reset_network_header(pkt->skb);
	if (pkt->family == 4) {
		memset(IPCB(pkt->skb), 0, sizeof(struct inet_skb_parm));
		err = ip_defrag(net, pkt->skb,
				IP_DEFRAG_CONNTRACK_BRIDGE_IN + user);
		/* What is not whole is gone in any case. */
		if (err)
			pkt->skb = NULL;
		return err;
	}
	memset(IP6CB(pkt->skb), 0, sizeof(struct inet6_skb_parm));
	err = plan->gather6(net, pkt->skb,
			    IP6_DEFRAG_CONNTRACK_BRIDGE_IN + user);
	if (err == -EINPROGRESS)
		pkt->skb = NULL;
	/* It passes by what it does not like. */
	else if (!err && !(IP6CB(pkt->skb)->flags & IP6SKB_FRAGMENTED))
		err = -EINVAL;
	return err;
}

static u32 defrag_merged(const struct sk_buff *skb)
{
	const struct sk_buff *part;
	u32 n = 1;

	skb_walk_frags(skb, part)
		n++;
	return n;
}

/* Parses a whole packet, as if it had come like that. */
static enum fm_parse defrag_finish(const struct fm_plan *plan,
				   struct fm_pkt *pkt)
{
	struct sk_buff *skb = pkt->skb;
	enum fm_parse parse;

	fm_stats_bump(plan->chain->stats, reassembled, 1);
	fm_stats_bump(plan->chain->stats, frags_merged, defrag_merged(skb));
	skb_push_rcsum(skb, pkt->l3_off);
	skb_reset_network_header(skb);
	/* The hash was a fragment's, and it may go on in fragments. */
	skb_clear_hash(skb);
	skb->ignore_df = 1;
	parse = fm_pkt_parse(pkt, skb);
	if (parse == FM_PARSE_OK && pkt->flags & FM_PKT_FRAG)
		return defrag_drop(plan, pkt, FM_REASON_FRAG_REFUSED);
	return parse;
}

/**
 * fm_defrag_eval - take a fragment
 * @plan: of the chain; under RCU with bottom halves off
 * @pkt: the fragment; of the last one that was missing the whole packet is made
 *
 * Return: what fm_pkt_parse() says of the whole packet. Its skb may be another
 * than the fragment's, and is NULL if there is none: then the fragment waits or
 * was dropped, and was counted.
 */
enum fm_parse fm_defrag_eval(const struct fm_plan *plan, struct fm_pkt *pkt)
{
	int err;

	/* Whoever says that a fragment is many segments lies about its length. */
	if (skb_is_gso(pkt->skb))
		return defrag_drop(plan, pkt, FM_REASON_FRAG_REFUSED);
	if (!defrag_prepare(pkt))
		return defrag_drop(plan, pkt, FM_REASON_NO_MEMORY);
	err = defrag_gather(plan, pkt);
	if (err == -ENOMEM)
		return defrag_drop(plan, pkt, FM_REASON_FRAG_FULL);
	if (err && err != -EINPROGRESS)
		return defrag_drop(plan, pkt, FM_REASON_FRAG_REFUSED);
	fm_stats_bump(plan->chain->stats, frags, 1);
	return err ? FM_PARSE_OK : defrag_finish(plan, pkt);
}
