// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "journal.h"
#include "json.h"
#include "nic_json.h"
#include "nictest.h"
#include "nl_attr.h"
#include "nl_json.h"

static const struct fm_column device_columns[] = {
	{ .key = "dev", .title = "device" },
	{ .key = "driver", .title = "driver" },
	{ .key = "bus", .title = "bus" },
	{ .key = "steering", .title = "steering" },
	{ .key = "queues", .title = "receive queues" },
	{ .key = "entries", .title = "table entries" },
	{ .key = "table", .title = "table" },
	{ .key = "function", .title = "hash function" },
	{ .key = "key", .title = "hash key" },
	{ .key = "rx_hashing", .title = "rx-hashing" },
	{ .key = "rps", .title = "RPS" },
	{ .key = "key_writable", .title = "key can be set" },
	{ .key = "rule", .title = "driver rule" },
	{ .key = "journal", .title = "settings to restore" },
	{ 0 }
};

static const struct fm_column flow_columns[] = {
	{ .key = "flow", .title = "FLOW" },
	{ .key = "fields", .title = "HASHED" },
	{ .key = "accepts", .title = "CAN_BE" },
	{ 0 }
};

static const struct fm_column queue_columns[] = {
	{ .key = "queue", .title = "QUEUE", .right = true },
	{ .key = "cpu", .title = "CPU", .right = true },
	{ .key = "irq", .title = "IRQ", .right = true },
	{ .key = "entries", .title = "ENTRIES", .right = true },
	{ 0 }
};

static const struct fm_column class_columns[] = {
	{ .key = "class", .title = "CLASS" },
	{ .key = "verdict", .title = "HASH" },
	{ .key = "matched", .title = "EQUAL", .right = true },
	{ .key = "mismatched", .title = "DIFFERENT", .right = true },
	{ .key = "absent", .title = "ABSENT", .right = true },
	{ .key = "queue_matched", .title = "RIGHT_QUEUE", .right = true },
	{ .key = "queue_mismatched", .title = "WRONG_QUEUE", .right = true },
	{ 0 }
};

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

/* The field sets of a driver: "sd", "sdfn"; all of them are "any". */
static struct json_object *accepts_json(uint16_t accepts)
{
	struct json_object *list = json_object_new_array();
	char text[8];
	int set, i;
	size_t n;

	if (accepts == 0xfffe) {
		json_object_array_add(list, fm_json_string("any"));
		return list;
	}
	for (set = 1; set < 16; set++) {
		if (!(accepts & (1U << set)))
			continue;
		for (n = 0, i = 0; i < 4; i++)
			if (set & (1 << i))
				text[n++] = "sdfn"[i];
		text[n] = '\0';
		json_object_array_add(list, fm_json_string(text));
	}
	return list;
}

static struct json_object *flows_json(const struct fm_device *device)
{
	const struct fm_nicstate *state = &device->state;
	struct json_object *list = json_object_new_array(), *obj;
	int flow;

	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++) {
		if (!state->has_fields[flow])
			continue;
		obj = json_object_new_object();
		add(obj, "flow", fm_json_string(fm_ethtool_flow_names[flow]));
		add(obj, "fields", fm_json_fields(
			fm_ethtool_fields_parse(state->fields[flow])));
		add(obj, "accepts", accepts_json(device->rule.accepts[flow]));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *queues_json(const struct fm_device *device)
{
	const struct fm_ethtool_rss *rss = &device->state.rss;
	struct json_object *list = json_object_new_array(), *obj;
	uint32_t queue, entries, i;

	for (queue = 0; queue < device->nqueues; queue++) {
		for (entries = 0, i = 0; i < rss->nindir; i++)
			entries += rss->indir[i] == queue;
		obj = json_object_new_object();
		add(obj, "queue", fm_json_uint(queue));
		add(obj, "cpu", fm_json_uint(device->queues[queue].cpu));
		if (device->queues[queue].irq >= 0)
			add(obj, "irq",
			    fm_json_uint(device->queues[queue].irq));
		add(obj, "guessed",
		    json_object_new_boolean(device->queues[queue].guessed));
		add(obj, "entries", fm_json_uint(entries));
		json_object_array_add(list, obj);
	}
	return list;
}

static struct json_object *notes_json(const struct fm_device *device)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < device->rule.nnotes; i++)
		json_object_array_add(list,
				      fm_json_string(device->rule.notes[i]));
	return list;
}

static void add_rss(struct json_object *obj, const struct fm_nicstate *state)
{
	const struct fm_ethtool_rss *rss = &state->rss;
	struct json_object *indir = json_object_new_array();
	char key[3 * FM_KEY_MAX];
	uint32_t i;

	if (!state->has_rss)
		return;
	fm_hex_format(rss->key, rss->key_len, key, sizeof(key));
	for (i = 0; i < rss->nindir; i++)
		json_object_array_add(indir, fm_json_uint(rss->indir[i]));
	add(obj, "entries", fm_json_uint(rss->nindir));
	add(obj, "table", fm_json_string(state->indir_default ? "default" :
							       "custom"));
	add(obj, "function", fm_json_string(!rss->hfunc ? "unknown" :
			rss->hfunc == FM_ETHTOOL_TOEPLITZ ? "toeplitz" :
							    "other"));
	add(obj, "key", fm_json_string(key));
	add(obj, "indir", indir);
}

/* The words for how this device's packets can find their CPU. */
static const char *steering_text(const struct fm_device *device)
{
	if (!fm_device_spreads(device))
		return "no RSS here: packets are steered in software";
	return device->nqueues > 1 ? "by the NIC, several queues" :
				     "by the NIC, but it has one queue only";
}

/**
 * fm_nic_device_json - a device
 * @device: as it was read
 *
 * Return: a new object.
 */
struct json_object *fm_nic_device_json(const struct fm_device *device)
{
	const struct fm_nicstate *state = &device->state;
	struct json_object *obj = json_object_new_object();

	add(obj, "dev", fm_json_string(state->ifname));
	add(obj, "ifindex", fm_json_uint(state->ifindex));
	add(obj, "driver", fm_json_string(state->driver));
	add(obj, "bus", fm_json_string(state->bus));
	add(obj, "steering", fm_json_string(steering_text(device)));
	add(obj, "rss", json_object_new_boolean(fm_device_spreads(device)));
	add(obj, "queues", fm_json_uint(device->nqueues));
	add_rss(obj, state);
	if (state->has_rxhash)
		add(obj, "rx_hashing", json_object_new_boolean(state->rxhash));
	add(obj, "rps", json_object_new_boolean(device->rps));
	add(obj, "key_writable",
	    json_object_new_boolean(device->rule.key_writable));
	add(obj, "rule", fm_json_string(device->ruled ? device->rule.driver :
							"none"));
	add(obj, "notes", notes_json(device));
	add(obj, "journal",
	    json_object_new_boolean(fm_journal_exists(state->ifname)));
	add(obj, "flows", flows_json(device));
	add(obj, "queue", queues_json(device));
	return obj;
}

/**
 * fm_nic_class_json - how the hash of every class seen compares with ours
 * @nic: what the module counted
 * @packets: enough of them for a verdict
 *
 * Return: a new list.
 */
struct json_object *fm_nic_class_json(const struct fm_nic *nic,
				      uint64_t packets)
{
	struct json_object *list = json_object_new_array(), *obj;
	enum fm_nictest_verdict verdict;
	const struct fm_nic_class *row;
	size_t i;

	for (i = 0; i < nic->nclasses; i++) {
		row = &nic->classes[i];
		verdict = fm_nictest_judge(row, packets);
		if (verdict == FM_NICTEST_UNSEEN)
			continue;
		obj = json_object_new_object();
		add(obj, "class", fm_json_string(fm_nl_class_names[row->id]));
		add(obj, "state",
		    fm_json_string(fm_nl_hash_state_names[row->state]));
		add(obj, "verdict", fm_json_string(fm_nictest_name(verdict)));
		add(obj, "matched", fm_json_uint(row->matched));
		add(obj, "mismatched", fm_json_uint(row->mismatched));
		add(obj, "absent", fm_json_uint(row->absent));
		add(obj, "queue_matched", fm_json_uint(row->queue_matched));
		add(obj, "queue_mismatched",
		    fm_json_uint(row->queue_mismatched));
		json_object_array_add(list, obj);
	}
	return list;
}

/**
 * fm_nic_device_print - show a device as text
 * @cli: the run
 * @device: from fm_nic_device_json()
 */
void fm_nic_device_print(struct fm_cli *cli, struct json_object *device)
{
	struct json_object *notes = fm_json_get(device, "notes");
	size_t i;

	fm_output_fields(&cli->out, device, device_columns);
	for (i = 0; i < json_object_array_length(notes); i++)
		fprintf(cli->out.file, "note: %s\n",
			json_object_get_string(json_object_array_get_idx(notes,
									 i)));
	if (json_object_array_length(fm_json_get(device, "flows"))) {
		fm_output_title(&cli->out, "\nFields");
		fm_output_table(&cli->out, fm_json_get(device, "flows"),
				flow_columns);
	}
	fm_output_title(&cli->out, "\nQueues");
	fm_output_table(&cli->out, fm_json_get(device, "queue"),
			queue_columns);
}

/**
 * fm_nic_class_print - show the verdicts as text
 * @cli: the run
 * @classes: from fm_nic_class_json()
 */
void fm_nic_class_print(struct fm_cli *cli, struct json_object *classes)
{
	fm_output_table(&cli->out, classes, class_columns);
}
