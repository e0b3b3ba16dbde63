/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_TIMER_H
#define USER_LINUX_TIMER_H

/* For structures that hold one; nothing here runs timers. */
struct timer_list {
	unsigned long expires;
};

#endif
