/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data for people and programs on standard output. A command makes its result
 * once, as a json-c object whose keys are the netlink spec's names; the same
 * object is printed as JSON or, by a table of columns, as text.
 */
#ifndef FM_TOOLS_OUTPUT_H
#define FM_TOOLS_OUTPUT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>
#include "log.h"

#define FM_SCHEMA_VERSION 1

enum fm_color {
	FM_COLOR_AUTO,
	FM_COLOR_ALWAYS,
	FM_COLOR_NEVER,
};

/**
 * struct fm_output - where and how results are printed
 * @file: stdout, or a test's file
 * @json: JSON and nothing else
 * @pretty: JSON in several lines
 * @stats: show counters where a command leaves them out otherwise
 * @color: text may carry colours (decided: never FM_COLOR_AUTO's "perhaps")
 */
struct fm_output {
	FILE *file;
	bool json;
	bool pretty;
	bool stats;
	bool color;
};

/**
 * struct fm_column - a column of a table, or a line of a "name: value" block
 * @key: key in the object; dots descend ("chain.generation")
 * @title: heading; NULL ends the list
 * @right: align to the right, for numbers
 * @stats: only with -s
 */
struct fm_column {
	const char *key;
	const char *title;
	bool right;
	bool stats;
};

struct fm_list;

void fm_output_setup(struct fm_output *out, FILE *file, enum fm_color color);
bool fm_output_document(struct fm_output *out, struct json_object *obj);
void fm_output_line(struct fm_output *out, struct json_object *obj);
void fm_output_title(struct fm_output *out, const char *title);
void fm_output_fields(struct fm_output *out, struct json_object *obj,
		      const struct fm_column *columns);
void fm_output_table(struct fm_output *out, struct json_object *array,
		     const struct fm_column *columns);
int fm_output_flush(struct fm_output *out, struct fm_error *err);

struct fm_list *fm_list_create(struct fm_output *out, const char *key,
			       const struct fm_column *columns);
void fm_list_add(struct fm_list *list, struct json_object *row);
void fm_list_destroy(struct fm_list *list, bool complete);

#endif
