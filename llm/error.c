// SPDX-License-Identifier: GPL-2.0-or-later
/* Error sentences. */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

/**
 * fm_sentence_set - say what went wrong
 * @err: FM_ERROR_LEN bytes, or NULL if nobody wants to know; longer sentences
 *       are cut
 * @code: negative errno
 * @format: one sentence that names the place, without a full stop
 *
 * Return: @code, so that a caller can return at once.
 */
int fm_sentence_set(char *err, int code, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	va_start(args, format);
	vsnprintf(err, FM_ERROR_LEN, format, args);
	va_end(args);
	return code;
}
