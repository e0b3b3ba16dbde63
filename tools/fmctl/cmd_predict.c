// SPDX-License-Identifier: GPL-2.0-or-later
/* Throughput on more cores than were measured. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "fmctl.h"
#include "json.h"
#include "series.h"

#define FIT_CORES	4

struct predict_opts {
	const char *file;
	struct fm_opt_uint fit;
	struct fm_opt_uint cores;
};

static const struct fm_column model_columns[] = {
	{ .key = "configuration", .title = "CONFIGURATION" },
	{ .key = "fitted_on", .title = "FITTED_ON" },
	{ .key = "own_us", .title = "OWN_US", .right = true },
	{ .key = "serial_us", .title = "SERIAL_US", .right = true },
	{ 0 }
};

static const struct fm_column point_columns[] = {
	{ .key = "configuration", .title = "CONFIGURATION" },
	{ .key = "cores", .title = "CORES", .right = true },
	{ .key = "predicted_mpps", .title = "PREDICTED", .right = true },
	{ .key = "measured_mpps", .title = "MEASURED", .right = true },
	{ .key = "error_percent", .title = "OFF_%", .right = true },
	{ .key = "fitted", .title = "FITTED", .right = true },
	{ 0 }
};

static const struct fm_predict_point *find_point(const struct fm_series *s,
						 unsigned int cores)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->point[i].cores == cores)
			return &s->point[i];
	return NULL;
}

static size_t count_fitted(const struct fm_series *s, unsigned int fit)
{
	size_t n = 0;

	while (n < s->n && s->point[n].cores <= fit)
		n++;
	return n;
}

static struct json_object *model_json(const struct fm_series *s, size_t fitted,
				      const struct fm_predict *model)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *cores = json_object_new_array();

	for (size_t i = 0; i < fitted; i++)
		json_object_array_add(cores, fm_json_uint(s->point[i].cores));
	json_object_object_add(obj, "configuration", fm_json_string(s->name));
	json_object_object_add(obj, "fitted_on", cores);
	json_object_object_add(obj, "own_us", fm_json_double(model->own_us, 6));
	json_object_object_add(obj, "serial_us",
			       fm_json_double(model->serial_us, 6));
	return obj;
}

static struct json_object *point_json(const struct fm_series *s,
				      const struct fm_predict *model,
				      unsigned int cores, unsigned int fit)
{
	const struct fm_predict_point *point = find_point(s, cores);
	double mpps = fm_predict_mpps(model, cores);
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "configuration", fm_json_string(s->name));
	json_object_object_add(obj, "cores", fm_json_uint(cores));
	json_object_object_add(obj, "predicted_mpps", fm_json_double(mpps, 3));
	if (!point)
		return obj;
	json_object_object_add(obj, "measured_mpps",
			       fm_json_double(point->mpps, 3));
	json_object_object_add(obj, "error_percent",
		fm_json_double(100 * (mpps / point->mpps - 1), 1));
	json_object_object_add(obj, "fitted",
			       json_object_new_boolean(cores <= fit));
	return obj;
}

static int predict_one(struct fm_cli *cli, const struct predict_opts *o,
		       const struct fm_series *s, struct json_object *models,
		       struct json_object *points)
{
	unsigned int fit = o->fit.set ? o->fit.value : FIT_CORES, n;
	size_t fitted = count_fitted(s, fit);
	struct fm_predict model;

	if (fm_predict_fit(&model, s->point, fitted))
		return fm_error_set(&cli->err, FM_EXIT_CHECK, EINVAL,
				    "%s: %s: a fit needs a line for 1 core and one more with at most %u",
				    o->file, s->name, fit);
	json_object_array_add(models, model_json(s, fitted, &model));
	for (n = 1; n <= FM_PREDICT_MAX_CORES; n++)
		if (find_point(s, n) || n == o->cores.value ||
		    (cli->out.json && !o->cores.set))
			json_object_array_add(points, point_json(s, &model, n,
								 fit));
	return 0;
}

static int predict_all(struct fm_cli *cli, const struct predict_opts *o,
		       const struct fm_serieses *all)
{
	struct json_object *models = json_object_new_array();
	struct json_object *points = json_object_new_array();
	struct json_object *doc = json_object_new_object();
	int ret = 0;

	json_object_object_add(doc, "models", models);
	json_object_object_add(doc, "predictions", points);
	for (size_t i = 0; !ret && i < all->n; i++)
		ret = predict_one(cli, o, &all->list[i], models, points);
	if (!ret && !fm_output_document(&cli->out, doc)) {
		fm_output_table(&cli->out, models, model_columns);
		fm_output_title(&cli->out, "");
		fm_output_table(&cli->out, points, point_columns);
	}
	json_object_put(doc);
	return ret;
}

static int predict(struct fm_cli *cli, const void *opts)
{
	const struct predict_opts *o = opts;
	bool input = !strcmp(o->file, "-");
	FILE *file = input ? stdin : fopen(o->file, "re");
	struct fm_serieses all = { 0 };
	int ret;

	if (!file)
		return fm_error_errno(&cli->err, errno, "%s", o->file);
	ret = fm_series_read(file, o->file, &all, &cli->err);
	if (!input)
		fclose(file);
	if (!ret)
		ret = predict_all(cli, o, &all);
	fm_series_cleanup(&all);
	return ret;
}

static const struct fm_option options[] = {
	{ "FILE", FM_OPT_STRING, offsetof(struct predict_opts, file),
	  FM_OPT_POSITIONAL | FM_OPT_REQUIRED, .complete = "file",
	  .help = "measurements, - for standard input" },
	{ "fit", FM_OPT_UINT, offsetof(struct predict_opts, fit),
	  .min = 2, .max = FM_PREDICT_MAX_CORES, .value = "N",
	  .help = "fit to lines of up to N cores, compare with the others; default 4" },
	{ "cores", FM_OPT_UINT, offsetof(struct predict_opts, cores),
	  .min = 1, .max = FM_PREDICT_MAX_CORES, .value = "N",
	  .help = "predict this number, too; with -j default all of 1 to 64" },
	{ 0 }
};

const struct fm_command cmd_predict_rows[] = {
	{
		.object = "predict", .func = predict, .options = options,
		.opts_size = sizeof(struct predict_opts),
		.help = "Predict throughput from measurements on few cores",
		.details = "The file has comma-separated values and a first "
			   "line that names the columns: cores, and mpps or "
			   "median_mpps; other columns whose names end in "
			   "_mpps are ignored, and the rest tell configurations "
			   "apart. Each configuration gets its own time per "
			   "packet (own_us) and the time that cores wait for "
			   "each other's cache lines (serial_us); throughput tends "
			   "to the inverse of the latter. How, and how right "
			   "that was where it could be compared, is in "
			   "solver.rst. For a plan that nobody has measured see "
			   "\"solve explain\".",
		.examples =
			"fmctl predict measured.csv\n"
			"fmctl predict measured.csv fit 8 cores 32\n"
			"fmctl -j predict measured.csv > predicted.json",
	},
	{ 0 }
};
