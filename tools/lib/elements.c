// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elements.h"
#include "nl_attr.h"

/* An element and where it stands: index in the array, or line of the file. */
struct element {
	union {
		struct fm_prefix prefix;
		struct fm_rule rule;
	};
	size_t at;
};

/**
 * struct reading - a list that is being read
 * @doc: gets the errors
 * @value: in @doc: the array, or the object that names the file
 * @what: the parameter
 * @type: what it is a list of
 * @path: of the file; NULL: it is an array
 * @elements: read so far
 * @n: how many
 * @space: room for them
 * @max: how many there may be
 */
struct reading {
	struct fm_jsonc *doc;
	struct json_object *value;
	const char *what;
	enum fm_param_type type;
	const char *path;
	struct element *elements;
	size_t n;
	size_t space;
	uint64_t max;
};

/* @col is that of a line; an element of an array knows where it is. */
static void complain(struct reading *r, size_t at, size_t col, const char *text,
		     const char *fault, const char *more)
{
	if (r->path)
		fm_jsonc_error(r->doc, r->value, "%.128s:%zu:%zu: \"%.64s\" "
			       "%s%s", r->path, at, col, text, fault, more);
	else
		fm_jsonc_error(r->doc, json_object_array_get_idx(r->value, at),
			       "%s: \"%.64s\" %s%s", r->what, text, fault,
			       more);
}

/* @col becomes that of the word that is wrong, @text the word. */
static const char *parse_rule(const char **text, size_t *col,
			      struct fm_rule *rule)
{
	static struct fm_rule_fault fault;

	if (!fm_rule_parse(*text, rule, &fault))
		return NULL;
	*text = fault.word;
	*col += fault.at;
	return fault.fault;
}

static bool add(struct reading *r, const char *text, size_t at, size_t col)
{
	char more[FM_PREFIX_TEXT + 32] = "", meant[FM_PREFIX_TEXT];
	struct element element = { .at = at };
	const char *fault = r->type == FM_PARAM_RULES ?
			    parse_rule(&text, &col, &element.rule) :
			    fm_prefix_parse(text, &element.prefix);

	if (fault && r->type == FM_PARAM_PREFIXES &&
	    strstr(fault, "bits beyond")) {
		fm_prefix_format(&element.prefix, meant);
		snprintf(more, sizeof(more), "; did you mean \"%s\"?", meant);
	}
	if (!fault && r->n == r->max)
		fault = "is one more than allowed";
	if (fault) {
		complain(r, at, col, text, fault, more);
		return r->doc->nerrors < FM_JSONC_ERRORS_MAX;
	}
	if (r->n == r->space) {
		size_t space = r->space ? 2 * r->space : 64;
		void *grown = realloc(r->elements,
				      space * sizeof(*r->elements));

		if (!grown) {
			complain(r, at, col, text, "needs more memory", "");
			return false;
		}
		r->elements = grown;
		r->space = space;
	}
	r->elements[r->n++] = element;
	return true;
}

static void read_array(struct reading *r)
{
	size_t i, n = json_object_array_length(r->value);
	struct json_object *element;

	for (i = 0; i < n; i++) {
		element = json_object_array_get_idx(r->value, i);
		if (!fm_jsonc_is(r->doc, element, r->what, json_type_string) ||
		    !add(r, json_object_get_string(element), i, 0))
			return;
	}
}

/* An element a line, "#" begins a comment. */
static void read_lines(struct reading *r, char *text)
{
	size_t line = 0;
	char *next;

	for (; text; text = next) {
		char *start = text, *end;

		line++;
		next = strchr(text, '\n');
		if (next)
			*next++ = '\0';
		text[strcspn(text, "#\r")] = '\0';
		start += strspn(start, " \t");
		end = start + strlen(start);
		while (end > start && strchr(" \t", end[-1]))
			*--end = '\0';
		if (*start && !add(r, start, line, start - text + 1))
			return;
	}
}

/* Only of regular files it is known that they end. */
static char *read_file(const char *path)
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

	if (!fm_jsonc_keys(r->doc, r->value, keys, keys))
		return;
	name = fm_jsonc_get(r->doc, r->value, "file", json_type_string);
	if (!name)
		return;
	path = path_beside(r->doc->name, json_object_get_string(name));
	text = path ? read_file(path) : NULL;
	if (!text) {
		fm_jsonc_error(r->doc, name, "%.128s: %s",
			       json_object_get_string(name), strerror(errno));
	} else {
		r->path = path;
		read_lines(r, text);
	}
	r->path = NULL;
	free(text);
	free(path);
}

static int compare(const void *a, const void *b)
{
	const struct element *p = a, *q = b;
	int diff = fm_prefix_compare(&p->prefix, &q->prefix);

	return diff ? diff : (p->at > q->at) - (p->at < q->at);
}

/* Sorted, two that are the same are neighbours. */
static void check_twice(struct reading *r)
{
	char text[FM_PREFIX_TEXT];
	size_t i;

	for (i = 1; i < r->n; i++) {
		if (fm_prefix_compare(&r->elements[i - 1].prefix,
				      &r->elements[i].prefix))
			continue;
		fm_prefix_format(&r->elements[i].prefix, text);
		if (json_object_is_type(r->value, json_type_array))
			fm_jsonc_error(r->doc,
				json_object_array_get_idx(r->value,
							  r->elements[i].at),
				"%s: %s is there twice", r->what, text);
		else
			fm_jsonc_error(r->doc, r->value,
				"%s: %s is in lines %zu and %zu", r->what, text,
				r->elements[i - 1].at, r->elements[i].at);
	}
}

/**
 * fm_elements_size - bytes of an element
 * @type: what it is a list of
 */
size_t fm_elements_size(enum fm_param_type type)
{
	return type == FM_PARAM_RULES ? sizeof(struct fm_rule) :
					sizeof(struct fm_prefix);
}

static struct fm_elements *finish(struct reading *r)
{
	struct fm_elements *list = calloc(1, sizeof(*list));
	size_t size = fm_elements_size(r->type), i;

	if (list)
		list->data = malloc(r->n * size);
	if (!list || !list->data) {
		fm_jsonc_error(r->doc, r->value, "%s: no memory", r->what);
		free(list);
		return NULL;
	}
	for (i = 0; i < r->n; i++)
		memcpy((char *)list->data + i * size, &r->elements[i].prefix,
		       size);
	list->type = r->type;
	list->n = r->n;
	return list;
}

/**
 * fm_elements_read - read a list
 * @doc: its document; gets the errors
 * @value: an array of strings, or an object with the name of a "file" that has
 *	one in each line; relative to the document
 * @param: what it is a list of, and how many there may be
 *
 * Return: for fm_elements_destroy(); NULL after an error.
 */
struct fm_elements *fm_elements_read(struct fm_jsonc *doc,
				     struct json_object *value,
				     const struct fm_param_info *param)
{
	struct reading r = { .doc = doc, .value = value, .what = param->name,
			     .type = param->type, .max = param->max };
	size_t nerrors = doc->nerrors;
	struct fm_elements *list = NULL;

	if (json_object_is_type(value, json_type_array))
		read_array(&r);
	else if (json_object_is_type(value, json_type_object))
		read_named(&r);
	else
		fm_jsonc_error(doc, value, "%s must be a list of %s, or "
			       "{\"file\": NAME}", r.what,
			       fm_nl_param_type_names[r.type]);
	if (doc->nerrors == nerrors && r.n < param->min)
		fm_jsonc_error(doc, value, "%s must have %" PRIu64 " to %"
			       PRIu64 " elements, not %zu", r.what, param->min,
			       param->max, r.n);
	if (r.n && r.type == FM_PARAM_PREFIXES) {
		qsort(r.elements, r.n, sizeof(*r.elements), compare);
		check_twice(&r);
	}
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
	free(list->data);
	free(list);
}
