// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include "mutate.h"
#include "spec.h"

#define NODES	1024
#define ROOT	(-1)

/* An attribute of a message, found by the specification. */
struct node {
	uint32_t offset;
	uint32_t len;		/* with header and padding */
	unsigned int set;
	unsigned int type;
	int parent;
};

struct tree {
	struct message *m;
	struct gen_random *random;
	unsigned int n;
	struct node node[NODES];
};

static uint32_t below(struct tree *tree, uint32_t n)
{
	return gen_random_below(tree->random, n);
}

static struct nlattr *attr_at(const struct tree *tree, uint32_t offset)
{
	return (struct nlattr *)(tree->m->data + offset);
}

static struct nlattr *attr_of(const struct tree *tree, const struct node *node)
{
	return attr_at(tree, node->offset);
}

static void grow_tree(struct tree *tree, uint32_t offset, uint32_t end,
		      unsigned int set, int parent)
{
	while (offset + NLA_HDRLEN <= end && tree->n < NODES) {
		const struct nlattr *attr = attr_at(tree, offset);
		unsigned int type = attr->nla_type & NLA_TYPE_MASK;
		const struct spec_attr *known = spec_attr(set, type);
		uint32_t len = NLA_ALIGN(attr->nla_len);
		int self = tree->n++;

		if (attr->nla_len < NLA_HDRLEN || offset + len > end) {
			tree->n--;
			return;
		}
		tree->node[self] = (struct node){ offset, len, set, type,
						  parent };
		if (known && known->kind == SPEC_NEST)
			grow_tree(tree, offset + NLA_HDRLEN,
				  offset + attr->nla_len, known->set, self);
		offset += len;
	}
}

static struct node *pick(struct tree *tree)
{
	return &tree->node[below(tree, tree->n)];
}

/* Put @len bytes for @old ones and tell all around them. */
static void splice(struct tree *tree, int parent, uint32_t offset, uint32_t old,
		   const void *data, uint32_t len)
{
	if (!message_splice(tree->m, offset, old, data, len))
		return;
	for (; parent != ROOT; parent = tree->node[parent].parent)
		attr_of(tree, &tree->node[parent])->nla_len += len - old;
	message_header(tree->m)->nlmsg_len += len - old;
}

static void drop(struct tree *tree)
{
	struct node *node = pick(tree);

	splice(tree, node->parent, node->offset, node->len, NULL, 0);
}

static void repeat(struct tree *tree)
{
	static uint8_t copy[MESSAGE_MAX];
	static const uint8_t times[] = { 1, 1, 1, 2, 16, 33, 64 };
	struct node *node = pick(tree);
	unsigned int n = times[below(tree, sizeof(times))];

	if (node->len > 2048)
		n = 1;
	memcpy(copy, tree->m->data + node->offset, node->len);
	while (n--)
		splice(tree, node->parent, node->offset, 0, copy, node->len);
}

/* The order of siblings, and attributes that get to another place. */
static void move(struct tree *tree, bool anywhere)
{
	static uint8_t copy[MESSAGE_MAX];
	struct node *from = pick(tree), *to = pick(tree);
	uint32_t len = from->len;

	if (!anywhere && from->parent != to->parent)
		return;
	memcpy(copy, tree->m->data + from->offset, len);
	if (to->offset > from->offset && to->offset < from->offset + len)
		return;
	if (to->offset > from->offset) {
		splice(tree, to->parent, to->offset, 0, copy, len);
		splice(tree, from->parent, from->offset, len, NULL, 0);
	} else if (anywhere) {
		splice(tree, to->parent, to->offset, 0, copy, len);
	}
}

/* As a child of an attribute that may be no nest. */
static void nest(struct tree *tree)
{
	static uint8_t copy[MESSAGE_MAX];
	struct node *from = pick(tree), *into = pick(tree);
	int self = into - tree->node;
	uint32_t len = from->len;

	memcpy(copy, tree->m->data + from->offset, len);
	splice(tree, self, into->offset + NLA_HDRLEN, 0, copy, len);
}

static void resize(struct tree *tree)
{
	static const uint16_t sizes[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33,
					  39, 52, 53, 255, 256, 257, 4096,
					  16384, 16388, 32768 };
	struct node *node = pick(tree);
	uint32_t size = sizes[below(tree, sizeof(sizes) / sizeof(*sizes))];
	uint32_t keep = node->len - NLA_HDRLEN;
	uint32_t room = NLA_ALIGN(size);

	if (keep > room)
		keep = room;
	splice(tree, node->parent, node->offset + NLA_HDRLEN + keep,
	       node->len - NLA_HDRLEN - keep, NULL, room - keep);
	attr_of(tree, node)->nla_len = NLA_HDRLEN + size;
}

static void lie(struct tree *tree)
{
	static const uint16_t lengths[] = { 0, 1, 3, 4, 5, 8, 0x7fff, 0x8000,
					    0xfffc, 0xffff };
	struct nlattr *attr = attr_of(tree, pick(tree));

	switch (below(tree, 3)) {
	case 0:
		attr->nla_len = lengths[below(tree, 10)];
		break;
	case 1:
		attr->nla_len += 1 + below(tree, 64);
		break;
	default:
		attr->nla_len -= 1 + below(tree, 64);
	}
}

static uint64_t pick_value(struct tree *tree, const struct spec_attr *known)
{
	switch (below(tree, 8)) {
	case 0:
		return known ? known->max : 0;
	case 1:
		return known ? known->max + 1 : 1;
	case 2:
		return known ? known->min - 1 : UINT64_MAX;
	case 3:
		return known ? known->mask + 1 : 2;
	case 4:
		return UINT64_MAX;
	case 5:
		return 1ULL << below(tree, 64);
	case 6:
		return 0;
	default:
		return gen_random_next(tree->random);
	}
}

static void revalue(struct tree *tree)
{
	struct node *node = pick(tree);
	const struct spec_attr *known = spec_attr(node->set, node->type);
	uint64_t value = pick_value(tree, known);
	uint32_t at = 0, n = sizeof(value), len = node->len - NLA_HDRLEN;

	if (known && known->kind == SPEC_NEST)
		return;
	if (len > 16)
		at = below(tree, len - n) & ~3U;
	if (n > len - at)
		n = len - at;
	memcpy(tree->m->data + node->offset + NLA_HDRLEN + at, &value, n);
}

static void retype(struct tree *tree)
{
	struct node *node = pick(tree);
	struct nlattr *attr = attr_of(tree, node);

	switch (below(tree, 4)) {
	case 0:
		attr->nla_type ^= NLA_F_NESTED;
		break;
	case 1:
		attr->nla_type ^= NLA_F_NET_BYTEORDER;
		break;
	case 2:
		attr->nla_type = below(tree, 20);
		break;
	default:
		attr->nla_type = below(tree, spec_set(node->set)->max + 2) |
				 (attr->nla_type & NLA_F_NESTED);
	}
}

/* Strings without end, too long ones, ones that end early. */
static void restring(struct tree *tree)
{
	for (unsigned int i = 0; i < 16; i++) {
		struct node *node = pick(tree);
		const struct spec_attr *known = spec_attr(node->set,
							  node->type);
		uint32_t len = node->len - NLA_HDRLEN;
		uint8_t *text = tree->m->data + node->offset + NLA_HDRLEN;

		if (!known || known->kind != SPEC_STRING || !len)
			continue;
		if (below(tree, 2))
			memset(text, 'x', len);
		else
			text[below(tree, len)] = below(tree, 2) * '%';
		return;
	}
}

static void mutate_once(struct tree *tree)
{
	switch (below(tree, 11)) {
	case 0:
	case 1:
		drop(tree);
		break;
	case 2:
		repeat(tree);
		break;
	case 3:
		move(tree, false);
		break;
	case 4:
		move(tree, true);
		break;
	case 5:
		nest(tree);
		break;
	case 6:
		resize(tree);
		break;
	case 7:
		lie(tree);
		break;
	case 8:
		retype(tree);
		break;
	case 9:
		restring(tree);
		break;
	default:
		revalue(tree);
	}
}

void mutate_structure(struct gen_random *random, struct message *m)
{
	static struct tree tree;
	unsigned int n = 1 + gen_random_below(random, 3);

	tree.m = m;
	tree.random = random;
	while (n--) {
		tree.n = 0;
		grow_tree(&tree, MESSAGE_HEAD, m->len, 0, ROOT);
		if (!tree.n)
			return;
		mutate_once(&tree);
	}
}

static void change_bytes(struct gen_random *random, struct message *m,
			 uint32_t at)
{
	static const uint32_t words[] = { 0, 1, 0x7f, 0xff, 0x7fff, 0xffff,
					  0x7fffffff, 0xffffffff };
	uint32_t word = words[gen_random_below(random, 8)];
	uint32_t n = 1U << gen_random_below(random, 3);

	if (at + n > m->len)
		n = m->len - at;
	switch (gen_random_below(random, 3)) {
	case 0:
		m->data[at] ^= 1 << gen_random_below(random, 8);
		break;
	case 1:
		m->data[at] = gen_random_next(random);
		break;
	default:
		memcpy(m->data + at, &word, n);
	}
}

static void move_bytes(struct gen_random *random, struct message *m,
		       uint32_t at, const struct message *other)
{
	uint32_t n = 1 + gen_random_below(random, 16);
	uint32_t from = gen_random_below(random, other->len);

	if (n > m->len - at)
		n = m->len - at;
	switch (gen_random_below(random, 4)) {
	case 0:
		message_splice(m, at, n, NULL, 0);
		break;
	case 1:
		message_splice(m, at, 0, NULL, n);
		break;
	case 2:
		if (from + n <= other->len)
			message_splice(m, at, 0, other->data + from, n);
		break;
	default:
		m->len = at > MESSAGE_HEAD ? at : MESSAGE_HEAD;
	}
}

/* The type stays, for the kernel to give the request to the family. */
void mutate_bytes(struct gen_random *random, struct message *m,
		  const struct message *other)
{
	uint16_t family = message_header(m)->nlmsg_type;
	unsigned int n = 1 + gen_random_below(random, 8);
	uint32_t at, first;

	while (n--) {
		first = gen_random_percent(random, 10) ? 0 :
			m->len > MESSAGE_HEAD ? MESSAGE_HEAD : 0;
		at = first + gen_random_below(random, m->len - first);
		if (gen_random_percent(random, 75))
			change_bytes(random, m, at);
		else
			move_bytes(random, m, at, other);
	}
	if (m->len < MESSAGE_HEAD)
		message_splice(m, m->len, 0, NULL, MESSAGE_HEAD - m->len);
	message_header(m)->nlmsg_type = family;
	if (gen_random_percent(random, 90)) {
		message_header(m)->nlmsg_len = m->len;
		message_header(m)->nlmsg_flags |= NLM_F_REQUEST;
	}
	m->sound = false;
}
