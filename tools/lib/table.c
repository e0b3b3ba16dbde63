// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables on a terminal by libsmartcols, and lists that are printed while they
 * are made: a list of millions of flows never is in memory as a whole.
 */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "output.h"

#define CHUNK 256		/* rows whose columns are aligned together */

/**
 * struct fm_list - a list being printed
 * @out: where
 * @key: name of the array in JSON
 * @columns: for text
 * @rows: of the present chunk, for text
 * @count: rows printed or in the chunk
 * @chunks: tables printed
 */
struct fm_list {
	struct fm_output *out;
	const char *key;
	const struct fm_column *columns;
	struct json_object *rows;
	size_t count;
	size_t chunks;
};

static bool column_hidden(const struct fm_output *out,
			  const struct fm_column *column)
{
	return column->stats && !out->stats;
}

static char *join(struct json_object *array)
{
	size_t n = json_object_array_length(array), i, len = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	for (i = 0; i < n; i++)
		fprintf(f, "%s%s", i ? "," : "", json_object_get_string(
				json_object_array_get_idx(array, i)));
	fclose(f);
	return text;
}

/* A cell's text, to be freed; NULL is an empty cell. */
static char *cell_text(struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_null:
		return strdup("-");
	case json_type_boolean:
		return strdup(json_object_get_boolean(value) ? "yes" : "no");
	case json_type_array:
		if (!json_object_array_length(value))
			return strdup("-");
		return join(value);
	default:
		return strdup(json_object_get_string(value));
	}
}

static struct libscols_table *table_create(struct fm_output *out, bool heading)
{
	struct libscols_table *tb;

	scols_init_debug(0);
	tb = scols_new_table();
	if (!tb)
		return NULL;
	scols_table_set_stream(tb, out->file);
	scols_table_enable_noheadings(tb, !heading);
	return tb;
}

static void add_row(struct fm_output *out, struct libscols_table *tb,
		    const struct fm_column *columns, struct json_object *row)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);
	size_t n = 0;

	if (!line)
		return;
	for (; columns->title; columns++)
		if (!column_hidden(out, columns))
			scols_line_refer_data(line, n++, cell_text(
					fm_json_get(row, columns->key)));
}

static void print_rows(struct fm_output *out, struct json_object *rows,
		       const struct fm_column *columns, bool heading)
{
	struct libscols_table *tb = table_create(out, heading);
	size_t i, n = json_object_array_length(rows);
	const struct fm_column *c;

	if (!tb)
		return;
	for (c = columns; c->title; c++)
		if (!column_hidden(out, c))
			scols_table_new_column(tb, c->title, 0,
					       c->right ? SCOLS_FL_RIGHT : 0);
	for (i = 0; i < n; i++)
		add_row(out, tb, columns, json_object_array_get_idx(rows, i));
	scols_print_table(tb);
	scols_unref_table(tb);
}

/**
 * fm_output_table() - print an array of objects as a table, in text only
 * @out: where
 * @array: the rows; NULL is an empty array
 * @columns: what of them, ended by a row without a title
 */
void fm_output_table(struct fm_output *out, struct json_object *array,
		     const struct fm_column *columns)
{
	if (!out->json && array && json_object_array_length(array))
		print_rows(out, array, columns, true);
}

static void add_field(struct libscols_table *tb, const char *title, char *text)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);

	if (!line) {
		free(text);
		return;
	}
	scols_line_set_data(line, 0, title);
	scols_line_refer_data(line, 1, text);
}

/**
 * fm_output_fields() - print an object as lines of name and value, in text only
 * @out: where
 * @obj: the object
 * @columns: what of it; members that are absent or null are left out
 */
void fm_output_fields(struct fm_output *out, struct json_object *obj,
		      const struct fm_column *columns)
{
	struct libscols_table *tb;
	struct json_object *value;

	if (out->json)
		return;
	tb = table_create(out, false);
	if (!tb)
		return;
	scols_table_new_column(tb, "name", 0, 0);
	scols_table_new_column(tb, "value", 0, 0);
	for (; columns->title; columns++) {
		value = fm_json_get(obj, columns->key);
		if (value && !column_hidden(out, columns))
			add_field(tb, columns->title, cell_text(value));
	}
	scols_print_table(tb);
	scols_unref_table(tb);
}

/**
 * fm_list_create() - begin a list
 * @out: where
 * @key: name of the array in JSON; must live as long as the list
 * @columns: for text; must live as long as the list
 *
 * Return: the list, or NULL without memory.
 */
struct fm_list *fm_list_create(struct fm_output *out, const char *key,
			       const struct fm_column *columns)
{
	struct fm_list *list = calloc(1, sizeof(*list));

	if (!list)
		return NULL;
	list->out = out;
	list->key = key;
	list->columns = columns;
	list->rows = json_object_new_array();
	return list;
}

static void print_head(const struct fm_list *list)
{
	fprintf(list->out->file, list->out->pretty ?
		"{\n  \"schema_version\": %d,\n  \"%s\": [" :
		"{\"schema_version\":%d,\"%s\":[", FM_SCHEMA_VERSION, list->key);
}

static void print_chunk(struct fm_list *list)
{
	if (json_object_array_length(list->rows))
		print_rows(list->out, list->rows, list->columns,
			   !list->chunks++);
	json_object_put(list->rows);
	list->rows = json_object_new_array();
}

/**
 * fm_list_add() - print a row, now or with the next ones
 * @list: the list
 * @row: an object; the list takes the reference
 */
void fm_list_add(struct fm_list *list, struct json_object *row)
{
	struct fm_output *out = list->out;

	if (out->json) {
		if (!list->count)
			print_head(list);
		fprintf(out->file, "%s%s%s", list->count ? "," : "",
			out->pretty ? "\n    " : "",
			json_object_to_json_string_ext(row, FM_JSON_FLAGS |
				(out->pretty ? JSON_C_TO_STRING_SPACED : 0)));
		json_object_put(row);
	} else {
		json_object_array_add(list->rows, row);
		if (json_object_array_length(list->rows) >= CHUNK)
			print_chunk(list);
	}
	list->count++;
}

static void print_tail(const struct fm_list *list)
{
	if (!list->count)
		print_head(list);
	fputs(list->out->pretty ? "\n  ]\n}\n" : "]}\n", list->out->file);
}

/**
 * fm_list_destroy() - end a list
 * @list: the list; what was added is printed, and JSON is closed
 * @complete: false after an error: a list without rows prints nothing then
 */
void fm_list_destroy(struct fm_list *list, bool complete)
{
	if (!list->out->json)
		print_chunk(list);
	else if (complete || list->count)
		print_tail(list);
	json_object_put(list->rows);
	free(list);
}
