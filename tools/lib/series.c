// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series.h"

#define COLUMNS_MAX	16
#define LINE_MAX_LEN	4096

enum role {
	ROLE_NAME,
	ROLE_CORES,
	ROLE_MPPS,
	ROLE_IGNORED,		/* further figures, such as extremes */
};

struct reader {
	const char *path;
	unsigned int line;
	enum role role[COLUMNS_MAX];
	unsigned int columns;
	struct fm_serieses *all;
	struct fm_error *err;
};

static int fail(const struct reader *r, const char *what, const char *value)
{
	return fm_error_set(r->err, FM_EXIT_CHECK, 0, "%s:%u: %s%s%s%s",
			    r->path, r->line, what, value ? " \"" : "",
			    value ?: "", value ? "\"" : "");
}

/* Cuts the line in place. Return: how many, more than COLUMNS_MAX if too many. */
static unsigned int cut(char *line, char *field[COLUMNS_MAX])
{
	unsigned int n = 0;
	char *next = line;

	line[strcspn(line, "\r\n")] = '\0';
	while (next) {
		if (n == COLUMNS_MAX)
			return COLUMNS_MAX + 1;
		field[n++] = strsep(&next, ",");
	}
	return n;
}

static enum role role_of(const char *name)
{
	size_t len = strlen(name);

	if (!strcmp(name, "cores"))
		return ROLE_CORES;
	if (!strcmp(name, "mpps") || !strcmp(name, "median_mpps"))
		return ROLE_MPPS;
	if (len > 5 && !strcmp(name + len - 5, "_mpps"))
		return ROLE_IGNORED;
	return ROLE_NAME;
}

static unsigned int count(const struct reader *r, enum role role)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->columns; i++)
		n += r->role[i] == role;
	return n;
}

static int read_head(struct reader *r, char *line)
{
	char *field[COLUMNS_MAX];
	unsigned int n = cut(line, field);

	if (n > COLUMNS_MAX)
		return fail(r, "more than 16 columns", NULL);
	r->columns = n;
	for (unsigned int i = 0; i < n; i++)
		r->role[i] = role_of(field[i]);
	if (count(r, ROLE_CORES) != 1)
		return fail(r, "no column is called cores, or several are",
			    NULL);
	if (count(r, ROLE_MPPS) != 1)
		return fail(r, "no column is called mpps or median_mpps, or several are",
			    NULL);
	return 0;
}

static struct fm_series *find_series(struct fm_serieses *all, const char *name)
{
	struct fm_series *list;

	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->list[i].name, name))
			return &all->list[i];
	if (all->n == FM_SERIES_MAX)
		return NULL;
	list = reallocarray(all->list, all->n + 1, sizeof(*list));
	if (!list)
		return NULL;
	all->list = list;
	memset(&list[all->n], 0, sizeof(*list));
	snprintf(list[all->n].name, sizeof(list->name), "%s", name);
	return &list[all->n++];
}

/* Ascending by cores. */
static int insert(struct reader *r, struct fm_series *series,
		  const struct fm_predict_point *point)
{
	size_t i = series->n;

	while (i && series->point[i - 1].cores > point->cores)
		i--;
	if (i && series->point[i - 1].cores == point->cores)
		return fail(r, "there is already a line for as many cores of",
			    series->name);
	memmove(&series->point[i + 1], &series->point[i],
		(series->n - i) * sizeof(*point));
	series->point[i] = *point;
	series->n++;
	return 0;
}

static int read_figure(struct reader *r, enum role role, const char *text,
		       struct fm_predict_point *point)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (end == text || *end || !isfinite(value) || value <= 0)
		return fail(r, role == ROLE_CORES ? "no number of cores:" :
			    "no throughput in Mpps above 0:", text);
	if (role == ROLE_MPPS)
		point->mpps = value;
	else if (value > FM_PREDICT_MAX_CORES || value != floor(value))
		return fail(r, "cores are 1 to 64, not", text);
	else
		point->cores = value;
	return 0;
}

static int read_row(struct reader *r, char *line)
{
	struct fm_predict_point point = { 0 };
	char *field[COLUMNS_MAX], name[FM_SERIES_NAME] = "";
	struct fm_series *series;
	size_t used = 0;
	int ret = 0;

	if (cut(line, field) != r->columns)
		return fail(r, "not as many columns as in the first line", NULL);
	for (unsigned int i = 0; !ret && i < r->columns; i++) {
		if (r->role[i] == ROLE_NAME && used < sizeof(name))
			used += snprintf(name + used, sizeof(name) - used,
					 "%s%s", used ? "/" : "", field[i]);
		else if (r->role[i] == ROLE_CORES || r->role[i] == ROLE_MPPS)
			ret = read_figure(r, r->role[i], field[i], &point);
	}
	if (ret)
		return ret;
	if (used >= sizeof(name))
		return fail(r, "a name is longer than 127 bytes", NULL);
	series = find_series(r->all, name);
	if (!series)
		return fail(r, "more than 256 configurations, or no memory",
			    NULL);
	return insert(r, series, &point);
}

/**
 * fm_series_read - read measurements
 * @file: comma-separated values without quotes; the first line names the
 *	  columns: "cores" and "mpps" or "median_mpps" are figures, others that
 *	  end in "_mpps" are ignored, what is left names the configuration
 * @path: for messages
 * @all: all zero; to be cleaned up whatever is returned
 * @err: says where the file is wrong
 *
 * Return: 0 or FM_EXIT_CHECK.
 */
int fm_series_read(FILE *file, const char *path, struct fm_serieses *all,
		   struct fm_error *err)
{
	struct reader r = { .path = path, .all = all, .err = err };
	char line[LINE_MAX_LEN];
	int ret = 0;

	while (!ret && fgets(line, sizeof(line), file)) {
		r.line++;
		if (strlen(line) == sizeof(line) - 1)
			ret = fail(&r, "a line is longer than 4094 bytes", NULL);
		else if (!line[strspn(line, " \t\r\n")] || *line == '#')
			continue;
		else if (!r.columns)
			ret = read_head(&r, line);
		else
			ret = read_row(&r, line);
	}
	if (!ret && !all->n)
		ret = fail(&r, "there are no measurements", NULL);
	return ret;
}

/**
 * fm_series_cleanup - forget a file
 * @all: the file
 */
void fm_series_cleanup(struct fm_serieses *all)
{
	free(all->list);
	*all = (struct fm_serieses){ 0 };
}
