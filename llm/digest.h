/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 of files, as hex digits. */
#ifndef FM_LLM_DIGEST_H
#define FM_LLM_DIGEST_H

#include "record.h"

int fm_digest_file(const char *path, char digest[FM_RECORD_SHA256]);
void fm_digest_text(const char *text, size_t len, char digest[FM_RECORD_SHA256]);

#endif
