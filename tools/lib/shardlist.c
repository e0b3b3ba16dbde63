// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "shardlist.h"

#define LINE_MAX_BYTES	65536
#define CPU_MAX		16383	/* the module's bound on the number of a CPU */

/* A number at *@text, which then points behind it. */
static bool take_uint(const char **text, uint32_t max, uint32_t *value)
{
	uint64_t n = 0;
	const char *p = *text;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		n = n * 10 + (*p - '0');
		if (n > max)
			return false;
	}
	*text = p;
	*value = n;
	return true;
}

static bool has_shard(const struct fm_shard_moves *moves, uint32_t shard)
{
	size_t i;

	for (i = 0; i < moves->n; i++)
		if (moves->shards[i] == shard)
			return true;
	return false;
}

/* NULL, or what is wrong at *@text. */
static const char *take_range(struct fm_shard_moves *moves, const char **text,
			      uint32_t cpu)
{
	uint32_t first, last;

	if (!take_uint(text, FM_SHARDS_MAX - 1, &first))
		return "expected a shard, a number from 0 to 4095";
	last = first;
	if (**text == '-') {
		++*text;
		if (!take_uint(text, FM_SHARDS_MAX - 1, &last) || last < first)
			return "expected the last shard of a range, up to 4095";
	}
	for (; first <= last; first++) {
		if (has_shard(moves, first))
			return "a shard is named twice";
		moves->shards[moves->n] = first;
		moves->cpus[moves->n++] = cpu;
	}
	return NULL;
}

/* NULL, or what is wrong at *@text; it ends before a character of @ends. */
static const char *take_shards(struct fm_shard_moves *moves, const char **text,
			       uint32_t cpu, const char *ends)
{
	const char *wrong;

	for (;;) {
		wrong = take_range(moves, text, cpu);
		if (wrong)
			return wrong;
		if (!**text || strchr(ends, **text))
			return NULL;
		if (**text != ',')
			return "expected a comma or the end of the list";
		++*text;
	}
}

static int refuse(const char *text, const char *at, const char *wrong,
		  struct fm_error *err)
{
	return fm_error_set(err, FM_EXIT_USAGE, EINVAL,
			    "\"%.100s\": %s, in column %zu", text, wrong,
			    (size_t)(at - text) + 1);
}

/**
 * fm_shardlist_add - shards that are to go to one CPU
 * @moves: gets them
 * @shards: "3", "0-7", "0-7,12"
 * @cpu: the CPU
 * @err: says what is wrong, and where
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_shardlist_add(struct fm_shard_moves *moves, const char *shards,
		     uint32_t cpu, struct fm_error *err)
{
	const char *at = shards;
	const char *wrong = take_shards(moves, &at, cpu, "");

	return wrong ? refuse(shards, at, wrong, err) : 0;
}

/* The CPU of shards that were added from @from on. */
static const char *take_cpu(struct fm_shard_moves *moves, size_t from,
			    const char **text)
{
	uint32_t cpu;

	if (!take_uint(text, CPU_MAX, &cpu))
		return "expected a CPU, a number";
	for (; from < moves->n; from++)
		moves->cpus[from] = cpu;
	return NULL;
}

/**
 * fm_shardlist_parse - shards and CPUs in one word
 * @moves: gets them
 * @text: "0-31:0 32-63:1"; spaces or semicolons between
 * @err: says what is wrong, and where
 *
 * Return: 0 or FM_EXIT_USAGE.
 */
int fm_shardlist_parse(struct fm_shard_moves *moves, const char *text,
		       struct fm_error *err)
{
	const char *at = text, *wrong = NULL;
	size_t from;

	while (!wrong) {
		at += strspn(at, " ;");
		if (!*at)
			return 0;
		from = moves->n;
		wrong = take_shards(moves, &at, 0, ":");
		if (!wrong && *at++ != ':') {
			at--;
			wrong = "expected a colon and the CPU";
		}
		if (!wrong)
			wrong = take_cpu(moves, from, &at);
		if (!wrong && *at && !strchr(" ;", *at))
			wrong = "expected a space or a semicolon";
	}
	return refuse(text, at, wrong, err);
}

static const char *take_line(struct fm_shard_moves *moves, const char **at)
{
	size_t from = moves->n;
	const char *wrong;

	*at += strspn(*at, " \t");
	if (!**at || **at == '#')
		return NULL;
	wrong = take_shards(moves, at, 0, " \t");
	if (wrong)
		return wrong;
	*at += strspn(*at, " \t");
	wrong = take_cpu(moves, from, at);
	if (wrong)
		return wrong;
	*at += strspn(*at, " \t");
	return **at && **at != '#' ? "expected the end of the line" : NULL;
}

/**
 * fm_shardlist_read - shards and CPUs from a file
 * @moves: gets them
 * @file: lines of shards and a CPU, as "0-31 0"; # begins a comment
 * @name: of the file
 * @err: says what is wrong: file, line and column
 *
 * Return: 0 or an exit code.
 */
int fm_shardlist_read(struct fm_shard_moves *moves, FILE *file,
		      const char *name, struct fm_error *err)
{
	char *line = malloc(LINE_MAX_BYTES);
	const char *wrong = NULL, *at = line;
	unsigned int number = 0;

	if (!line)
		return fm_error_errno(err, ENOMEM, "%s", name);
	while (!wrong && fgets(line, LINE_MAX_BYTES, file)) {
		number++;
		at = line;
		line[strcspn(line, "\r\n")] = '\0';
		wrong = take_line(moves, &at);
	}
	if (wrong)
		fm_error_set(err, FM_EXIT_USAGE, EINVAL, "%s:%u:%zu: %s", name,
			     number, (size_t)(at - line) + 1, wrong);
	else if (ferror(file))
		fm_error_errno(err, errno, "%s", name);
	else if (!moves->n)
		fm_error_set(err, FM_EXIT_USAGE, EINVAL,
			     "%s: there is no shard in it", name);
	free(line);
	return err->code;
}
