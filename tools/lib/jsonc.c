// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "jsonscan.h"
#include "nearest.h"

static void locate(const struct fm_jsonc *doc, size_t pos, unsigned int *line,
		   unsigned int *col)
{
	size_t i;

	*line = 1;
	*col = 1;
	for (i = 0; i < pos && i < doc->len; i++) {
		unsigned char c = doc->text[i];

		if (c == '\n') {
			(*line)++;
			*col = 1;
		} else if ((c & 0xc0) != 0x80) {
			(*col)++;
		}
	}
}

/* @pos SIZE_MAX: the file as a whole. */
static void add_error(struct fm_jsonc *doc, int code, size_t pos,
		      const char *format, va_list args)
{
	struct fm_jsonc_error *error;

	if (!doc->code)
		doc->code = code;
	if (doc->nerrors++ >= FM_JSONC_ERRORS_MAX)
		return;
	error = &doc->errors[doc->nerrors - 1];
	if (pos != SIZE_MAX)
		locate(doc, pos, &error->line, &error->col);
	vsnprintf(error->text, sizeof(error->text), format, args);
}

__attribute__((format(printf, 4, 5)))
static void report(struct fm_jsonc *doc, int code, size_t pos,
		   const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_error(doc, code, pos, format, args);
	va_end(args);
}

static const struct fm_jsonc_place *place_of(struct json_object *value)
{
	return value ? json_object_get_userdata(value) : NULL;
}

/**
 * fm_jsonc_error - complain about a value
 * @doc: the document
 * @value: of its tree, or NULL for the file as a whole
 * @format: one sentence, no full stop
 */
void fm_jsonc_error(struct fm_jsonc *doc, struct json_object *value,
		    const char *format, ...)
{
	const struct fm_jsonc_place *place = place_of(value);
	va_list args;

	va_start(args, format);
	add_error(doc, EINVAL, place ? place->value : SIZE_MAX, format, args);
	va_end(args);
}

/**
 * fm_jsonc_error_key - complain about the key of a value
 * @doc: the document
 * @value: of its tree; without a key, the value itself is meant
 * @format: one sentence, no full stop
 */
void fm_jsonc_error_key(struct fm_jsonc *doc, struct json_object *value,
			const char *format, ...)
{
	const struct fm_jsonc_place *place = place_of(value);
	va_list args;

	va_start(args, format);
	add_error(doc, EINVAL, place ? place->key : SIZE_MAX, format, args);
	va_end(args);
}

/* json-c keeps the order of the text, so the i-th value has the i-th place. */
static void attach(struct fm_jsonc *doc, struct json_object *value, size_t *i)
{
	size_t n;

	/* Unlike set_userdata, safe with the text json-c keeps of a double. */
	json_object_set_serializer(value, NULL, &doc->places[(*i)++], NULL);
	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member) {
			(void)key;
			attach(doc, member, i);
		}
	} else if (json_object_is_type(value, json_type_array)) {
		for (n = 0; n < json_object_array_length(value); n++)
			attach(doc, json_object_array_get_idx(value, n), i);
	}
}

static void build(struct fm_jsonc *doc, const char *plain)
{
	struct json_tokener *tok = json_tokener_new_ex(FM_JSONC_DEPTH_MAX + 2);
	size_t i = 0;

	if (!tok) {
		report(doc, ENOMEM, SIZE_MAX, "out of memory");
		return;
	}
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	/* With its NUL: a number at the very end needs it. */
	doc->root = json_tokener_parse_ex(tok, plain, (int)doc->len + 1);
	if (doc->root)
		attach(doc, doc->root, &i);
	else
		report(doc, EINVAL, json_tokener_get_parse_end(tok), "%s",
		       json_tokener_error_desc(json_tokener_get_error(tok)));
	json_tokener_free(tok);
}

static void scan_and_build(struct fm_jsonc *doc)
{
	struct fm_jsonscan scan = { .buf = doc->text, .len = doc->len };

	scan.plain = calloc(1, doc->len + 1);
	if (!scan.plain) {
		report(doc, ENOMEM, SIZE_MAX, "out of memory");
		return;
	}
	if (!doc->len)
		report(doc, EINVAL, SIZE_MAX, "the file is empty");
	else if (doc->len > FM_JSONC_SIZE_MAX)
		report(doc, EINVAL, SIZE_MAX, "the file has more than %u bytes",
		       FM_JSONC_SIZE_MAX);
	else if (!fm_jsonscan_run(&scan))
		report(doc, EINVAL, scan.pos, "%s", scan.error);
	doc->places = scan.places;
	doc->nplaces = scan.nplaces;
	if (!doc->nerrors)
		build(doc, scan.plain);
	free(scan.plain);
}

static struct fm_jsonc *create(const char *name, const char *buf, size_t len)
{
	struct fm_jsonc *doc = calloc(1, sizeof(*doc));

	if (!doc)
		return NULL;
	doc->name = strdup(name);
	doc->text = malloc(len + 1);
	if (!doc->name || !doc->text) {
		fm_jsonc_destroy(doc);
		return NULL;
	}
	memcpy(doc->text, buf, len);
	doc->text[len] = '\0';
	doc->len = len;
	return doc;
}

/**
 * fm_jsonc_parse - parse a text
 * @name: what messages call it
 * @buf: the text; any bytes, no NUL needed
 * @len: bytes of it
 *
 * Return: the document, which may hold errors instead of a tree; NULL only if
 * there is no memory.
 */
struct fm_jsonc *fm_jsonc_parse(const char *name, const char *buf, size_t len)
{
	struct fm_jsonc *doc = create(name, buf, len);

	if (doc)
		scan_and_build(doc);
	return doc;
}

/* Up to one byte more than allowed, so that the parser sees it is too long. */
static ssize_t read_all(int fd, char *buf)
{
	size_t n = 0;
	ssize_t got;

	while (n < FM_JSONC_SIZE_MAX + 1) {
		got = read(fd, buf + n, FM_JSONC_SIZE_MAX + 1 - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		n += got;
	}
	return n;
}

static struct fm_jsonc *refuse(const char *name, int code)
{
	struct fm_jsonc *doc = create(name, "", 0);

	if (doc)
		report(doc, code, SIZE_MAX, "%s", strerror(code));
	return doc;
}

/**
 * fm_jsonc_read - parse a file
 * @path: its name, "-" for standard input
 *
 * Return: as fm_jsonc_parse(); a file that cannot be read is an error in the
 * document, with its errno in @code.
 */
struct fm_jsonc *fm_jsonc_read(const char *path)
{
	bool std = !strcmp(path, "-");
	const char *name = std ? "<stdin>" : path;
	struct fm_jsonc *doc;
	char *buf = NULL;
	ssize_t n = -1;
	int fd;

	fd = std ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return refuse(name, errno);
	buf = malloc(FM_JSONC_SIZE_MAX + 1);
	if (buf)
		n = read_all(fd, buf);
	doc = n < 0 ? refuse(name, errno) : fm_jsonc_parse(name, buf, n);
	free(buf);
	if (!std)
		close(fd);
	return doc;
}

/**
 * fm_jsonc_destroy - forget a document and its tree
 * @doc: the document, or NULL
 */
void fm_jsonc_destroy(struct fm_jsonc *doc)
{
	if (!doc)
		return;
	json_object_put(doc->root);
	free(doc->places);
	free(doc->text);
	free(doc->name);
	free(doc);
}

/**
 * fm_jsonc_print - print the errors, one line each: file:line:col: sentence
 * @doc: the document
 * @out: where to
 */
void fm_jsonc_print(const struct fm_jsonc *doc, FILE *out)
{
	size_t i;

	for (i = 0; i < doc->nerrors && i < FM_JSONC_ERRORS_MAX; i++) {
		const struct fm_jsonc_error *error = &doc->errors[i];

		if (error->line)
			fprintf(out, "%s:%u:%u: %s\n", doc->name, error->line,
				error->col, error->text);
		else
			fprintf(out, "%s: %s\n", doc->name, error->text);
	}
	if (i < doc->nerrors)
		fprintf(out, "%s: %zu more errors\n", doc->name,
			doc->nerrors - i);
}
