/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_RCUPDATE_H
#define USER_LINUX_RCUPDATE_H

#include <linux/kernel.h>

struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};

typedef void (*rcu_callback_t)(struct rcu_head *head);

#define rcu_dereference(ptr)	__atomic_load_n(&(ptr), __ATOMIC_ACQUIRE)
#define rcu_dereference_bh(ptr)	rcu_dereference(ptr)
#define rcu_access_pointer(ptr)		READ_ONCE(ptr)
#define rcu_dereference_protected(ptr, condition) ({		\
	if (!(condition))					\
		fm_user_bug("rcu_dereference_protected");	\
	(ptr);							\
})
#define rcu_assign_pointer(ptr, value)	\
	__atomic_store_n(&(ptr), value, __ATOMIC_RELEASE)
#define RCU_INIT_POINTER(ptr, value)	WRITE_ONCE(ptr, value)

/* What is called or freed waits for rcu_barrier() or fm_user_rcu_drain(). */
void call_rcu(struct rcu_head *head, rcu_callback_t func);
void rcu_barrier(void);

/* The kernel's trick: a function this low is the offset of the head. */
#define kfree_rcu(ptr, member)	\
	call_rcu(&(ptr)->member, (rcu_callback_t)offsetof(typeof(*(ptr)), member))

#endif
