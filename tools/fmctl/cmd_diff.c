// SPDX-License-Identifier: GPL-2.0-or-later
/* A chain file against the chain in the kernel. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "draft.h"
#include "elements.h"
#include "json.h"
#include "nl_attr.h"

#define TEXT	(FM_STRING_MAX + 16)

struct diff_opts {
	const char *chain;
};

static const struct fm_column columns[] = {
	{ .key = "path", .title = "WHAT" },
	{ .key = "kernel", .title = "KERNEL" },
	{ .key = "file", .title = "FILE" },
	{ 0 }
};

static void add(struct json_object *rows, const char *path, const char *kernel,
		const char *file)
{
	struct json_object *row;

	if (!strcmp(kernel, file))
		return;
	row = json_object_new_object();
	json_object_object_add(row, "path", fm_json_string(path));
	json_object_object_add(row, "kernel", fm_json_string(kernel));
	json_object_object_add(row, "file", fm_json_string(file));
	json_object_array_add(rows, row);
}

static void add_uint(struct json_object *rows, const char *path,
		     uint64_t kernel, uint64_t file)
{
	char a[24], b[24];

	snprintf(a, sizeof(a), "%" PRIu64, kernel);
	snprintf(b, sizeof(b), "%" PRIu64, file);
	add(rows, path, a, b);
}

static const struct fm_value *find_value(const struct fm_chain_inst *inst,
					 const char *name)
{
	size_t i;

	for (i = 0; i < inst->nparams; i++)
		if (!strcmp(inst->params[i].name, name))
			return &inst->params[i];
	return NULL;
}

/* A parameter's value: as given, else its default. */
static void value_text(const struct fm_chain_inst *inst,
		       const struct fm_param_info *param, char *text)
{
	const struct fm_element_kind *kind = fm_element_kind(param->type);
	const struct fm_value *value = find_value(inst, param->name);

	if (kind)
		snprintf(text, TEXT, "%zu %s", !value ? (size_t)0 :
			 value->list ? value->list->n : value->count,
			 kind->name);
	else if (value && value->is_string)
		snprintf(text, TEXT, "%s", value->string);
	else if (value)
		snprintf(text, TEXT, "%" PRIu64, value->uint);
	else if (param->type == FM_PARAM_ENUM ||
		 param->type == FM_PARAM_STRING ||
		 param->type == FM_PARAM_MAC)
		snprintf(text, TEXT, "%s", param->def_string);
	else
		snprintf(text, TEXT, "%" PRIu64, param->def);
}

/* Are lists of the same length the same? One that cannot be read is not. */
static bool list_differs(struct fm_nl *nl, const struct fm_value *kernel,
			 const struct fm_value *file)
{
	struct fm_elements *list;
	struct fm_error ignored;
	bool differs;

	if (!kernel || !file || !file->list || kernel->count != file->list->n)
		return false;
	if (fm_nl_list_get(nl, kernel->uint, file->list->kind, &list, &ignored))
		return true;
	differs = list->n != file->list->n ||
		  memcmp(list->items, file->list->items,
			 list->n * list->kind->size);
	fm_elements_destroy(list);
	return differs;
}

static void diff_inst(struct json_object *rows, struct fm_nl *nl,
		      const struct fm_chain_inst *kernel,
		      const struct fm_chain_inst *file,
		      const struct fm_nf_info *nf)
{
	char path[2 * FM_NAME_MAX + 32], a[TEXT], b[TEXT];
	size_t i;

	for (i = 0; nf && i < nf->nparams; i++) {
		snprintf(path, sizeof(path), "%s.%s", file->name,
			 nf->params[i].name);
		value_text(kernel, &nf->params[i], a);
		value_text(file, &nf->params[i], b);
		if (list_differs(nl, find_value(kernel, nf->params[i].name),
				 find_value(file, nf->params[i].name)))
			strcat(b, ", others");
		add(rows, path, a, b);
	}
	snprintf(path, sizeof(path), "%s.max_entries", file->name);
	if (file->max_entries || nf)
		add_uint(rows, path, kernel->max_entries, file->max_entries ?
			 file->max_entries : nf->max_entries);
	snprintf(path, sizeof(path), "%s.timeout_ms", file->name);
	if (file->timeout_ms)
		add_uint(rows, path, kernel->timeout_ms, file->timeout_ms);
	snprintf(path, sizeof(path), "%s.full_policy", file->name);
	add(rows, path, fm_nl_full_policy_names[kernel->full_policy],
	    fm_nl_full_policy_names[file->full_policy]);
	snprintf(path, sizeof(path), "%s.pin", file->name);
	if (file->pin != FM_MODE_NONE)
		add(rows, path, fm_nl_mode_names[kernel->mode],
		    fm_nl_mode_names[file->pin]);
}

static void diff_nfs(struct json_object *rows, struct fm_nl *nl,
		     const struct fm_chain *kernel,
		     const struct fm_chain *file,
		     const struct fm_catalogue *catalogue)
{
	char path[32], a[2 * FM_NAME_MAX + 8], b[2 * FM_NAME_MAX + 8];
	const struct fm_chain_inst *old, *new;
	size_t i;

	for (i = 0; i < kernel->nnfs || i < file->nnfs; i++) {
		old = i < kernel->nnfs ? &kernel->nfs[i] : NULL;
		new = i < file->nnfs ? &file->nfs[i] : NULL;
		snprintf(path, sizeof(path), "nfs[%zu]", i);
		snprintf(a, sizeof(a), old ? "%s (%s)" : "none",
			 old ? old->name : "", old ? old->type : "");
		snprintf(b, sizeof(b), new ? "%s (%s)" : "none",
			 new ? new->name : "", new ? new->type : "");
		add(rows, path, a, b);
		if (!strcmp(a, b))
			diff_inst(rows, nl, old, new,
				  fm_catalogue_find(catalogue, new->type));
	}
}

static void diff_chain(struct json_object *rows, struct fm_nl *nl,
		       const struct fm_chain *kernel,
		       const struct fm_chain *file,
		       const struct fm_catalogue *catalogue)
{
	add(rows, "frag_policy", fm_nl_frag_policy_names[kernel->frag_policy],
	    fm_nl_frag_policy_names[file->frag_policy]);
	add(rows, "other_policy",
	    fm_nl_other_policy_names[kernel->other_policy],
	    fm_nl_other_policy_names[file->other_policy]);
	add_uint(rows, "sample_shift", kernel->sample_shift,
		 file->sample_shift);
	diff_nfs(rows, nl, kernel, file, catalogue);
}

static int compare(struct fm_cli *cli, const struct fm_draft *draft,
		   struct json_object *rows)
{
	const struct fm_chain *file = &draft->file->chain;
	struct fm_chain *kernel = calloc(1, sizeof(*kernel));
	struct fm_nl *nl = fm_cli_nl(cli);
	int ret;

	if (!nl || !kernel) {
		free(kernel);
		return nl ? fm_error_errno(&cli->err, ENOMEM, "diff") :
			    cli->err.code;
	}
	ret = fm_nl_chain_get(nl, file->name, kernel, &cli->err);
	if (ret == FM_EXIT_NOT_FOUND) {
		memset(&cli->err, 0, sizeof(cli->err));
		add(rows, "chain_name", "none", file->name);
		ret = 0;
	} else if (!ret) {
		diff_chain(rows, nl, kernel, file, &draft->catalogue);
	}
	free(kernel);
	return ret;
}

static int diff(struct fm_cli *cli, const void *opts)
{
	const struct diff_opts *o = opts;
	struct json_object *doc = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	struct fm_draft draft = { 0 };
	size_t n;
	int ret;

	json_object_object_add(doc, "differences", rows);
	ret = fm_draft_read(&draft, cli, o->chain, NULL);
	if (!ret)
		ret = compare(cli, &draft, rows);
	n = json_object_array_length(rows);
	if (!ret && !fm_output_document(&cli->out, doc) && n)
		fm_output_table(&cli->out, rows, columns);
	fm_draft_cleanup(&draft);
	json_object_put(doc);
	return ret ? ret : n ? FM_EXIT_CHECK : 0;
}

static const struct fm_option options[] = {
	{ "CHAIN", FM_OPT_STRING, offsetof(struct diff_opts, chain),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "chain file, - for standard input" },
	{ 0 }
};

const struct fm_command cmd_diff_rows[] = {
	{
		.object = "chain", .verb = "diff", .func = diff,
		.options = options, .opts_size = sizeof(struct diff_opts),
		.help = "Compare a chain file with the chain in the kernel",
		.details = "Exits with 8 and shows what differs, or with 0 and "
			   "shows nothing. What the file leaves to the NF is "
			   "compared with the NF's default.",
		.examples = "fmctl chain diff examples/psd-policer-fsc.json",
	},
	{ 0 }
};
