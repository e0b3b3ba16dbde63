// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The tools' own data files, a NIC's rule or a catalogue of NFs, and how such
 * documents are complained about.
 */
#include "catalogue.h"
#include "input.h"
#include "nicrule.h"

static void try_catalogue(struct fm_jsonc *doc)
{
	struct fm_catalogue catalogue = { 0 };
	size_t i;

	if (!fm_catalogue_parse(&catalogue, doc))
		for (i = 0; i < catalogue.n; i++)
			fuzz_expect(catalogue.nfs[i].nparams <= FM_PARAMS_MAX);
	for (i = 0; i < catalogue.n; i++) {
		fuzz_expect(fm_catalogue_find(&catalogue,
					      catalogue.nfs[i].type));
		fm_catalogue_nearest(&catalogue, catalogue.nfs[i].type);
	}
	fm_catalogue_cleanup(&catalogue);
}

static void try_rule(struct fm_jsonc *doc)
{
	struct fm_nicrule rule;

	if (fm_nicrule_parse(doc, &rule)) {
		fuzz_expect(doc->nerrors);
		return;
	}
	fuzz_expect(rule.nirqs <= FM_IRQ_PATTERNS);
	fuzz_expect(rule.nnotes <= FM_NICRULE_NOTES);
	fuzz_expect(rule.entries <= FM_ETHTOOL_INDIR_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text, *said = NULL;
	struct fm_jsonc *doc;
	size_t len;
	FILE *out;

	if (!size)
		return -1;
	text = fuzz_copy(data + 1, size - 1);
	doc = fm_jsonc_parse("fuzz", text, size - 1);
	free(text);
	fuzz_expect(doc);
	if (*data & 1)
		try_rule(doc);
	else
		try_catalogue(doc);
	out = open_memstream(&said, &len);
	fuzz_expect(out);
	fm_jsonc_print(doc, out);
	fclose(out);
	fuzz_expect(!doc->nerrors == !len);
	free(said);
	fm_jsonc_destroy(doc);
	return 0;
}
