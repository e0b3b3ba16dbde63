/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules as text: ACTION PROTOCOL SOURCE PORTS DESTINATION PORTS [FLAGS], such as
 * accept tcp 10.0.0.0/8 any 192.0.2.1/32 80-443 syn,!ack
 */
#ifndef FM_TOOLS_RULE_H
#define FM_TOOLS_RULE_H

#include <stddef.h>
#include "flowmage.h"

#define FM_RULE_WORDS	7	/* of a rule, the last may be absent */
#define FM_RULE_WORD	63	/* bytes of a word */

/* The word that is wrong, and where it begins in the text, in bytes from 0. */
struct fm_rule_fault {
	const char *fault;
	char word[FM_RULE_WORD + 1];
	size_t at;
};

int fm_rule_parse(const char *text, struct fm_rule *rule,
		  struct fm_rule_fault *fault);

#endif
