// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Errors with everything a person or a program needs to act on them, and log
 * lines, both on standard error.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "json.h"
#include "log.h"
#include "output.h"

static struct {
	enum fm_log_level level;
	bool json;
} config = { .level = FM_LOG_INFO };

static const char *const level_names[] = {
	[FM_LOG_ERROR] = "error",
	[FM_LOG_WARN] = "warning",
	[FM_LOG_INFO] = "info",
	[FM_LOG_DEBUG] = "debug",
};

/**
 * fm_error_code() - exit code that a system error stands for
 * @sys: errno, positive
 */
int fm_error_code(int sys)
{
	switch (sys) {
	case 0:
		return FM_EXIT_OK;
	case ENOENT:
	case ENODEV:
	case ESRCH:
		return FM_EXIT_NOT_FOUND;
	case EPERM:
	case EACCES:
		return FM_EXIT_PERMISSION;
	case EEXIST:
	case ESTALE:
	case EBUSY:
		return FM_EXIT_CONFLICT;
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ECONNREFUSED:
		return FM_EXIT_TIMEOUT;
	case EINTR:
		return FM_EXIT_INTERRUPTED;
	default:
		return FM_EXIT_ERROR;
	}
}

static int set(struct fm_error *err, int code, int sys, const char *fmt,
	       va_list ap)
{
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->sys = sys;
	vsnprintf(err->message, sizeof(err->message), fmt, ap);
	return code;
}

/**
 * fm_error_set() - fill an error, forgetting what it was before
 * @err: the error
 * @code: enum fm_exit
 * @sys: errno, positive, or 0
 * @fmt: message, printf-like, a sentence without a newline
 *
 * Return: @code.
 */
int fm_error_set(struct fm_error *err, int code, int sys, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(err, code, sys, fmt, ap);
	va_end(ap);
	return code;
}

/**
 * fm_error_errno() - fill an error of the system, with its text at the end
 * @err: the error
 * @sys: errno, positive
 * @fmt: what failed, printf-like
 *
 * Return: the exit code that fits @sys.
 */
int fm_error_errno(struct fm_error *err, int sys, const char *fmt, ...)
{
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	set(err, fm_error_code(sys), sys, fmt, ap);
	va_end(ap);
	len = strlen(err->message);
	snprintf(err->message + len, sizeof(err->message) - len, ": %s",
		 strerror(sys));
	return err->code;
}

/**
 * fm_error_hint() - say what can be done about an error
 * @err: the error, already set
 * @fmt: printf-like
 */
void fm_error_hint(struct fm_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

static void print_json(const char *key, struct json_object *body)
{
	struct json_object *doc = json_object_new_object();

	json_object_object_add(doc, "schema_version",
			       json_object_new_int(FM_SCHEMA_VERSION));
	json_object_object_add(doc, key, body);
	fprintf(stderr, "%s\n", json_object_to_json_string_ext(doc,
			JSON_C_TO_STRING_PLAIN | FM_JSON_FLAGS));
	json_object_put(doc);
}

static struct json_object *string_or_null(const char *s)
{
	return *s ? fm_json_string(s) : NULL;
}

static void error_print_json(const struct fm_error *err)
{
	struct json_object *e = json_object_new_object();

	json_object_object_add(e, "code", json_object_new_int(err->code));
	json_object_object_add(e, "errno", json_object_new_int(err->sys));
	json_object_object_add(e, "message", fm_json_string(err->message));
	json_object_object_add(e, "attr", string_or_null(err->attr));
	json_object_object_add(e, "hint", string_or_null(err->hint));
	print_json("error", e);
}

/**
 * fm_error_print() - print an error on standard error
 * @err: the error; nothing is printed for one that is not set
 * @prog: what the text begins with
 * @json: as one line of JSON, {"error": {code, errno, message, attr, hint}}
 */
void fm_error_print(const struct fm_error *err, const char *prog, bool json)
{
	if (!err->code)
		return;
	if (json) {
		error_print_json(err);
		return;
	}
	fprintf(stderr, "%s: %s", prog, err->message);
	if (*err->attr && !strstr(err->message, err->attr))
		fprintf(stderr, " (%s)", err->attr);
	fputc('\n', stderr);
	if (*err->hint)
		fprintf(stderr, "hint: %s\n", err->hint);
}

/**
 * fm_log_setup() - choose what is logged, for the whole process
 * @level: the last level that is printed
 * @json: each line a JSON object, {"log": {level, message}}
 */
void fm_log_setup(enum fm_log_level level, bool json)
{
	config.level = level;
	config.json = json;
}

/**
 * fm_log_enabled() - would a line of this level be printed?
 * @level: the level
 */
bool fm_log_enabled(enum fm_log_level level)
{
	return level <= config.level;
}

/**
 * fm_log_print() - print a line on standard error
 * @level: dropped if it is above the one set up
 * @fmt: printf-like, without a newline
 */
void fm_log_print(enum fm_log_level level, const char *fmt, ...)
{
	struct json_object *body;
	char text[1024];
	va_list ap;

	if (!fm_log_enabled(level))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!config.json) {
		fprintf(stderr, "%s%s\n",
			level == FM_LOG_WARN ? "warning: " : "", text);
		return;
	}
	body = json_object_new_object();
	json_object_object_add(body, "level",
			       json_object_new_string(level_names[level]));
	json_object_object_add(body, "message", fm_json_string(text));
	print_json("log", body);
}
