/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a NIC's driver says and takes by the ethtool ioctls. Functions return 0
 * or a negative errno; -EOPNOTSUPP means that the driver has no such thing.
 */
#ifndef FM_TOOLS_ETHTOOL_H
#define FM_TOOLS_ETHTOOL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "flowmage.h"

#define FM_ETHTOOL_INDIR_MAX	FM_SHARDS_MAX	/* entries handled */
#define FM_ETHTOOL_TEXT		32
#define FM_ETHTOOL_TOEPLITZ	1	/* bit of the hash function we compute */

/* The flow types whose fields can be chosen; the order of all arrays. */
enum fm_ethtool_flow {
	FM_ETHTOOL_TCP4,
	FM_ETHTOOL_UDP4,
	FM_ETHTOOL_SCTP4,
	FM_ETHTOOL_TCP6,
	FM_ETHTOOL_UDP6,
	FM_ETHTOOL_SCTP6,
	FM_ETHTOOL_FLOWS
};

struct fm_ethtool {
	int fd;
	char ifname[IFNAMSIZ];
};

struct fm_ethtool_driver {
	char driver[FM_ETHTOOL_TEXT];
	char version[FM_ETHTOOL_TEXT];
	char firmware[FM_ETHTOOL_TEXT];
	char bus[FM_ETHTOOL_TEXT];	/* "0000:00:03.0", may be empty */
};

/**
 * struct fm_ethtool_rss - RSS context 0
 * @key: hash key
 * @key_len: bytes of it, 0 if the driver shows none
 * @indir: queue of each entry
 * @nindir: entries, 0 if there is no table
 * @hfunc: bit of the hash function, 0 if the driver does not tell
 * @xfrm: what is done to the input before it is hashed (kernels from 6.8 on);
 *        0 = nothing, as our own hash
 */
struct fm_ethtool_rss {
	uint8_t key[FM_KEY_MAX];
	uint32_t key_len;
	uint32_t indir[FM_ETHTOOL_INDIR_MAX];
	uint32_t nindir;
	uint8_t hfunc;
	uint8_t xfrm;
};

/* What fm_ethtool_rss_set() does with the indirection table. */
enum fm_ethtool_indir {
	FM_INDIR_KEEP,
	FM_INDIR_SET,
	FM_INDIR_DEFAULT,	/* the driver's own: entry i to queue i % queues */
};

extern const char *const fm_ethtool_flow_names[FM_ETHTOOL_FLOWS + 1];

int fm_ethtool_open(struct fm_ethtool *eth, const char *ifname);
void fm_ethtool_close(struct fm_ethtool *eth);
int fm_ethtool_driver_get(const struct fm_ethtool *eth,
			  struct fm_ethtool_driver *driver);
int fm_ethtool_queues_get(const struct fm_ethtool *eth, uint32_t *queues);
int fm_ethtool_fields_get(const struct fm_ethtool *eth,
			  enum fm_ethtool_flow flow, uint64_t *raw);
int fm_ethtool_fields_set(const struct fm_ethtool *eth,
			  enum fm_ethtool_flow flow, uint64_t raw);
int fm_ethtool_rss_get(const struct fm_ethtool *eth,
		       struct fm_ethtool_rss *rss);
int fm_ethtool_rss_set(const struct fm_ethtool *eth,
		       const struct fm_ethtool_rss *rss,
		       enum fm_ethtool_indir indir, bool key, bool hfunc);
int fm_ethtool_rxhash_get(const struct fm_ethtool *eth, bool *on);
int fm_ethtool_rxhash_set(const struct fm_ethtool *eth, bool on);
bool fm_ethtool_indir_is_default(const struct fm_ethtool_rss *rss,
				 uint32_t queues);
uint32_t fm_ethtool_fields_parse(uint64_t raw);
uint64_t fm_ethtool_fields_raw(uint32_t fields);

#endif
