/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words for people on standard error: how a command ended, and what it has to
 * say on the way. Data never goes through here.
 */
#ifndef FM_TOOLS_LOG_H
#define FM_TOOLS_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes, the same for every program and every command. */
enum fm_exit {
	FM_EXIT_OK = 0,
	FM_EXIT_ERROR = 1,		/* at run time, or from the kernel */
	FM_EXIT_USAGE = 2,
	FM_EXIT_NOT_FOUND = 3,
	FM_EXIT_PERMISSION = 4,
	FM_EXIT_MODULE = 5,		/* absent, or another ABI */
	FM_EXIT_CONFLICT = 6,		/* or a stale generation */
	FM_EXIT_TIMEOUT = 7,		/* or unreachable */
	FM_EXIT_CHECK = 8,		/* check failed, diff not empty */
	FM_EXIT_INTERRUPTED = 130,
};

/**
 * struct fm_error - why something failed
 * @code: enum fm_exit; 0 = no error
 * @sys: errno, 0 if the system had no part in it
 * @message: a sentence; the kernel's own words where it gave some
 * @attr: path of the offending attribute ("chain.inst.mode") or option, or ""
 * @hint: what to do about it, or ""
 */
struct fm_error {
	int code;
	int sys;
	char message[512];
	char attr[128];
	char hint[256];
};

enum fm_log_level {
	FM_LOG_ERROR,			/* -q */
	FM_LOG_WARN,
	FM_LOG_INFO,			/* the default */
	FM_LOG_DEBUG,			/* -v */
};

int fm_error_set(struct fm_error *err, int code, int sys, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
int fm_error_errno(struct fm_error *err, int sys, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void fm_error_hint(struct fm_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void fm_error_print(const struct fm_error *err, const char *prog, bool json);
int fm_error_code(int sys);

void fm_log_setup(enum fm_log_level level, bool json);
bool fm_log_enabled(enum fm_log_level level);
void fm_log_print(enum fm_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
