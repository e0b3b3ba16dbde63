/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the parser of Click configurations share. */
#ifndef FM_TOOLS_CLICKPARSE_H
#define FM_TOOLS_CLICKPARSE_H

#include "clicklex.h"

/* Where connections to a name end and where those from it begin. */
struct fm_click_end {
	uint32_t in;			/* elements */
	uint32_t out;
};

struct fm_click_name {
	struct fm_click_span span;
	struct fm_click_end end;
};

/**
 * struct fm_click_parser - a configuration being read
 * @click: gets it
 * @lexer: behind @token
 * @token: the next word
 * @names: of elements, of this body from @names_from on
 * @visible: classes, the innermost last
 * @body: the one being read
 * @ports: what "input" and "output" mean here: of a body or a group
 * @nested: there is an "input" and an "output"
 * @depth: of brackets
 */
struct fm_click_parser {
	struct fm_click *click;
	struct fm_click_lexer lexer;
	struct fm_click_token token;
	struct fm_click_name *names;
	size_t nnames;
	size_t names_from;
	uint32_t *visible;
	size_t nvisible;
	uint32_t body;
	struct fm_click_end ports;
	bool nested;
	unsigned int depth;
};

enum fm_click_block {
	FM_CLICK_FILE,
	FM_CLICK_COMPOUND,
	FM_CLICK_GROUP,
};

int fm_click_fail_here(struct fm_click_parser *p, const char *wanted);
int fm_click_next(struct fm_click_parser *p);
bool fm_click_at(const struct fm_click_parser *p, char c);
int fm_click_descend(struct fm_click_parser *p);

int fm_click_add_body(struct fm_click_parser *p, uint32_t *body);
int fm_click_add_class(struct fm_click_parser *p, struct fm_click_span name,
		       uint32_t *class);
int fm_click_add_site(struct fm_click_parser *p,
		      const struct fm_click_site *site, uint32_t *index);
int fm_click_add_element(struct fm_click_parser *p, uint32_t site,
			 uint32_t *element);
int fm_click_add_link(struct fm_click_parser *p, uint32_t from, uint32_t to);
int fm_click_add_name(struct fm_click_parser *p, struct fm_click_span span,
		      struct fm_click_end end);
int fm_click_show_class(struct fm_click_parser *p, uint32_t class);
uint32_t fm_click_find_class(const struct fm_click_parser *p,
			     struct fm_click_span name);
const struct fm_click_name *fm_click_find_name(const struct fm_click_parser *p,
					       struct fm_click_span span);
int fm_click_use_class(struct fm_click_parser *p, struct fm_click_span name,
		       uint32_t *class);

int fm_click_parse_block(struct fm_click_parser *p, enum fm_click_block block,
			 size_t open);
int fm_click_parse_compound(struct fm_click_parser *p,
			    struct fm_click_span name, uint32_t *class);
int fm_click_parse_group(struct fm_click_parser *p, struct fm_click_end *end);
int fm_click_parse_connection(struct fm_click_parser *p);

#endif
