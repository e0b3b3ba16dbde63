// SPDX-License-Identifier: GPL-2.0-or-later
/* Is a chain file right? Needs neither the module nor privileges. */
#include <errno.h>
#include <stdlib.h>

#include "draft.h"
#include "json.h"

struct check_opts {
	struct fm_opt_strings files;
};

static struct json_object *error_json(const struct fm_jsonc_error *error)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "line", fm_json_uint(error->line));
	json_object_object_add(obj, "col", fm_json_uint(error->col));
	json_object_object_add(obj, "message", fm_json_string(error->text));
	return obj;
}

static struct json_object *file_json(const struct fm_jsonc *doc,
				     const struct fm_chain *chain)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *errors = json_object_new_array();
	size_t i;

	json_object_object_add(obj, "file", fm_json_string(doc->name));
	json_object_object_add(obj, "ok", json_object_new_boolean(!doc->nerrors));
	if (!doc->nerrors) {
		json_object_object_add(obj, "chain_name",
				       fm_json_string(chain->name));
		json_object_object_add(obj, "nfs", fm_json_uint(chain->nnfs));
	}
	for (i = 0; i < doc->nerrors && i < FM_JSONC_ERRORS_MAX; i++)
		json_object_array_add(errors, error_json(&doc->errors[i]));
	json_object_object_add(obj, "errors", errors);
	return obj;
}

static int check_file(struct fm_cli *cli, const char *path,
		      const struct fm_catalogue *catalogue,
		      struct json_object *list)
{
	struct fm_chainfile *file = calloc(1, sizeof(*file));
	struct fm_jsonc *doc = fm_jsonc_read(path);
	struct fm_error err = cli->err;
	int ret;

	if (!file || !doc)
		return fm_error_errno(&cli->err, ENOMEM, "%s", path);
	fm_chainfile_parse(doc, catalogue, file);
	ret = fm_draft_complain(cli, doc);
	cli->err = err;
	json_object_array_add(list, file_json(doc, &file->chain));
	if (!ret && !cli->out.json)
		fm_log_print(FM_LOG_INFO, "%s: chain %s, %zu NFs: ok",
			     doc->name, file->chain.name, file->chain.nnfs);
	fm_jsonc_destroy(doc);
	fm_chainfile_cleanup(file);
	free(file);
	return ret;
}

static int check(struct fm_cli *cli, const void *opts)
{
	const struct check_opts *o = opts;
	struct json_object *doc = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct fm_catalogue catalogue = { 0 };
	int ret, worst = 0;
	size_t i;

	json_object_object_add(doc, "files", list);
	ret = fm_draft_catalogue(cli, &catalogue);
	for (i = 0; !ret && i < o->files.n; i++) {
		int one = check_file(cli, o->files.v[i], &catalogue, list);

		worst = worst ?: one;
	}
	if (!ret)
		fm_output_document(&cli->out, doc);
	fm_catalogue_cleanup(&catalogue);
	json_object_put(doc);
	return ret ?: worst;
}

static const struct fm_option options[] = {
	{ "FILE", FM_OPT_STRINGS, offsetof(struct check_opts, files),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "chain file, - for standard input" },
	{ 0 }
};

const struct fm_command cmd_check_rows[] = {
	{
		.object = "check", .func = check, .options = options,
		.opts_size = sizeof(struct check_opts),
		.help = "Check chain files, offline",
		.details = "Every mistake is reported as file:line:column and "
			   "a sentence. NFs and their parameters are those of "
			   "the loaded module or, without one, of the module "
			   "that came with this program. Lists of prefixes, "
			   "rules and patterns may be in files of their own, "
			   "one in each line; of mistakes in those their line "
			   "and column is told, too.",
		.examples = "fmctl check examples/psd-policer-fsc.json",
	},
	{ 0 }
};
