/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_WORKQUEUE_H
#define USER_LINUX_WORKQUEUE_H

#include <linux/kernel.h>

/* Work that is due waits until fm_user_work_run() does it. */
struct work_struct {
	void (*func)(struct work_struct *work);
	struct work_struct *next;
	int pending;
};

#define INIT_WORK(work, function) do {	\
	(work)->func = (function);	\
	(work)->pending = 0;		\
} while (0)

#define system_unbound_wq	NULL

#define schedule_work_on(cpu, work)	queue_work(NULL, work)
#define flush_work(work)		fm_user_work_run()

bool queue_work(void *queue, struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);

#endif
