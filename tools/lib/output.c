// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents: one JSON object, or titles and "name: value" blocks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "json.h"
#include "output.h"

/**
 * fm_output_setup() - decide how text looks
 * @out: to be filled; the caller sets json, pretty and stats
 * @file: where to print
 * @color: FM_COLOR_AUTO asks the file and the environment (NO_COLOR, TERM)
 */
void fm_output_setup(struct fm_output *out, FILE *file, enum fm_color color)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	memset(out, 0, sizeof(*out));
	out->file = file;
	if (color != FM_COLOR_AUTO)
		out->color = color == FM_COLOR_ALWAYS;
	else if (!(no_color && *no_color) && term && strcmp(term, "dumb"))
		out->color = isatty(fileno(file));
}

static int json_flags(const struct fm_output *out)
{
	return FM_JSON_FLAGS | (out->pretty ?
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
		JSON_C_TO_STRING_PLAIN);
}

static struct json_object *add_version(struct json_object *obj)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "schema_version",
			       json_object_new_int(FM_SCHEMA_VERSION));
	json_object_object_foreach(obj, key, value)
		json_object_object_add(doc, key, json_object_get(value));
	return doc;
}

/**
 * fm_output_document() - print a result as JSON, if JSON is what is wanted
 * @out: where
 * @obj: an object, without schema_version; stays the caller's
 *
 * Return: true if it was printed, false if the caller is to print text.
 */
bool fm_output_document(struct fm_output *out, struct json_object *obj)
{
	struct json_object *doc;

	if (!out->json)
		return false;
	doc = add_version(obj);
	fprintf(out->file, "%s\n",
		json_object_to_json_string_ext(doc, json_flags(out)));
	json_object_put(doc);
	return true;
}

/**
 * fm_output_line() - print an event as one line of JSON and flush it
 * @out: where
 * @obj: an object, without schema_version; stays the caller's
 */
void fm_output_line(struct fm_output *out, struct json_object *obj)
{
	struct json_object *doc = add_version(obj);

	fprintf(out->file, "%s\n", json_object_to_json_string_ext(doc,
			JSON_C_TO_STRING_PLAIN | FM_JSON_FLAGS));
	fflush(out->file);
	json_object_put(doc);
}

/**
 * fm_output_title() - print a heading, in text only
 * @out: where
 * @title: one line
 */
void fm_output_title(struct fm_output *out, const char *title)
{
	if (out->json)
		return;
	fprintf(out->file, out->color ? "\033[1m%s\033[0m\n" : "%s\n", title);
}

/**
 * fm_output_flush() - make sure that everything was written
 * @out: where
 * @err: filled if it was not, as on a full disk
 *
 * Return: 0 or FM_EXIT_ERROR.
 */
int fm_output_flush(struct fm_output *out, struct fm_error *err)
{
	if (!fflush(out->file) && !ferror(out->file))
		return 0;
	return fm_error_set(err, FM_EXIT_ERROR, errno, "cannot write: %s",
			    strerror(errno));
}
