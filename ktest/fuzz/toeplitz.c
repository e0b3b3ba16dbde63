// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The hash against its definition, bit by bit; what it depends on against all
 * bits of the input, one at a time; and the guard: an NF that may be local
 * finds all packets of a key in one shard.
 * fuzz: -max_len=256
 */
#include <linux/log2.h>
#include "input.h"
#include "key.h"
#include "steer.h"
#include "user.h"

#define IN_BITS_MAX	(8 * FM_TOEPLITZ_IN6)

static unsigned int get_bit(const u8 *bytes, unsigned int len, unsigned int i)
{
	return i < 8 * len ? bytes[i / 8] >> (7 - i % 8) & 1 : 0;
}

/* What input bit @i adds to the hash if it is set. */
static u32 hash_bit(const u8 *key, unsigned int len, unsigned int i)
{
	unsigned int j;
	u32 hash = 0;

	for (j = 0; j < 32; j++)
		hash |= (u32)get_bit(key, len, i + j) << (31 - j);
	return hash;
}

static u32 hash_bits(const u8 *key, unsigned int len, const u8 *input,
		     unsigned int size)
{
	unsigned int i;
	u32 hash = 0;

	for (i = 0; i < 8 * size; i++)
		if (get_bit(input, size, i))
			hash ^= hash_bit(key, len, i);
	return hash;
}

static unsigned int make_input(const struct fm_pkt *pkt, bool ports, u8 *input)
{
	unsigned int size = pkt->family == 4 ? 4 : 16;

	memcpy(input, &pkt->src, size);
	memcpy(input + size, &pkt->dst, size);
	memcpy(input + 2 * size, &pkt->sport, 2);
	memcpy(input + 2 * size + 2, &pkt->dport, 2);
	return 2 * size + (ports ? 4 : 0);
}

/* Random keys have no structure: some repeat, some are mostly zero. */
static unsigned int take_key(struct fuzz_input *in, u8 *key)
{
	u8 how = fuzz_u8(in), len = fuzz_u8(in) % (FM_KEY_MAX + 1);
	unsigned int period = 1 << how % 6, i, from, to;

	memset(key, 0, FM_KEY_MAX);
	if (how & 0x40) {
		fuzz_bytes(in, key, period);
		for (i = period; i < len; i++)
			key[i] = key[i - period];
	} else if (how & 0x80) {
		from = fuzz_u8(in);
		to = from + fuzz_u8(in) % 64;
		for (i = from; i <= to && i < 8U * len; i++)
			key[i / 8] |= 0x80 >> i % 8;
	} else {
		fuzz_bytes(in, key, len);
	}
	return len;
}

static void take_pkt(struct fuzz_input *in, struct fm_pkt *pkt, u8 family)
{
	static const u8 protos[] = {
		IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_ICMP,
	};
	unsigned int kind = fuzz_u8(in) % 4;

	memset(pkt, 0, sizeof(*pkt));
	pkt->family = family;
	pkt->l4proto = protos[kind];
	pkt->class = (family == 4 ? FM_CLASS_TCP4 : FM_CLASS_TCP6) + kind;
	fuzz_bytes(in, &pkt->src, family == 4 ? 4 : 16);
	fuzz_bytes(in, &pkt->dst, family == 4 ? 4 : 16);
	if (kind == 3)
		return;
	pkt->flags = FM_PKT_PORTS;
	pkt->sport = fuzz_u16(in);
	pkt->dport = fuzz_u16(in);
}

static void check_hash(const u8 *key, unsigned int len,
		       const struct fm_pkt *pkt)
{
	u8 input[FM_TOEPLITZ_IN6], *exact = fuzz_copy(key, len);
	struct fm_toeplitz toeplitz;
	unsigned int size;

	fm_toeplitz_init(&toeplitz, exact, len);
	free(exact);
	size = make_input(pkt, false, input);
	fuzz_expect(fm_toeplitz_hash(&toeplitz, pkt, false) ==
		    hash_bits(key, len, input, size));
	size = make_input(pkt, true, input);
	fuzz_expect(fm_toeplitz_hash(&toeplitz, pkt, true) ==
		    hash_bits(key, len, input, size));
}

/* What every bit of the input adds to the index. */
static unsigned int index_parts(const u8 *key, unsigned int len,
				unsigned int bits, u8 family, bool ports,
				u32 *part)
{
	unsigned int size = family == 4 ? 8 : 32, i;

	size += ports ? 4 : 0;
	for (i = 0; i < 8 * size; i++)
		part[i] = hash_bit(key, len, i) & ((1U << bits) - 1);
	return 8 * size;
}

static void check_effect(const u8 *key, unsigned int len, unsigned int bits,
			 u8 family, bool ports)
{
	unsigned int addr = family == 4 ? 32 : 128, n, i;
	u32 part[IN_BITS_MAX], fields = 0;
	bool symmetric = true;

	n = index_parts(key, len, bits, family, ports, part);
	for (i = 0; i < n; i++)
		if (part[i])
			fields |= i < addr ? FM_F_SRC_IP :
				  i < 2 * addr ? FM_F_DST_IP :
				  i < 2 * addr + 16 ? FM_F_SRC_PORT :
				  FM_F_DST_PORT;
	for (i = 0; i < addr; i++)
		symmetric &= part[i] == part[i + addr];
	for (i = 2 * addr; ports && i < 2 * addr + 16; i++)
		symmetric &= part[i] == part[i + 16];
	fuzz_expect(fm_toeplitz_effective(key, len, bits, family, ports) ==
		    fields);
	fuzz_expect(fm_toeplitz_symmetric(key, len, bits, family, ports) ==
		    symmetric);
}

/* Another packet of the same key, the other direction if that has the same. */
static void make_twin(struct fuzz_input *in, struct fm_pkt *twin,
		      const struct fm_pkt *pkt, u32 key, bool swapped)
{
	take_pkt(in, twin, pkt->family);
	if (key & FM_F_SRC_IP)
		twin->src = pkt->src;
	if (key & FM_F_DST_IP)
		twin->dst = pkt->dst;
	if (key & FM_F_PROTOCOL) {
		twin->l4proto = pkt->l4proto;
		twin->class = pkt->class;
	}
	if (key & FM_F_SRC_PORT)
		twin->sport = pkt->sport;
	if (key & FM_F_DST_PORT)
		twin->dport = pkt->dport;
	if (swapped) {
		swap(twin->src, twin->dst);
		swap(twin->sport, twin->dport);
	}
	twin->flags = FM_PKT_PORTS;
	if (twin->class % FM_CLASS_TCP6 != FM_CLASS_OTHER4)
		return;
	twin->flags = 0;
	twin->sport = 0;
	twin->dport = 0;
}

static void check_guard(struct fuzz_input *in, struct fm_steer_config *config,
			const struct fm_pkt *pkt)
{
	u32 key = fuzz_u8(in) & FM_F_ALL, owners[256] = { 0 }, mask;
	bool both = fm_key_closed(key) && fuzz_u8(in) & 1;
	struct fm_key key1, key2;
	struct fm_steer *steer;
	struct fm_pkt twin;
	unsigned int f;

	for (f = 0; f < 2; f++)
		config->fields[f] = fm_toeplitz_effective(config->key[f],
				config->key_len[f], ilog2(config->nshards),
				f ? 6 : 4, config->l4);
	if (fm_steer_check(config, owners, NULL) ||
	    fm_steer_guard(config, "nf", key, both, NULL))
		return;
	steer = fm_steer_create(config, owners, NULL);
	fuzz_expect(steer);
	mask = config->nshards - 1;
	make_twin(in, &twin, pkt, key, both && fuzz_u8(in) & 1);
	fm_key_build(&key1, pkt, key, both);
	fm_key_build(&key2, &twin, key, both);
	if (fm_key_equal(&key1, &key2))
		fuzz_expect((fm_steer_hash(steer, pkt) & mask) ==
			    (fm_steer_hash(steer, &twin) & mask));
	fm_steer_put(steer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct fm_steer_config config = { 0 };
	unsigned int family, bits;
	struct fm_pkt pkt;

	memset(&fm_user_memory, 0, sizeof(fm_user_memory));
	config.nshards = 1 << fuzz_u8(&in) % 9;
	config.l4 = fuzz_u8(&in) & FM_L4_ALL;
	bits = ilog2(config.nshards);
	config.key_len[0] = take_key(&in, config.key[0]);
	memcpy(config.key[1], config.key[0], FM_KEY_MAX);
	config.key_len[1] = config.key_len[0];
	family = fuzz_u8(&in) & 1;
	take_pkt(&in, &pkt, family ? 6 : 4);
	check_hash(config.key[0], config.key_len[0], &pkt);
	check_effect(config.key[0], config.key_len[0], bits, family ? 6 : 4,
		     config.l4);
	check_guard(&in, &config, &pkt);
	fm_user_rcu_drain();
	fuzz_expect(!fm_user_memory.objects);
	return 0;
}
