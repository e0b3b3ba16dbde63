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
#define BOOT_ID_FILE	"/proc/sys/kernel/random/boot_id"

static const char *const keys[] = {
	"schema_version", "boot_id", "ifname", "ifindex", "driver", "bus",
	"chain", "queues", "fields", "key", "hfunc", "xfrm", "indir",
	"indir_default", "rxhash", NULL
};

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

static void boot_id(char *id)
{
	FILE *file = fopen(BOOT_ID_FILE, "re");

	memset(id, 0, FM_JOURNAL_BOOT_ID);
	if (!file)
		return;
	if (fread(id, 1, FM_JOURNAL_BOOT_ID - 1, file) !=
	    FM_JOURNAL_BOOT_ID - 1)
		id[0] = '\0';
	fclose(file);
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

static void fill_rss(struct json_object *obj, const struct fm_nicstate *state)
{
	struct json_object *indir = json_object_new_array();
	uint32_t i;

	json_object_object_add(obj, "key", fm_json_hex(state->rss.key,
						       state->rss.key_len));
	json_object_object_add(obj, "hfunc", fm_json_uint(state->rss.hfunc));
	json_object_object_add(obj, "xfrm", fm_json_uint(state->rss.xfrm));
	for (i = 0; i < state->rss.nindir; i++)
		json_object_array_add(indir, fm_json_uint(state->rss.indir[i]));
	json_object_object_add(obj, "indir", indir);
	json_object_object_add(obj, "indir_default",
			       json_object_new_boolean(state->indir_default));
}

static struct json_object *fill(const struct fm_nicstate *state)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *fields = json_object_new_object();
	char id[FM_JOURNAL_BOOT_ID];
	int flow;

	boot_id(id);
	json_object_object_add(obj, "schema_version", fm_json_uint(1));
	json_object_object_add(obj, "boot_id", fm_json_string(id));
	json_object_object_add(obj, "ifname", fm_json_string(state->ifname));
	json_object_object_add(obj, "ifindex", fm_json_uint(state->ifindex));
	json_object_object_add(obj, "driver", fm_json_string(state->driver));
	json_object_object_add(obj, "bus", fm_json_string(state->bus));
	json_object_object_add(obj, "chain", fm_json_string(state->chain));
	json_object_object_add(obj, "queues", fm_json_uint(state->queues));
	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++)
		if (state->has_fields[flow])
			json_object_object_add(fields,
					       fm_ethtool_flow_names[flow],
					       fm_json_uint(state->fields[flow]));
	json_object_object_add(obj, "fields", fields);
	if (state->has_rss)
		fill_rss(obj, state);
	if (state->has_rxhash)
		json_object_object_add(obj, "rxhash",
				       json_object_new_boolean(state->rxhash));
	return obj;
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
	struct json_object *obj = fill(state);
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

static void parse_rss(struct fm_jsonc *doc, struct fm_nicstate *state)
{
	struct json_object *indir, *key;
	uint32_t hfunc = 0, xfrm = 0;
	uint64_t queue;
	size_t i, len = 0;

	key = fm_jsonc_get(doc, doc->root, "key", json_type_string);
	if (!key)
		return;
	state->has_rss = true;
	if (json_object_get_string_len(key) &&
	    fm_hex_parse(json_object_get_string(key), state->rss.key,
			 sizeof(state->rss.key), &len))
		fm_jsonc_error(doc, key, "not a key");
	state->rss.key_len = len;
	fm_jsonc_get_u32(doc, doc->root, "hfunc", 0, 255, &hfunc);
	state->rss.hfunc = hfunc;
	fm_jsonc_get_u32(doc, doc->root, "xfrm", 0, 255, &xfrm);
	state->rss.xfrm = xfrm;
	fm_jsonc_get_bool(doc, doc->root, "indir_default",
			  &state->indir_default);
	indir = fm_jsonc_get(doc, doc->root, "indir", json_type_array);
	if (indir && json_object_array_length(indir) > FM_ETHTOOL_INDIR_MAX) {
		fm_jsonc_error(doc, indir, "more than %u queues",
			       FM_ETHTOOL_INDIR_MAX);
		return;
	}
	for (i = 0; indir && i < json_object_array_length(indir); i++) {
		if (!fm_jsonc_uint(doc, json_object_array_get_idx(indir, i),
				   "a queue", 0, UINT16_MAX, &queue))
			break;
		state->rss.indir[state->rss.nindir++] = queue;
	}
}

/* Unlike a name it may be empty. */
static void get_text(struct fm_jsonc *doc, const char *key, char *buf,
		     size_t size)
{
	struct json_object *value;

	value = fm_jsonc_get(doc, doc->root, key, json_type_string);
	if (!value)
		return;
	if ((size_t)json_object_get_string_len(value) >= size)
		fm_jsonc_error(doc, value, "%s has more than %zu bytes", key,
			       size - 1);
	else
		strcpy(buf, json_object_get_string(value));
}

/**
 * fm_journal_parse - read a journal
 * @doc: the file; gets the errors
 * @state: gets the settings; zeroed by the caller
 * @id: gets the boot that they are of, FM_JOURNAL_BOOT_ID bytes
 */
void fm_journal_parse(struct fm_jsonc *doc, struct fm_nicstate *state, char *id)
{
	struct json_object *fields, *root = doc->root;
	int flow;

	if (!root || !fm_jsonc_is(doc, root, "a journal", json_type_object) ||
	    !fm_jsonc_keys(doc, root, keys, NULL))
		return;
	fm_jsonc_get_name(doc, root, "boot_id", id, FM_JOURNAL_BOOT_ID);
	fm_jsonc_get_name(doc, root, "ifname", state->ifname, IFNAMSIZ);
	fm_jsonc_get_u32(doc, root, "ifindex", 0, INT_MAX, &state->ifindex);
	get_text(doc, "driver", state->driver, sizeof(state->driver));
	get_text(doc, "bus", state->bus, sizeof(state->bus));
	get_text(doc, "chain", state->chain, sizeof(state->chain));
	fm_jsonc_get_u32(doc, root, "queues", 0, UINT16_MAX, &state->queues);
	fields = fm_jsonc_get(doc, root, "fields", json_type_object);
	for (flow = 0; fields && flow < FM_ETHTOOL_FLOWS; flow++) {
		state->has_fields[flow] = json_object_object_get_ex(fields,
					fm_ethtool_flow_names[flow], NULL);
		fm_jsonc_get_uint(doc, fields, fm_ethtool_flow_names[flow], 0,
				  UINT32_MAX, &state->fields[flow]);
	}
	state->has_rxhash = json_object_object_get_ex(root, "rxhash", NULL);
	fm_jsonc_get_bool(doc, root, "rxhash", &state->rxhash);
	parse_rss(doc, state);
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
	boot_id(now);
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
