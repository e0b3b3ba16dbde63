// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Read-copy update without readers of its own: what kernel code hands over for
 * later stays readable until somebody says that the grace period is over, and
 * is then freed for good.
 */
#include <linux/rcupdate.h>
#include <linux/slab.h>

#define OFFSET_MAX	4096

static struct rcu_head *rcu_waiting;

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
	head->next = __atomic_load_n(&rcu_waiting, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&rcu_waiting, &head->next, head,
					    false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
}

/**
 * fm_user_rcu_drain - end the grace period
 *
 * No other thread may be looking at what was handed over.
 *
 * Return: how many callbacks and frees there were.
 */
unsigned int fm_user_rcu_drain(void)
{
	struct rcu_head *head, *next;
	unsigned int n = 0;

	head = __atomic_exchange_n(&rcu_waiting, NULL, __ATOMIC_ACQUIRE);
	for (; head; head = next, n++) {
		next = head->next;
		if ((unsigned long)head->func < OFFSET_MAX)
			kfree((char *)head - (unsigned long)head->func);
		else
			head->func(head);
	}
	return n;
}

void rcu_barrier(void)
{
	fm_user_rcu_drain();
}
