/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where frames come from and go to: capture files and interfaces. */
#ifndef GEN_SINK_H
#define GEN_SINK_H

#include <stdbool.h>
#include "frame.h"

#define GEN_EPOCH	1700000000	/* time of the first frame in a file */

struct gen_sink;
struct gen_source;

/**
 * gen_sink_open - begin to write or send
 * @path: pcap file with nanoseconds, or NULL
 * @device: interface to send on, or NULL
 * @paced: send frames at their times, not as fast as possible
 *
 * Return: the sink, or NULL after saying why on stderr.
 */
struct gen_sink *gen_sink_open(const char *path, const char *device,
			       bool paced);

/* 0, or -1 after saying why on stderr. */
int gen_sink_put(struct gen_sink *sink, const struct gen_frame *frame);
int gen_sink_close(struct gen_sink *sink);

/* A capture of Ethernet frames to send again; NULL after saying why. */
struct gen_source *gen_source_open(const char *path);

/* 1, 0 at the end, -1 after saying why. */
int gen_source_get(struct gen_source *source, struct gen_frame *frame);
void gen_source_close(struct gen_source *source);

#endif
