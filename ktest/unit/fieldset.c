// SPDX-License-Identifier: GPL-2.0-or-later
/* Field sets: what is read, what is written, set arithmetic, fits. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fieldset.h"
#include "spread.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		uint32_t fields;
	} good[] = {
		{ "none", 0 },
		{ "5-tuple", 31 },
		{ "src_ip", 1 },
		{ "dst_ip", 2 },
		{ "src_port", 4 },
		{ "dst_port", 8 },
		{ "protocol", 16 },
		{ "dst_port,src_ip", 9 },
		{ "src_ip,dst_ip,src_port,dst_port,protocol", 31 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		uint32_t fields = 99;

		assert_int_equal(fm_fieldset_parse(good[i].text, &fields), 0);
		assert_int_equal(fields, good[i].fields);
	}
}

static void test_parse_refuses(void **state)
{
	static const char * const bad[] = {
		"", ",", "src_ip,", ",src_ip", "src_ip,,dst_ip", "src_ip dst_ip",
		" src_ip", "SRC_IP", "src_i", "src_ipx", "src_ip,src_ip",
		"none,src_ip", "5-tuple,src_ip", "5-tuples", "src_ip,none",
	};
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint32_t fields = 99;

		assert_int_equal(fm_fieldset_parse(bad[i], &fields), -EINVAL);
		assert_int_equal(fields, 99);
	}
}

static void test_format(void **state)
{
	char buf[FM_FIELDSET_LEN];
	(void)state;

	assert_int_equal(fm_fieldset_format(0, buf, sizeof(buf)), 4);
	assert_string_equal(buf, "none");
	assert_int_equal(fm_fieldset_format(9, buf, sizeof(buf)), 15);
	assert_string_equal(buf, "src_ip,dst_port");
	assert_int_equal(fm_fieldset_format(31, buf, sizeof(buf)), 40);
	assert_string_equal(buf, "src_ip,dst_ip,src_port,dst_port,protocol");
	assert_int_equal(fm_fieldset_format(32, buf, sizeof(buf)), -EINVAL);
	assert_int_equal(fm_fieldset_format(1, buf, 6), -ENOSPC);
	assert_int_equal(fm_fieldset_format(1, buf, 7), 6);
	assert_int_equal(fm_fieldset_abbreviate(31, buf, sizeof(buf)), 7);
	assert_string_equal(buf, "5-tuple");
	assert_int_equal(fm_fieldset_abbreviate(31, buf, 7), -ENOSPC);
	assert_int_equal(fm_fieldset_abbreviate(15, buf, sizeof(buf)), 31);
	assert_string_equal(buf, "src_ip,dst_ip,src_port,dst_port");
	assert_string_equal(fm_fieldset_name(FM_F_DST_PORT), "dst_port");
	assert_string_equal(fm_fieldset_name(3), "?");
}

static void test_round_trip(void **state)
{
	char buf[FM_FIELDSET_LEN];
	(void)state;

	for (uint32_t fields = 0; fields <= FM_F_ALL; fields++) {
		uint32_t out = 99;

		assert_true(fm_fieldset_format(fields, buf, sizeof(buf)) > 0);
		assert_int_equal(fm_fieldset_parse(buf, &out), 0);
		assert_int_equal(out, fields);
		assert_true(fm_fieldset_abbreviate(fields, buf,
						   sizeof(buf)) > 0);
		assert_int_equal(fm_fieldset_parse(buf, &out), 0);
		assert_int_equal(out, fields);
	}
}

static void test_sets(void **state)
{
	(void)state;
	assert_int_equal(fm_fieldset_count(0), 0);
	assert_int_equal(fm_fieldset_count(22), 3);
	assert_int_equal(fm_fieldset_mirror(1), 2);
	assert_int_equal(fm_fieldset_mirror(2), 1);
	assert_int_equal(fm_fieldset_mirror(20), 24);
	assert_int_equal(fm_fieldset_mirror(9), 6);
	assert_int_equal(fm_fieldset_mirror(31), 31);
	assert_true(fm_fieldset_contains(31, 5));
	assert_true(fm_fieldset_contains(5, 0));
	assert_false(fm_fieldset_contains(5, 2));
}

static void test_fits(void **state)
{
	static const struct {
		struct fm_spread steering;
		uint32_t key;
		bool bidirectional;
		bool fits;
	} rows[] = {
		/* a non-empty subset of the key */
		{ { 1, false, 3 }, 1, false, true },
		{ { 1, false, 3 }, 2, false, false },
		{ { 1, false, 3 }, 31, false, true },
		{ { 3, false, 3 }, 1, false, false },
		{ { 0, false, 3 }, 31, false, false },
		{ { 15, false, 3 }, 31, false, true },
		{ { 16, false, 3 }, 31, false, true },
		/* both directions */
		{ { 3, false, 3 }, 31, true, false },
		{ { 3, true, 3 }, 31, true, true },
		{ { 15, true, 3 }, 31, true, true },
		{ { 12, true, 3 }, 31, true, true },
		{ { 1, true, 3 }, 31, true, false },
		{ { 3, true, 3 }, 3, true, true },
		{ { 3, true, 3 }, 3, false, true },
		/* a key without the protocol, hashed by ports */
		{ { 15, false, 3 }, 15, false, false },
		{ { 15, false, 7 }, 15, false, true },
		{ { 15, false, 1 }, 15, false, false },
		{ { 15, false, 1 }, 31, false, true },
		{ { 15, false, 0 }, 15, false, true },
		{ { 12, false, 0 }, 15, false, false },
		{ { 3, false, 1 }, 15, false, true },
		{ { 15, true, 7 }, 15, true, true },
		{ { 15, true, 3 }, 15, true, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fm_spread_fits(&rows[i].steering, rows[i].key,
				     rows[i].bidirectional) != rows[i].fits)
			fail_msg("row %zu: expected %d", i, rows[i].fits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_refuses),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
