// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "hex.h"
#include "journal.h"
#include "json.h"
#include "jsonc.h"

#define LOCK_WAIT_MS	5000
#define LOCK_STEP_MS	10

static const char *state_dir(void)
{
	const char *dir = getenv("FLOWMAGE_STATE_DIR");

	return dir && *dir ? dir : FM_JOURNAL_DIR;
}

static unsigned long netns_inode(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : st.st_ino;
}

static void file_name(const char *ifname, const char *suffix, char *path,
		      size_t size)
{
	snprintf(path, size, "%s/nic-%s-%lu.json%s", state_dir(), ifname,
		 netns_inode(), suffix);
}

/* What a writer that was killed had not finished is nobody's. */
static void remove_unfinished(void)
{
	char tail[48], path[PATH_MAX];
	DIR *dir = opendir(state_dir());
	struct dirent *entry;
	size_t len, n;

	n = snprintf(tail, sizeof(tail), "-%lu.json.new", netns_inode());
	while (dir && (entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len <= n || strcmp(entry->d_name + len - n, tail))
			continue;
		snprintf(path, sizeof(path), "%s/%s", state_dir(),
			 entry->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
}

/**
 * fm_journal_lock - be the only one that changes NICs in this namespace
 * @lock: gets what fm_journal_unlock() takes
 * @err: says what went wrong
 *
 * The lock goes with the process, also when it is killed.
 *
 * Return: 0, FM_EXIT_CONFLICT if another process held it for five seconds, or
 * another exit code.
 */
int fm_journal_lock(int *lock, struct fm_error *err)
{
	struct timespec step = { .tv_nsec = LOCK_STEP_MS * 1000000 };
	char path[PATH_MAX];
	int waited;

	if (mkdir(state_dir(), 0700) && errno != EEXIST)
		return fm_error_errno(err, errno, "creating %s", state_dir());
	snprintf(path, sizeof(path), "%s/lock-%lu", state_dir(), netns_inode());
	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock < 0)
		return fm_error_errno(err, errno, "opening %s", path);
	for (waited = 0; flock(*lock, LOCK_EX | LOCK_NB);
	     waited += LOCK_STEP_MS) {
		if (errno == EWOULDBLOCK && waited < LOCK_WAIT_MS) {
			nanosleep(&step, NULL);
			continue;
		}
		close(*lock);
		if (errno != EWOULDBLOCK)
			return fm_error_errno(err, errno, "locking %s", path);
		return fm_error_set(err, FM_EXIT_CONFLICT, EBUSY,
				    "another fmctl is changing NICs");
	}
	remove_unfinished();
	return 0;
}

/**
 * fm_journal_unlock - let others change NICs
 * @lock: from fm_journal_lock()
 */
void fm_journal_unlock(int lock)
{
	close(lock);
}

/**
 * fm_journal_exists - was a device changed and not brought back
 * @ifname: the device
 *
 * Return: true if it has a journal.
 */
bool fm_journal_exists(const char *ifname)
{
	char path[PATH_MAX];

	file_name(ifname, "", path, sizeof(path));
	return !access(path, F_OK);
}

static int write_synced(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
		      O_NOFOLLOW, 0600);
	size_t len = strlen(text), n = 0;
	ssize_t got;
	int ret = 0;

	if (fd < 0)
		return -errno;
	while (!ret && n < len) {
		got = write(fd, text + n, len - n);
		if (got < 0 && errno != EINTR)
			ret = -errno;
		else if (got > 0)
			n += got;
	}
	if (!ret && fsync(fd))
		ret = -errno;
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* Without this a crash of the machine may forget the rename or the unlink. */
static int sync_dir(void)
{
	int fd = open(state_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = fsync(fd) ? -errno : 0;
	close(fd);
	return ret;
}

/**
 * fm_journal_save - note what a device is like; the lock is held
 * @state: its settings
 * @err: says what went wrong
 *
 * The file is whole or not there at any time.
 *
 * Return: 0 or an exit code.
 */
int fm_journal_save(const struct fm_nicstate *state, struct fm_error *err)
{
	struct json_object *obj = fm_journal_fill(state);
	char path[PATH_MAX], next[PATH_MAX];
	int ret;

	file_name(state->ifname, "", path, sizeof(path));
	file_name(state->ifname, ".new", next, sizeof(next));
	ret = write_synced(next, json_object_to_json_string_ext(obj,
						JSON_C_TO_STRING_PRETTY));
	json_object_put(obj);
	if (!ret && rename(next, path))
		ret = -errno;
	if (!ret)
		ret = sync_dir();
	return ret ? fm_error_errno(err, -ret, "writing %s", path) : 0;
}

/**
 * fm_journal_load - read what a device was like
 * @ifname: the device
 * @state: gets its settings of then
 * @err: says what went wrong
 *
 * Return: 0, FM_EXIT_NOT_FOUND without a journal, also if the machine has been
 * booted since, or another exit code.
 */
int fm_journal_load(const char *ifname, struct fm_nicstate *state,
		    struct fm_error *err)
{
	char now[FM_JOURNAL_BOOT_ID], then[FM_JOURNAL_BOOT_ID] = "";
	char path[PATH_MAX];
	struct fm_jsonc *doc;
	int ret = 0;

	memset(state, 0, sizeof(*state));
	file_name(ifname, "", path, sizeof(path));
	doc = fm_jsonc_read(path);
	if (!doc)
		return fm_error_errno(err, ENOMEM, "reading %s", path);
	fm_journal_parse(doc, state, then);
	fm_journal_boot_id(now);
	if (doc->code == ENOENT || (!doc->nerrors && strcmp(now, then)))
		ret = fm_error_set(err, FM_EXIT_NOT_FOUND, ENOENT,
				   "%s has no journal", ifname);
	else if (doc->nerrors)
		ret = fm_error_set(err, doc->code == EACCES ?
				   FM_EXIT_PERMISSION : FM_EXIT_ERROR, 0,
				   "%s: %s", path, doc->errors[0].text);
	fm_jsonc_destroy(doc);
	snprintf(state->ifname, sizeof(state->ifname), "%.15s", ifname);
	return ret;
}

/**
 * fm_journal_remove - forget what a device was like; the lock is held
 * @ifname: the device
 * @err: says what went wrong
 *
 * Return: 0, also if there was no journal, or an exit code.
 */
int fm_journal_remove(const char *ifname, struct fm_error *err)
{
	char path[PATH_MAX];
	int ret;

	file_name(ifname, "", path, sizeof(path));
	ret = unlink(path) ? -errno : sync_dir();
	if (!ret || ret == -ENOENT)
		return 0;
	return fm_error_errno(err, -ret, "removing %s", path);
}

/* nic-eth0-4026531840.json of this namespace: eth0. */
static bool parse_name(const char *name, char *ifname)
{
	char tail[40];
	size_t len = strlen(name), n;

	n = snprintf(tail, sizeof(tail), "-%lu.json", netns_inode());
	if (len <= 4 + n || strncmp(name, "nic-", 4) ||
	    strcmp(name + len - n, tail) || len - 4 - n >= IFNAMSIZ)
		return false;
	memcpy(ifname, name + 4, len - 4 - n);
	ifname[len - 4 - n] = '\0';
	return true;
}

/**
 * fm_journal_list - the devices of this namespace that have a journal
 * @cb: called for each; non-zero ends the list and is returned
 * @arg: for @cb
 * @err: says what went wrong
 *
 * Return: 0, what @cb returned, or an exit code.
 */
int fm_journal_list(int (*cb)(const char *ifname, void *arg), void *arg,
		    struct fm_error *err)
{
	DIR *dir = opendir(state_dir());
	struct dirent *entry;
	char ifname[IFNAMSIZ];
	int ret = 0;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return fm_error_errno(err, errno, "reading %s", state_dir());
	while (!ret && (entry = readdir(dir)))
		if (parse_name(entry->d_name, ifname))
			ret = cb(ifname, arg);
	closedir(dir);
	return ret;
}
