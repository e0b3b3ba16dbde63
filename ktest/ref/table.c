// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <string.h>
#include "memory.h"
#include "table.h"

static uint64_t hash(const struct ref_key *key)
{
	const uint8_t *p = (const uint8_t *)key;
	uint64_t h = 0xcbf29ce484222325;

	for (size_t i = 0; i < sizeof(*key); i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h ^ h >> 32;
}

struct ref_key ref_key_make(const struct ref_packet *packet, uint32_t fields)
{
	struct ref_key key;

	memset(&key, 0, sizeof(key));
	key.family = packet->family;
	if (fields & REF_SRC_IP)
		memcpy(key.src, packet->src, sizeof(key.src));
	if (fields & REF_DST_IP)
		memcpy(key.dst, packet->dst, sizeof(key.dst));
	if (fields & REF_SRC_PORT)
		key.sport = packet->sport;
	if (fields & REF_DST_PORT)
		key.dport = packet->dport;
	if (fields & REF_PROTOCOL)
		key.protocol = packet->protocol;
	return key;
}

/* nbuckets doubles when n reaches it, so n's array is always full then. */
static void table_grow(struct ref_table *table)
{
	size_t n = table->nbuckets ? 2 * table->nbuckets : 64;

	free(table->buckets);
	table->buckets = ref_memory_zalloc(n * sizeof(*table->buckets));
	table->entries = ref_memory_resize(table->entries,
					   n * sizeof(*table->entries));
	table->nbuckets = n;
	for (size_t i = 0; i < table->n; i++) {
		struct ref_entry *entry = table->entries[i];
		struct ref_entry **head;

		head = &table->buckets[hash(&entry->key) & (n - 1)];
		entry->next = *head;
		*head = entry;
	}
}

struct ref_entry *ref_table_lookup(const struct ref_table *table,
				   const struct ref_key *key)
{
	struct ref_entry *entry = NULL;

	if (table->nbuckets)
		entry = table->buckets[hash(key) & (table->nbuckets - 1)];
	while (entry && memcmp(&entry->key, key, sizeof(*key)))
		entry = entry->next;
	return entry;
}

struct ref_entry *ref_table_get(struct ref_table *table,
				const struct ref_key *key, size_t state_size)
{
	struct ref_entry *entry = ref_table_lookup(table, key);
	struct ref_entry **head;

	if (entry)
		return entry;
	if (table->n == table->nbuckets)
		table_grow(table);
	entry = ref_memory_zalloc(sizeof(*entry));
	entry->state = ref_memory_zalloc(state_size);
	entry->key = *key;
	head = &table->buckets[hash(key) & (table->nbuckets - 1)];
	entry->next = *head;
	*head = entry;
	table->entries[table->n++] = entry;
	return entry;
}

void ref_table_cleanup(struct ref_table *table, void (*release)(void *state))
{
	for (size_t i = 0; i < table->n; i++) {
		if (release)
			release(table->entries[i]->state);
		free(table->entries[i]->state);
		free(table->entries[i]);
	}
	free(table->entries);
	free(table->buckets);
	memset(table, 0, sizeof(*table));
}
