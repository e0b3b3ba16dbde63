// SPDX-License-Identifier: GPL-2.0-or-later
/* Undo deployments: chains off, NICs as they were. */
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "deploy.h"
#include "fmctl.h"
#include "journal.h"
#include "json.h"

#define DEVICES	256	/* that one run brings back */

struct rollback_opts {
	const char *dev;
};

/**
 * struct undo - what is being undone
 * @cli: the run
 * @nl: to the module, NULL if it is not loaded
 * @dev: this device alone, or NULL
 * @names: devices with a journal, @n of them
 * @rows: what was done
 */
struct undo {
	struct fm_cli *cli;
	struct fm_nl *nl;
	const char *dev;
	char names[DEVICES][IFNAMSIZ];
	size_t n;
	struct json_object *rows;
};

static const struct fm_column columns[] = {
	{ .key = "dev", .title = "DEVICE" },
	{ .key = "chain_name", .title = "CHAIN" },
	{ .key = "nic", .title = "NIC" },
	{ 0 }
};

static int note_journal(const char *ifname, void *arg)
{
	struct undo *undo = arg;

	if (undo->dev && strcmp(undo->dev, ifname))
		return 0;
	if (undo->n < DEVICES)
		memcpy(undo->names[undo->n++], ifname, strlen(ifname) + 1);
	return 0;
}

static int find_chain(const struct fm_chain *chain, void *arg)
{
	struct fm_chain *found = arg;
	size_t i;

	for (i = 0; i < chain->ndevs; i++)
		if (chain->ifindex[i] == found->ifindex[0])
			*found = *chain;
	return 0;
}

/* Before its NIC changes, a chain must be gone. */
static int delete_chain(struct undo *undo, const char *ifname, char *name)
{
	struct fm_chain *chain = calloc(1, sizeof(*chain));
	uint32_t ifindex = if_nametoindex(ifname);
	int ret = 0;

	name[0] = '\0';
	if (!chain)
		return fm_error_errno(&undo->cli->err, ENOMEM, "%s", ifname);
	chain->ifindex[0] = ifindex;
	if (undo->nl && ifindex)
		ret = fm_nl_chain_dump(undo->nl, find_chain, chain,
				       &undo->cli->err);
	if (!ret && *chain->name) {
		strcpy(name, chain->name);
		if (!undo->cli->global.dry_run)
			ret = fm_nl_chain_del(undo->nl, name, 0,
					      &undo->cli->err);
	}
	free(chain);
	return ret;
}

static int undo_device(struct undo *undo, const char *ifname)
{
	struct json_object *row = json_object_new_object();
	char name[FM_NAME_MAX + 1];
	bool restored = fm_journal_exists(ifname);
	int ret = delete_chain(undo, ifname, name);

	if (!ret && !undo->cli->global.dry_run)
		ret = fm_nicstate_back(ifname, &restored, &undo->cli->err);
	if (ret) {
		json_object_put(row);
		return ret;
	}
	json_object_object_add(row, "dev", fm_json_string(ifname));
	json_object_object_add(row, "chain_name", fm_json_string(name));
	json_object_object_add(row, "nic", fm_json_string(restored ?
							  "restored" :
							  "unchanged"));
	json_object_array_add(undo->rows, row);
	return 0;
}

static int undo_all(struct undo *undo)
{
	int ret = 0, lock = -1;
	size_t i;

	if (!undo->cli->global.dry_run)
		ret = fm_journal_lock(&lock, &undo->cli->err);
	if (ret)
		return ret;
	ret = fm_journal_list(note_journal, undo, &undo->cli->err);
	if (undo->dev && !undo->n)
		note_journal(undo->dev, undo);
	for (i = 0; !ret && i < undo->n; i++)
		ret = undo_device(undo, undo->names[i]);
	if (lock >= 0)
		fm_journal_unlock(lock);
	return ret;
}

/* Without the module there can be left-overs all the same. */
static int open_module(struct undo *undo)
{
	struct fm_nl_config config = {
		.timeout_ms = undo->cli->global.timeout.value * 1000,
	};
	int ret = fm_nl_open(&config, &undo->nl, &undo->cli->err);

	if (ret != FM_EXIT_MODULE || undo->cli->err.sys != ENOENT)
		return ret;
	memset(&undo->cli->err, 0, sizeof(undo->cli->err));
	undo->nl = NULL;
	return 0;
}

static int run(struct undo *undo)
{
	struct json_object *doc = json_object_new_object();
	int ret = open_module(undo);

	undo->rows = json_object_new_array();
	json_object_object_add(doc, "devices", undo->rows);
	if (!ret)
		ret = undo_all(undo);
	if (!fm_output_document(&undo->cli->out, doc) &&
	    json_object_array_length(undo->rows))
		fm_output_table(&undo->cli->out, undo->rows, columns);
	if (!ret && !json_object_array_length(undo->rows))
		fm_log_print(FM_LOG_INFO, "there is nothing to roll back");
	fm_nl_close(undo->nl);
	json_object_put(doc);
	return ret;
}

static int rollback(struct fm_cli *cli, const void *opts)
{
	const struct rollback_opts *o = opts;
	struct undo *undo = calloc(1, sizeof(*undo));
	int ret;

	if (!undo)
		return fm_error_errno(&cli->err, ENOMEM, "rolling back");
	undo->cli = cli;
	undo->dev = o->dev;
	if (o->dev && (strlen(o->dev) >= IFNAMSIZ || strchr(o->dev, '/') ||
		       (!if_nametoindex(o->dev) &&
			!fm_journal_exists(o->dev))))
		ret = fm_error_set(&cli->err, FM_EXIT_NOT_FOUND, ENODEV,
				   "there is no device %.32s", o->dev);
	else
		ret = run(undo);
	free(undo);
	return ret;
}

static const struct fm_option options[] = {
	{ "dev", FM_OPT_STRING, offsetof(struct rollback_opts, dev),
	  .value = "DEV", .complete = "dev",
	  .help = "this device alone, default all that were changed" },
	{ 0 }
};

const struct fm_command cmd_rollback_rows[] = {
	{
		.object = "rollback", .func = rollback, .options = options,
		.opts_size = sizeof(struct rollback_opts),
		.help = "Undo deployments: delete chains, restore NICs",
		.details = "Also clears up after a deployment that was killed, "
			   "and needs no module for that.",
		.examples = "fmctl rollback\n"
			    "fmctl rollback dev eth0",
	},
	{ 0 }
};
