// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steering and the guard: a plan that lies about its hash key, or would make an
 * NF local that must not be, is refused in words that name both field sets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "error.h"
#include "steer.h"
#include "user.h"

#define SHARDS	128
#define ADDR4	32	/* bits */
#define ADDR6	128

static const u32 owners[SHARDS];

/*
 * A key of period 16 bits, so that it is symmetric, zero where it must be for
 * the index of SHARDS to depend on @fields only.
 */
static void make_key(u8 *key, u32 fields, unsigned int addr)
{
	const unsigned int end[] = { 0, addr, 2 * addr, 2 * addr + 16,
				     2 * addr + 32 };
	unsigned int f, i;

	for (i = 0; i < FM_KEY_MIN; i++)
		key[i] = i % 2 ? 0x5a : 0x6d;
	for (f = 0; f < 4; f++)
		for (i = end[f] + 25; !(fields & BIT(f)) &&
		     i <= end[f + 1] + 30; i++)
			key[i / 8] &= ~(0x80 >> i % 8);
}

/* A steering that is what it says; of both addresses and ports: symmetric. */
static struct fm_steer_config steering(u32 fields)
{
	struct fm_steer_config config = {
		.fields = { fields, fields },
		.l4 = FM_L4_ALL,
		.key_len = { FM_KEY_MIN, FM_KEY_MIN },
		.nshards = SHARDS,
	};

	make_key(config.key[0], fields, ADDR4);
	make_key(config.key[1], fields, ADDR6);
	return config;
}

static void refuse(const struct fm_steer_config *config, const u32 *cpus,
		   const char *text)
{
	struct netlink_ext_ack extack = { 0 };

	assert_int_equal(fm_steer_check(config, cpus, &extack), -EINVAL);
	assert_string_equal(extack._msg, text);
	assert_int_equal(fm_steer_check(config, cpus, NULL), -EINVAL);
}

static void test_true(void **state)
{
	static const u32 sets[] = {
		FM_F_SRC_IP, FM_F_DST_IP, FM_F_HASHABLE,
	};
	struct fm_steer_config config;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		config = steering(sets[i]);
		assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
	}
	config.symmetric = true;
	assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
	config.nshards = 1;
	config.fields[0] = 0;
	config.fields[1] = 0;
	assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
}

static void test_lies(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);

	config.fields[0] = FM_F_DST_IP;
	refuse(&config, owners, "steering: the plan says dst_ip for IPv4, but its hash key spreads by src_ip");
	config = steering(FM_F_HASHABLE);
	config.fields[1] = FM_F_IPS;
	refuse(&config, owners, "steering: the plan says src_ip,dst_ip for IPv6, but its hash key spreads by src_ip,dst_ip,src_port,dst_port");
	config = steering(FM_F_SRC_IP);
	memset(config.key[1], 0, sizeof(config.key[1]));
	refuse(&config, owners, "steering: the plan says src_ip for IPv6, but its hash key spreads by none");
	config = steering(FM_F_SRC_IP);
	config.fields[0] |= FM_F_PROTOCOL;
	refuse(&config, owners, "steering: a Toeplitz hash covers addresses and ports only");
	config = steering(FM_F_SRC_IP);
	config.symmetric = true;
	refuse(&config, owners, "steering: the plan says symmetric, but its hash key for IPv4 is not");
	config = steering(FM_F_HASHABLE);
	config.symmetric = true;
	config.key[1][20] ^= 1;
	refuse(&config, owners, "steering: the plan says symmetric, but its hash key for IPv6 is not");
}

/* Without the ports of any protocol, a key's bits for them mean nothing. */
static void test_no_ports(void **state)
{
	struct fm_steer_config config = steering(FM_F_HASHABLE);

	config.l4 = 0;
	refuse(&config, owners, "steering: the plan says src_ip,dst_ip,src_port,dst_port for IPv4, but its hash key spreads by src_ip,dst_ip");
	config.fields[0] = FM_F_IPS;
	config.fields[1] = FM_F_IPS;
	assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
}

static void test_shards(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);
	u32 cpus[SHARDS] = { 0 };

	config.nshards = 0;
	refuse(&config, owners, "steering: 0 shards, must be a power of two up to 4096");
	config.nshards = 96;
	refuse(&config, owners, "steering: 96 shards, must be a power of two up to 4096");
	config.nshards = 8192;
	refuse(&config, owners, "steering: 8192 shards, must be a power of two up to 4096");
	config.nshards = SHARDS;
	cpus[SHARDS - 1] = FM_USER_CPUS;
	refuse(&config, cpus, "steering: shard 127 belongs to CPU 4, which is not online");
	cpus[5] = 2;
	fm_user_online &= ~BIT(2);
	refuse(&config, cpus, "steering: shard 5 belongs to CPU 2, which is not online");
	fm_user_online |= BIT(2);
	cpus[SHARDS - 1] = U32_MAX;
	refuse(&config, cpus, "steering: shard 127 belongs to CPU 4294967295, which is not online");
}

/* Later segments say which they are, and no NIC hashes for them. */
static void test_segments(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);
	struct netlink_ext_ack extack = { 0 };

	config.hw = true;
	assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
	config.seg = 3;
	refuse(&config, owners, "segment 3: steering: a NIC's hash is for the first segment only");
	config.hw = false;
	assert_int_equal(fm_steer_check(&config, owners, NULL), 0);
	config.nshards = 3;
	refuse(&config, owners, "segment 3: steering: 3 shards, must be a power of two up to 4096");
	config.nshards = SHARDS;
	assert_int_equal(fm_steer_guard(&config, "pol", FM_F_DST_IP, false,
					&extack), -EINVAL);
	assert_string_equal(extack._msg, "segment 3: pol cannot be local: its key is dst_ip, but IPv4 is steered by src_ip, which is not a non-empty subset of it");
}

static void guard(const struct fm_steer_config *config, u32 key, bool both,
		  const char *text)
{
	struct netlink_ext_ack extack = { 0 };
	int err = fm_steer_guard(config, "ids", key, both, &extack);

	assert_int_equal(err, text ? -EINVAL : 0);
	if (text)
		assert_string_equal(extack._msg, text);
}

static void test_guard(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);

	guard(&config, FM_F_SRC_IP, false, NULL);
	guard(&config, FM_F_ALL, false, NULL);
	guard(&config, FM_F_DST_IP, false, "ids cannot be local: its key is dst_ip, but IPv4 is steered by src_ip, which is not a non-empty subset of it");
	guard(&config, FM_F_PORTS, false, "ids cannot be local: its key is src_port,dst_port, but IPv4 is steered by src_ip, which is not a non-empty subset of it");
	config = steering(FM_F_HASHABLE);
	guard(&config, FM_F_IPS, false, "ids cannot be local: its key is src_ip,dst_ip, but IPv4 is steered by src_ip,dst_ip,src_port,dst_port, which is not a non-empty subset of it");
	guard(&config, 0, false, "ids cannot be local: its key is none, but IPv4 is steered by src_ip,dst_ip,src_port,dst_port, which is not a non-empty subset of it");
	memset(config.key, 0, sizeof(config.key));
	guard(&config, FM_F_ALL, false, "ids cannot be local: its key is src_ip,dst_ip,src_port,dst_port,protocol, but IPv4 is steered by none, which is not a non-empty subset of it");
}

/* What the plan says of its key is no argument: the bits are. */
static void test_guard_ignores_claims(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);

	config.fields[0] = FM_F_DST_IP;
	config.fields[1] = FM_F_DST_IP;
	guard(&config, FM_F_SRC_IP, false, NULL);
	guard(&config, FM_F_DST_IP, false, "ids cannot be local: its key is dst_ip, but IPv4 is steered by src_ip, which is not a non-empty subset of it");
	config = steering(FM_F_SRC_IP);
	make_key(config.key[1], FM_F_DST_IP, ADDR6);
	guard(&config, FM_F_SRC_IP, false, "ids cannot be local: its key is src_ip, but IPv6 is steered by dst_ip, which is not a non-empty subset of it");
}

static void test_guard_symmetric(void **state)
{
	struct fm_steer_config config = steering(FM_F_HASHABLE);

	guard(&config, FM_F_ALL, true, NULL);
	config.key[0][5] ^= 0x10;
	guard(&config, FM_F_ALL, false, NULL);
	guard(&config, FM_F_ALL, true, "ids cannot be local: its key is src_ip,dst_ip,src_port,dst_port,protocol, but IPv4 is steered by src_ip,dst_ip,src_port,dst_port, which is not symmetric as it must be");
	config = steering(FM_F_SRC_IP);
	guard(&config, FM_F_ALL, true, "ids cannot be local: its key is src_ip,dst_ip,src_port,dst_port,protocol, but IPv4 is steered by src_ip, which is not symmetric as it must be");
}

/* One key for TCP and UDP: both must be hashed with their ports, or neither. */
static void test_guard_mixing(void **state)
{
	struct fm_steer_config config = steering(FM_F_HASHABLE);
	const u32 no_protocol = FM_F_IPS | FM_F_PORTS;

	guard(&config, no_protocol, false, NULL);
	config.l4 = FM_L4_TCP | FM_L4_UDP;
	guard(&config, FM_F_ALL, false, NULL);
	guard(&config, no_protocol, false, "ids cannot be local: its key is src_ip,dst_ip,src_port,dst_port, but IPv4 is steered by src_ip,dst_ip,src_port,dst_port, which hashes the ports of some protocols only");
	config.l4 = 0;
	guard(&config, no_protocol, false, NULL);
	config = steering(FM_F_SRC_IP);
	config.l4 = FM_L4_TCP;
	guard(&config, FM_F_SRC_IP, false, NULL);
}

static void test_owners(void **state)
{
	struct fm_steer_config config = steering(FM_F_SRC_IP);
	u32 cpus[SHARDS] = { [1] = 1, [2] = 2, [3] = 1 };
	struct fm_steer *steer = fm_steer_create(&config, cpus, NULL);
	unsigned int i;

	assert_int_equal(steer->bits, 7);
	assert_true(fm_steer_equal(steer, &config, cpus));
	for (i = 0; i < SHARDS; i++) {
		assert_int_equal(steer->shards[i].owner, cpus[i]);
		assert_int_equal(steer->shards[i].home, cpus[i]);
	}
	steer->shards[3].owner = fm_owner_moving(FM_SHARD_MOVING, 1, 3);
	assert_false(fm_steer_equal(steer, &config, cpus));
	steer->shards[3].owner = fm_owner_moving(FM_SHARD_PLAYING, 3, 1);
	assert_true(fm_steer_equal(steer, &config, cpus));
	steer->shards[3].owner = 3;
	assert_false(fm_steer_equal(steer, &config, cpus));
	steer->shards[3].owner = 1;
	config.hw = true;
	assert_false(fm_steer_equal(steer, &config, cpus));
	assert_ptr_equal(fm_steer_get(steer), steer);
	fm_steer_put(steer);
	assert_int_equal(fm_user_memory.objects, 1);
	fm_steer_put(steer);
	fm_steer_put(NULL);
	assert_int_equal(fm_user_memory.objects, 0);
	fm_user_memory.fail_at = fm_user_memory.allocs + 1;
	assert_null(fm_steer_create(&config, cpus, NULL));
}

/*
 * Where packets of a shard go, in every state and on every CPU that may have
 * one: A = 1 gives the shard to B = 2, 3 is another.
 */
static void test_owner_word(void **state)
{
	static const struct {
		enum fm_shard_state state;
		u32 next[4];		/* by CPU */
		u32 cpu;
	} rows[] = {
		{ FM_SHARD_HELD, { 1, 1, 2, 1 }, 1 },
		{ FM_SHARD_MOVING, { 2, 1, 2, 2 }, 1 },
		{ FM_SHARD_PLAYING, { 2, 2, 2, 2 }, 2 },
	};
	unsigned int i, cpu;
	u32 owner;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		owner = fm_owner_moving(rows[i].state, 1, 2);
		assert_int_equal(fm_owner_state(owner), rows[i].state);
		assert_int_equal(fm_owner_from(owner), 1);
		assert_int_equal(fm_owner_to(owner), 2);
		assert_int_equal(fm_owner_cpu(owner), rows[i].cpu);
		for (cpu = 0; cpu < 4; cpu++) {
			/* No CPU takes it for its own without looking. */
			assert_int_not_equal(owner, cpu);
			assert_int_equal(fm_owner_next(owner, cpu),
					 rows[i].next[cpu]);
			assert_int_equal(fm_owner_parks(owner, cpu), cpu == 2);
		}
	}
	owner = fm_owner_moving(FM_SHARD_MOVING, FM_OWNER_CPU_MASK, 0);
	assert_int_equal(fm_owner_from(owner), FM_OWNER_CPU_MASK);
	assert_int_equal(fm_owner_to(owner), 0);
	assert_int_equal(fm_owner_to(3), 3);
	assert_int_equal(fm_owner_cpu(3), 3);
	assert_int_equal(fm_owner_next(3, 0), 3);
	assert_false(fm_owner_parks(3, 3));
}

/* The hash covers ports of the protocols the plan names, and of no other. */
static void test_hash_ports(void **state)
{
	struct fm_steer_config config = steering(FM_F_HASHABLE);
	struct fm_pkt pkt = {
		.family = 4, .flags = FM_PKT_PORTS, .class = FM_CLASS_UDP4,
		.sport = htons(0x1234), .dport = htons(53),
		.src.w[0] = htonl(0x0a000001), .dst.w[0] = htonl(0x0a000002),
	};
	struct fm_steer *steer;
	u32 with, without;

	config.l4 = FM_L4_UDP;
	steer = fm_steer_create(&config, owners, NULL);
	with = fm_toeplitz_hash(&steer->toeplitz[0], &pkt, true);
	without = fm_toeplitz_hash(&steer->toeplitz[0], &pkt, false);
	assert_int_not_equal(with, without);
	assert_int_equal(fm_steer_hash(steer, &pkt), with);
	pkt.class = FM_CLASS_TCP4;
	assert_int_equal(fm_steer_hash(steer, &pkt), without);
	pkt.class = FM_CLASS_UDP4;
	pkt.flags = FM_PKT_FRAG;
	assert_int_equal(fm_steer_hash(steer, &pkt), without);
	pkt = (struct fm_pkt){ .family = 6, .flags = FM_PKT_PORTS,
			       .class = FM_CLASS_UDP6, .dport = htons(53) };
	assert_int_equal(fm_steer_hash(steer, &pkt),
			 fm_toeplitz_hash(&steer->toeplitz[1], &pkt, true));
	fm_steer_put(steer);
}

/* Texts stay while many others are set after them. */
static void test_error_texts(void **state)
{
	struct netlink_ext_ack first = { 0 }, other = { 0 };
	unsigned int i;
	char text[256];

	fm_error_set(&first, NULL, "%s", "first");
	for (i = 0; i < 63; i++)
		fm_error_set(&other, NULL, "%u", i);
	assert_string_equal(first._msg, "first");
	assert_string_equal(other._msg, "62");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	fm_error_set(&other, NULL, "%s", text);
	assert_int_equal(strlen(other._msg), 223);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_true),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_no_ports),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_guard_ignores_claims),
		cmocka_unit_test(test_guard_symmetric),
		cmocka_unit_test(test_guard_mixing),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_owner_word),
		cmocka_unit_test(test_hash_ports),
		cmocka_unit_test(test_error_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
