// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The static analysis: features of sources whose truth is known, in every
 * environment that this machine has; rules that are wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "static.h"
#include "track.h"

#define RULES_DIR	"rules/frameworks"
#define DATA		"ktest/unit/data/track"
#define NONE		FM_INTENSITY_NONE
#define FLOW		FM_INTENSITY_FLOW
#define PACKET		FM_INTENSITY_PACKET
#define SRC		FM_F_SRC_IP
#define ALL		FM_F_ALL

/* Stateful if there is an intensity. */
struct truth {
	const char *nf;
	uint32_t key;
	enum fm_intensity intensity;
	bool bidirectional;
	bool pointer;
	uint32_t state_size;
	uint32_t complexity;
	uint32_t reads;
	const char *problem;	/* in the last thing that was not understood */
};

static const struct truth fixtures[] = {
	{ "stateless", .complexity = 9,
	  .reads = FM_F_DST_PORT | FM_F_PROTOCOL },
	{ "per_flow", ALL, FLOW, .state_size = 16, .complexity = 36 },
	{ "both_ways", ALL, PACKET, true, .state_size = 8, .complexity = 36 },
	{ "list_state", SRC, FLOW, .pointer = true, .state_size = 32,
	  .complexity = 32 },
	{ "helper_write", SRC, PACKET, .state_size = 8, .complexity = 38 },
	{ "mem_ops", FM_F_DST_IP, PACKET, .state_size = 32, .complexity = 44,
	  .reads = SRC },
	{ "mem_read", SRC, FLOW, .state_size = 16, .complexity = 47,
	  .reads = FM_F_DST_IP },
	{ "renamed", SRC, PACKET, .state_size = 16, .complexity = 37 },
	{ "two_fields", FM_F_IPS, PACKET, .state_size = 4, .complexity = 34 },
	{ "write_once", SRC, PACKET, .state_size = 8, .complexity = 42 },
	{ "read_once", SRC, FLOW, .state_size = 16, .complexity = 41 },
	{ "atomic_count", SRC, PACKET, .state_size = 4, .complexity = 54 },
	{ "new_flag", SRC, FLOW, .state_size = 8, .complexity = 38 },
	{ "out_param", SRC, FLOW, .state_size = 8, .complexity = 40 },
	{ "in_struct", SRC, PACKET, .state_size = 8, .complexity = 37 },
	{ "by_macro", SRC, PACKET, .state_size = 64, .complexity = 105 },
	{ "global_count", SRC, FLOW, .state_size = 4, .complexity = 34,
	  .problem = "global_count.c:15: writes the global variable global_total, which no key covers" },
	{ "deletes", ALL, FLOW, .state_size = 8, .complexity = 94 },
	{ "undeclared", SRC, PACKET, .state_size = 4, .complexity = 37,
	  .problem = "undeclared.c:15: calls a function without a prototype, which was taken to write to the state" },
	{ "broken", SRC, PACKET, .complexity = 34,
	  .problem = "broken.c:15: the struct of the state is not known" },
	{ "no_constant", 0, PACKET, .state_size = 4, .complexity = 34,
	  .problem = "no_constant.c:26: the key is not a constant set of header fields" },
	{ "recursive", SRC, PACKET, .state_size = 4, .complexity = 121,
	  .problem = "recursive.c:15: recursion was not followed beyond its first round" },
};

/* Sources of the tree change; their complexity is not held against them. */
static const struct truth nfs[] = {
	{ "psd", SRC, PACKET, .pointer = true, .state_size = 40 },
	{ "policer", FM_F_DST_IP, PACKET, .state_size = 32 },
	{ "source_counter", SRC, PACKET, .state_size = 24 },
	{ "flow_counter", ALL, PACKET, .state_size = 32 },
};

static struct fm_rules *rules;

static int load_rules(void **state)
{
	char err[FM_ERROR_LEN] = "";

	(void)state;
	if (!fm_rules_load(RULES_DIR, "flowmage", &rules, err))
		return 0;
	print_error("%s\n", err);
	return -1;
}

static int free_rules(void **state)
{
	(void)state;
	fm_rules_destroy(rules);
	return 0;
}

/* NULL if the environment is not here. */
static struct fm_record *analyze(const char *nf, const char *env)
{
	struct fm_static_request request = {
		.rules = rules, .tree = ".", .nf = nf, .env = env,
	};
	char err[FM_ERROR_LEN] = "", *file;
	struct fm_record *record = NULL;
	int ret;

	assert_true(asprintf(&file, DATA "/%s.c", nf) > 0);
	if (access(file, R_OK)) {
		free(file);
		assert_true(asprintf(&file, "kmod/nf/%s.c", nf) > 0);
	}
	request.file = file;
	ret = fm_static_analyze(&request, &record, err);
	free(file);
	if (env && ret == -ENOENT && strstr(err, "cannot be parsed in"))
		return NULL;
	if (ret)
		fail_msg("%s: %s", nf, err);
	return record;
}

static void check_features(const struct truth *t, const struct fm_features *f)
{
	print_message("  %s\n", t->nf);
	assert_int_equal(f->stateful, t->intensity != NONE);
	assert_int_equal(f->key, t->key);
	assert_int_equal(f->intensity, t->intensity);
	assert_int_equal(f->bidirectional, t->bidirectional);
	assert_int_equal(f->pointer, t->pointer);
	assert_int_equal(f->state_size, t->state_size);
	if (t->complexity)
		assert_int_equal(f->complexity, t->complexity);
}

static void check_problem(const struct truth *t, const struct fm_record *r)
{
	const struct fm_strings *unparsed = &r->by_static.unparsed;

	if (!t->problem) {
		assert_int_equal(unparsed->n, 0);
		assert_true(r->confidence == 0.97);
		return;
	}
	assert_true(unparsed->n > 0);
	assert_non_null(strstr(unparsed->v[unparsed->n - 1], t->problem));
	assert_true(r->confidence < 0.9);
}

/* Returns how many environments there were. */
static unsigned int check_in(const struct truth *t, const char *env)
{
	struct fm_record *r = analyze(t->nf, env);

	if (!r)
		return 0;
	check_features(t, &r->features);
	check_problem(t, r);
	if (t->complexity)
		assert_int_equal(r->by_static.reads, t->reads);
	if (env)
		assert_string_equal(r->by_static.environment, env);
	fm_record_destroy(r);
	return 1;
}

static void check_all(const char *env)
{
	unsigned int n = 0;

	for (size_t i = 0; i < sizeof(fixtures) / sizeof(*fixtures); i++)
		n += check_in(&fixtures[i], env);
	for (size_t i = 0; i < sizeof(nfs) / sizeof(*nfs); i++)
		n += check_in(&nfs[i], env);
	if (!n)
		skip();
	assert_int_equal(n, sizeof(fixtures) / sizeof(*fixtures) +
			 sizeof(nfs) / sizeof(*nfs));
}

static void test_best(void **state)
{
	(void)state;
	check_all(NULL);
}

static void test_without_headers(void **state)
{
	(void)state;
	check_all("stubs");
}

static void test_kernel_headers(void **state)
{
	(void)state;
	check_all("kernel");
}

/* All answers, complexity too, are the same whatever headers there are. */
static void test_same_everywhere(void **state)
{
	static const char *const envs[] = { "shims", "kernel" };

	(void)state;
	for (size_t i = 0; i < sizeof(nfs) / sizeof(*nfs); i++) {
		struct fm_record *a = analyze(nfs[i].nf, "stubs");

		for (size_t j = 0; j < sizeof(envs) / sizeof(*envs); j++) {
			struct fm_record *b = analyze(nfs[i].nf, envs[j]);

			if (!b)
				continue;
			check_features(&nfs[i], &b->features);
			assert_int_equal(a->features.complexity,
					 b->features.complexity);
			assert_int_equal(a->by_static.reads,
					 b->by_static.reads);
			fm_record_destroy(b);
		}
		fm_record_destroy(a);
	}
}

static const struct fm_evidence *find_evidence(const struct fm_record *r,
					       enum fm_attribute attribute)
{
	for (size_t i = 0; i < r->nevidence; i++)
		if (r->evidence[i].attribute == attribute)
			return &r->evidence[i];
	fail_msg("no evidence for %s", fm_record_attribute(attribute));
	return NULL;
}

static void test_evidence(void **state)
{
	static const struct {
		const char *nf;
		enum fm_attribute attribute;
		unsigned int line;
		const char *why;
	} cases[] = {
		{ "helper_write", FM_ATTRIBUTE_STATEFULNESS, 22,
		  "fm_state_lookup() is reached for every packet" },
		{ "helper_write", FM_ATTRIBUTE_INTENSITY, 11,
		  "counter writes to a state that was found" },
		{ "two_fields", FM_ATTRIBUTE_KEY, 27,
		  "declared as src_ip,dst_ip" },
		{ "both_ways", FM_ATTRIBUTE_BIDIRECTIONAL, 27,
		  "both directions are declared to share one state" },
		{ "per_flow", FM_ATTRIBUTE_INTENSITY, 18,
		  "first_ns writes to a state only as it is created" },
		{ "list_state", FM_ATTRIBUTE_POINTER, 7,
		  "head of struct list_state_state points to more memory" },
		{ "renamed", FM_ATTRIBUTE_STATE_SIZE, 5,
		  "sizeof(struct renamed_state)" },
		{ "stateless", FM_ATTRIBUTE_STATEFULNESS, 5,
		  "no packet reaches a lookup or an insertion of state" },
		{ "stateless", FM_ATTRIBUTE_COMPLEXITY, 5,
		  "weighted operations of the dearest way through stateless_eval()" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fm_record *r = analyze(cases[i].nf, "stubs");
		const struct fm_evidence *e =
			find_evidence(r, cases[i].attribute);

		print_message("  %s %s\n", cases[i].nf,
			      fm_record_attribute(e->attribute));
		assert_string_equal(e->why, cases[i].why);
		assert_int_equal(e->line, cases[i].line);
		assert_int_equal(strncmp(e->file, DATA, strlen(DATA)), 0);
		fm_record_destroy(r);
	}
}

static void test_hopeless(void **state)
{
	struct fm_static_request request = {
		.rules = rules, .tree = ".", .nf = "hopeless",
		.file = DATA "/hopeless.c",
	};
	struct fm_record *record = NULL;
	char err[FM_ERROR_LEN];

	(void)state;
	assert_int_equal(fm_static_analyze(&request, &record, err), -ENOENT);
	assert_non_null(strstr(err, "hopeless.c: no variable of type fm_nf_ops declares an NF; " DATA "/hopeless.c:5: "));
	request.file = DATA "/per_flow.c";
	assert_int_equal(fm_static_analyze(&request, &record, err), -ENOENT);
	assert_non_null(strstr(err, "per_flow.c: declares the NF 'per_flow', not 'hopeless'"));
	request.file = DATA "/absent.c";
	assert_int_equal(fm_static_analyze(&request, &record, err), -ENOENT);
	assert_string_equal(err, DATA "/absent.c: No such file or directory");
	request.file = DATA;
	assert_int_equal(fm_static_analyze(&request, &record, err), -EINVAL);
	assert_non_null(strstr(err, "is not a regular file"));
	assert_null(record);
}

static void test_files(void **state)
{
	struct fm_record *r = analyze("per_flow", "stubs");

	(void)state;
	assert_int_equal(r->nfiles, 3);
	assert_string_equal(r->files[0].path, DATA "/per_flow.c");
	assert_string_equal(r->files[1].path, "kmod/flowmage_nf.h");
	assert_string_equal(r->files[2].path, "kmod/uapi/flowmage.h");
	assert_string_equal(r->by_static.rules.path,
			    RULES_DIR "/flowmage.json");
	assert_int_equal(strlen(r->files[2].sha256), 64);
	fm_record_destroy(r);
}

static void test_find(void **state)
{
	struct fm_track_request request = {
		.framework = "flowmage", .nf = "psd", .tree = ".",
		.rules_dir = RULES_DIR,
	};
	struct fm_track_result result;
	struct json_object *obj;
	char err[FM_ERROR_LEN];

	(void)state;
	assert_int_equal(fm_track_nf(&request, &result, err), 0);
	assert_false(result.from_store);
	assert_string_equal(result.record->files[0].path, "kmod/nf/psd.c");
	obj = fm_record_fill(result.record);
	assert_string_equal(json_object_get_string(
		json_object_object_get(obj, "nf")), "psd");
	json_object_put(obj);
	fm_track_cleanup(&result);

	request.nf = "no_such";
	assert_int_equal(fm_track_nf(&request, &result, err), -ENOENT);
	assert_string_equal(err, ".: no source of the NF 'no_such' here, looked for kmod/nf/{nf}.c and others");
	request.nf = "../psd";
	assert_int_equal(fm_track_nf(&request, &result, err), -EINVAL);
	assert_string_equal(err, "'../psd' is not an NF's name");
	request.nf = "psd";
	request.framework = "no-such";
	assert_int_equal(fm_track_nf(&request, &result, err), -ENOENT);
	assert_string_equal(err, RULES_DIR "/no-such.json: No such file or directory");
}

/* ---- rules that are wrong */

static char *read_rules(void)
{
	FILE *file = fopen(RULES_DIR "/flowmage.json", "r");
	char *text = calloc(1, FM_RULES_SIZE_MAX);

	assert_non_null(file);
	assert_non_null(text);
	assert_true(fread(text, 1, FM_RULES_SIZE_MAX - 1, file) > 0);
	fclose(file);
	return text;
}

/* Loads the rules with the first @from replaced by @to. */
static void check_rules(const char *text, const char *from, const char *to,
			const char *why)
{
	char dir[] = "/tmp/fm-rules-XXXXXX", err[FM_ERROR_LEN] = "", *path;
	const char *at = strstr(text, from);
	struct fm_rules *r = NULL;
	FILE *file;
	int ret;

	assert_non_null(at);
	assert_non_null(mkdtemp(dir));
	assert_true(asprintf(&path, "%s/flowmage.json", dir) > 0);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%.*s%s%s", (int)(at - text), text, to,
		at + strlen(from));
	fclose(file);
	ret = fm_rules_load(dir, "flowmage", &r, err);
	unlink(path);
	rmdir(dir);
	assert_int_equal(ret, -EINVAL);
	assert_null(r);
	assert_int_equal(strncmp(err, path, strlen(path)), 0);
	assert_string_equal(err + strlen(path), why);
	free(path);
}

static void test_rules(void **state)
{
	static const struct {
		const char *from, *to, *why;
	} cases[] = {
		{ "\"framework\": \"flowmage\"", "\"framework\": \"other\"",
		  ": framework is 'other', not 'flowmage'" },
		{ "\"schema_version\": 1", "\"schema_version\": 9",
		  ": schema_version must be 1" },
		{ "\"sources\"", "\"source\"",
		  ": has the unknown key 'source'" },
		{ "\"role\": \"lookup\"", "\"role\": \"look\"",
		  ": calls[0].role is 'look', but must be one of: plain, lookup, "
		  "insert, delete, alloc, copy, update" },
		{ "\"weight\": 30", "\"weight\": 100001",
		  ": calls[0].weight must be between 0 and 100000" },
		{ "\"field\": \"dst_ip\"", "\"field\": \"dest\"",
		  ": fields[1].field is 'dest', which is no header field" },
		{ "\"field\": \"dst_ip\"", "\"field\": \"none\"",
		  ": fields[1].field is 'none', which is no header field" },
		{ "\"entry\": \"eval\"", "\"entry\": 3",
		  ": declaration.entry must be of type string, not int" },
		{ "\"loop\": 8", "\"loops\": 8",
		  ": weights has the unknown key 'loops'" },
		{ "\"loop\": 8", "\"loop\": -8",
		  ": weights.loop must be between 0 and 100000" },
		{ "\"name\": \"kernel\"", "\"nam\": \"kernel\"",
		  ": environments[2] has the unknown key 'nam'" },
		{ "\"links\": [", "\"links\": [7, ",
		  ": links must be a list of strings" },
	};
	char *text = read_rules();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_rules(text, cases[i].from, cases[i].to, cases[i].why);
	free(text);
}

static void test_rules_count(void **state)
{
	const struct fm_rules_call *call;

	(void)state;
	call = fm_rules_call(rules, "fm_state_lookup");
	assert_non_null(call);
	assert_int_equal(call->role, FM_ROLE_LOOKUP);
	assert_int_equal(call->weight, 30);
	assert_int_equal(fm_rules_call(rules, "atomic64_read")->weight, 1);
	assert_int_equal(fm_rules_call(rules, "atomic64_inc")->weight, 20);
	assert_null(fm_rules_call(rules, "fm_state_lookups"));
	assert_int_equal(fm_rules_field(rules, "fm_pkt", "dport"),
			 FM_F_DST_PORT);
	assert_int_equal(fm_rules_field(rules, "fm_pkt", "len"), 0);
	assert_int_equal(fm_rules_field(rules, "fm_addr", "dport"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_without_headers),
		cmocka_unit_test(test_kernel_headers),
		cmocka_unit_test(test_best),
		cmocka_unit_test(test_same_everywhere),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_hopeless),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rules_count),
	};

	return cmocka_run_group_tests(tests, load_rules, free_rules);
}
