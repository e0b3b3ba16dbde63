// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A request to the family.  Whatever fails, the state that can be looked at is
 * the one before or the one after.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../nlraw/request.h"
#include "json.h"
#include "nl_talk.h"
#include "sweep.h"
#include "wire.h"

#define EXIT_FAILED	2
#define COMPLAINTS	5	/* that are told */
#define LOOK_US		300000
#define LOOKS		100	/* until it must be still */

/**
 * struct plan - a sweep under way
 * @nl: for the looks and undoing
 * @json: the plan
 * @msg: the request that is swept
 * @dump: it is a dump
 * @changes: it does change something
 * @before: what can be seen before it
 * @after: what can be seen when it was done
 * @bytes: of the replies when nothing fails
 * @sweep: the findings
 */
struct plan {
	struct fm_nl *nl;
	struct json_object *json;
	struct nl_msg *msg;
	bool dump;
	bool changes;
	char *before;
	char *after;
	size_t bytes;
	struct sweep *sweep;
};

static int text_add(struct nlmsghdr *nlh, void *arg)
{
	struct json_object *reply = raw_reply_json(nlh);
	char **text = arg, *old = *text;

	if (asprintf(text, "%s%s\n", old,
		     json_object_to_json_string_ext(reply, 0)) < 0)
		abort();
	free(old);
	json_object_put(reply);
	return 0;
}

static int ask(struct fm_nl *nl, struct json_object *request, char **text)
{
	struct fm_error err = { 0 };
	struct nl_msg *msg;
	bool dump;
	int ret;

	msg = raw_request_build(nl, request, &dump, &err);
	if (!msg)
		ret = EXIT_FAILED;
	else if (dump)
		ret = fm_nl_dump(nl, msg, FM_NL_CONSISTENT, text_add, text,
				 &err);
	else
		ret = fm_nl_do(nl, msg, text_add, text, &err);
	if (ret)
		fprintf(stderr, "failnth: %s\n", err.message);
	return ret;
}

/* All requests of a list, as text. */
static char *ask_all(const struct plan *plan, const char *key)
{
	struct json_object *list = fm_json_get(plan->json, key);
	char *text = strdup("");

	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		if (ask(plan->nl, json_object_array_get_idx(list, i), &text)) {
			free(text);
			return NULL;
		}
	return text;
}

/*
 * What can be seen.  Some requests begin what goes on behind them: then when it
 * has ended, that is when the picture is still.
 */
static char *look(const struct plan *plan)
{
	char *text = ask_all(plan, "look"), *again;
	bool still = !fm_json_get(plan->json, "settles");

	for (int i = 0; text && !still && i < LOOKS; i++) {
		usleep(LOOK_US);
		again = ask_all(plan, "look");
		still = again && !strcmp(text, again);
		free(text);
		text = again;
	}
	return text;
}

/* Generations only ever go up: they are no part of what an undo brings back. */
static char *blank(const char *text)
{
	static const char mark[] = "\"generation\",\"";
	char *copy = strdup(text), *at = copy;

	while ((at = strstr(at, mark))) {
		at += strlen(mark);
		while (*at != '"')
			*at++ = '-';
	}
	return copy;
}

static bool same_but_generations(const char *a, const char *b)
{
	char *x = blank(a), *y = blank(b);
	bool same = !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

static void complain(struct plan *plan, unsigned int n, const char *what,
		     const struct answer *answer, const char *now)
{
	if (plan->sweep->bad++ >= COMPLAINTS)
		return;
	fprintf(stderr, "failnth: allocation %u: %s (%s)\n", n, what,
		answer->error ? strerror(answer->error) : "no error");
	if (now)
		fprintf(stderr, "before:\n%snow:\n%s", plan->before, now);
}

/* It was done: is that what one sees, always the same, and can it be undone? */
static void judge_done(struct plan *plan, unsigned int n,
		       const struct answer *answer, const char *now)
{
	char *text;

	if (!same_but_generations(plan->after, now))
		complain(plan, n, "done, but not as otherwise", answer, now);
	text = ask_all(plan, "undo");
	free(text);
	if (!text) {
		complain(plan, n, "it cannot be undone", answer, NULL);
		return;
	}
	text = look(plan);
	if (!text || !same_but_generations(plan->before, text))
		complain(plan, n, "it was not undone", answer, text);
	if (text) {
		free(plan->before);
		plan->before = text;
	}
}

static void judge(struct plan *plan, unsigned int n,
		  const struct answer *answer)
{
	char *now = look(plan);
	bool changed = now && strcmp(plan->before, now);

	plan->sweep->sites += answer->failed;
	if (!now)
		complain(plan, n, "nothing can be seen", answer, NULL);
	else if (answer->error && !answer->failed)
		complain(plan, n, "refused without a failure", answer, now);
	else if (answer->error && answer->error != ENOMEM &&
		 answer->error != ENOBUFS)
		complain(plan, n, "a wrong error", answer, NULL);
	else if (answer->error && answer->told && changed)
		complain(plan, n, "refused, yet changed", answer, now);
	else if (!answer->error && plan->changes != changed)
		complain(plan, n, "done, yet not changed", answer, now);
	else if (!answer->error && answer->bytes < plan->bytes &&
		 !plan->changes)
		complain(plan, n, "not all was told", answer, NULL);
	else if (answer->error)
		changed ? plan->sweep->lost++ : plan->sweep->refused++;
	else
		plan->sweep->done += answer->failed;
	if (now && changed)
		judge_done(plan, n, answer, now);
	free(now);
}

static int plan_open(struct plan *plan, const char *text)
{
	struct fm_nl_config config = { .any_abi = true };
	struct fm_error err = { 0 };

	plan->json = json_tokener_parse(text);
	if (!json_object_is_type(plan->json, json_type_object)) {
		fprintf(stderr, "failnth: the plan is not a JSON object\n");
		return EXIT_FAILED;
	}
	if (fm_nl_open(&config, &plan->nl, &err))
		goto fail;
	plan->msg = raw_request_build(plan->nl, fm_json_get(plan->json, "do"),
				      &plan->dump, &err);
	if (!plan->msg)
		goto fail;
	nlmsg_hdr(plan->msg)->nlmsg_flags |= plan->dump ? NLM_F_DUMP : 0;
	return 0;
fail:
	fprintf(stderr, "failnth: %s\n", err.message);
	return EXIT_FAILED;
}

/* Once with nothing failing, to have seen it. */
static int plan_rehearse(struct plan *plan)
{
	struct answer answer;
	char *text;

	plan->changes = fm_json_get(plan->json, "undo");
	if (wire_ask(plan->msg, 0, &answer) || answer.error) {
		fprintf(stderr, "failnth: the request does not work: %s\n",
			strerror(answer.error));
		return EXIT_FAILED;
	}
	plan->bytes = answer.bytes;
	plan->after = look(plan);
	text = ask_all(plan, "undo");
	plan->before = look(plan);
	free(text);
	return plan->after && text && plan->before ? 0 : EXIT_FAILED;
}

static void plan_close(struct plan *plan)
{
	free(plan->before);
	free(plan->after);
	nlmsg_free(plan->msg);
	if (plan->nl)
		fm_nl_close(plan->nl);
	json_object_put(plan->json);
}

int sweep_netlink(const char *text, struct sweep *sweep)
{
	struct plan plan = { .sweep = sweep };
	struct answer answer = { 0 };
	int ret = plan_open(&plan, text);

	if (!ret)
		ret = plan_rehearse(&plan);
	for (unsigned int n = 1; !ret && sweep->bad < COMPLAINTS; n++) {
		ret = wire_ask(plan.msg, n, &answer);
		if (ret)
			break;
		judge(&plan, n, &answer);
		if (!answer.failed)
			break;
	}
	plan_close(&plan);
	return ret ? EXIT_FAILED : 0;
}
