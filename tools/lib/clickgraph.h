/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Click configuration with its compound elements taken apart: the paths. */
#ifndef FM_TOOLS_CLICKGRAPH_H
#define FM_TOOLS_CLICKGRAPH_H

#include "click.h"

#define FM_CLICK_NODES_MAX	65536	/* elements, compound ones taken apart */
#define FM_CLICK_EDGES_MAX	262144

/**
 * struct fm_click_node - an element of the router that Click would make
 * @site: what gives its class, FM_CLICK_NONE: a port of a body or a group
 * @class: primitive, FM_CLICK_NONE: compound or no element at all
 */
struct fm_click_node {
	uint32_t site;
	uint32_t class;
};

/* Every node has an entry, 2 * node, and an exit, 2 * node + 1. */
struct fm_click_edge {
	uint32_t from;
	uint32_t to;
};

/**
 * struct fm_click_graph - all of them
 * @edges: sorted by @from, those of each from @first[from] to @first[from + 1]
 * @queue: room for a search
 * @seen: bits of a search per end of a node
 */
struct fm_click_graph {
	struct fm_click_node *nodes;
	uint32_t nnodes;
	struct fm_click_edge *edges;
	uint32_t nedges;
	uint32_t *first;
	uint32_t *queue;
	uint8_t *seen;
};

/**
 * struct fm_click_walk - a way along the packets
 * @rewrites: header fields (FM_F_*) that this class may change, so that the
 *	NIC's hash says nothing of them any more
 * @visit: called for each primitive element that packets from the start can
 *	reach, with the fields that may be changed until there; once more
 *	whenever a way with others is found
 * @arg: for both
 */
struct fm_click_walk {
	uint32_t (*rewrites)(uint32_t class, void *arg);
	void (*visit)(const struct fm_click_node *node, uint32_t changed,
		      void *arg);
	void *arg;
};

int fm_click_graph_make(struct fm_click_graph *graph,
			const struct fm_click *click,
			struct fm_click_error *error);
void fm_click_graph_walk(struct fm_click_graph *graph, uint32_t start,
			 const struct fm_click_walk *walk);
void fm_click_graph_cleanup(struct fm_click_graph *graph);

#endif
