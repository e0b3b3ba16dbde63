/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands behind the headers of this directory when kernel code runs in a
 * program, and what tests may turn and look at. Every misuse that the kernel
 * would only notice under a debug configuration ends the program here.
 */
#ifndef FM_USER_H
#define FM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FM_USER_CPUS	4

/* A lock that knows its owner: a thread's number, 0 if it is free. */
struct fm_user_lock {
	unsigned int owner;
};

/**
 * struct fm_user_memory - all memory that kernel code has
 * @objects: allocated now
 * @bytes: allocated now
 * @allocs: ever tried
 * @fail_at: the value of @allocs at which one fails, 0 for never
 * @fail_from: the value of @allocs from which on all fail, 0 for never
 */
struct fm_user_memory {
	long objects;
	long bytes;
	unsigned long allocs;
	unsigned long fail_at;
	unsigned long fail_from;
};

/**
 * struct fm_user_calls - what NFs asked the core for
 * @alerts: fm_alert()
 * @alert: kind of the last
 * @sent: fm_send()
 */
struct fm_user_calls {
	unsigned int alerts;
	const char *alert;
	unsigned int sent;
};

#define FM_USER_DUMP_MAX	32

/* What an NF's dump() said. */
struct fm_dump {
	unsigned int n;
	struct {
		char name[32];
		uint64_t value;
	} row[FM_USER_DUMP_MAX];
};

/* What an NF's load() is told. */
struct fm_load {
	const struct fm_dump *dump;
};

extern struct fm_user_memory fm_user_memory;
extern struct fm_user_calls fm_user_calls;
extern char fm_user_log[256];			/* last line of the log */
extern unsigned int fm_user_warnings;		/* WARN_ON_ONCE() that hit */
extern unsigned int fm_user_online;		/* bit per CPU */
extern _Thread_local unsigned int fm_user_cpu;	/* that we are on */

_Noreturn void fm_user_bug(const char *what);
void fm_user_warn(const char *file, int line);
void fm_user_lock(struct fm_user_lock *lock);
bool fm_user_trylock(struct fm_user_lock *lock);
void fm_user_unlock(struct fm_user_lock *lock);
void fm_user_lock_assert(const struct fm_user_lock *lock);
unsigned int fm_user_locks_held(void);
unsigned int fm_user_rcu_drain(void);
unsigned int fm_user_work_run(void);

#endif
