// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * NICs without a NIC: fields, rules, queues' CPUs from a made-up /proc, owners
 * and tables, the journal.
 */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "device.h"
#include "hex.h"
#include "journal.h"
#include "nictest.h"

static char root[] = "/tmp/fm-ethtool-XXXXXX";

static int setup(void **state)
{
	(void)state;
	setenv("FLOWMAGE_SHARE", ".", 1);
	if (!mkdtemp(root))
		return -1;
	return setenv("FLOWMAGE_STATE_DIR", root, 1);
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file below root, with the directories above it. */
static void put(const char *name, const char *text)
{
	char path[512], *slash;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (slash = path + strlen(root) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_fields(void **state)
{
	uint32_t fields;

	(void)state;
	for (fields = 0; fields <= FM_F_ALL; fields++)
		assert_int_equal(fm_ethtool_fields_parse(
				 fm_ethtool_fields_raw(fields)), fields);
	assert_true(fm_ethtool_fields_raw(FM_F_HASHABLE) == 0xf0);
}

static void test_cpulist(void **state)
{
	static const char *const bad[] = {
		"", "a", "3-", "-3", "3-1", "1,,2", "1 ", "1,", "70000",
		"0-1024",
	};
	struct fm_cpulist list;
	size_t i;

	(void)state;
	assert_int_equal(fm_cpulist_parse("8,0-2,1\n", &list), 0);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.cpus[0], 0);
	assert_int_equal(list.cpus[3], 8);
	assert_int_equal(fm_cpulist_parse("0-1023", &list), 0);
	assert_int_equal(list.n, 1024);
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_true(fm_cpulist_parse(bad[i], &list) < 0);
}

static void test_hex(void **state)
{
	uint8_t buf[4];
	char text[12];
	size_t n;

	(void)state;
	assert_int_equal(fm_hex_parse("6D:5a:56da", buf, 4, &n), 0);
	assert_int_equal(n, 4);
	fm_hex_format(buf, n, text, sizeof(text));
	assert_string_equal(text, "6d:5a:56:da");
	assert_int_equal(fm_hex_parse("6d5a56da25", buf, 4, &n), -E2BIG);
	assert_int_equal(fm_hex_parse("", buf, 4, &n), -EINVAL);
	assert_int_equal(fm_hex_parse("6", buf, 4, &n), -EINVAL);
	assert_int_equal(fm_hex_parse("6d:", buf, 4, &n), -EINVAL);
	assert_int_equal(fm_hex_parse("6dxx", buf, 4, &n), -EINVAL);
}

/* Queue 1's interrupt has yet to move, queue 2 has none. */
static void test_irqs(void **state)
{
	static const char patterns[][FM_IRQ_PATTERN] = {
		"nic-{ifname}-TxRx-{queue}",
	};
	struct fm_irq_source source = {
		.root = root, .ifname = "eth7",
		.patterns = patterns, .npatterns = 1,
	};
	struct fm_irq_queue map[3];

	(void)state;
	put("sys/devices/system/cpu/online", "0-1,4\n");
	put("proc/interrupts",
	    "           CPU0       CPU1\n"
	    "  30:   1   0  PCI-MSI 1-edge      nic-eth7-TxRx-0\n"
	    "  31:   1   0  PCI-MSI 2-edge      nic-eth7-TxRx-1\n"
	    "  32:   1   0  PCI-MSI 3-edge      nic-eth70-TxRx-2\n"
	    " NMI:   0   0  Non-maskable interrupts\n");
	put("proc/irq/30/smp_affinity_list", "0-1,4\n");
	put("proc/irq/30/effective_affinity_list", "4\n");
	put("proc/irq/31/smp_affinity_list", "1\n");
	put("proc/irq/31/effective_affinity_list", "0\n");
	assert_int_equal(fm_irq_map(&source, map, 3), 0);
	assert_int_equal(map[0].irq, 30);
	assert_int_equal(map[0].cpu, 4);
	assert_int_equal(map[1].cpu, 1);
	assert_false(map[1].guessed);
	assert_int_equal(map[2].irq, -1);
	assert_true(map[2].guessed);
	assert_int_equal(map[2].cpu, 4);
}

static void test_rps(void **state)
{
	(void)state;
	put("sys/class/net/eth7/queues/rx-0/rps_cpus", "0000,00000000\n");
	put("sys/class/net/eth7/queues/tx-0/xps_cpus", "ff\n");
	assert_false(fm_irq_rps(root, "eth7"));
	put("sys/class/net/eth7/queues/rx-1/rps_cpus", "0000,00000010\n");
	assert_true(fm_irq_rps(root, "eth7"));
	assert_false(fm_irq_rps(root, "eth8"));
}

static void test_rules(void **state)
{
	static const char *const drivers[] = {
		"virtio_net", "ixgbe", "igb", "igc", "i40e", "iavf", "ice",
		"mlx5_core", "ena", "bnxt_en", "vmxnet3", "veth", "dummy",
	};
	struct fm_nicrule rule;
	struct fm_jsonc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(drivers) / sizeof(*drivers); i++) {
		doc = fm_nicrule_read(drivers[i], &rule);
		assert_non_null(doc);
		assert_int_equal(doc->nerrors, 0);
		assert_string_equal(rule.driver, drivers[i]);
		fm_jsonc_destroy(doc);
	}
	fm_jsonc_destroy(fm_nicrule_read("virtio_net", &rule));
	assert_int_equal(rule.accepts[FM_ETHTOOL_TCP4],
			 1 << FM_F_IPS | 1 << FM_F_HASHABLE);
	assert_int_equal(rule.accepts[FM_ETHTOOL_SCTP4], 0);
	assert_true(rule.key_writable && rule.rxhash_off_stops);
	assert_null(fm_nicrule_read("../nic/virtio_net", &rule));
	assert_null(fm_nicrule_read("nosuch", &rule));
	assert_true(rule.rss && rule.key_writable);
}

static struct fm_device make_device(const uint32_t *cpus, uint32_t n,
				    uint32_t entries)
{
	struct fm_device device = { .nqueues = n };
	uint32_t i;

	device.rule.rss = true;
	device.state.has_rss = true;
	device.state.rss.key_len = 40;
	device.state.rss.nindir = entries;
	device.queues = calloc(n, sizeof(*device.queues));
	assert_non_null(device.queues);
	for (i = 0; i < n; i++)
		device.queues[i].cpu = cpus[i];
	return device;
}

/* Every shard's entry leads to a queue of its owner, all owners alike. */
static void test_owners(void **state)
{
	static const uint32_t cpus[] = { 5, 2, 7, 2 };
	struct fm_device device = make_device(cpus, 4, 128);
	struct fm_steering *steer = calloc(1, sizeof(*steer));
	struct fm_ethtool_rss *rss = calloc(1, sizeof(*rss));
	struct fm_cpulist all = { .n = 0 };
	uint32_t used[4] = { 0 }, i;

	(void)state;
	assert_true(steer && rss);
	fm_device_owners(&device, &all, true, steer);
	assert_int_equal(steer->nshards, 128);
	fm_device_indir(&device, steer, rss);
	for (i = 0; i < 128; i++) {
		assert_true(rss->indir[i] < 4);
		assert_int_equal(cpus[rss->indir[i]], steer->owners[i]);
		used[rss->indir[i]]++;
	}
	assert_int_equal(used[0], 32);
	assert_int_equal(used[1] + used[3], 64);
	assert_int_equal(used[2], 32);
	fm_device_cleanup(&device);
	free(steer);
	free(rss);
}

static void test_owners_allowed(void **state)
{
	static const uint32_t cpus[] = { 0, 1, 2, 3 };
	struct fm_device device = make_device(cpus, 4, 64);
	struct fm_steering *steer = calloc(1, sizeof(*steer));
	struct fm_ethtool_rss *rss = calloc(1, sizeof(*rss));
	struct fm_cpulist some = { .cpus = { 1, 3 }, .n = 2 };
	struct fm_cpulist others = { .cpus = { 8, 9 }, .n = 2 };
	uint32_t i;

	(void)state;
	assert_true(steer && rss);
	fm_device_owners(&device, &some, true, steer);
	fm_device_indir(&device, steer, rss);
	for (i = 0; i < 64; i++)
		assert_true(rss->indir[i] == 1 || rss->indir[i] == 3);
	fm_device_owners(&device, &others, true, steer);
	fm_device_indir(&device, steer, rss);
	for (i = 0; i < 64; i++) {
		assert_true(steer->owners[i] == 8 || steer->owners[i] == 9);
		assert_int_equal(rss->indir[i], i % 4);
	}
	device.state.has_rss = false;
	fm_device_owners(&device, &others, false, steer);
	assert_int_equal(steer->nshards, FM_DEVICE_SHARDS);
	fm_device_cleanup(&device);
	free(steer);
	free(rss);
}

static int count_name(const char *ifname, void *arg)
{
	assert_string_equal(ifname, "eth7");
	++*(int *)arg;
	return 0;
}

static void test_journal(void **state)
{
	struct fm_nicstate *a = calloc(2, sizeof(*a)), *b = a + 1;
	struct fm_error err;
	int lock, n = 0;
	uint32_t i;

	(void)state;
	assert_non_null(a);
	strcpy(a->ifname, "eth7");
	strcpy(a->driver, "virtio_net");
	strcpy(a->chain, "edge");
	a->queues = 4;
	a->has_fields[FM_ETHTOOL_UDP6] = true;
	a->fields[FM_ETHTOOL_UDP6] = 0xf0;
	a->has_rss = true;
	a->indir_default = true;
	a->has_rxhash = true;
	a->rxhash = true;
	a->rss.key_len = 52;
	memset(a->rss.key, 0x5a, 52);
	a->rss.hfunc = 1;
	a->rss.xfrm = 1;
	a->rss.nindir = 64;
	for (i = 0; i < 64; i++)
		a->rss.indir[i] = i % 4;
	assert_false(fm_journal_exists("eth7"));
	assert_int_equal(fm_journal_load("eth7", b, &err), FM_EXIT_NOT_FOUND);
	assert_int_equal(fm_journal_lock(&lock, &err), 0);
	assert_int_equal(fm_journal_save(a, &err), 0);
	assert_true(fm_journal_exists("eth7"));
	assert_int_equal(fm_journal_load("eth7", b, &err), 0);
	assert_memory_equal(a, b, sizeof(*a));
	assert_int_equal(fm_journal_list(count_name, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fm_journal_remove("eth7", &err), 0);
	assert_int_equal(fm_journal_remove("eth7", &err), 0);
	assert_false(fm_journal_exists("eth7"));
	fm_journal_unlock(lock);
	free(a);
}

static void test_verdicts(void **state)
{
	static const struct {
		struct fm_nic_class row;
		enum fm_nictest_verdict verdict;
	} rows[] = {
		{ { .state = FM_HASH_TESTING }, FM_NICTEST_UNSEEN },
		{ { .state = FM_HASH_TESTING, .matched = 63 },
		  FM_NICTEST_RUNNING },
		{ { .state = FM_HASH_TESTING, .matched = 64 },
		  FM_NICTEST_EQUAL },
		{ { .state = FM_HASH_TESTING, .matched = 63, .mismatched = 1 },
		  FM_NICTEST_DIFFERENT },
		{ { .state = FM_HASH_VERIFIED, .matched = 5 },
		  FM_NICTEST_EQUAL },
		{ { .state = FM_HASH_VERIFIED, .matched = 70, .mismatched = 2 },
		  FM_NICTEST_EQUAL },
		{ { .state = FM_HASH_VERIFIED, .matched = 70,
		    .queue_mismatched = 1 }, FM_NICTEST_MISPLACED },
		{ { .state = FM_HASH_MISMATCH, .mismatched = 1 },
		  FM_NICTEST_DIFFERENT },
		{ { .state = FM_HASH_TESTING, .absent = 64 },
		  FM_NICTEST_ABSENT },
		{ { .state = FM_HASH_TESTING, .absent = 63 },
		  FM_NICTEST_RUNNING },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(fm_nictest_judge(&rows[i].row, 64),
				 rows[i].verdict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_cpulist),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_irqs),
		cmocka_unit_test(test_rps),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_owners),
		cmocka_unit_test(test_owners_allowed),
		cmocka_unit_test(test_journal),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
