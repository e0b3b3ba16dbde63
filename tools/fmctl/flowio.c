// SPDX-License-Identifier: GPL-2.0-or-later
/* Flows from the kernel to a file and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "flowfile.h"
#include "flowio.h"
#include "json.h"
#include "nl_json.h"

#define BRING_BYTES	16384	/* of lines, about as many in a message */
#define BRING_FLOWS	32

static int write_one(const struct fm_flow *flow, void *arg)
{
	struct json_object *row = fm_flow_json(flow);

	fprintf(arg, "%s\n", json_object_to_json_string_ext(row,
							    FM_JSON_FLAGS));
	json_object_put(row);
	return 0;
}

static FILE *open_file(const char *path, const char *how, struct fm_error *err)
{
	FILE *file;

	if (!strcmp(path, "-"))
		return *how == 'r' ? stdin : stdout;
	file = fopen(path, how);
	if (!file)
		fm_error_errno(err, errno, path);
	return file;
}

/**
 * flowio_export() - write all flows of a chain to a file
 * @cli: with the family open
 * @chain: name of the chain
 * @path: of the file, - for standard output
 *
 * Return: 0 or an exit code.
 */
int flowio_export(struct fm_cli *cli, const char *chain, const char *path)
{
	struct fm_flow_filter filter = { 0 };
	FILE *file = open_file(path, "w", &cli->err);
	int ret;

	if (!file)
		return cli->err.code;
	fprintf(file, "{\"flowmage_flows\":%d,\"chain\":\"%s\"}\n",
		FM_FLOWFILE_VERSION, chain);
	ret = fm_nl_flow_dump(cli->nl, chain, &filter, write_one, file,
			      &cli->err);
	if ((file == stdout ? fflush(file) : fclose(file)) && !ret)
		ret = fm_error_errno(&cli->err, errno, path);
	return ret;
}

/* Flows on their way into the kernel. */
struct bringing {
	struct fm_cli *cli;
	const char *chain;
	const char *path;
	struct fm_flow *flows;
	size_t n;
	size_t bytes;
	uint64_t lines;
	uint64_t made;
};

static int bring_send(struct bringing *b)
{
	uint64_t count;
	int ret;

	if (!b->n)
		return 0;
	ret = fm_nl_flow_bring(b->cli->nl, b->chain, b->flows, b->n,
			       &count, &b->cli->err);
	b->made += count;
	b->n = 0;
	b->bytes = 0;
	return ret;
}

static int bring_line(struct bringing *b, const char *text, size_t len)
{
	const char *name = b->path;
	int ret = 0;

	if (len > FM_FLOWFILE_LINE_MAX)
		return fm_error_set(&b->cli->err, FM_EXIT_ERROR, EINVAL,
				    "%s:%lu:1: a line has at most %d bytes",
				    name, (unsigned long)b->lines + 1,
				    FM_FLOWFILE_LINE_MAX);
	if (!b->lines++)
		return fm_flowfile_parse_head(name, text, len, &b->cli->err);
	if (b->n == BRING_FLOWS || b->bytes + len > BRING_BYTES)
		ret = bring_send(b);
	if (!ret)
		ret = fm_flowfile_parse_flow(name, b->lines, text, len,
					     &b->flows[b->n], &b->cli->err);
	b->n += !ret;
	b->bytes += len;
	return ret;
}

static int bring_file(struct bringing *b, FILE *file)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t len;
	int ret = 0;

	while (!ret && (len = getline(&text, &room, file)) > 0)
		ret = bring_line(b, text, len);
	free(text);
	if (!ret && !b->lines)
		ret = fm_error_set(&b->cli->err, FM_EXIT_ERROR, EINVAL,
				   "%s:1:1: is empty, not a file of flows",
				   b->path);
	return ret ? ret : bring_send(b);
}

/**
 * flowio_import() - bring the flows of a file into a chain
 * @cli: with the family open
 * @chain: name of the chain
 * @path: of the file, - for standard input
 * @flows: set to the number of flows in the file
 * @states: set to the number of states made
 *
 * Return: 0 or an exit code; then the flows before the bad line have been brought.
 */
int flowio_import(struct fm_cli *cli, const char *chain, const char *path,
		  uint64_t *flows, uint64_t *states)
{
	struct bringing b = { .cli = cli, .chain = chain, .path = path };
	FILE *file = open_file(path, "r", &cli->err);
	int ret;

	if (!file)
		return cli->err.code;
	b.flows = calloc(BRING_FLOWS, sizeof(*b.flows));
	ret = b.flows ? bring_file(&b, file) :
	      fm_error_errno(&cli->err, ENOMEM, "flow import");
	free(b.flows);
	if (file != stdin)
		fclose(file);
	*flows = b.lines ? b.lines - 1 : 0;
	*states = b.made;
	return ret;
}
