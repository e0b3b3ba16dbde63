// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include "spec.h"
#include "nlfuzz_table.h"

#define LENGTH(array)	(sizeof(array) / sizeof(*(array)))

const struct spec_set *spec_set(unsigned int index)
{
	return index < LENGTH(sets) ? &sets[index] : NULL;
}

const struct spec_attr *spec_attr(unsigned int set, unsigned int type)
{
	const struct spec_set *found = spec_set(set);

	return found && type && type <= found->max ? &found->attrs[type] :
	       NULL;
}

const struct spec_op *spec_op(unsigned int cmd)
{
	return cmd < LENGTH(ops) && ops[cmd].name ? &ops[cmd] : NULL;
}

unsigned int spec_ops(void)
{
	return LENGTH(ops);
}

const char *spec_group(unsigned int index)
{
	return index < LENGTH(groups) ? groups[index] : NULL;
}

unsigned int spec_width(enum spec_kind kind)
{
	switch (kind) {
	case SPEC_U8:
		return 1;
	case SPEC_U16:
		return 2;
	case SPEC_U32:
		return 4;
	case SPEC_U64:
		return 8;
	default:
		return 0;
	}
}
