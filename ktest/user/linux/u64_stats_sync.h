/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_U64_STATS_SYNC_H
#define USER_LINUX_U64_STATS_SYNC_H

#include <linux/kernel.h>
#include <linux/percpu.h>

/* As on 64-bit machines, where a counter is read in one go. */
typedef struct {
	u64 v;
} u64_stats_t;

struct u64_stats_sync {
};

#define u64_stats_init(sync)		((void)(sync))
#define u64_stats_update_begin(sync)	((void)(sync))
#define u64_stats_update_end(sync)	((void)(sync))

static inline u64 u64_stats_read(const u64_stats_t *counter)
{
	return READ_ONCE(counter->v);
}

static inline void u64_stats_add(u64_stats_t *counter, unsigned long n)
{
	WRITE_ONCE(counter->v, counter->v + n);
}

static inline unsigned int
u64_stats_fetch_begin(const struct u64_stats_sync *sync)
{
	return 0;
}

static inline bool u64_stats_fetch_retry(const struct u64_stats_sync *sync,
					 unsigned int start)
{
	return false;
}

#endif
