// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of a file of flows. Each is checked by itself, so a file has no limit. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include "flowfile.h"
#include "jsonc.h"
#include "nl_attr.h"

static int bad(struct fm_jsonc *doc, const char *name, unsigned int line,
	       struct fm_error *err)
{
	unsigned int col = doc && doc->nerrors ? doc->errors[0].col : 1;
	const char *text = doc && doc->nerrors ? doc->errors[0].text :
			   "out of memory";

	fm_error_set(err, FM_EXIT_ERROR, EINVAL, "%s:%u:%u: %.300s", name, line,
		     col, text);
	if (doc)
		fm_jsonc_destroy(doc);
	return err->code;
}

/**
 * fm_flowfile_parse_head() - the first line
 * @name: of the file
 * @text: the line
 * @len: its bytes
 * @err: filled on failure
 *
 * Return: 0 or an exit code.
 */
int fm_flowfile_parse_head(const char *name, const char *text, size_t len,
			   struct fm_error *err)
{
	static const char *const known[] = { "flowmage_flows", "chain", NULL };
	static const char *const required[] = { "flowmage_flows", NULL };
	struct fm_jsonc *doc = fm_jsonc_parse(name, text, len);
	struct json_object *value = NULL;
	uint64_t version;

	if (!doc || !doc->root || !fm_jsonc_keys(doc, doc->root, known, required))
		return bad(doc, name, 1, err);
	json_object_object_get_ex(doc->root, "flowmage_flows", &value);
	if (!fm_jsonc_uint(doc, value, "flowmage_flows", 1, UINT32_MAX,
			   &version))
		return bad(doc, name, 1, err);
	if (version != FM_FLOWFILE_VERSION) {
		fm_jsonc_error(doc, value,
			       "version %u of such files is unknown here, only %u is",
			       (unsigned int)version, FM_FLOWFILE_VERSION);
		return bad(doc, name, 1, err);
	}
	fm_jsonc_destroy(doc);
	return 0;
}

static bool parse_key(struct fm_jsonc *doc, struct fm_flow *flow)
{
	struct json_object *list = fm_jsonc_get(doc, doc->root, "key",
						json_type_array), *name;
	size_t i, f;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		name = json_object_array_get_idx(list, i);
		if (!fm_jsonc_is(doc, name, "a field", json_type_string))
			return false;
		for (f = 0; f < 5; f++)
			if (!strcmp(fm_nl_field_names[f],
				    json_object_get_string(name)))
				break;
		if (f == 5) {
			fm_jsonc_error(doc, name, "there is no field '%.40s'",
				       json_object_get_string(name));
			return false;
		}
		flow->key |= 1U << f;
	}
	return list;
}

static bool parse_addr(struct fm_jsonc *doc, const struct fm_flow *flow,
		       const char *what, uint8_t *addr)
{
	struct json_object *value = fm_jsonc_get(doc, doc->root, what,
						 json_type_string);
	int family = flow->family == 4 ? AF_INET : AF_INET6;

	if (!value)
		return false;
	if (inet_pton(family, json_object_get_string(value), addr) == 1)
		return true;
	fm_jsonc_error(doc, value, "%s: '%.60s' is no IPv%u address", what,
		       json_object_get_string(value), flow->family);
	return false;
}

static bool parse_uint(struct fm_jsonc *doc, const char *what, uint64_t max,
		       uint64_t *n)
{
	struct json_object *value = fm_jsonc_get(doc, doc->root, what,
						 json_type_int);

	return value && fm_jsonc_uint(doc, value, what, 0, max, n);
}

static bool parse_fields(struct fm_jsonc *doc, struct fm_flow *flow)
{
	uint64_t family, sport = 0, dport = 0, protocol = 0;

	if (!parse_key(doc, flow) || !parse_uint(doc, "family", 6, &family))
		return false;
	if (family != 4 && family != 6) {
		fm_jsonc_error(doc, doc->root, "family must be 4 or 6");
		return false;
	}
	flow->family = family;
	if ((flow->key & FM_F_SRC_IP && !parse_addr(doc, flow, "src", flow->src)) ||
	    (flow->key & FM_F_DST_IP && !parse_addr(doc, flow, "dst", flow->dst)) ||
	    (flow->key & FM_F_SRC_PORT &&
	     !parse_uint(doc, "src_port", 65535, &sport)) ||
	    (flow->key & FM_F_DST_PORT &&
	     !parse_uint(doc, "dst_port", 65535, &dport)) ||
	    (flow->key & FM_F_PROTOCOL &&
	     !parse_uint(doc, "protocol", 255, &protocol)))
		return false;
	flow->src_port = sport;
	flow->dst_port = dport;
	flow->protocol = protocol;
	return parse_uint(doc, "idle_ms", UINT32_MAX, &flow->idle_ms);
}

static bool parse_values(struct fm_jsonc *doc, struct json_object *values,
			 struct fm_flow_state *state)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct fm_value *value;

	json_object_object_foreach(values, name, number) {
		if (!*name || name[strspn(name, letters)]) {
			fm_jsonc_error(doc, number,
				       "'%.40s' is no name of a value", name);
			return false;
		}
		if (state->nvalues == FM_VALUES_MAX ||
		    strlen(name) > FM_NAME_MAX) {
			fm_jsonc_error(doc, values,
				       "more than %d values, or a long name",
				       FM_VALUES_MAX);
			return false;
		}
		value = &state->values[state->nvalues++];
		memset(value, 0, sizeof(*value));
		strcpy(value->name, name);
		if (!fm_jsonc_uint(doc, number, name, 0, UINT64_MAX,
				   &value->uint))
			return false;
	}
	return true;
}

static bool parse_state(struct fm_jsonc *doc, struct json_object *obj,
			struct fm_flow_state *state)
{
	static const char *const known[] = { "inst", "value", NULL };
	struct json_object *inst, *values;

	state->nvalues = 0;
	if (!fm_jsonc_keys(doc, obj, known, known))
		return false;
	inst = fm_jsonc_get(doc, obj, "inst", json_type_string);
	values = fm_jsonc_get(doc, obj, "value", json_type_object);
	if (!inst || !values)
		return false;
	if (json_object_get_string_len(inst) > FM_NAME_MAX) {
		fm_jsonc_error(doc, inst, "a name has at most %d bytes",
			       FM_NAME_MAX);
		return false;
	}
	strcpy(state->inst, json_object_get_string(inst));
	return parse_values(doc, values, state);
}

static bool parse_states(struct fm_jsonc *doc, struct fm_flow *flow)
{
	struct json_object *list = fm_jsonc_get(doc, doc->root, "state",
						json_type_array);
	size_t i;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		if (flow->nstates == FM_NFS_MAX) {
			fm_jsonc_error(doc, list, "more than %d states",
				       FM_NFS_MAX);
			return false;
		}
		if (!parse_state(doc, json_object_array_get_idx(list, i),
				 &flow->states[flow->nstates]))
			return false;
		flow->nstates++;
	}
	return list;
}

/**
 * fm_flowfile_parse_flow() - one of the lines that follow the first
 * @name: of the file
 * @line: number of the line
 * @text: the line, an object as fm_flow_json() makes it
 * @len: its bytes
 * @flow: filled in
 * @err: filled on failure, with file, line and column
 *
 * Return: 0 or an exit code.
 */
int fm_flowfile_parse_flow(const char *name, unsigned int line,
			   const char *text, size_t len, struct fm_flow *flow,
			   struct fm_error *err)
{
	static const char *const known[] = {
		"key", "family", "src", "dst", "src_port", "dst_port",
		"protocol", "group", "segment", "mode", "shard",
		"slice", "idle_ms", "state", NULL
	};
	static const char *const required[] = {
		"key", "family", "idle_ms", "state", NULL
	};
	struct fm_jsonc *doc = fm_jsonc_parse(name, text, len);

	memset(flow, 0, offsetof(struct fm_flow, states));
	flow->nstates = 0;
	if (!doc || !doc->root ||
	    !fm_jsonc_keys(doc, doc->root, known, required) ||
	    !parse_fields(doc, flow) || !parse_states(doc, flow))
		return bad(doc, name, line, err);
	fm_jsonc_destroy(doc);
	return 0;
}
