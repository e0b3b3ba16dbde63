// SPDX-License-Identifier: GPL-2.0-or-later
/* What a Click configuration is made of, and who is called what in it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clickparse.h"

/* Room for one more; the room doubles where n is a power of two. */
static void *grow(void *array, size_t n, size_t size)
{
	return n & (n - 1) ? array : realloc(array, (n ? 2 * n : 1) * size);
}

static int no_memory(struct fm_click_parser *p)
{
	fm_click_fail(&p->lexer, p->token.span.at, "there is no memory left");
	return -ENOMEM;
}

static int too_many(struct fm_click_parser *p, unsigned int max,
		    const char *what)
{
	return fm_click_fail(&p->lexer, p->token.span.at,
			     "a configuration may have %u %s at most", max,
			     what);
}

/* Appends one; gives no pointer back if there is no memory. */
#define APPEND(array, n)						\
	({								\
		void *_more = grow(array, n, sizeof(*(array)));		\
		if (_more)						\
			(array) = _more;				\
		_more ? &(array)[(n)++] : NULL;				\
	})

/**
 * fm_click_add_element - add an element to the body that is being read
 * @p: the parser
 * @site: what gives its class, or FM_CLICK_NONE
 * @element: gets its index
 *
 * Return: 0 or a negative errno.
 */
int fm_click_add_element(struct fm_click_parser *p, uint32_t site,
			 uint32_t *element)
{
	struct fm_click *c = p->click;
	struct fm_click_body *body = &c->bodies[p->body];
	struct fm_click_element *e;

	if (c->nelements == FM_CLICK_ELEMENTS_MAX)
		return too_many(p, FM_CLICK_ELEMENTS_MAX, "elements");
	*element = c->nelements;
	e = APPEND(c->elements, c->nelements);
	if (!e)
		return no_memory(p);
	*e = (struct fm_click_element){ site, body->n++, FM_CLICK_NONE };
	if (body->last == FM_CLICK_NONE)
		body->first = *element;
	else
		c->elements[body->last].next = *element;
	body->last = *element;
	return 0;
}

/**
 * fm_click_add_body - begin a body, with its "input" and "output"
 * @p: the parser; reads this body from now on
 * @body: gets the index
 *
 * Return: 0 or a negative errno.
 */
int fm_click_add_body(struct fm_click_parser *p, uint32_t *body)
{
	struct fm_click *c = p->click;
	struct fm_click_body *b;
	int ret;

	*body = c->nbodies;
	b = APPEND(c->bodies, c->nbodies);
	if (!b)
		return no_memory(p);
	*b = (struct fm_click_body){
		.first = FM_CLICK_NONE, .last = FM_CLICK_NONE,
		.links = FM_CLICK_NONE, .next = FM_CLICK_NONE,
	};
	p->body = *body;
	ret = fm_click_add_element(p, FM_CLICK_NONE, &p->ports.in);
	return ret ?: fm_click_add_element(p, FM_CLICK_NONE, &p->ports.out);
}

/**
 * fm_click_add_class - add a class; nobody sees it yet
 * @p: the parser
 * @name: its name, may be empty
 * @class: gets the index
 *
 * Return: 0 or a negative errno.
 */
int fm_click_add_class(struct fm_click_parser *p, struct fm_click_span name,
		       uint32_t *class)
{
	struct fm_click *c = p->click;
	struct fm_click_class *new;

	if (c->nclasses == FM_CLICK_CLASSES_MAX)
		return too_many(p, FM_CLICK_CLASSES_MAX, "classes");
	*class = c->nclasses;
	new = APPEND(c->classes, c->nclasses);
	if (!new)
		return no_memory(p);
	*new = (struct fm_click_class){ name, FM_CLICK_NONE, FM_CLICK_NONE };
	return 0;
}

/**
 * fm_click_show_class - let a class be found by its name
 * @p: the parser
 * @class: index
 *
 * Return: 0 or a negative errno.
 */
int fm_click_show_class(struct fm_click_parser *p, uint32_t class)
{
	uint32_t *slot = APPEND(p->visible, p->nvisible);

	if (!slot)
		return no_memory(p);
	*slot = class;
	return 0;
}

int fm_click_add_site(struct fm_click_parser *p,
		      const struct fm_click_site *site, uint32_t *index)
{
	struct fm_click *c = p->click;
	struct fm_click_site *new;

	*index = c->nsites;
	new = APPEND(c->sites, c->nsites);
	if (!new)
		return no_memory(p);
	*new = *site;
	return 0;
}

int fm_click_add_link(struct fm_click_parser *p, uint32_t from, uint32_t to)
{
	struct fm_click *c = p->click;
	struct fm_click_link *link;

	if (c->nlinks == FM_CLICK_LINKS_MAX)
		return too_many(p, FM_CLICK_LINKS_MAX, "connections");
	link = APPEND(c->links, c->nlinks);
	if (!link)
		return no_memory(p);
	*link = (struct fm_click_link){ from, to, c->bodies[p->body].links };
	c->bodies[p->body].links = c->nlinks - 1;
	return 0;
}

int fm_click_add_name(struct fm_click_parser *p, struct fm_click_span span,
		      struct fm_click_end end)
{
	struct fm_click_name *name;

	if (fm_click_find_name(p, span))
		return fm_click_fail(&p->lexer, span.at,
			"there is an element \"%.*s\" already",
			(int)(span.len < 64 ? span.len : 64),
			p->click->text + span.at);
	name = APPEND(p->names, p->nnames);
	if (!name)
		return no_memory(p);
	*name = (struct fm_click_name){ span, end };
	return 0;
}

static bool same(const struct fm_click *c, struct fm_click_span a,
		 struct fm_click_span b)
{
	return a.len == b.len &&
	       !memcmp(c->text + a.at, c->text + b.at, a.len);
}

/**
 * fm_click_is - compare a part of the text
 * @click: the configuration
 * @span: the part
 * @word: what it may be
 */
bool fm_click_is(const struct fm_click *click, struct fm_click_span span,
		 const char *word)
{
	return strlen(word) == span.len &&
	       !memcmp(click->text + span.at, word, span.len);
}

/**
 * fm_click_find_class - the class of a name, the innermost
 * @p: the parser
 * @name: its name
 *
 * Return: index, FM_CLICK_NONE if the configuration has not named it yet.
 */
uint32_t fm_click_find_class(const struct fm_click_parser *p,
			     struct fm_click_span name)
{
	const struct fm_click *c = p->click;
	size_t i;

	for (i = p->nvisible; i-- > 0;)
		if (same(c, c->classes[p->visible[i]].name, name))
			return p->visible[i];
	return FM_CLICK_NONE;
}

/* One that was not defined is part of Click; it is known from now on. */
int fm_click_use_class(struct fm_click_parser *p, struct fm_click_span name,
		       uint32_t *class)
{
	struct fm_click *c = p->click;
	int ret;

	*class = fm_click_find_class(p, name);
	if (*class != FM_CLICK_NONE)
		return 0;
	for (*class = 0; *class < c->nclasses; ++*class)
		if (c->classes[*class].body == FM_CLICK_NONE &&
		    c->classes[*class].extends == FM_CLICK_NONE &&
		    same(c, c->classes[*class].name, name))
			return 0;
	ret = fm_click_add_class(p, name, class);
	return ret;
}

const struct fm_click_name *fm_click_find_name(const struct fm_click_parser *p,
					       struct fm_click_span span)
{
	size_t i;

	for (i = p->names_from; i < p->nnames; i++)
		if (same(p->click, p->names[i].span, span))
			return &p->names[i];
	return NULL;
}

/**
 * fm_click_primitive - what a class is when synonyms are followed
 * @click: the configuration
 * @class: index
 *
 * Return: the primitive class, FM_CLICK_NONE if it is compound.
 */
uint32_t fm_click_primitive(const struct fm_click *click, uint32_t class)
{
	while (click->classes[class].body == FM_CLICK_NONE &&
	       click->classes[class].extends != FM_CLICK_NONE)
		class = click->classes[class].extends;
	return click->classes[class].body == FM_CLICK_NONE ? class :
							     FM_CLICK_NONE;
}

/**
 * fm_click_cleanup - forget a configuration
 * @click: parsed, whether well or not
 */
void fm_click_cleanup(struct fm_click *click)
{
	free(click->sites);
	free(click->classes);
	free(click->elements);
	free(click->links);
	free(click->bodies);
}
