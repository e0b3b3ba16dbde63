// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The feature store.
 *
 * A record is written beside its place, synced, and renamed over the old one
 * while the store's lock is held: a reader, who takes no lock, finds the old
 * record or the new one, also after a crash.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "dirs.h"
#include "store.h"

#define DIR_ENV		"FLOWMAGE_FEATURES"

struct fm_store {
	char *dir;
};

static int fail(char *err, int code, const char *path)
{
	return fm_sentence_set(err, code, "%s: %s", path, strerror(-code));
}

/**
 * fm_store_open - open a store
 * @dir: its directory, made when the first record is put; NULL for
 *	$FLOWMAGE_FEATURES or "features" where fm_dirs_place() says
 * @store: the store, to be closed; untouched on error
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, or -ENOMEM.
 */
int fm_store_open(const char *dir, struct fm_store **store, char *err)
{
	struct fm_store *s = calloc(1, sizeof(*s));

	if (s)
		s->dir = dir ? strdup(dir) : fm_dirs_place(DIR_ENV, "features");
	if (!s || !s->dir) {
		free(s);
		return fail(err, -ENOMEM, dir ? dir : "feature store");
	}
	*store = s;
	return 0;
}

/**
 * fm_store_close - close a store
 * @store: the store, or NULL
 */
void fm_store_close(struct fm_store *store)
{
	if (!store)
		return;
	free(store->dir);
	free(store);
}

/**
 * fm_store_dir - where a store is
 * @store: the store
 */
const char *fm_store_dir(const struct fm_store *store)
{
	return store->dir;
}

static int lock(const struct fm_store *store, char *err)
{
	char *path;
	int fd, ret;

	ret = fm_dirs_make(store->dir, 0755);
	if (ret)
		return fail(err, ret, store->dir);
	if (asprintf(&path, "%s/.lock", store->dir) < 0)
		return fail(err, -ENOMEM, store->dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		ret = fail(err, -errno, path);
		if (fd >= 0)
			close(fd);
		fd = ret;
	}
	free(path);
	return fd;
}

/* ---- writing */

static int sync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = fd < 0 || fsync(fd) ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return ret;
}

static int write_text(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t n;

	while (left) {
		n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= n;
	}
	if (write(fd, "\n", 1) != 1)
		return -EIO;
	return fsync(fd) || fchmod(fd, 0644) ? -errno : 0;
}

/* Writes to @temporary, whose end mkostemp() fills in, and renames it. */
static int replace(char *temporary, const char *path, const char *text)
{
	int fd = mkostemp(temporary, O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_text(fd, text);
	if (close(fd) && !ret)
		ret = -errno;
	if (!ret && rename(temporary, path))
		ret = -errno;
	if (ret)
		unlink(temporary);
	return ret;
}

static int put_text(const struct fm_store *store,
		    const struct fm_record *record, const char *text, char *err)
{
	char *dir = NULL, *path = NULL, *temporary = NULL;
	int ret = -ENOMEM;

	if (asprintf(&dir, "%s/%s", store->dir, record->framework) < 0)
		dir = NULL;
	else if (asprintf(&path, "%s/%s.json", dir, record->nf) < 0)
		path = NULL;
	else if (asprintf(&temporary, "%s/.%s.XXXXXX", dir, record->nf) < 0)
		temporary = NULL;
	else
		ret = fm_dirs_make(dir, 0755);
	if (!ret)
		ret = replace(temporary, path, text);
	if (!ret)
		ret = sync_dir(dir);
	if (ret)
		fail(err, ret, path ? path : store->dir);
	free(temporary);
	free(path);
	free(dir);
	return ret;
}

/* The lock is held. */
static int put_locked(struct fm_store *store, const struct fm_record *record,
		      char *err)
{
	struct json_object *root = fm_record_fill(record);
	const char *text = root ? json_object_to_json_string_ext(root,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE |
		JSON_C_TO_STRING_SPACED) : NULL;
	int ret = text ? put_text(store, record, text, err) :
			 fail(err, -ENOMEM, store->dir);

	json_object_put(root);
	return ret;
}

static int read_record(struct fm_store *store, const char *framework,
		       const char *nf, struct fm_record **record, char *err)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s/%s.json", store->dir, framework, nf) < 0)
		return fail(err, -ENOMEM, store->dir);
	ret = fm_record_read(path, record, err);
	free(path);
	return ret;
}

/**
 * fm_store_renew - store a record with what it takes over from the stored one
 * @store: the store
 * @record: the record
 * @adopt: called while nobody else writes; @old is NULL if there is none, or
 *	none that can be read; or NULL: nothing is taken over
 * @arg: for @adopt
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if a name is not valid, -ENOMEM, or the negative errno of
 * writing. On error the old record stays.
 */
int fm_store_renew(struct fm_store *store, struct fm_record *record,
		   void (*adopt)(struct fm_record *record,
				 const struct fm_record *old, void *arg),
		   void *arg, char *err)
{
	struct fm_record *old = NULL;
	int fd, ret;

	if (!fm_record_name_valid(record->nf) ||
	    !fm_record_name_valid(record->framework))
		return fm_sentence_set(err, -EINVAL,
				    "'%s' of '%s' cannot be a file's name",
				    record->nf, record->framework);
	fd = lock(store, err);
	if (fd < 0)
		return fd;
	if (adopt) {
		read_record(store, record->framework, record->nf, &old, NULL);
		adopt(record, old, arg);
	}
	ret = put_locked(store, record, err);
	fm_record_destroy(old);
	close(fd);
	return ret;
}

/**
 * fm_store_change - change a record while nobody else writes it
 * @store: the store
 * @framework: of the NF
 * @nf: its name
 * @change: changes the record
 * @arg: for @change
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -ENOENT if there is none, else as fm_store_renew().
 */
int fm_store_change(struct fm_store *store, const char *framework,
		    const char *nf, void (*change)(struct fm_record *, void *),
		    void *arg, char *err)
{
	struct fm_record *record = NULL;
	int fd, ret;

	if (!fm_record_name_valid(nf) || !fm_record_name_valid(framework))
		return fm_sentence_set(err, -EINVAL,
				    "'%.64s' of '%.64s' cannot be an NF", nf,
				    framework);
	fd = lock(store, err);
	if (fd < 0)
		return fd;
	ret = read_record(store, framework, nf, &record, err);
	if (!ret) {
		change(record, arg);
		ret = put_locked(store, record, err);
	}
	fm_record_destroy(record);
	close(fd);
	return ret;
}

/* ---- all of them */

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int each_in(struct fm_store *store, const char *framework,
		   int (*each)(struct fm_record *, void *), void *arg,
		   char *err)
{
	struct dirent **list;
	struct fm_record *record;
	char *dir, *dot;
	int n, ret = 0;

	if (asprintf(&dir, "%s/%s", store->dir, framework) < 0)
		return fail(err, -ENOMEM, store->dir);
	n = scandir(dir, &list, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		dot = strrchr(list[i]->d_name, '.');
		record = NULL;
		if (!ret && dot && !strcmp(dot, ".json")) {
			*dot = '\0';
			ret = read_record(store, framework, list[i]->d_name,
					  &record, err);
		}
		if (!ret && record)
			ret = each(record, arg);
		fm_record_destroy(record);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(dir);
	return ret;
}

/**
 * fm_store_each - every record of a store
 * @store: the store
 * @framework: only those of it, NULL for all
 * @each: called for each, by name; ends the list if it returns other than 0
 * @arg: for @each
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, what @each returned, or as fm_record_read() of the first record
 * that cannot be read.
 */
int fm_store_each(struct fm_store *store, const char *framework,
		  int (*each)(struct fm_record *record, void *arg), void *arg,
		  char *err)
{
	struct dirent **list;
	int n, ret = 0;

	if (framework)
		return fm_record_name_valid(framework) ?
		       each_in(store, framework, each, arg, err) : 0;
	n = scandir(store->dir, &list, is_visible, alphasort);
	for (int i = 0; i < n; i++) {
		if (!ret)
			ret = each_in(store, list[i]->d_name, each, arg, err);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return ret;
}

/* ---- reading */

/* A file that cannot be read any more has changed. */
static bool has_changed(const char *tree, const struct fm_record_file *file)
{
	char digest[FM_RECORD_SHA256], *path;
	bool changed;

	if (asprintf(&path, "%s%s%s", *file->path == '/' ? "" : tree,
		     *file->path == '/' ? "" : "/", file->path) < 0)
		return true;
	changed = fm_digest_file(path, digest) || strcmp(digest, file->sha256);
	free(path);
	return changed;
}

static bool is_stale(const char *tree, const struct fm_record *record)
{
	if (has_changed(tree, &record->by_static.rules))
		return true;
	for (size_t i = 0; i < record->nfiles; i++)
		if (has_changed(tree, &record->files[i]))
			return true;
	for (size_t i = 0; i < record->by_static.nsettings; i++)
		if (has_changed(tree, &record->by_static.settings[i]))
			return true;
	return false;
}

/**
 * fm_store_get - a record from a store
 * @store: the store
 * @tree: directory that the record's paths are relative to
 * @framework: of the NF
 * @nf: its name
 * @record: the record, to be destroyed; untouched on error
 * @stale: whether a file of the record, or the rules, changed since
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -ENOENT if there is none, -EINVAL if what is there is no valid
 * record of this NF, -ENOMEM, or the negative errno of reading.
 */
int fm_store_get(struct fm_store *store, const char *tree,
		 const char *framework, const char *nf,
		 struct fm_record **record, bool *stale, char *err)
{
	struct fm_record *r = NULL;
	char *path;
	int ret;

	if (!fm_record_name_valid(nf) || !fm_record_name_valid(framework))
		return fm_sentence_set(err, -EINVAL,
				    "'%.64s' of '%.64s' cannot be an NF", nf,
				    framework);
	if (asprintf(&path, "%s/%s/%s.json", store->dir, framework, nf) < 0)
		return fail(err, -ENOMEM, store->dir);
	ret = fm_record_read(path, &r, err);
	if (!ret && (strcmp(r->nf, nf) || strcmp(r->framework, framework)))
		ret = fm_sentence_set(err, -EINVAL,
				   "%s: is a record of '%s' of '%s'", path,
				   r->nf, r->framework);
	free(path);
	if (ret) {
		fm_record_destroy(r);
		return ret;
	}
	*stale = is_stale(tree, r);
	*record = r;
	return 0;
}
