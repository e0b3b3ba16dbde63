// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Chain files: any bytes are a chain within its bounds, or there are errors
 * with a place and a sentence.  The types are those of rules/nf/builtin.json, so
 * the program runs in the root of the tree.
 */
#include "chainfile.h"
#include "input.h"

static const struct fm_catalogue *catalogue(void)
{
	static struct fm_catalogue builtin;
	struct fm_error err;

	if (!builtin.n) {
		setenv("FLOWMAGE_SHARE", ".", 1);
		fuzz_expect(!fm_catalogue_load(&builtin, &err));
	}
	return &builtin;
}

static void check_errors(const struct fm_jsonc *doc)
{
	size_t i;

	for (i = 0; i < doc->nerrors && i < FM_JSONC_ERRORS_MAX; i++) {
		fuzz_expect(*doc->errors[i].text);
		fuzz_expect(doc->errors[i].line <= doc->len + 1);
	}
}

static void check_nf(const struct fm_chain_inst *nf)
{
	size_t i;

	fuzz_expect(*nf->name && *nf->type);
	fuzz_expect(nf->nparams <= FM_PARAMS_MAX);
	fuzz_expect(nf->max_entries <= FM_ENTRIES_MAX);
	for (i = 0; i < nf->nparams; i++)
		fuzz_expect(*nf->params[i].name);
}

static void check_chain(const struct fm_chainfile *file)
{
	const struct fm_chain *chain = &file->chain;
	size_t i, j;

	fuzz_expect(*chain->name && strlen(chain->name) <= FM_NAME_MAX);
	fuzz_expect(chain->nnfs >= 1 && chain->nnfs <= FM_NFS_MAX);
	fuzz_expect(chain->sample_shift <= FM_CHAINFILE_SHIFT_MAX);
	for (i = 0; i < chain->nnfs; i++) {
		check_nf(&chain->nfs[i]);
		for (j = 0; j < i; j++)
			fuzz_expect(strcmp(chain->nfs[i].name,
					   chain->nfs[j].name));
	}
	for (i = 1; i < file->cpus.n; i++)
		fuzz_expect(file->cpus.cpus[i - 1] < file->cpus.cpus[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fm_chainfile *file = malloc(sizeof(*file));
	char *text = fuzz_copy(data, size);
	struct fm_jsonc *doc = fm_jsonc_parse("fuzz", text, size);

	free(text);
	fuzz_expect(doc && file);
	if (fm_chainfile_parse(doc, catalogue(), file))
		fuzz_expect(doc->nerrors && doc->code);
	else
		check_chain(file);
	check_errors(doc);
	fm_jsonc_destroy(doc);
	fm_chainfile_cleanup(file);
	free(file);
	return 0;
}
