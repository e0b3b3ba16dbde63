/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A configuration in the Click language: which elements it writes down, what
 * they are made of and how they are connected. Documentation/click.rst.
 */
#ifndef FM_TOOLS_CLICK_H
#define FM_TOOLS_CLICK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_CLICK_SIZE_MAX	(1U << 20)	/* bytes of a file */
#define FM_CLICK_DEPTH_MAX	64		/* brackets inside brackets */
#define FM_CLICK_ELEMENTS_MAX	8192		/* as written */
#define FM_CLICK_CLASSES_MAX	4096
#define FM_CLICK_LINKS_MAX	65536		/* connections, as written */
#define FM_CLICK_PORTS_MAX	4096		/* ports of a list of elements */
#define FM_CLICK_NONE		UINT32_MAX
#define FM_CLICK_INPUT		0		/* of every body, by place */
#define FM_CLICK_OUTPUT		1

/* Bytes of the text. */
struct fm_click_span {
	size_t at;
	size_t len;
};

/* line 0: the file as a whole; col counts characters from 1. */
struct fm_click_error {
	unsigned int line;
	unsigned int col;
	char text[256];
};

/**
 * struct fm_click_site - where a class is given, with its configuration
 * @name: of the element, or of the class where the element has no name
 * @end: behind the class
 * @open: the "(", or 0 if there is no configuration
 * @close: the ")"
 * @class: index
 */
struct fm_click_site {
	struct fm_click_span name;
	size_t end;
	size_t open;
	size_t close;
	uint32_t class;
};

/**
 * struct fm_click_class - a class of elements
 * @name: or of length 0
 * @body: index of the first if it is compound; overloads are linked by @next
 * @extends: class that "..." adds behind the bodies, or that it is a synonym of
 */
struct fm_click_class {
	struct fm_click_span name;
	uint32_t body;
	uint32_t extends;
};

/* An element as written, or a pseudo element of ports: then it has no site. */
struct fm_click_element {
	uint32_t site;
	uint32_t place;			/* in its body */
	uint32_t next;			/* of its body */
};

struct fm_click_link {
	uint32_t from;			/* elements */
	uint32_t to;
	uint32_t next;			/* of the body */
};

struct fm_click_body {
	uint32_t first;			/* element; links likewise */
	uint32_t last;
	uint32_t n;
	uint32_t links;
	uint32_t next;			/* overload */
};

/**
 * struct fm_click - a configuration
 * @text: borrowed
 * @len: its bytes
 * @bodies: body 0 is the file
 * @error: what is wrong with it, if fm_click_parse() failed
 */
struct fm_click {
	const char *text;
	size_t len;
	struct fm_click_site *sites;
	size_t nsites;
	struct fm_click_class *classes;
	size_t nclasses;
	struct fm_click_element *elements;
	size_t nelements;
	struct fm_click_link *links;
	size_t nlinks;
	struct fm_click_body *bodies;
	size_t nbodies;
	struct fm_click_error error;
};

int fm_click_parse(struct fm_click *click, const char *text, size_t len);
void fm_click_cleanup(struct fm_click *click);
void fm_click_locate(const char *text, size_t at, unsigned int *line,
		     unsigned int *col);
bool fm_click_is(const struct fm_click *click, struct fm_click_span span,
		 const char *word);
uint32_t fm_click_primitive(const struct fm_click *click, uint32_t class);

#endif
