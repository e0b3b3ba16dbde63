// SPDX-License-Identifier: GPL-2.0-or-later
/* The two ends of a flow: what is swapped, and what is compared. */
#include "trace.h"

/* An address, maybe with its port. */
static bool is_end(const struct fm_fact *fact, uint32_t address)
{
	return (fact->fields & FM_F_IPS) == address &&
	       (fact->fields & FM_F_PORTS) != FM_F_PORTS;
}

/**
 * fm_fact_ends - is one value of a flow's source and the other of its
 *	destination?
 * @a: one
 * @b: the other
 */
bool fm_fact_ends(const struct fm_fact *a, const struct fm_fact *b)
{
	return (is_end(a, FM_F_SRC_IP) && is_end(b, FM_F_DST_IP)) ||
	       (is_end(a, FM_F_DST_IP) && is_end(b, FM_F_SRC_IP));
}

/**
 * fm_trace_swaps - does a source go into what is called destination, or the
 *	other way round?
 * @trace: the walk
 * @path: of what is assigned to; it or what it is a member of has the name
 * @value: the value
 */
bool fm_trace_swaps(struct fm_trace *trace, uint32_t path,
		    const struct fm_fact *value)
{
	for (; path; path = trace->paths[path].parent) {
		uint32_t own = fm_trace_field(trace, NULL,
					      trace->paths[path].name);

		if (is_end(value, FM_F_DST_IP) && own == FM_F_SRC_IP)
			return true;
		if (is_end(value, FM_F_SRC_IP) && own == FM_F_DST_IP)
			return true;
	}
	return false;
}
