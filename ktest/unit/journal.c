// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal: all of it is taken or none, and what was saved is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "journal.h"

static struct fm_jsonc *parse(const char *text, struct fm_nicstate *state)
{
	struct fm_jsonc *doc = fm_jsonc_parse("f", text, strlen(text));
	char id[FM_JOURNAL_BOOT_ID] = "";

	assert_non_null(doc);
	memset(state, 0, sizeof(*state));
	fm_journal_parse(doc, state, id);
	return doc;
}

static void check_refused(const char *text, const char *why)
{
	struct fm_nicstate *state = malloc(sizeof(*state));
	struct fm_jsonc *doc = parse(text, state);

	assert_int_equal(doc->nerrors, 1);
	assert_string_equal(doc->errors[0].text, why);
	fm_jsonc_destroy(doc);
	free(state);
}

static void test_refused(void **unused)
{
	(void)unused;
	check_refused("{\"driver\": 7}",
		      "driver must be a string, not a whole number");
	check_refused("{\"bus\": \"0123456789012345678901234567890123456789\"}",
		      "bus has more than 31 bytes");
	check_refused("{\"key\": \"6d5\"}", "not a key");
	check_refused("{\"irqs\": [{\"irq\": -1, \"cpus\": \"0\"}]}",
		      "irq must be from 0 to 2147483647, not -1");
	check_refused("{\"irqs\": [{\"irq\": 1}]}", "key \"cpus\" is missing");
	check_refused("{\"key\": \"6d\", \"indir\": [65536]}",
		      "a queue must be from 0 to 65535, not 65536");
}

/* A table that does not fit must not be written back in part. */
static void test_long_table(void **unused)
{
	size_t n = FM_ETHTOOL_INDIR_MAX + 1, i;
	char *text = malloc(32 + 2 * n), *end = text, why[64];

	(void)unused;
	end += sprintf(end, "{\"key\": \"6d\", \"indir\": [");
	for (i = 0; i < n; i++)
		end += sprintf(end, i ? ",0" : "0");
	strcpy(end, "]}");
	snprintf(why, sizeof(why), "more than %u queues", FM_ETHTOOL_INDIR_MAX);
	check_refused(text, why);
	free(text);
}

static void test_saved(void **unused)
{
	struct fm_nicstate *saved = calloc(1, sizeof(*saved));
	struct fm_nicstate *loaded = calloc(1, sizeof(*loaded));
	char dir[] = "/tmp/flowmage.XXXXXX";
	struct fm_error err;

	(void)unused;
	assert_non_null(mkdtemp(dir));
	setenv("FLOWMAGE_STATE_DIR", dir, 1);
	strcpy(saved->ifname, "eth7");
	strcpy(saved->driver, "virtio_net");
	saved->queues = 4;
	saved->has_rss = true;
	saved->rss.key_len = 2;
	saved->rss.key[1] = 0x5a;
	saved->rss.nindir = FM_ETHTOOL_INDIR_MAX;
	saved->nirqs = FM_NICSTATE_IRQS;
	for (uint32_t i = 0; i < saved->nirqs; i++)
		saved->irqs[i] = (struct fm_nicstate_irq){ 24 + i, "0-3,8" };
	saved->rss.indir[1] = 3;
	assert_int_equal(fm_journal_save(saved, &err), 0);
	assert_int_equal(fm_journal_load("eth7", loaded, &err), 0);
	assert_memory_equal(saved, loaded, sizeof(*saved));
	assert_int_equal(fm_journal_remove("eth7", &err), 0);
	assert_int_equal(rmdir(dir), 0);
	free(saved);
	free(loaded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long_table),
		cmocka_unit_test(test_saved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
