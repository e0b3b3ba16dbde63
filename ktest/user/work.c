// SPDX-License-Identifier: GPL-2.0-or-later
/* Work that kernel code leaves for later, until somebody says that it is later. */
#include <linux/workqueue.h>

static struct work_struct *work_due;
static struct fm_user_lock work_lock;

bool queue_work(void *queue, struct work_struct *work)
{
	if (__atomic_exchange_n(&work->pending, 1, __ATOMIC_ACQ_REL))
		return false;
	fm_user_lock(&work_lock);
	work->next = work_due;
	work_due = work;
	fm_user_unlock(&work_lock);
	return true;
}

bool cancel_work_sync(struct work_struct *work)
{
	struct work_struct **at = &work_due;
	bool found;

	fm_user_lock(&work_lock);
	while (*at && *at != work)
		at = &(*at)->next;
	found = *at;
	if (found)
		*at = work->next;
	work->pending = 0;
	fm_user_unlock(&work_lock);
	return found;
}

/**
 * fm_user_work_run - do what is due
 *
 * Return: how much that was.
 */
unsigned int fm_user_work_run(void)
{
	struct work_struct *work;
	unsigned int n = 0;

	for (;; n++) {
		fm_user_lock(&work_lock);
		work = work_due;
		if (work)
			work_due = work->next;
		fm_user_unlock(&work_lock);
		if (!work)
			return n;
		__atomic_store_n(&work->pending, 0, __ATOMIC_RELEASE);
		work->func(work);
	}
}
