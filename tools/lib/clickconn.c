// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections and declarations: a [1] -> b :: Class(...), c => [0] d. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clickparse.h"

/**
 * struct item - an element in a list
 * @name: what it is called, or its class
 * @end: what connections are made with
 * @in: how many input ports are named, 0: none, UINT32_MAX: open at the end
 * @out: likewise
 * @bare: nothing but a name: unless it is known, the class may come later
 */
struct item {
	struct fm_click_span name;
	struct fm_click_end end;
	uint32_t in;
	uint32_t out;
	bool bare;
};

struct list {
	struct item *items;
	size_t n;
	uint32_t site;		/* of the last item that gave a class */
};

/* ---- ports: [0], [1, 3-5], [] */

static bool port_number(const struct fm_click_parser *p, unsigned long *n)
{
	char text[16], *end;

	if (p->token.word != FM_CLICK_IDENT ||
	    p->token.span.len >= sizeof(text))
		return false;
	memcpy(text, p->click->text + p->token.span.at, p->token.span.len);
	text[p->token.span.len] = '\0';
	*n = strtoul(text, &end, 0);
	return !*end && *n <= FM_CLICK_PORTS_MAX;
}

static int parse_port(struct fm_click_parser *p, uint32_t *n)
{
	unsigned long first, last;

	if (!port_number(p, &first))
		return fm_click_fail_here(p, "a port from 0 to 4096");
	if (fm_click_next(p))
		return -EINVAL;
	last = first;
	if (fm_click_at(p, '-')) {
		if (fm_click_next(p))
			return -EINVAL;
		if (fm_click_at(p, ']')) {
			*n = UINT32_MAX;
			return 0;
		}
		if (!port_number(p, &last) || last < first)
			return fm_click_fail_here(p, "a port behind the first");
		if (fm_click_next(p))
			return -EINVAL;
	}
	*n += last - first + 1;
	if (*n > FM_CLICK_PORTS_MAX)
		return fm_click_fail(&p->lexer, p->token.span.at,
				     "these are more than %u ports",
				     FM_CLICK_PORTS_MAX);
	return 0;
}

static int parse_ports(struct fm_click_parser *p, uint32_t *n)
{
	*n = 0;
	if (!fm_click_at(p, '['))
		return 0;
	if (fm_click_next(p))
		return -EINVAL;
	while (!fm_click_at(p, ']')) {
		if (parse_port(p, n))
			return -EINVAL;
		if (fm_click_at(p, ']'))
			break;
		if (!fm_click_at(p, ','))
			return fm_click_fail_here(p,
				"\",\" or \"]\" behind a port");
		if (fm_click_next(p))
			return -EINVAL;
		if (fm_click_at(p, ']'))
			*n = UINT32_MAX;
	}
	if (!*n)
		*n = UINT32_MAX;
	return fm_click_next(p);
}

/* ---- one element */

static int parse_config(struct fm_click_parser *p, struct fm_click_site *site)
{
	if (!fm_click_at(p, '('))
		return 0;
	site->open = p->token.span.at;
	return fm_click_lex_config(&p->lexer, &site->close) ?:
	       fm_click_next(p);
}

static int make_element(struct fm_click_parser *p,
			const struct fm_click_site *site, struct list *list,
			struct item *item)
{
	int ret;

	ret = fm_click_add_site(p, site, &list->site) ?:
	      fm_click_add_element(p, list->site, &item->end.in);
	item->end.out = item->end.in;
	item->bare = false;
	return ret;
}

/* "name :: Class(config)": behind the "::". */
static int parse_declaration(struct fm_click_parser *p, struct list *list,
			     struct item *item)
{
	struct fm_click_span none = { 0 };
	struct fm_click_site site = { .name = item->name };
	int ret;

	if (fm_click_find_class(p, item->name) != FM_CLICK_NONE)
		return fm_click_fail(&p->lexer, item->name.at,
			"this is the name of a class, an element cannot have it too");
	if (fm_click_at(p, '{')) {
		ret = fm_click_parse_compound(p, none, &site.class);
	} else if (p->token.word == FM_CLICK_IDENT) {
		site.end = p->token.span.at + p->token.span.len;
		ret = fm_click_use_class(p, p->token.span, &site.class) ?:
		      fm_click_next(p);
	} else {
		return fm_click_fail_here(p, "a class behind \"::\"");
	}
	ret = ret ?: parse_config(p, &site) ?:
	      make_element(p, &site, list, item);
	return ret ?: fm_click_add_name(p, item->name, item->end);
}

static int use_pseudo(struct fm_click_parser *p, struct item *item)
{
	if (!p->nested)
		return 0;
	if (fm_click_is(p->click, item->name, "input"))
		item->end = (struct fm_click_end){ p->ports.in, p->ports.in };
	else if (fm_click_is(p->click, item->name, "output"))
		item->end = (struct fm_click_end){ p->ports.out, p->ports.out };
	else
		return 0;
	return 1;
}

/* A name without "::": an element, or a class of which there is one here. */
static int use_name(struct fm_click_parser *p, struct list *list,
		    struct item *item)
{
	uint32_t class = fm_click_find_class(p, item->name);
	const struct fm_click_name *known = fm_click_find_name(p, item->name);
	struct fm_click_site site = {
		.name = item->name,
		.end = item->name.at + item->name.len,
		.class = class,
	};
	int ret;

	if (class == FM_CLICK_NONE && (known || use_pseudo(p, item))) {
		if (known)
			item->end = known->end;
		if (fm_click_at(p, '('))
			return fm_click_fail(&p->lexer, p->token.span.at,
				"the element was declared before, its configuration stands there");
		return 0;
	}
	item->bare = class == FM_CLICK_NONE && !fm_click_at(p, '(');
	if (item->bare)
		return 0;
	ret = fm_click_use_class(p, item->name, &site.class) ?:
	      parse_config(p, &site);
	return ret ?: make_element(p, &site, list, item);
}

static int parse_ident(struct fm_click_parser *p, struct list *list,
		       struct item *item)
{
	item->name = p->token.span;
	if (fm_click_next(p))
		return -EINVAL;
	if (p->token.word != FM_CLICK_TWO_COLONS)
		return use_name(p, list, item);
	return fm_click_next(p) ?: parse_declaration(p, list, item);
}

static int parse_anonymous(struct fm_click_parser *p, struct list *list,
			   struct item *item)
{
	struct fm_click_site site = { .name = p->token.span };
	struct fm_click_span none = { 0 };

	item->name = p->token.span;
	if (fm_click_at(p, '('))
		return fm_click_parse_group(p, &item->end);
	return fm_click_parse_compound(p, none, &site.class) ?:
	       parse_config(p, &site) ?: make_element(p, &site, list, item);
}

/* ---- lists */

static int append(struct fm_click_parser *p, struct list *list,
		  const struct item *item)
{
	struct item *more;

	if (list->n == FM_CLICK_PORTS_MAX)
		return fm_click_fail(&p->lexer, item->name.at,
				     "a list may have %u elements at most",
				     FM_CLICK_PORTS_MAX);
	more = list->n & (list->n - 1) ? list->items :
	       realloc(list->items, (list->n ? 2 * list->n : 1) *
		       sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->items = more;
	list->items[list->n++] = *item;
	return 0;
}

/*
 * Nothing where an element could stand: "-> x" begins at the input and "x ->"
 * ends at the output of the body or the group. Return: 1 if that is meant, 0
 * if a comma ended the list.
 */
static int parse_implicit(struct fm_click_parser *p, struct list *list,
			  bool first, struct item *item)
{
	bool arrow = p->token.word == FM_CLICK_ARROW;

	if (list->n && !item->in)
		return 0;
	if (!p->nested || (first && !arrow && !fm_click_at(p, ',')) ||
	    p->token.word == FM_CLICK_TWO_COLONS)
		return fm_click_fail_here(p, "an element");
	item->end.in = first ? p->ports.in : p->ports.out;
	item->end.out = item->end.in;
	if (first) {
		item->out = item->in;
		item->in = 0;
	}
	return 1;
}

static int parse_item(struct fm_click_parser *p, struct list *list, bool first)
{
	struct item item = { 0 };
	int ret;

	if (parse_ports(p, &item.in))
		return -EINVAL;
	item.name = p->token.span;
	if (p->token.word == FM_CLICK_IDENT) {
		ret = parse_ident(p, list, &item);
	} else if (fm_click_at(p, '{') || fm_click_at(p, '(')) {
		ret = parse_anonymous(p, list, &item);
	} else {
		ret = parse_implicit(p, list, first, &item);
		return ret > 0 ? append(p, list, &item) : ret;
	}
	ret = ret ?: parse_ports(p, &item.out);
	return ret ?: append(p, list, &item);
}

/* Bare names that nobody knows: "a, b :: Class(...)" declares them all. */
static int settle(struct fm_click_parser *p, struct list *list, bool first)
{
	bool spread = first && list->n > 1 && list->site != FM_CLICK_NONE &&
		      p->token.word != FM_CLICK_ARROW &&
		      !list->items[list->n - 1].bare;
	struct fm_click_site site;
	struct item *item;
	size_t i;
	int ret = 0;

	for (i = 0; spread && i + 1 < list->n; i++)
		spread = list->items[i].bare && !list->items[i].in &&
			 !list->items[i].out;
	for (i = 0; !ret && i < list->n; i++) {
		item = &list->items[i];
		if (!item->bare)
			continue;
		if (spread) {
			ret = fm_click_add_element(p, list->site,
						   &item->end.in);
			item->end.out = item->end.in;
			ret = ret ?: fm_click_add_name(p, item->name,
						       item->end);
			continue;
		}
		site = (struct fm_click_site){
			.name = item->name,
			.end = item->name.at + item->name.len,
		};
		ret = fm_click_use_class(p, item->name, &site.class) ?:
		      make_element(p, &site, list, item);
	}
	return ret;
}

static int parse_list(struct fm_click_parser *p, struct list *list, bool first)
{
	int ret;

	list->n = 0;
	list->site = FM_CLICK_NONE;
	while (1) {
		ret = parse_item(p, list, first);
		if (ret || !fm_click_at(p, ','))
			break;
		ret = fm_click_next(p);
		if (ret)
			break;
	}
	return ret ?: settle(p, list, first);
}

/* ---- connecting */

/* Ports of all items; 0 if that is not known. */
static uint32_t count_ports(const struct list *list, bool out)
{
	uint32_t sum = 0, n;
	size_t i;

	for (i = 0; i < list->n; i++) {
		n = out ? list->items[i].out : list->items[i].in;
		if (n == UINT32_MAX)
			return 0;
		sum += n ? n : 1;
	}
	return sum;
}

/* The item of a port that is counted over the whole list. */
static const struct item *find_port(const struct list *list, bool out,
				    uint32_t port, size_t *item,
				    uint32_t *before)
{
	uint32_t n;

	for (;; ++*item) {
		n = out ? list->items[*item].out : list->items[*item].in;
		n = n ? n : 1;
		if (port < *before + n)
			return &list->items[*item];
		*before += n;
	}
}

/* "a, b => c, d" goes port by port. */
static int connect_each(struct fm_click_parser *p, const struct list *from,
			const struct list *to, uint32_t n)
{
	uint32_t port, before[2] = { 0 };
	size_t at[2] = { 0 };
	int ret = 0;

	for (port = 0; !ret && port < n; port++)
		ret = fm_click_add_link(p,
			find_port(from, true, port, &at[0], &before[0])->end.out,
			find_port(to, false, port, &at[1], &before[1])->end.in);
	return ret;
}

static int connect_lists(struct fm_click_parser *p, const struct list *from,
			 const struct list *to, bool fat)
{
	uint32_t outs = count_ports(from, true), ins = count_ports(to, false);
	size_t i, j;
	int ret = 0;

	if (fat && outs && outs == ins)
		return connect_each(p, from, to, outs);
	if (!fat && outs > 1 && ins > 1)
		return fm_click_fail(&p->lexer, to->items[0].name.at,
			"several ports are connected with several by \"=>\", not by \"->\"");
	for (i = 0; i < from->n; i++)
		for (j = 0; !ret && j < to->n; j++)
			ret = fm_click_add_link(p, from->items[i].end.out,
						to->items[j].end.in);
	return ret;
}

/* What may stand behind a connection. */
static int end_connection(struct fm_click_parser *p)
{
	if (fm_click_at(p, ';'))
		return fm_click_next(p);
	switch (p->token.word) {
	case FM_CLICK_EOF:
	case FM_CLICK_IDENT:
	case FM_CLICK_TWO_BARS:
	case FM_CLICK_ELEMENTCLASS:
	case FM_CLICK_REQUIRE:
		return 0;
	default:
		if (p->token.c && strchr("{}[)", p->token.c))
			return 0;
		return fm_click_fail_here(p, "\"->\" or \";\"");
	}
}

/**
 * fm_click_parse_connection - read elements and how they are connected
 * @p: the parser
 *
 * Return: 0 or a negative errno.
 */
int fm_click_parse_connection(struct fm_click_parser *p)
{
	struct list lists[2] = { 0 }, *last = &lists[0], *list = &lists[1];
	bool first = true, fat = false;
	struct list *swap;
	int ret;

	while (1) {
		ret = parse_list(p, list, first);
		if (!ret && !first)
			ret = connect_lists(p, last, list, fat);
		if (ret || p->token.word != FM_CLICK_ARROW)
			break;
		fat = p->click->text[p->token.span.at] == '=';
		ret = fm_click_next(p);
		if (ret)
			break;
		first = false;
		swap = last;
		last = list;
		list = swap;
	}
	free(lists[0].items);
	free(lists[1].items);
	return ret ?: end_connection(p);
}
