// SPDX-License-Identifier: GPL-2.0-or-later
/* What a deployment changes on a NIC, setting by setting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "json.h"
#include "nic_json.h"

static void add_change(struct json_object *list, const char *dev,
		       const char *what, const char *before, const char *after)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "dev", fm_json_string(dev));
	json_object_object_add(obj, "flow", fm_json_string(what));
	json_object_object_add(obj, "before", fm_json_string(before));
	json_object_object_add(obj, "after", fm_json_string(after));
	json_object_array_add(list, obj);
}

static void fields_text(uint64_t raw, char *text, size_t size)
{
	uint32_t fields = fm_ethtool_fields_parse(raw);
	size_t n = 0;
	int i;

	for (i = 0; i < 4; i++)
		if (fields & (1U << i) && n + 1 < size)
			text[n++] = "sdfn"[i];
	text[n] = '\0';
}

static void add_fields(struct json_object *list, const struct fm_nicstate *now,
		       const struct fm_nicstate *want)
{
	char before[8], after[8];
	int flow;

	for (flow = 0; flow < FM_ETHTOOL_FLOWS; flow++) {
		if (now->fields[flow] == want->fields[flow])
			continue;
		fields_text(now->fields[flow], before, sizeof(before));
		fields_text(want->fields[flow], after, sizeof(after));
		add_change(list, now->ifname, fm_ethtool_flow_names[flow],
			   before, after);
	}
}

static void add_key(struct json_object *list, const struct fm_nicstate *now,
		    const struct fm_nicstate *want)
{
	char before[3 * FM_KEY_MAX], after[3 * FM_KEY_MAX];

	if (!memcmp(now->rss.key, want->rss.key, now->rss.key_len))
		return;
	fm_hex_format(now->rss.key, now->rss.key_len, before, sizeof(before));
	fm_hex_format(want->rss.key, want->rss.key_len, after, sizeof(after));
	add_change(list, now->ifname, "key", before, after);
}

static void add_irqs(struct json_object *list, const struct fm_nicstate *now,
		     const struct fm_nicstate *want)
{
	char what[32];
	uint32_t i;

	for (i = 0; i < now->nirqs; i++) {
		if (!strcmp(now->irqs[i].cpus, want->irqs[i].cpus))
			continue;
		snprintf(what, sizeof(what), "irq %u", now->irqs[i].irq);
		add_change(list, now->ifname, what, now->irqs[i].cpus,
			   want->irqs[i].cpus);
	}
}

/**
 * fm_nic_changes - what a plan changes on a NIC
 * @list: an array that gets a row for each setting
 * @device: as it is now
 * @plan: the plan
 */
void fm_nic_changes(struct json_object *list, const struct fm_device *device,
		    const struct fm_plan *plan)
{
	const struct fm_nicstate *now = &device->state;
	struct fm_nicstate *want = malloc(sizeof(*want));

	if (!want)
		return;
	fm_device_want(device, plan, want);
	add_fields(list, now, want);
	add_key(list, now, want);
	add_irqs(list, now, want);
	if (memcmp(now->rss.indir, want->rss.indir,
		   now->rss.nindir * sizeof(uint32_t)))
		add_change(list, now->ifname, "table",
			   now->indir_default ? "default" : "custom",
			   "by owner");
	if (now->rss.hfunc != want->rss.hfunc)
		add_change(list, now->ifname, "function", "other", "toeplitz");
	if (now->rxhash != want->rxhash)
		add_change(list, now->ifname, "rx-hashing", "off", "on");
	free(want);
}
