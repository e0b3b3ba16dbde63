/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of all commands, and what is told about it. */
#ifndef FMCTL_COMMAND_H
#define FMCTL_COMMAND_H

#include <stdio.h>
#include "fmctl.h"

#define FM_COMMANDS_MAX 128

/* Rows of an object, as pointers closed by NULL. */
struct fm_command_list {
	const struct fm_command *rows[FM_COMMANDS_MAX + 1];
	size_t n;
};

extern const struct fm_option fm_global_options[];

void fm_command_list_all(struct fm_command_list *list);
void fm_command_list_object(struct fm_command_list *list, const char *object);
int fm_command_find_object(const char *word, struct fm_command_list *list,
			   struct fm_error *err);
const struct fm_command *fm_command_find_verb(const struct fm_command_list *l,
					      const char *word, bool *used,
					      struct fm_error *err);

void fm_help_print(FILE *file);
void fm_help_object_print(FILE *file, const struct fm_command_list *list);
void fm_help_command_print(FILE *file, const struct fm_command *command);
void fm_man_print(FILE *file);

#endif
