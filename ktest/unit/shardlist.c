// SPDX-License-Identifier: GPL-2.0-or-later
/* Shards and CPUs as people write them: taken whole, or refused with a place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "shardlist.h"

static struct fm_shard_moves moves;

static int read_text(const char *text, struct fm_error *err)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	int ret;

	assert_non_null(file);
	moves.n = 0;
	ret = fm_shardlist_read(&moves, file, "map", err);
	fclose(file);
	return ret;
}

static void expect(const char *want)
{
	char got[256] = "";
	size_t i, len = 0;

	for (i = 0; i < moves.n; i++)
		len += snprintf(got + len, sizeof(got) - len, "%s%u:%u",
				i ? " " : "", moves.shards[i], moves.cpus[i]);
	assert_string_equal(got, want);
}

static void test_list(void **state)
{
	struct fm_error err = { 0 };

	(void)state;
	moves.n = 0;
	assert_int_equal(fm_shardlist_add(&moves, "3,5-7,0", 2, &err), 0);
	expect("3:2 5:2 6:2 7:2 0:2");
	moves.n = 0;
	assert_int_equal(fm_shardlist_add(&moves, "0-4095", 1, &err), 0);
	assert_int_equal(moves.n, FM_SHARDS_MAX);
	moves.n = 0;
	assert_int_equal(fm_shardlist_parse(&moves, "0-1:3;4:0 9,8:16383",
					    &err), 0);
	expect("0:3 1:3 4:0 9:16383 8:16383");
}

static void refuse_list(const char *text, const char *words)
{
	struct fm_error err = { 0 };

	moves.n = 0;
	assert_int_equal(fm_shardlist_add(&moves, text, 0, &err),
			 FM_EXIT_USAGE);
	assert_string_equal(err.message, words);
}

static void test_list_refused(void **state)
{
	(void)state;
	refuse_list("", "\"\": expected a shard, a number from 0 to 4095, in column 1");
	refuse_list("1,", "\"1,\": expected a shard, a number from 0 to 4095, in column 3");
	refuse_list("4096", "\"4096\": expected a shard, a number from 0 to 4095, in column 1");
	refuse_list("12abc", "\"12abc\": expected a comma or the end of the list, in column 3");
	refuse_list("5-3", "\"5-3\": expected the last shard of a range, up to 4095, in column 4");
	refuse_list("1,0-2", "\"1,0-2\": a shard is named twice, in column 6");
	refuse_list("99999999999999999999", "\"99999999999999999999\": expected a shard, a number from 0 to 4095, in column 1");
}

static void refuse_map(const char *text, const char *words)
{
	struct fm_error err = { 0 };

	moves.n = 0;
	assert_int_equal(fm_shardlist_parse(&moves, text, &err),
			 FM_EXIT_USAGE);
	assert_string_equal(err.message, words);
}

static void test_map_refused(void **state)
{
	(void)state;
	refuse_map("1", "\"1\": expected a colon and the CPU, in column 2");
	refuse_map("1:", "\"1:\": expected a CPU, a number, in column 3");
	refuse_map("1:2x", "\"1:2x\": expected a space or a semicolon, in column 4");
	refuse_map("1:16384", "\"1:16384\": expected a CPU, a number, in column 3");
	refuse_map("1:0 1:1", "\"1:0 1:1\": a shard is named twice, in column 6");
}

static void test_file(void **state)
{
	struct fm_error err = { 0 };

	(void)state;
	assert_int_equal(read_text("# owners\n\n0-1 3\r\n\t7,6\t2  # two\n12 0",
				   &err), 0);
	expect("0:3 1:3 7:2 6:2 12:0");
}

static void refuse_file(const char *text, const char *words)
{
	struct fm_error err = { 0 };

	assert_int_equal(read_text(text, &err), FM_EXIT_USAGE);
	assert_string_equal(err.message, words);
}

static void test_file_refused(void **state)
{
	(void)state;
	refuse_file("0 1\n1-2 x\n", "map:2:5: expected a CPU, a number");
	refuse_file("0 1 2\n", "map:1:5: expected the end of the line");
	refuse_file("0:1\n", "map:1:2: expected a comma or the end of the list");
	refuse_file("# nothing\n", "map: there is no shard in it");
	refuse_file("3\n", "map:1:2: expected a CPU, a number");
	refuse_file("3 1\n3 2\n", "map:2:2: a shard is named twice");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_refused),
		cmocka_unit_test(test_map_refused),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_file_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
