// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal of a NIC's settings: all of the file is taken, or refused. */
#include "input.h"
#include "journal.h"

static void check_state(struct fm_jsonc *doc, const struct fm_nicstate *state)
{
	struct json_object *value;

	fuzz_expect(state->rss.key_len <= sizeof(state->rss.key));
	fuzz_expect(state->rss.nindir <= FM_ETHTOOL_INDIR_MAX);
	if (json_object_object_get_ex(doc->root, "driver", &value))
		fuzz_expect(!strcmp(state->driver,
				    json_object_get_string(value)));
	if (state->has_rss &&
	    json_object_object_get_ex(doc->root, "indir", &value))
		fuzz_expect(json_object_array_length(value) ==
			    state->rss.nindir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fm_nicstate *state = calloc(1, sizeof(*state));
	char *text = fuzz_copy(data, size);
	struct fm_jsonc *doc = fm_jsonc_parse("fuzz", text, size);
	char id[FM_JOURNAL_BOOT_ID] = "";

	free(text);
	fuzz_expect(doc && state);
	fm_journal_parse(doc, state, id);
	fuzz_expect(memchr(id, '\0', sizeof(id)));
	if (!doc->nerrors)
		check_state(doc, state);
	fm_jsonc_destroy(doc);
	free(state);
	return 0;
}
