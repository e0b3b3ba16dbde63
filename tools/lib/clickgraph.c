// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Compound elements are taken apart as Click does it, each use on its own.
 * Which port leads where inside an element is not known, so every entry of an
 * element leads to all its exits, and all overloads of a class are taken.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clickgraph.h"

#define SEEN	0x80	/* the other bits are fields that may have changed */
#define TIMES	6	/* an end is met with no field changed, one, ... five */

struct making {
	struct fm_click_graph *graph;
	const struct fm_click *click;
	struct fm_click_error *error;
	unsigned int depth;
};

static uint32_t entry(uint32_t node)
{
	return 2 * node;
}

static uint32_t leave(uint32_t node)
{
	return 2 * node + 1;
}

static int too_big(struct making *m, const char *what, unsigned int max)
{
	snprintf(m->error->text, sizeof(m->error->text),
		 "with its compound elements taken apart the configuration has more than %u %s",
		 max, what);
	return -EINVAL;
}

static int add_edge(struct making *m, uint32_t from, uint32_t to)
{
	struct fm_click_graph *g = m->graph;

	if (g->nedges == FM_CLICK_EDGES_MAX)
		return too_big(m, "connections", FM_CLICK_EDGES_MAX);
	g->edges[g->nedges++] = (struct fm_click_edge){ from, to };
	return 0;
}

static int add_nodes(struct making *m, const struct fm_click_body *body)
{
	struct fm_click_graph *g = m->graph;
	uint32_t i;

	if (g->nnodes + body->n > FM_CLICK_NODES_MAX)
		return too_big(m, "elements", FM_CLICK_NODES_MAX);
	for (i = body->first; i != FM_CLICK_NONE;
	     i = m->click->elements[i].next)
		g->nodes[g->nnodes++] = (struct fm_click_node){
			m->click->elements[i].site, FM_CLICK_NONE
		};
	return 0;
}

static int expand_body(struct making *m, uint32_t index, uint32_t *base);

/* A node of a compound class: the bodies stand between its two ends. */
static int expand_class(struct making *m, uint32_t node, uint32_t index)
{
	uint32_t body = m->click->classes[index].body, base;
	int ret = 0;

	for (; !ret && body != FM_CLICK_NONE;
	     body = m->click->bodies[body].next) {
		ret = expand_body(m, body, &base);
		ret = ret ?: add_edge(m, entry(node),
				      entry(base + FM_CLICK_INPUT));
		ret = ret ?: add_edge(m, leave(base + FM_CLICK_OUTPUT),
				      leave(node));
	}
	return ret;
}

static int expand_element(struct making *m, uint32_t node)
{
	uint32_t site = m->graph->nodes[node].site;
	const struct fm_click_class *classes = m->click->classes;
	uint32_t class = site == FM_CLICK_NONE ? FM_CLICK_NONE :
						 m->click->sites[site].class;
	int ret = 0;

	while (!ret && class != FM_CLICK_NONE) {
		ret = expand_class(m, node, class);
		if (classes[class].extends != FM_CLICK_NONE) {
			class = classes[class].extends;
			continue;
		}
		if (classes[class].body != FM_CLICK_NONE)
			return ret;
		m->graph->nodes[node].class = class;
		break;
	}
	return ret ?: add_edge(m, entry(node), leave(node));
}

static int expand_body(struct making *m, uint32_t index, uint32_t *base)
{
	const struct fm_click_body *body = &m->click->bodies[index];
	const struct fm_click *c = m->click;
	uint32_t i;
	int ret;

	if (m->depth == FM_CLICK_DEPTH_MAX)
		return too_big(m, "levels", FM_CLICK_DEPTH_MAX);
	m->depth++;
	*base = m->graph->nnodes;
	ret = add_nodes(m, body);
	for (i = body->links; !ret && i != FM_CLICK_NONE; i = c->links[i].next)
		ret = add_edge(m,
			leave(*base + c->elements[c->links[i].from].place),
			entry(*base + c->elements[c->links[i].to].place));
	for (i = 0; !ret && i < body->n; i++)
		ret = expand_element(m, *base + i);
	m->depth--;
	return ret;
}

static int by_from(const void *a, const void *b)
{
	const struct fm_click_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->to < y->to ? -1 : x->to > y->to;
}

static void sort_edges(struct fm_click_graph *g)
{
	uint32_t i, end;

	qsort(g->edges, g->nedges, sizeof(*g->edges), by_from);
	for (i = 0, end = 0; end <= 2 * g->nnodes; end++) {
		while (i < g->nedges && g->edges[i].from < end)
			i++;
		g->first[end] = i;
	}
}

static int allocate(struct fm_click_graph *g)
{
	g->nodes = calloc(FM_CLICK_NODES_MAX, sizeof(*g->nodes));
	g->edges = calloc(FM_CLICK_EDGES_MAX, sizeof(*g->edges));
	g->first = calloc(2 * FM_CLICK_NODES_MAX + 1, sizeof(*g->first));
	g->queue = calloc(2 * TIMES * FM_CLICK_NODES_MAX,
			  sizeof(*g->queue));
	g->seen = calloc(2, FM_CLICK_NODES_MAX);
	return g->nodes && g->edges && g->first && g->queue && g->seen ?
	       0 : -ENOMEM;
}

/**
 * fm_click_graph_make - take a configuration apart
 * @graph: gets the nodes, to be cleaned up whatever is returned
 * @click: the configuration
 * @error: says what is wrong
 *
 * Return: 0, -EINVAL if that makes too many elements, or -ENOMEM.
 */
int fm_click_graph_make(struct fm_click_graph *graph,
			const struct fm_click *click,
			struct fm_click_error *error)
{
	struct making m = { graph, click, error, 0 };
	uint32_t base;
	int ret;

	memset(graph, 0, sizeof(*graph));
	ret = allocate(graph) ?: expand_body(&m, 0, &base);
	if (!ret)
		sort_edges(graph);
	return ret;
}

static uint32_t push(struct fm_click_graph *g, uint32_t n, uint32_t end,
		     uint8_t changed)
{
	uint8_t now = g->seen[end] | changed | SEEN;

	if (now == g->seen[end])
		return n;
	g->seen[end] = now;
	g->queue[n] = end;
	return n + 1;
}

/**
 * fm_click_graph_walk - follow packets from the exit of a node
 * @graph: the configuration
 * @start: the node
 * @walk: what to do on the way
 */
void fm_click_graph_walk(struct fm_click_graph *graph, uint32_t start,
			 const struct fm_click_walk *walk)
{
	const struct fm_click_node *node;
	uint32_t n, i, e, end, changed;

	memset(graph->seen, 0, 2 * (size_t)graph->nnodes);
	n = push(graph, 0, leave(start), 0);
	for (i = 0; i < n; i++) {
		end = graph->queue[i];
		changed = graph->seen[end] & ~SEEN;
		node = &graph->nodes[end / 2];
		if (!(end & 1) && node->class != FM_CLICK_NONE) {
			walk->visit(node, changed, walk->arg);
			changed |= walk->rewrites(node->class, walk->arg);
		}
		for (e = graph->first[end]; e < graph->first[end + 1]; e++)
			n = push(graph, n, graph->edges[e].to, changed);
	}
}

/**
 * fm_click_graph_cleanup - forget a graph
 * @graph: made, whether well or not
 */
void fm_click_graph_cleanup(struct fm_click_graph *graph)
{
	free(graph->nodes);
	free(graph->edges);
	free(graph->first);
	free(graph->queue);
	free(graph->seen);
}
