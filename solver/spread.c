// SPDX-License-Identifier: GPL-2.0-or-later
#include "fieldset.h"
#include "spread.h"

static bool hashes_alike(const struct fm_spread *steering)
{
	if (!(steering->fields & FM_F_PORTS))
		return true;
	return steering->l4 == FM_L4_ALL ||
	       (!steering->l4 && steering->fields & FM_F_IPS);
}

/**
 * fm_spread_fits - is every key of an NF confined to one shard?
 * @steering: what picks the shard
 * @key: the NF's key, FM_F_*
 * @bidirectional: the NF keeps one state for both directions of its key
 *
 * Packets of one key must agree in all that is hashed: the field set is a
 * non-empty subset of the key. Both directions must agree where the key is
 * bidirectional: the hash is symmetric and the set its own mirror. And where
 * one key holds several protocols, these must be hashed alike, or a UDP packet
 * would leave the shard of the TCP packet with the same key.
 *
 * Return: true if the state can be local.
 */
bool fm_spread_fits(const struct fm_spread *steering, uint32_t key,
		      bool bidirectional)
{
	if (!steering->fields || !fm_fieldset_contains(key, steering->fields))
		return false;
	if (bidirectional &&
	    (!steering->symmetric ||
	     fm_fieldset_mirror(steering->fields) != steering->fields))
		return false;
	return (key & FM_F_PROTOCOL) || hashes_alike(steering);
}
