// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in a journal. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "journal.h"
#include "json.h"

#define BOOT_ID_FILE	"/proc/sys/kernel/random/boot_id"

static const char *const keys[] = {
	"schema_version", "boot_id", "ifname", "ifindex", "driver", "bus",
	"chain", "queues", "fields", "key", "hfunc", "xfrm", "indir",
	"indir_default", "rxhash", "irqs", NULL
};

/**
 * fm_journal_boot_id - tell this boot of the machine from others
 * @id: gets it, FM_JOURNAL_BOOT_ID bytes; empty if the kernel does not tell
 */
void fm_journal_boot_id(char *id)
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

static struct json_object *fill_irqs(const struct fm_nicstate *state)
{
	struct json_object *list = json_object_new_array(), *obj;
	uint32_t i;

	for (i = 0; i < state->nirqs; i++) {
		obj = json_object_new_object();
		json_object_object_add(obj, "irq",
				       fm_json_uint(state->irqs[i].irq));
		json_object_object_add(obj, "cpus",
				       fm_json_string(state->irqs[i].cpus));
		json_object_array_add(list, obj);
	}
	return list;
}

/**
 * fm_journal_fill - write a journal
 * @state: the settings
 *
 * Return: the document.
 */
struct json_object *fm_journal_fill(const struct fm_nicstate *state)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *fields = json_object_new_object();
	char id[FM_JOURNAL_BOOT_ID];
	int flow;

	fm_journal_boot_id(id);
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
	json_object_object_add(obj, "irqs", fill_irqs(state));
	return obj;
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

static void parse_irqs(struct fm_jsonc *doc, struct fm_nicstate *state)
{
	static const char *const members[] = { "irq", "cpus", NULL };
	struct json_object *list, *obj;
	size_t n, i;

	if (!json_object_object_get_ex(doc->root, "irqs", &list) ||
	    !fm_jsonc_is(doc, list, "irqs", json_type_array))
		return;
	n = json_object_array_length(list);
	if (n > FM_NICSTATE_IRQS) {
		fm_jsonc_error(doc, list, "more than %u interrupts",
			       FM_NICSTATE_IRQS);
		return;
	}
	for (i = 0; i < n && !doc->nerrors; i++) {
		struct fm_nicstate_irq *irq = &state->irqs[i];

		obj = json_object_array_get_idx(list, i);
		if (!fm_jsonc_is(doc, obj, "an interrupt", json_type_object) ||
		    !fm_jsonc_keys(doc, obj, members, members))
			return;
		fm_jsonc_get_u32(doc, obj, "irq", 0, INT_MAX, &irq->irq);
		fm_jsonc_get_name(doc, obj, "cpus", irq->cpus,
				  sizeof(irq->cpus));
		state->nirqs++;
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
	parse_irqs(doc, state);
}
