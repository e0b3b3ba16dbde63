/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_NETDEVICE_H
#define USER_LINUX_NETDEVICE_H

#include <sched.h>
#include <linux/bitops.h>
#include <linux/rcupdate.h>

struct net_device {
	int dummy;
};

/*
 * What is polled by whoever plays the CPU: while @scheduled is set. Scheduled
 * again meanwhile, it is not done when it says so.
 */
struct napi_struct {
	int (*poll)(struct napi_struct *napi, int budget);
	int scheduled;
	int missed;
};

#define init_dummy_netdev(dev)	((void)(dev))
#define napi_enable(napi)	((void)(napi))
#define napi_disable(napi)	((void)(napi))
#define netif_napi_del(napi)	((void)(napi))
#define synchronize_net()	((void)0)

static inline void netif_napi_add(struct net_device *dev,
				  struct napi_struct *napi,
				  int (*poll)(struct napi_struct *napi,
					      int budget))
{
	napi->poll = poll;
}

static inline void napi_schedule(struct napi_struct *napi)
{
	if (__atomic_exchange_n(&napi->scheduled, 1, __ATOMIC_SEQ_CST))
		__atomic_store_n(&napi->missed, 1, __ATOMIC_SEQ_CST);
}

static inline bool napi_complete_done(struct napi_struct *napi, int work)
{
	if (__atomic_exchange_n(&napi->missed, 0, __ATOMIC_SEQ_CST))
		return false;
	__atomic_store_n(&napi->scheduled, 0, __ATOMIC_SEQ_CST);
	sched_yield();	/* now is when others come in between */
	return true;
}

#endif
