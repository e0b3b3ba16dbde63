/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flowmage family over libnl: plain structs in and out, structured errors.
 * Every function returns 0 or an exit code (enum fm_exit) with *err filled.
 * Structs given to a callback are valid until it returns; a callback that
 * returns non-zero ends the dump, which then returns that value.
 */
#ifndef FM_TOOLS_NL_H
#define FM_TOOLS_NL_H

#include "chain.h"
#include "log.h"
#include "nl_types.h"

struct fm_element_kind;
struct fm_elements;
struct fm_nl;

/**
 * struct fm_nl_config - how to open the family
 * @timeout_ms: longest silence of the kernel before giving up, 0 = 10 s
 * @stop: polled; true ends a wait with FM_EXIT_INTERRUPTED; may be NULL
 * @any_abi: do not insist on the ABI this was built with
 */
struct fm_nl_config {
	unsigned int timeout_ms;
	bool (*stop)(void);
	bool any_abi;
};

int fm_nl_open(const struct fm_nl_config *config, struct fm_nl **nlp,
	       struct fm_error *err);
void fm_nl_close(struct fm_nl *nl);
int fm_nl_netns_enter(const char *netns, struct fm_error *err);

int fm_nl_info_get(struct fm_nl *nl, struct fm_info *info,
		   struct fm_error *err);
int fm_nl_nf_get(struct fm_nl *nl, const char *name, struct fm_nf_info *nf,
		 struct fm_error *err);
int fm_nl_nf_dump(struct fm_nl *nl,
		  int (*cb)(const struct fm_nf_info *nf, void *arg), void *arg,
		  struct fm_error *err);

int fm_nl_chain_new(struct fm_nl *nl, const struct fm_chain *chain,
		    struct fm_error *err);
int fm_nl_chain_set(struct fm_nl *nl, const struct fm_chain *chain,
		    struct fm_error *err);
int fm_nl_chain_del(struct fm_nl *nl, const char *name, uint32_t generation,
		    struct fm_error *err);
int fm_nl_chain_get(struct fm_nl *nl, const char *name, struct fm_chain *chain,
		    struct fm_error *err);
int fm_nl_chain_dump(struct fm_nl *nl,
		     int (*cb)(const struct fm_chain *chain, void *arg),
		     void *arg, struct fm_error *err);

int fm_nl_list_send(struct fm_nl *nl, struct fm_elements *list,
		    struct fm_error *err);
int fm_nl_list_get(struct fm_nl *nl, uint32_t id,
		   const struct fm_element_kind *kind,
		   struct fm_elements **list, struct fm_error *err);

int fm_nl_shard_dump(struct fm_nl *nl, const char *chain,
		     int (*cb)(const struct fm_shard_info *shard, void *arg),
		     void *arg, struct fm_error *err);
int fm_nl_shard_move(struct fm_nl *nl, const char *chain,
		     const struct fm_shard_moves *moves, bool hold,
		     uint32_t *id, struct fm_error *err);
int fm_nl_shard_go(struct fm_nl *nl, const char *chain, uint32_t id,
		   struct fm_error *err);
int fm_nl_offload_set(struct fm_nl *nl, const char *chain,
		      const struct fm_shard_moves *shards, uint32_t cpu,
		      uint64_t slices, struct fm_error *err);
int fm_nl_offload_del(struct fm_nl *nl, const char *chain,
		      const struct fm_shard_moves *shards,
		      struct fm_error *err);
int fm_nl_offload_dump(struct fm_nl *nl, const char *chain,
		       int (*cb)(const struct fm_offload_info *offload,
				 void *arg),
		       void *arg, struct fm_error *err);
int fm_nl_priority_set(struct fm_nl *nl, const char *chain,
		       const struct fm_priority_rules *rules,
		       struct fm_error *err);
int fm_nl_priority_get(struct fm_nl *nl, const char *chain,
		       struct fm_priority_rules *rules, struct fm_error *err);
int fm_nl_flow_dump(struct fm_nl *nl, const char *chain,
		    const struct fm_flow_filter *filter,
		    int (*cb)(const struct fm_flow *flow, void *arg),
		    void *arg, struct fm_error *err);
int fm_nl_flow_flush(struct fm_nl *nl, const char *chain,
		     const struct fm_flow_filter *filter, uint64_t *count,
		     struct fm_error *err);
int fm_nl_flow_bring(struct fm_nl *nl, const char *chain,
		     const struct fm_flow *flows, size_t n, uint64_t *count,
		     struct fm_error *err);
int fm_nl_stat_get(struct fm_nl *nl, const char *chain, struct fm_stat *stat,
		   struct fm_error *err);
void fm_nl_stat_free(struct fm_stat *stat);

int fm_nl_nic_get(struct fm_nl *nl, uint32_t ifindex, struct fm_nic *nic,
		  struct fm_error *err);
int fm_nl_nic_dump(struct fm_nl *nl,
		   int (*cb)(const struct fm_nic *nic, void *arg), void *arg,
		   struct fm_error *err);
int fm_nl_nic_set(struct fm_nl *nl, const struct fm_nic_change *change,
		  struct fm_error *err);

int fm_nl_event_listen(struct fm_nl *nl, const char *const *groups, size_t n,
		       int (*cb)(const struct fm_event *event, void *arg),
		       void *arg, struct fm_error *err);

#endif
