// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nlraw: send requests to the flowmage family that a well-behaved program would
 * not, and print what the kernel answers, one line of JSON each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "family.h"
#include "json.h"
#include "request.h"

#define EXIT_REFUSED	1
#define EXIT_USAGE	2

static const char usage[] =
"usage: nlraw [-n TIMES] [REQUEST]...\n"
"       nlraw -f\n"
"\n"
"A request is {\"cmd\": \"chain_new\", \"dump\": false, \"flags\": 0, \"attrs\": [...]}\n"
"with commands as the netlink specification names them, or by number.  An\n"
"attribute is [NAME, TYPE, VALUE]: the name of the specification with _ for -,\n"
"or a number; type u8, u16, u32, u64, string, flag, hex (bytes) or nest (a list\n"
"of attributes).  Without arguments requests are read from stdin, one a line.\n"
"\n"
"  -n TIMES   send all of them so many times\n"
"  -f         print the flags of the family's commands instead\n"
"\n"
"Answers: {\"replies\": [{\"cmd\", \"attrs\"}]} or {\"errno\", \"message\", \"attr\"}.\n"
"Exit status 1 if a request was refused.\n";

struct replies {
	struct json_object *list;
};

static int on_reply(struct nlmsghdr *nlh, void *arg)
{
	struct replies *replies = arg;

	json_object_array_add(replies->list, raw_reply_json(nlh));
	return 0;
}

static struct json_object *answer_json(const struct fm_error *err,
				       struct json_object *replies)
{
	struct json_object *answer = json_object_new_object();
	const char *name = err->sys ? strerrorname_np(err->sys) : NULL;

	if (!err->code) {
		json_object_object_add(answer, "replies", replies);
		return answer;
	}
	json_object_put(replies);
	json_object_object_add(answer, "errno",
			       fm_json_string(name ? name : "none"));
	json_object_object_add(answer, "message",
			       fm_json_string(err->message));
	json_object_object_add(answer, "attr", fm_json_string(err->attr));
	return answer;
}

static int send_request(struct fm_nl *nl, struct json_object *request)
{
	struct replies replies = { json_object_new_array() };
	struct fm_error err = { 0 };
	struct json_object *answer;
	struct nl_msg *msg;
	bool dump;
	int ret;

	msg = raw_request_build(nl, request, &dump, &err);
	if (!msg) {
		fprintf(stderr, "nlraw: %s\n", err.message);
		json_object_put(replies.list);
		return EXIT_USAGE;
	}
	if (dump)
		ret = fm_nl_dump(nl, msg, FM_NL_CONSISTENT, on_reply, &replies,
				 &err);
	else
		ret = fm_nl_do(nl, msg, on_reply, &replies, &err);
	answer = answer_json(&err, replies.list);
	puts(json_object_to_json_string_ext(answer, FM_JSON_FLAGS));
	json_object_put(answer);
	return ret ? EXIT_REFUSED : 0;
}

static bool add_request(struct json_object *list, const char *text)
{
	struct json_object *request = json_tokener_parse(text);

	if (!json_object_is_type(request, json_type_object)) {
		fprintf(stderr, "nlraw: not a JSON object: %s\n", text);
		json_object_put(request);
		return false;
	}
	json_object_array_add(list, request);
	return true;
}

static bool read_requests(struct json_object *list)
{
	char *line = NULL;
	size_t size = 0;
	bool good = true;

	while (good && getline(&line, &size, stdin) > 0)
		good = add_request(list, line);
	free(line);
	return good;
}

static int run(struct json_object *list, unsigned long times)
{
	struct fm_nl_config config = { .any_abi = true };
	int ret = 0, worst = 0;
	struct fm_error err;
	struct fm_nl *nl;

	if (fm_nl_open(&config, &nl, &err)) {
		fprintf(stderr, "nlraw: %s\n", err.message);
		return EXIT_REFUSED;
	}
	for (unsigned long n = 0; n < times && ret != EXIT_USAGE; n++)
		for (size_t i = 0; i < json_object_array_length(list); i++) {
			ret = send_request(nl,
				json_object_array_get_idx(list, i));
			if (ret > worst)
				worst = ret;
		}
	fm_nl_close(nl);
	return worst;
}

static int print_family(void)
{
	struct json_object *family = raw_family_json();

	if (family)
		puts(json_object_to_json_string_ext(family, FM_JSON_FLAGS));
	json_object_put(family);
	return family ? 0 : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	struct json_object *list = json_object_new_array();
	unsigned long times = 1;
	bool good = true;
	int c, ret = EXIT_USAGE;

	while ((c = getopt(argc, argv, "n:fh")) != -1) {
		if (c == 'f')
			return print_family();
		if (c == 'n') {
			times = strtoul(optarg, NULL, 10);
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : EXIT_USAGE;
		}
	}
	if (optind == argc)
		good = read_requests(list);
	for (; good && optind < argc; optind++)
		good = add_request(list, argv[optind]);
	if (good)
		ret = run(list, times);
	json_object_put(list);
	return ret;
}
