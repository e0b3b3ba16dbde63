// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE	/* qsort_r */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elements.h"

static const struct fm_element_kind *const kinds[] = {
	&fm_prefix_kind,
	&fm_rule_kind,
	&fm_pattern_kind,
	&fm_backend_kind,
};

/* Before an element of a list that is being read: where it stands, index in the
 * array or line of the file. */
struct place {
	size_t at;
};

/**
 * struct reading - a list that is being read
 * @doc: gets the errors
 * @value: in @doc: the array, or the object that names the file
 * @param: the parameter
 * @kind: of its elements
 * @path: of the file; NULL: it is an array
 * @elements: read so far, each a struct place and an element
 * @each: bytes of one
 * @n: how many
 * @space: room for them
 */
struct reading {
	struct fm_jsonc *doc;
	struct json_object *value;
	const struct fm_param_info *param;
	const struct fm_element_kind *kind;
	const char *path;
	char *elements;
	size_t each;
	size_t n;
	size_t space;
};

/**
 * fm_element_kind - what lists of a type are made of
 * @type: enum fm_param_type
 *
 * Return: NULL if there are no lists of that type.
 */
const struct fm_element_kind *fm_element_kind(uint32_t type)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i]->type == type)
			return kinds[i];
	return NULL;
}

/**
 * fm_fault_set - say what is wrong with a text
 * @fault: gets it
 * @at: bytes of the text before the place
 * @format: goes on a sentence that begins with the text
 *
 * Return: false.
 */
bool fm_fault_set(struct fm_fault *fault, size_t at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(fault->text, sizeof(fault->text), format, args);
	va_end(args);
	fault->at = at;
	return false;
}

static struct place *place_of(const struct reading *r, size_t i)
{
	return (struct place *)(r->elements + i * r->each);
}

static void *element_of(const struct reading *r, size_t i)
{
	return place_of(r, i) + 1;
}

/* @col is that of a line; an element of an array knows where it is. */
static void complain(struct reading *r, size_t at, size_t col, const char *text,
		     const struct fm_fault *fault)
{
	if (r->path)
		fm_jsonc_error(r->doc, r->value, "%.128s:%zu:%zu: \"%.64s\" %s",
			       r->path, at, col + fault->at, text, fault->text);
	else
		fm_jsonc_error(r->doc, json_object_array_get_idx(r->value, at),
			       "%s: \"%.64s\" %s", r->param->name, text,
			       fault->text);
}

static bool make_room(struct reading *r)
{
	size_t space = r->space ? 2 * r->space : 64;
	char *grown;

	if (r->n < r->space)
		return true;
	grown = realloc(r->elements, space * r->each);
	if (!grown)
		return false;
	r->elements = grown;
	r->space = space;
	return true;
}

/* False if it is of no use to go on. */
static bool add(struct reading *r, const char *text, size_t at, size_t col)
{
	unsigned char element[FM_ELEMENT_MAX] __attribute__((aligned(8)));
	struct fm_fault fault;
	bool more = true, right;

	right = r->kind->parse(text, element, &fault);
	if (right && r->n == r->param->max) {
		right = fm_fault_set(&fault, 0, "is one more than allowed");
	} else if (right && !make_room(r)) {
		right = fm_fault_set(&fault, 0, "needs more memory");
		more = false;
	}
	if (!right) {
		complain(r, at, col, text, &fault);
		return more && r->doc->nerrors < FM_JSONC_ERRORS_MAX;
	}
	place_of(r, r->n)->at = at;
	memcpy(element_of(r, r->n++), element, r->kind->size);
	return true;
}

static void read_array(struct reading *r)
{
	size_t i, n = json_object_array_length(r->value);
	struct json_object *element;

	for (i = 0; i < n; i++) {
		element = json_object_array_get_idx(r->value, i);
		if (!fm_jsonc_is(r->doc, element, r->param->name,
				 json_type_string) ||
		    !add(r, json_object_get_string(element), i, 0))
			return;
	}
}

static void cut_comment(const struct reading *r, char *line)
{
	line[strcspn(line, "\r")] = '\0';
	if (!r->kind->hash || line[strspn(line, " \t")] == '#')
		line[strcspn(line, "#")] = '\0';
}

/* What follows a NUL would not be seen. */
static bool has_nul(struct reading *r, const char *text, size_t len,
		    size_t line)
{
	struct fm_fault fault;

	if (strlen(text) == len)
		return false;
	fm_fault_set(&fault, strlen(text), "goes on with a NUL byte");
	complain(r, line, 1, text, &fault);
	return true;
}

/* An element a line, "#" begins a comment. */
static void read_lines(struct reading *r, char *text, size_t n)
{
	char *last = text + n, *next;
	size_t line = 0;

	for (; text; text = next) {
		char *start = text, *end;

		line++;
		next = memchr(text, '\n', last - text);
		if (next)
			*next++ = '\0';
		if (has_nul(r, text, (next ? next - 1 : last) - text, line))
			return;
		cut_comment(r, text);
		start += strspn(start, " \t");
		end = start + strlen(start);
		while (end > start && strchr(" \t", end[-1]))
			*--end = '\0';
		if (*start && !add(r, start, line, start - text + 1))
			return;
	}
}

/* Only of regular files it is known that they end. @len gets the length. */
static char *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	ssize_t got;
	size_t n = 0;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && (!S_ISREG(st.st_mode) ||
				st.st_size > FM_ELEMENTS_FILE_MAX))
		errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
	else
		text = malloc(st.st_size + 1);
	while (text && n < (size_t)st.st_size) {
		got = read(fd, text + n, st.st_size - n);
		if (got <= 0)
			break;
		n += got;
	}
	if (text)
		text[n] = '\0';
	*len = n;
	close(fd);
	return text;
}

/* Relative to the directory of the chain file. */
static char *path_beside(const char *chain, const char *path)
{
	const char *slash = strrchr(chain, '/');
	size_t dir = slash && *path != '/' ? (size_t)(slash - chain) + 1 : 0;
	char *full = malloc(dir + strlen(path) + 1);

	if (full) {
		memcpy(full, chain, dir);
		strcpy(full + dir, path);
	}
	return full;
}

static void read_named(struct reading *r)
{
	static const char *const keys[] = { "file", NULL };
	struct json_object *name;
	char *path, *text;
	size_t n;

	if (!fm_jsonc_keys(r->doc, r->value, keys, keys))
		return;
	name = fm_jsonc_get(r->doc, r->value, "file", json_type_string);
	if (!name)
		return;
	path = path_beside(r->doc->name, json_object_get_string(name));
	text = path ? read_file(path, &n) : NULL;
	if (!text) {
		fm_jsonc_error(r->doc, name, "%.128s: %s",
			       json_object_get_string(name), strerror(errno));
	} else {
		r->path = path;
		read_lines(r, text, n);
	}
	r->path = NULL;
	free(text);
	free(path);
}

static int compare(const void *a, const void *b, void *kind)
{
	const struct place *p = a, *q = b;
	int diff = ((const struct fm_element_kind *)kind)->compare(p + 1, q + 1);

	return diff ? diff : (p->at > q->at) - (p->at < q->at);
}

static void complain_twice(struct reading *r, size_t i)
{
	const char *what = r->param->name;
	char text[FM_ELEMENT_TEXT] = "the same";
	size_t at = place_of(r, i)->at;

	if (r->kind->format)
		r->kind->format(element_of(r, i), text);
	if (json_object_is_type(r->value, json_type_array))
		fm_jsonc_error(r->doc, json_object_array_get_idx(r->value, at),
			       "%s: %s is there twice", what, text);
	else
		fm_jsonc_error(r->doc, r->value,
			       "%s: %s is in lines %zu and %zu", what, text,
			       place_of(r, i - 1)->at, at);
}

/* In order, two that are the same are neighbours. */
static void sort(struct reading *r)
{
	size_t i;

	if (!r->n || !r->kind->compare)
		return;
	qsort_r(r->elements, r->n, r->each, compare, (void *)r->kind);
	for (i = 1; i < r->n; i++)
		if (!r->kind->compare(element_of(r, i - 1), element_of(r, i)))
			complain_twice(r, i);
}

/* The same of a copy, so that they stay as they are. */
static void sort_copy(const struct reading *r)
{
	struct reading copy = *r;

	copy.elements = malloc(r->n * r->each + 1);
	if (!copy.elements) {
		fm_jsonc_error(r->doc, r->value, "%s: no memory",
			       r->param->name);
		return;
	}
	if (r->n)
		memcpy(copy.elements, r->elements, r->n * r->each);
	sort(&copy);
	free(copy.elements);
}

static struct fm_elements *finish(struct reading *r)
{
	struct fm_elements *list = calloc(1, sizeof(*list));
	size_t size = r->kind->size, i;

	if (list)
		list->items = malloc(r->n * size);
	if (!list || !list->items) {
		fm_jsonc_error(r->doc, r->value, "%s: no memory",
			       r->param->name);
		free(list);
		return NULL;
	}
	for (i = 0; i < r->n; i++)
		memcpy((char *)list->items + i * size, element_of(r, i), size);
	list->kind = r->kind;
	list->n = r->n;
	return list;
}

/**
 * fm_elements_read - read a list
 * @doc: its document; gets the errors
 * @value: an array of strings, or an object with the name of a "file" that has
 *	one in each line; relative to the document
 * @param: of a type that has an fm_element_kind(), and how many there may be
 *
 * Return: for fm_elements_destroy(); NULL after an error.
 */
struct fm_elements *fm_elements_read(struct fm_jsonc *doc,
				     struct json_object *value,
				     const struct fm_param_info *param)
{
	const struct fm_element_kind *kind = fm_element_kind(param->type);
	/* The place and the element keep their alignment. */
	struct reading r = { .doc = doc, .value = value, .param = param,
			     .kind = kind, .each = sizeof(struct place) +
			     (kind->size + 7) / 8 * 8 };
	size_t nerrors = doc->nerrors;
	struct fm_elements *list = NULL;

	if (json_object_is_type(value, json_type_array))
		read_array(&r);
	else if (json_object_is_type(value, json_type_object))
		read_named(&r);
	else
		fm_jsonc_error(doc, value, "%s must be a list of %s, or "
			       "{\"file\": NAME}", param->name, kind->name);
	if (doc->nerrors == nerrors && r.n < param->min)
		fm_jsonc_error(doc, value, "%s must have %" PRIu64 " to %"
			       PRIu64 " elements, not %zu", param->name,
			       param->min, param->max, r.n);
	if (kind->as_given)
		sort_copy(&r);
	else
		sort(&r);
	if (doc->nerrors == nerrors)
		list = finish(&r);
	free(r.elements);
	return list;
}

/**
 * fm_elements_destroy - forget a list
 * @list: the list, or NULL
 */
void fm_elements_destroy(struct fm_elements *list)
{
	if (!list)
		return;
	free(list->items);
	free(list);
}
