/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_CPU_H
#define USER_LINUX_CPU_H

/* No CPU of a program comes or goes on its own. */
#define cpus_read_lock()	((void)0)
#define cpus_read_unlock()	((void)0)

#endif
