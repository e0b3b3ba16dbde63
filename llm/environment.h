/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where an environment of the rules is on this machine, and its flags. */
#ifndef FM_LLM_ENVIRONMENT_H
#define FM_LLM_ENVIRONMENT_H

#include <stdbool.h>

#include "rules.h"

#define FM_ENVIRONMENT_VIRTUAL	"/.flowmage"	/* where no file really is */
#define FM_ENVIRONMENT_PRELUDE	FM_ENVIRONMENT_VIRTUAL "/prelude.h"

bool fm_environment_find(const struct fm_rules_env *env, const char *tree,
			 char **root);
bool fm_environment_flags(const struct fm_rules *rules,
			  const struct fm_rules_env *env, const char *tree,
			  const char *root, struct fm_strings *flags);

#endif
