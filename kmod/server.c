// SPDX-License-Identifier: GPL-2.0
/*
 * Finding services and the servers behind them: hash tables over a list that
 * does not change, at most half full. What they keep of a key is its hash, and
 * the key is compared where it is in the list.
 */
#include <linux/etherdevice.h>
#include <linux/log2.h>
#include <linux/siphash.h>
#include <linux/string.h>
#include "error.h"
#include "flowmage_nf.h"
#include "maglev.h"

#define SERVER_NONE	U32_MAX

/* @value is the number of what is here + 1, 0: nothing is. */
struct server_place {
	u64 hash;
	u32 value;
};

/* An end of a flow, as which an element begins: with that of its service. */
struct server_end {
	u8 family;
	u8 l4proto;
	u8 addr[16];
	__be16 port;
};

struct server_index {
	struct server_place *places;
	u32 mask;
};

/**
 * struct server_service - what servers are given for
 * @table: which of them gets what, NULL: none gets anything
 * @first: the first of its servers in the list
 * @n: how many there are
 */
struct server_service {
	const u16 *table;
	u32 first;
	u32 n;
};

/**
 * struct fm_servers - a list of servers
 * @elements: the list
 * @ids: of each
 * @services: in order
 * @by_service: finds services
 * @by_server: finds elements by their own address and port
 * @by_id: finds elements
 * @n: elements
 * @nservices: services
 * @size: of their tables
 * @twin: element that has another one's address and port, or SERVER_NONE
 */
struct fm_servers {
	const struct fm_backend *elements;
	u64 *ids;
	struct server_service *services;
	struct server_index by_service;
	struct server_index by_server;
	struct server_index by_id;
	u32 n;
	u32 nservices;
	u32 size;
	u32 twin;
};

/* What is the same in all lists must not depend on a random key. */
static const siphash_key_t server_key = { { 0x666c6f776d616765, 1 } };

static u64 end_hash(const struct server_end *end)
{
	return siphash(end, sizeof(*end), &server_key);
}

static struct server_end end_of(const struct fm_pkt *flow,
				const struct fm_addr *addr, __be16 port)
{
	struct server_end end = {
		.family = flow->family,
		.l4proto = flow->l4proto,
		.port = port,
	};

	memcpy(end.addr, addr, sizeof(end.addr));
	return end;
}

static const struct server_end *
end_of_service(const struct fm_backend *element)
{
	BUILD_BUG_ON(offsetof(struct fm_backend, addr) !=
		     sizeof(struct server_end));

	return (const struct server_end *)element;
}

static struct server_end end_of_server(const struct fm_backend *element)
{
	struct server_end end = {
		.family = element->family,
		.l4proto = element->l4proto,
		.port = element->port,
	};

	memcpy(end.addr, element->addr, sizeof(end.addr));
	return end;
}

static bool index_setup(struct server_index *index, struct fm_inst *inst, u32 n)
{
	u32 size = roundup_pow_of_two(2 * n);

	index->places = fm_inst_alloc(inst, size, sizeof(*index->places));
	index->mask = size - 1;
	return index->places;
}

static struct server_place *index_place(const struct server_index *index,
					u64 hash)
{
	u32 i = hash & index->mask;

	while (index->places[i].value && index->places[i].hash != hash)
		i = (i + 1) & index->mask;
	return &index->places[i];
}

/* Returns false if it has that hash already. */
static bool index_add(struct server_index *index, u64 hash, u32 n)
{
	struct server_place *place = index_place(index, hash);

	if (place->value)
		return false;
	place->hash = hash;
	place->value = n + 1;
	return true;
}

static u32 index_find(const struct server_index *index, u64 hash)
{
	return index_place(index, hash)->value - 1;
}

static bool is_first_of_service(const struct fm_backend *elements, u32 i)
{
	return !i || memcmp(&elements[i - 1], &elements[i],
			    sizeof(struct server_end));
}

static int servers_fault(const struct fm_backend *element, const char *fault,
			 struct netlink_ext_ack *extack)
{
	if (element->family == 6)
		fm_error_set(extack, NULL, "server [%pI6c]:%u of [%pI6c]:%u %s",
			     element->addr, ntohs(element->port), element->vip,
			     ntohs(element->vip_port), fault);
	else
		fm_error_set(extack, NULL, "server %pI4:%u of %pI4:%u %s",
			     element->addr, ntohs(element->port), element->vip,
			     ntohs(element->vip_port), fault);
	return -EINVAL;
}

static int servers_add(struct fm_servers *servers, u32 i,
		       struct netlink_ext_ack *extack)
{
	const struct fm_backend *element = &servers->elements[i];
	struct server_end end = end_of_server(element);
	bool is_new = true;

	if (is_first_of_service(servers->elements, i)) {
		is_new = index_add(&servers->by_service,
				   end_hash(end_of_service(element)),
				   servers->nservices);
		servers->services[servers->nservices++].first = i;
	}
	servers->services[servers->nservices - 1].n++;
	servers->ids[i] = siphash(element, offsetof(struct fm_backend, weight),
				  &server_key);
	/* 0 is the id of nothing. */
	if (!is_new || !servers->ids[i] ||
	    !index_add(&servers->by_id, servers->ids[i], i))
		return servers_fault(element, "has the hash of another one",
				     extack);
	if (!index_add(&servers->by_server, end_hash(&end), i))
		servers->twin = i;
	return 0;
}

struct fm_servers *fm_servers_create(struct fm_inst *inst,
				     const struct fm_list *list,
				     struct netlink_ext_ack *extack)
{
	struct fm_servers *servers = fm_inst_alloc(inst, 1, sizeof(*servers));
	u32 nservices = 0, i;
	int err = 0;

	if (!servers)
		return ERR_PTR(-ENOMEM);
	servers->elements = fm_list_backends(list);
	servers->n = fm_list_count(list);
	servers->twin = SERVER_NONE;
	for (i = 0; i < servers->n; i++)
		nservices += is_first_of_service(servers->elements, i);
	servers->ids = fm_inst_alloc(inst, servers->n, sizeof(*servers->ids));
	servers->services = fm_inst_alloc(inst, nservices,
					  sizeof(*servers->services));
	if (!servers->ids || !servers->services ||
	    !index_setup(&servers->by_service, inst, nservices) ||
	    !index_setup(&servers->by_server, inst, servers->n) ||
	    !index_setup(&servers->by_id, inst, servers->n))
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < servers->n && !err; i++)
		err = servers_add(servers, i, extack);
	return err ? ERR_PTR(err) : servers;
}
EXPORT_SYMBOL_GPL(fm_servers_create);

int fm_servers_check_answers(const struct fm_servers *servers,
			     struct netlink_ext_ack *extack)
{
	if (servers->twin == SERVER_NONE)
		return 0;
	return servers_fault(&servers->elements[servers->twin],
			     "is behind another service, too: its answers would not tell which",
			     extack);
}
EXPORT_SYMBOL_GPL(fm_servers_check_answers);

int fm_servers_check_macs(const struct fm_servers *servers,
			  struct netlink_ext_ack *extack)
{
	const struct fm_backend *element = servers->elements;
	u32 i;

	for (i = 0; i < servers->n; i++, element++) {
		if (is_zero_ether_addr(element->mac))
			return servers_fault(element, "has no mac", extack);
		if (element->port != element->vip_port)
			return servers_fault(element,
					     "has another port than the service, and nobody would change it",
					     extack);
	}
	return 0;
}
EXPORT_SYMBOL_GPL(fm_servers_check_macs);

u32 fm_service_find(const struct fm_servers *servers, const struct fm_pkt *flow)
{
	struct server_end end = end_of(flow, &flow->dst, flow->dport);
	u32 n = index_find(&servers->by_service, end_hash(&end));
	const struct fm_backend *element;

	if (n == FM_SERVICE_NONE)
		return n;
	element = &servers->elements[servers->services[n].first];
	return memcmp(end_of_service(element), &end, sizeof(end)) ?
	       FM_SERVICE_NONE : n;
}
EXPORT_SYMBOL_GPL(fm_service_find);

const struct fm_backend *fm_server_find(const struct fm_servers *servers,
					const struct fm_pkt *flow)
{
	struct server_end end = end_of(flow, &flow->src, flow->sport), found;
	u32 n = index_find(&servers->by_server, end_hash(&end));

	if (n == SERVER_NONE)
		return NULL;
	found = end_of_server(&servers->elements[n]);
	return memcmp(&found, &end, sizeof(end)) ? NULL : &servers->elements[n];
}
EXPORT_SYMBOL_GPL(fm_server_find);

u32 fm_server_index(const struct fm_servers *servers,
		    const struct fm_backend *server)
{
	return server - servers->elements;
}
EXPORT_SYMBOL_GPL(fm_server_index);

u64 fm_server_id(const struct fm_servers *servers,
		 const struct fm_backend *server)
{
	return servers->ids[server - servers->elements];
}
EXPORT_SYMBOL_GPL(fm_server_id);

const struct fm_backend *fm_server_find_id(const struct fm_servers *servers,
					   u32 service, u64 id, u32 hint)
{
	const struct server_service *s = &servers->services[service];
	u32 n = hint;

	if (hint >= servers->n || servers->ids[hint] != id)
		n = index_find(&servers->by_id, id);
	return n - s->first < s->n ? &servers->elements[n] : NULL;
}
EXPORT_SYMBOL_GPL(fm_server_find_id);

static bool server_is_live(const struct fm_backend *element)
{
	return element->state == FM_BACKEND_UP && element->weight;
}

/* By the server alone: it wants the same places for all services. */
static u64 server_name(const struct fm_backend *element, u64 seed, u64 which)
{
	const siphash_key_t key = { { seed, which } };
	struct server_end end = end_of_server(element);

	end.l4proto = 0;
	return siphash(&end, sizeof(end), &key);
}

static int service_spread(struct fm_servers *servers, struct fm_inst *inst,
			  struct server_service *service, u64 seed,
			  struct fm_maglev_entry *entries)
{
	const struct fm_backend *element;
	u32 n = 0, i;

	for (i = 0; i < service->n; i++) {
		element = &servers->elements[service->first + i];
		if (!server_is_live(element))
			continue;
		entries[n].name[0] = server_name(element, seed, 0);
		entries[n].name[1] = server_name(element, seed, 1);
		entries[n].weight = element->weight;
		entries[n++].value = i;
	}
	if (!n)
		return 0;
	service->table = fm_maglev_create(inst, servers->size, entries, n);
	return service->table ? 0 : -ENOMEM;
}

static bool is_prime(u32 n)
{
	u32 i;

	for (i = 2; i <= n / i; i++)
		if (n % i == 0)
			return false;
	return n > 1;
}

static int spread_check(const struct fm_servers *servers, u32 size, u32 most,
			struct netlink_ext_ack *extack)
{
	const char *fault = NULL;

	if (!is_prime(size))
		fault = "which is no prime";
	else if (most > size)
		fault = "too few for the servers of a service";
	else if (servers->nservices > FM_MAGLEV_PLACES_MAX / size)
		fault = "too many for so many services";
	if (!fault)
		return 0;
	fm_error_set(extack, NULL, "a table has %u places, %s", size, fault);
	return -EINVAL;
}

int fm_servers_spread(struct fm_servers *servers, struct fm_inst *inst,
		      u32 size, u64 seed, struct netlink_ext_ack *extack)
{
	struct fm_maglev_entry *entries;
	u32 most = 0, i;
	int err;

	for (i = 0; i < servers->nservices; i++)
		most = max(most, servers->services[i].n);
	err = spread_check(servers, size, most, extack);
	if (err)
		return err;
	servers->size = size;
	entries = fm_inst_alloc(inst, most, sizeof(*entries));
	if (!entries)
		return -ENOMEM;
	for (i = 0; i < servers->nservices && !err; i++)
		err = service_spread(servers, inst, &servers->services[i], seed,
				     entries);
	return err;
}
EXPORT_SYMBOL_GPL(fm_servers_spread);

const struct fm_backend *fm_server_choose(const struct fm_servers *servers,
					  u32 service, u64 hash)
{
	const struct server_service *s = &servers->services[service];

	if (!s->table)
		return NULL;
	return &servers->elements[s->first +
				  s->table[(hash >> 32) * servers->size >> 32]];
}
EXPORT_SYMBOL_GPL(fm_server_choose);
