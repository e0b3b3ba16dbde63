// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parameters of NFs: what a configuration gets, every sentence that refuses
 * one, tables that are not sound, and the registry that turns them away.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "builtin.h"
#include "nf.h"
#include "param.h"
#include "user.h"

struct config {
	u8 level;
	u16 port;
	u32 rate;
	u64 burst;
	u8 action;
	u16 kind;
	char tag[8];
	u8 mac[ETH_ALEN];
	const struct fm_list *list;
};

#define TAG(max_len, text)						\
	{ __FM_PARAM(struct config, tag, FM_PARAM_STRING),		\
	  .max = (max_len), .def_string = (text), .help = "a tag" }

static const struct fm_param params[] = {
	FM_UINT(struct config, level, 1, 255, 7, "a level"),
	FM_UINT(struct config, port, 0, U16_MAX, 80, "a port"),
	FM_UINT(struct config, rate, 10, U32_MAX, 1000, "a rate"),
	FM_UINT_REQUIRED(struct config, burst, 1, U64_MAX, "a burst"),
	FM_ENUM(struct config, action, "drop|mark|pass", 1, "an action"),
	FM_ENUM(struct config, kind, "only", 0, "a kind"),
	TAG(7, "none"),
	FM_MAC(struct config, mac, "an address"),
	FM_PREFIXES(struct config, list, 2, "a list"),
};

static enum fm_verdict pass(struct fm_ctx *ctx, struct fm_pkt *pkt)
{
	return FM_CONTINUE;
}

static void forget(struct fm_heap *heap, void *ptr)
{
}

static const struct fm_nf_ops nf = {
	.name = "nf", .description = "an NF",
	.params = params, .nparams = ARRAY_SIZE(params),
	.config_size = sizeof(struct config), .eval = pass,
};

static const struct fm_param_value burst = { .name = "burst", .uint = 5 };

static int fill(struct config *config, const struct fm_param_value *values,
		unsigned int n, struct netlink_ext_ack *extack)
{
	memset(config, 0, sizeof(*config));
	return fm_param_fill(&nf, config, values, n, extack);
}

static void test_defaults(void **state)
{
	struct config config;

	assert_int_equal(fill(&config, &burst, 1, NULL), 0);
	assert_int_equal(config.level, 7);
	assert_int_equal(config.port, 80);
	assert_int_equal(config.rate, 1000);
	assert_int_equal(config.burst, 5);
	assert_int_equal(config.action, 1);
	assert_int_equal(config.kind, 0);
	assert_string_equal(config.tag, "none");
}

static void test_values(void **state)
{
	static const struct fm_param_value values[] = {
		{ .name = "level", .uint = 255 },
		{ .name = "port", .uint = U16_MAX },
		{ .name = "rate", .uint = U32_MAX },
		{ .name = "burst", .uint = U64_MAX },
		{ .name = "action", .string = "pass" },
		{ .name = "kind", .string = "only" },
		{ .name = "tag", .string = "1234567" },
	};
	static const u64 want[] = {
		255, U16_MAX, U32_MAX, U64_MAX, 2, 0,
	};
	struct config config;
	unsigned int i;

	assert_int_equal(fill(&config, values, ARRAY_SIZE(values), NULL), 0);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		assert_int_equal(fm_param_uint(&params[i], &config), want[i]);
	assert_string_equal(config.tag, "1234567");
}

static void refuse(const struct fm_param_value *value, int err,
		   const char *text)
{
	const struct nlattr attr = { 0 };
	struct fm_param_value values[] = { burst, *value };
	struct netlink_ext_ack extack = { 0 };
	struct config config;

	values[1].attr = &attr;
	assert_int_equal(fill(&config, values, 2, &extack), err);
	assert_string_equal(extack._msg, text);
	assert_ptr_equal(extack.bad_attr, &attr);
}

#define UINT(text, value)	(&(struct fm_param_value){	\
	.name = (text), .uint = (value) })
#define STRING(text, value)	(&(struct fm_param_value){	\
	.name = (text), .string = (value) })

static void test_refusals(void **state)
{
	refuse(UINT("level", 0), -ERANGE, "nf: level is 0, outside 1..255");
	refuse(UINT("level", 256), -ERANGE, "nf: level is 256, outside 1..255");
	refuse(UINT("rate", 1ULL << 32), -ERANGE,
	       "nf: rate is 4294967296, outside 10..4294967295");
	refuse(STRING("rate", "10"), -EINVAL, "nf: rate must be a number");
	refuse(UINT("action", 0), -EINVAL,
	       "nf: action must be one of drop|mark|pass");
	refuse(STRING("action", "dro"), -EINVAL,
	       "nf: action must be one of drop|mark|pass");
	refuse(STRING("action", "drop|mark"), -EINVAL,
	       "nf: action must be one of drop|mark|pass");
	refuse(STRING("action", ""), -EINVAL,
	       "nf: action must be one of drop|mark|pass");
	refuse(UINT("tag", 1), -EINVAL, "nf: tag must be a string");
	refuse(STRING("tag", "12345678"), -EINVAL,
	       "nf: tag is longer than 7 bytes");
	refuse(UINT("mac", 1), -EINVAL,
	       "nf: mac must be an Ethernet address as 02:00:5e:10:00:01");
	refuse(STRING("mac", "02:00:5e:10:00:0"), -EINVAL,
	       "nf: mac must be an Ethernet address as 02:00:5e:10:00:01");
	refuse(STRING("mac", "02:00:5e:10:00:011"), -EINVAL,
	       "nf: mac must be an Ethernet address as 02:00:5e:10:00:01");
	refuse(STRING("list", "::/0"), -EINVAL, "nf: list must be a list");
	refuse(UINT("speed", 1), -EINVAL, "nf has no parameter speed");
	refuse(UINT("burst", 1), -EINVAL, "nf: burst is given twice");
}

/* Who refers to a list has a reference, also when what follows is refused. */
static void test_list(void **state)
{
	struct fm_list list = { .type = FM_PARAM_PREFIXES, .count = 2,
				.refs = 1 };
	struct fm_list uints = { .type = FM_PARAM_UINT, .refs = 1 };
	struct fm_param_value values[] = {
		burst, { .name = "mac", .string = "02:00:5e:10:00:01" },
		{ .name = "list", .list = &list },
	};
	struct netlink_ext_ack extack = { 0 };
	struct config config;

	assert_int_equal(fill(&config, values, 3, NULL), 0);
	assert_ptr_equal(config.list, &list);
	assert_int_equal(list.refs, 2);
	assert_memory_equal(config.mac, "\x02\0\x5e\x10\0\x01", 6);
	fm_param_release(&nf, &config);
	assert_int_equal(list.refs, 1);
	assert_null(config.list);
	list.count = 3;
	assert_int_equal(fill(&config, values, 3, &extack), -ERANGE);
	assert_string_equal(extack._msg,
			    "nf: list has 3 elements, outside 1..2");
	values[2].list = &uints;
	assert_int_equal(fill(&config, values, 3, &extack), -EINVAL);
	assert_string_equal(extack._msg,
			    "nf: list must be a list of another type");
	assert_int_equal(list.refs, 1);
	values[2] = (struct fm_param_value){ .name = "rate", .list = &list };
	assert_int_equal(fill(&config, values, 3, &extack), -EINVAL);
	assert_string_equal(extack._msg, "nf: rate must be a number");
}

static void test_required(void **state)
{
	struct netlink_ext_ack extack = { 0 };
	struct config config;

	assert_int_equal(fill(&config, NULL, 0, &extack), -EINVAL);
	assert_string_equal(extack._msg, "nf: burst must be given");
	assert_null(extack.bad_attr);
	assert_int_equal(fill(&config, NULL, 0, NULL), -EINVAL);
}

static void test_words(void **state)
{
	unsigned int len;
	const char *word;

	assert_true(fm_param_word("a|bc", 0, &word, &len));
	assert_int_equal(len, 1);
	assert_true(fm_param_word("a|bc", 1, &word, &len));
	assert_int_equal(len, 2);
	assert_memory_equal(word, "bc", 2);
	assert_false(fm_param_word("a|bc", 2, &word, &len));
	assert_false(fm_param_word("a", U64_MAX, &word, &len));
}

static int check_row(struct fm_param row)
{
	struct fm_nf_ops ops = nf;

	ops.params = &row;
	ops.nparams = 1;
	return fm_param_check(&ops);
}

static void test_tables(void **state)
{
	struct fm_param row = params[0];
	struct fm_nf_ops ops = nf;

	assert_int_equal(fm_param_check(&nf), 0);
	assert_int_equal(check_row(row), 0);
	row.name = NULL;
	assert_int_equal(check_row(row), -EINVAL);
	row = params[0];
	row.help = NULL;
	assert_int_equal(check_row(row), -EINVAL);
	row = params[0];
	row.size = 3;
	assert_int_equal(check_row(row), -EINVAL);
	row = params[0];
	row.offset = sizeof(struct config);
	assert_int_equal(check_row(row), -EINVAL);
	row = params[4];
	row.choices = NULL;
	assert_int_equal(check_row(row), -EINVAL);
	row = (struct fm_param)TAG(8, NULL);
	assert_int_equal(check_row(row), -EINVAL);
	ops.nparams = FM_PARAMS_MAX + 1;
	assert_int_equal(fm_param_check(&ops), -EINVAL);
}

static const struct fm_nf_ops stateful = {
	.name = "keeps", .description = "keeps state", .eval = pass,
	.state_size = 8, .key = FM_F_SRC_IP, .max_entries = 1, .timeout_ms = 1,
	.intensity = FM_INTENSITY_FLOW,
};

#define WRONG(text, ...) do {						\
	struct fm_nf_ops ops = stateful;				\
	__VA_ARGS__;							\
	assert_int_equal(fm_nf_register(&ops), -EINVAL);		\
	assert_string_equal(fm_user_log, "flowmage: NF " text "\n");	\
} while (0)

static void test_register_refusals(void **state)
{
	WRONG("(unnamed) has no valid name", ops.name = NULL);
	WRONG(" has no valid name", ops.name = "");
	WRONG("thirty-two-bytes-are-one-too-man has no valid name",
	      ops.name = "thirty-two-bytes-are-one-too-man");
	WRONG("keeps lacks description or eval()", ops.description = NULL);
	WRONG("keeps lacks description or eval()", ops.eval = NULL);
	WRONG("keeps has too many reasons", ops.nreasons = 17);
	WRONG("keeps has a faulty table of parameters",
	      ops.nparams = FM_PARAMS_MAX + 1);
	WRONG("keeps has a key but no state", ops.state_size = 0);
	WRONG("keeps has too large a state", ops.state_size = 4097);
	WRONG("keeps has no valid key", ops.key = 0);
	WRONG("keeps has no valid key", ops.key = FM_F_ALL + 1);
	WRONG("keeps is bidirectional, but its key has one end only",
	      ops.bidirectional = true);
	WRONG("keeps wants too many entries",
	      ops.max_entries = FM_ENTRIES_MAX + 1);
}

static void test_register_lacks(void **state)
{
	WRONG("keeps lacks intensity, timeout or bound",
	      ops.intensity = FM_INTENSITY_NONE);
	WRONG("keeps lacks intensity, timeout or bound", ops.timeout_ms = 0);
	WRONG("keeps lacks intensity, timeout or bound", ops.max_entries = 0);
	WRONG("keeps must have destroy() if and only if its state has pointers",
	      ops.pointer = true);
	WRONG("keeps must have destroy() if and only if its state has pointers",
	      ops.destroy = forget);
}

static int count(const struct fm_nf_ops *ops, void *arg)
{
	++*(unsigned int *)arg;
	return 0;
}

static unsigned int registered(unsigned int skip)
{
	unsigned int n = 0;

	assert_int_equal(fm_nf_walk(skip, count, &n), 0);
	return n;
}

static void test_registry(void **state)
{
	const struct fm_nf_ops *const *ops;
	struct module module = { 0 };
	struct fm_nf_ops guest = stateful;
	unsigned int n = 0;

	assert_int_equal(fm_nf_init(), 0);
	for (ops = fm_builtin_nfs; *ops; ops++, n++)
		assert_ptr_equal(fm_nf_get((*ops)->name), *ops);
	assert_int_equal(registered(1), n - 1);
	assert_int_equal(fm_nf_register(fm_builtin_nfs[0]), -EEXIST);
	guest.owner = &module;
	assert_int_equal(fm_nf_register(&guest), 0);
	assert_ptr_equal(fm_nf_get("keeps"), &guest);
	assert_int_equal(module.users, 1);
	fm_nf_put(&guest);
	assert_int_equal(module.users, 0);
	module.going = true;
	assert_null(fm_nf_get("keeps"));
	fm_nf_unregister(&stateful);
	assert_int_equal(registered(0), n + 1);
	fm_nf_unregister(&guest);
	fm_nf_exit();
	assert_int_equal(registered(0), 0);
	assert_null(fm_nf_get("psd"));
	assert_int_equal(fm_user_memory.objects, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_register_refusals),
		cmocka_unit_test(test_register_lacks),
		cmocka_unit_test(test_registry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
