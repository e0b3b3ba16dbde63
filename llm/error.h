/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error sentences, written into a buffer of the caller. */
#ifndef FM_LLM_ERROR_H
#define FM_LLM_ERROR_H

#define FM_ERROR_LEN	512	/* bytes that every error buffer must have */

int fm_sentence_set(char *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
