/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Features of an NF, read from its source by analysis. */
#ifndef FM_LLM_STATIC_H
#define FM_LLM_STATIC_H

#include "record.h"
#include "rules.h"

/**
 * struct fm_static_request - what to analyse
 * @rules: of the NF's framework
 * @tree: directory that the rules' paths are relative to
 * @nf: name of the NF
 * @file: its source, absolute or relative to the working directory
 * @env: name of the environment to parse it in, NULL for the best
 */
struct fm_static_request {
	const struct fm_rules *rules;
	const char *tree;
	const char *nf;
	const char *file;
	const char *env;
};

int fm_static_analyze(const struct fm_static_request *request,
		      struct fm_record **record, char *err);

#endif
