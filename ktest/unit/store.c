// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The feature store and when the tracker trusts it. Each test has a small tree
 * of its own with a source, a header, rules and a store.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "store.h"
#include "track.h"

#define PUTS	40	/* by each of the writers */
#define WRITERS	4

struct tree {
	char dir[32];
	char *rules_dir;
	struct fm_store *store;
};

static char *join(const char *dir, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", dir, name) > 0);
	return path;
}

static void copy(const char *from, const char *dir, const char *name)
{
	static char text[1 << 20];
	char *path = join(dir, name);
	FILE *in = fopen(from, "r"), *out = fopen(path, "w");
	size_t len;

	assert_non_null(in);
	assert_non_null(out);
	len = fread(text, 1, sizeof(text), in);
	assert_int_equal(fwrite(text, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
	fclose(in);
	free(path);
}

static void append(const char *dir, const char *name, const char *text)
{
	char *path = join(dir, name);
	FILE *file = fopen(path, "a");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void make_dir(const char *dir, const char *name)
{
	char *path = join(dir, name);

	assert_int_equal(mkdir(path, 0755), 0);
	free(path);
}

static int setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));
	char *dir;

	assert_non_null(tree);
	strcpy(tree->dir, "/tmp/fm-store-XXXXXX");
	assert_non_null(mkdtemp(tree->dir));
	make_dir(tree->dir, "kmod");
	make_dir(tree->dir, "kmod/nf");
	make_dir(tree->dir, "kmod/uapi");
	make_dir(tree->dir, "rules");
	copy("kmod/flowmage_nf.h", tree->dir, "kmod/flowmage_nf.h");
	copy("kmod/uapi/flowmage.h", tree->dir, "kmod/uapi/flowmage.h");
	copy("ktest/unit/data/track/per_flow.c", tree->dir,
	     "kmod/nf/per_flow.c");
	copy("rules/frameworks/flowmage.json", tree->dir,
	     "rules/flowmage.json");
	tree->rules_dir = join(tree->dir, "rules");
	dir = join(tree->dir, "a/new/store");
	assert_int_equal(fm_store_open(dir, &tree->store, NULL), 0);
	free(dir);
	*state = tree;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct tree *tree = *state;

	fm_store_close(tree->store);
	nftw(tree->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(tree->rules_dir);
	free(tree);
	return 0;
}

static struct fm_track_request request_of(const struct tree *tree)
{
	return (struct fm_track_request){
		.framework = "flowmage",
		.nf = "per_flow",
		.tree = tree->dir,
		.rules_dir = tree->rules_dir,
		.store = tree->store,
		.env = "stubs",
	};
}

/* Tracks the NF and says whether the record came from the store. */
static bool track(const struct tree *tree)
{
	struct fm_track_request request = request_of(tree);
	struct fm_track_result result;
	char err[FM_ERROR_LEN];
	bool from_store;

	assert_int_equal(fm_track_nf(&request, &result, err), 0);
	assert_int_equal(result.record->features.key, FM_F_ALL);
	assert_int_equal(result.record->features.intensity, FM_INTENSITY_FLOW);
	assert_string_equal(result.note, "");
	from_store = result.from_store;
	fm_track_cleanup(&result);
	return from_store;
}

static void test_fresh(void **state)
{
	assert_false(track(*state));
	assert_true(track(*state));
	assert_true(track(*state));
}

static void check_stale_after(struct tree *tree, const char *file)
{
	struct fm_record *record;
	bool stale = false;

	assert_true(track(tree));
	append(tree->dir, file, "\n\n");
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &record, &stale, NULL), 0);
	assert_true(stale);
	fm_record_destroy(record);
	assert_false(track(tree));
	assert_true(track(tree));
}

static void test_stale(void **state)
{
	struct tree *tree = *state;

	assert_false(track(tree));
	check_stale_after(tree, "kmod/nf/per_flow.c");
	check_stale_after(tree, "kmod/flowmage_nf.h");
	check_stale_after(tree, "kmod/uapi/flowmage.h");
	check_stale_after(tree, "rules/flowmage.json");
}

static void test_other_rules(void **state)
{
	struct tree *tree = *state;

	assert_false(track(tree));
	make_dir(tree->dir, "other");
	copy("rules/frameworks/flowmage.json", tree->dir,
	     "other/flowmage.json");
	append(tree->dir, "other/flowmage.json", "\n");
	free(tree->rules_dir);
	tree->rules_dir = join(tree->dir, "other");
	assert_false(track(tree));
	assert_true(track(tree));
}

static void test_force_and_file(void **state)
{
	struct fm_track_request request = request_of(*state);
	struct tree *tree = *state;
	char *file = join(tree->dir, "elsewhere.c");
	const char *files[] = { "rules/frameworks/flowmage.json", file };
	struct fm_track_result result;

	assert_false(track(tree));
	request.force = true;
	assert_int_equal(fm_track_nf(&request, &result, NULL), 0);
	assert_false(result.from_store);
	fm_track_cleanup(&result);

	/* another file than that of the record */
	copy("ktest/unit/data/track/per_flow.c", tree->dir, "elsewhere.c");
	request.force = false;
	request.files = files + 1;
	request.nfiles = 1;
	assert_int_equal(fm_track_nf(&request, &result, NULL), 0);
	assert_false(result.from_store);
	assert_string_equal(result.record->files[0].path, "elsewhere.c");
	fm_track_cleanup(&result);
	assert_int_equal(fm_track_nf(&request, &result, NULL), 0);
	assert_true(result.from_store);
	fm_track_cleanup(&result);
	free(file);
}

/* Half a record, as a file system that lost the end would leave it. */
static void test_truncated(void **state)
{
	struct tree *tree = *state;
	struct fm_track_request request = request_of(tree);
	char *path = join(tree->dir, "a/new/store/flowmage/per_flow.json");
	struct fm_track_result result;
	struct fm_record *record = NULL;
	char err[FM_ERROR_LEN];
	bool stale;

	assert_false(track(tree));
	assert_int_equal(truncate(path, 500), 0);
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &record, &stale, err),
			 -EINVAL);
	assert_null(record);
	assert_int_equal(strncmp(err, path, strlen(path)), 0);
	assert_non_null(strstr(err, ": ends too early, in line "));
	assert_int_equal(fm_track_nf(&request, &result, NULL), 0);
	assert_false(result.from_store);
	assert_string_equal(result.note, err);
	fm_track_cleanup(&result);
	assert_true(track(tree));
	free(path);
}

static void test_wrong_name(void **state)
{
	struct tree *tree = *state;
	char *dir = join(tree->dir, "a/new/store/flowmage");
	char *path = join(dir, "per_flow.json");
	struct fm_record *record = NULL;
	char err[FM_ERROR_LEN];
	bool stale;

	assert_false(track(tree));
	copy(path, dir, "psd.json");
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage", "psd",
				      &record, &stale, err), -EINVAL);
	assert_non_null(strstr(err, "psd.json: is a record of 'per_flow' of 'flowmage'"));
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "../x", &record, &stale, err), -EINVAL);
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "absent", &record, &stale, err),
			 -ENOENT);
	assert_null(record);
	free(path);
	free(dir);
}

static unsigned int count_files(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

/* A write that fails leaves the old record and nothing else. */
static void test_failed_put(void **state)
{
	struct tree *tree = *state;
	char *dir = join(tree->dir, "a/new/store/flowmage");
	char *file = join(tree->dir, "rules/flowmage.json");
	struct fm_store *bad;
	struct fm_record *record;
	char err[FM_ERROR_LEN];
	bool stale;

	assert_false(track(tree));
	assert_int_equal(count_files(dir), 1);
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &record, &stale, NULL), 0);
	assert_int_equal(fm_store_open(file, &bad, err), 0);
	assert_int_equal(fm_store_renew(bad, record, NULL, NULL, err), -ENOTDIR);
	assert_int_equal(strncmp(err, file, strlen(file)), 0);
	fm_store_close(bad);

	make_dir(dir, "taken.json");
	strcpy(record->nf, "taken");
	assert_int_equal(fm_store_renew(tree->store, record, NULL, NULL, err), -EISDIR);
	assert_int_equal(count_files(dir), 2);
	strcpy(record->nf, "a/b");
	assert_int_equal(fm_store_renew(tree->store, record, NULL, NULL, err), -EINVAL);
	fm_record_destroy(record);
	assert_true(track(tree));
	free(file);
	free(dir);
}

static void put_many(const struct tree *tree, struct fm_record *record,
		     unsigned int writer)
{
	for (unsigned int i = 0; i < PUTS; i++) {
		record->features.complexity = writer * PUTS + i;
		if (fm_store_renew(tree->store, record, NULL, NULL, NULL))
			_exit(1);
	}
	_exit(0);
}

/* Readers see whole records while others write; no writer fails. */
static void test_parallel(void **state)
{
	struct tree *tree = *state;
	struct fm_record *record, *seen;
	unsigned int left = WRITERS, reads = 0;
	bool stale;
	int status;

	assert_false(track(tree));
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &record, &stale, NULL), 0);
	for (unsigned int i = 0; i < WRITERS; i++)
		if (!fork())
			put_many(tree, record, i);
	while (left) {
		assert_int_equal(fm_store_get(tree->store, tree->dir,
					      "flowmage", "per_flow", &seen,
					      &stale, NULL), 0);
		fm_record_destroy(seen);
		reads++;
		if (waitpid(-1, &status, WNOHANG) > 0) {
			assert_int_equal(status, 0);
			left--;
		}
	}
	assert_true(reads > 0);
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &seen, &stale, NULL), 0);
	assert_int_equal(seen->features.complexity % PUTS, PUTS - 1);
	fm_record_destroy(seen);
	fm_record_destroy(record);
}

/* Who holds the lock keeps writers out, not readers. */
static void test_lock(void **state)
{
	struct tree *tree = *state;
	char *path = join(tree->dir, "a/new/store/.lock");
	struct fm_record *record;
	int fd, status;
	bool stale;
	pid_t pid;

	assert_false(track(tree));
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(fm_store_get(tree->store, tree->dir, "flowmage",
				      "per_flow", &record, &stale, NULL), 0);
	pid = fork();
	if (!pid) {
		close(fd);
		alarm(1);	/* ends the wait for the lock */
		fm_store_renew(tree->store, record, NULL, NULL, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGALRM);
	close(fd);
	assert_int_equal(fm_store_renew(tree->store, record, NULL, NULL, NULL), 0);
	fm_record_destroy(record);
	free(path);
}

static void check_default(const char *dir)
{
	struct fm_store *store;

	assert_int_equal(fm_store_open(NULL, &store, NULL), 0);
	assert_string_equal(fm_store_dir(store), dir);
	fm_store_close(store);
}

static void test_default(void **state)
{
	(void)state;
	setenv("HOME", "/home/x", 1);
	setenv("XDG_STATE_HOME", "/state", 1);
	if (!geteuid()) {
		check_default("/var/lib/flowmage/features");
		assert_int_equal(seteuid(65534), 0);
	}
	check_default("/state/flowmage/features");
	setenv("XDG_STATE_HOME", "relative", 1);
	check_default("/home/x/.local/state/flowmage/features");
	unsetenv("XDG_STATE_HOME");
	check_default("/home/x/.local/state/flowmage/features");
	if (!getuid())
		assert_int_equal(seteuid(0), 0);
}

/* ---- what others have said */

static struct fm_record *record_of(const char *sha, const char *profile,
				   const char *version, uint32_t answers)
{
	struct fm_record *r = fm_record_create();

	assert_non_null(r);
	strcpy(r->nf, "nf");
	strcpy(r->framework, "flowmage");
	strcpy(r->files[0].path, "a.c");
	strcpy(r->files[0].sha256, sha);
	r->nfiles = 1;
	if (!profile)
		return r;
	strcpy(r->by_llm[0].profile, profile);
	strcpy(r->by_llm[0].prompt_version, version);
	r->by_llm[0].answers = answers;
	r->nllm = 1;
	return r;
}

static void adopts(const char *profile, const char *version, uint32_t answers,
		   const char *sha, const char *asked, size_t wanted)
{
	struct fm_record *old = record_of("1", profile, version, answers);
	struct fm_record *r = record_of(sha, "own", "v", 2);

	strcpy(old->confirmed.why, "meanwhile");
	fm_record_adopt(r, old, "v", asked);
	assert_int_equal(r->nllm, wanted);
	assert_string_equal(r->by_llm[0].profile, "own");
	assert_int_equal(r->by_llm[0].answers, 2);
	if (wanted == 2)
		assert_string_equal(r->by_llm[1].profile, profile);
	assert_string_equal(r->confirmed.why, "meanwhile");
	fm_record_destroy(r);
	fm_record_destroy(old);
}

static void test_adopt(void **state)
{
	(void)state;
	adopts("other", "v", 3, "1", NULL, 2);
	adopts("other", "v", 3, "1", "own", 2);
	adopts("own", "v", 3, "1", NULL, 1);	/* the new answers stand */
	adopts("other", "v", 0, "1", NULL, 1);	/* there are none */
	adopts("other", "u", 3, "1", NULL, 1);	/* to another question */
	adopts("other", "v", 3, "2", NULL, 1);	/* about another source */
	adopts("other", "v", 3, "1", "other", 1);	/* not wanted */
}

/* Answers of before stand where the same model gave none now. */
static void test_adopt_unanswered(void **state)
{
	struct fm_record *old = record_of("1", "own", "v", 3);
	struct fm_record *r = record_of("1", "own", "v", 0);

	(void)state;
	fm_record_adopt(r, old, "v", "own");
	assert_int_equal(r->by_llm[0].answers, 0);
	fm_record_adopt(r, old, "v", NULL);
	assert_int_equal(r->nllm, 1);
	assert_int_equal(r->by_llm[0].answers, 3);
	fm_record_destroy(r);
	fm_record_destroy(old);
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(test_fresh),
		test(test_stale),
		test(test_other_rules),
		test(test_force_and_file),
		test(test_truncated),
		test(test_wrong_name),
		test(test_failed_put),
		test(test_parallel),
		test(test_lock),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_adopt),
		cmocka_unit_test(test_adopt_unanswered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
