// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The client. Busy servers, broken connections and timeouts are tried again
 * with growing, random pauses; what the server says of the question itself is
 * final. The key is in a header and nowhere else; words of a server that
 * repeat it are blotted out.
 */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "client.h"

#define PAUSE_MS	500	/* before the second attempt, doubled each time */
#define PAUSE_MAX_MS	20000
#define WAIT_MS		100	/* for the network, at a time */
#define HINT_MAX_S	3600	/* that a server may make us wait */

struct transfer {
	struct fm_question *question;
	CURL *curl;
	char *body;
	char *reply;
	size_t len;
	bool too_long;
	uint64_t begin_ms;
	uint64_t not_before_ms;
};

struct run {
	struct fm_client *client;
	CURLM *multi;
	struct curl_slist *headers;
	char *url;
	char *key;
	struct transfer *list;
	size_t n;
	uint64_t deadline_ms;
	bool enough;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

static uint64_t random_below(uint64_t n)
{
	uint64_t r = 0;

	if (getrandom(&r, sizeof(r), 0) < 0)
		r = now_ms() * 2654435761U;
	return n ? r % n : 0;
}

/* ---- secrets */

static void blot(const struct run *run, char *text)
{
	size_t len = run->key ? strlen(run->key) : 0;
	char *p;

	while (len && (p = strstr(text, run->key)))
		memset(p, '*', len);
}

/* Plain HTTP shows the key to everyone on the way. */
static bool is_safe(const struct fm_profile *p)
{
	static const char *const local[] = {
		"http://127.", "http://localhost", "http://[::1]",
	};

	for (size_t i = 0; i < sizeof(local) / sizeof(*local); i++)
		if (!strncmp(p->base_url, local[i], strlen(local[i])))
			return true;
	return !strncmp(p->base_url, "https://", 8);
}

/* ---- one transfer */

static size_t take(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	char *reply;

	n *= size;
	if (t->len + n > FM_DIALECT_REPLY_MAX) {
		t->too_long = true;
		return 0;
	}
	reply = realloc(t->reply, t->len + n + 1);
	if (!reply)
		return 0;
	t->reply = reply;
	memcpy(reply + t->len, data, n);
	t->len += n;
	reply[t->len] = '\0';
	return n;
}

static void set_options(const struct run *run, struct transfer *t)
{
	const struct fm_profile *p = run->client->profile;
	CURL *c = t->curl;

	curl_easy_setopt(c, CURLOPT_URL, run->url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, run->headers);
	curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->body);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)p->timeout_ms);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(p->timeout_ms < 30000 ? p->timeout_ms : 30000));
	if (*p->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, p->ca_file);
	if (*p->proxy)
		curl_easy_setopt(c, CURLOPT_PROXY, p->proxy);
}

static void fail(struct run *run, struct transfer *t, const char *format,
		 const char *what)
{
	struct fm_reply *reply = &t->question->reply;

	fm_reply_cleanup(reply);
	snprintf(reply->failure, sizeof(reply->failure), format, what);
	blot(run, reply->failure);
	t->question->answered = true;
}

static bool start(struct run *run, struct transfer *t)
{
	struct fm_question *q = t->question;

	free(t->body);
	free(t->reply);
	t->reply = NULL;
	t->len = 0;
	t->body = fm_dialect_request(run->client->profile, q->system, q->user,
				     q->schema, q->seed, run->client->dropped);
	t->curl = t->body ? curl_easy_init() : NULL;
	if (!t->curl) {
		fail(run, t, "%s", "out of memory");
		return false;
	}
	set_options(run, t);
	t->begin_ms = now_ms();
	q->attempts++;
	curl_multi_add_handle(run->multi, t->curl);
	return true;
}

static void stop(struct run *run, struct transfer *t)
{
	if (!t->curl)
		return;
	curl_multi_remove_handle(run->multi, t->curl);
	curl_easy_cleanup(t->curl);
	t->curl = NULL;
}

/* ---- the kept replies */

static char *name_of(const struct fm_client *client, const char *url,
		     const struct fm_question *q)
{
	char *body = fm_dialect_request(client->profile, q->system, q->user,
					q->schema, q->seed, 0);
	char *name = NULL;

	if (!url || !body || asprintf(&name, "%s\n%s", url, body) < 0)
		name = NULL;
	free(body);
	return name;
}

/**
 * fm_client_has - is the reply to a question kept, so that nobody is asked?
 * @client: who asks
 * @question: the question
 */
bool fm_client_has(const struct fm_client *client,
		   const struct fm_question *question)
{
	char *url = fm_dialect_url(client->profile), *name;
	bool has;

	name = client->cache ? name_of(client, url, question) : NULL;
	has = name && fm_keep_has(client->cache, name);
	free(name);
	free(url);
	return has;
}

static void take_kept(struct run *run, struct transfer *t)
{
	char *name = run->client->cache ?
		name_of(run->client, run->url, t->question) : NULL, *reply;
	size_t len;

	if (name && fm_keep_get(run->client->cache, name, &reply, &len)) {
		fm_dialect_reply(run->client->profile->api, reply, len,
				 &t->question->reply);
		t->question->from_cache = true;
		t->question->answered = true;
		free(reply);
	} else if (run->client->replay) {
		fail(run, t, "%s", "no reply to this question was recorded");
	}
	free(name);
}

static void keep(struct run *run, struct transfer *t)
{
	char *name = run->client->cache ?
		name_of(run->client, run->url, t->question) : NULL;

	blot(run, t->reply);
	if (name && !*t->question->reply.failure &&
	    fm_keep_put(run->client->cache, name, t->reply, t->len, NULL))
		run->client->unkept = true;
	free(name);
}

/* ---- what a transfer's end means */

static void again(struct run *run, struct transfer *t, const char *why,
		  uint64_t hint_ms)
{
	unsigned int n = t->question->attempts;
	uint64_t most = PAUSE_MS, pause;

	while (--n && most < PAUSE_MAX_MS)
		most *= 2;
	pause = random_below(most) + 1;
	if (pause < hint_ms)
		pause = hint_ms + random_below(PAUSE_MS / 5);
	t->not_before_ms = now_ms() + pause;
	if (t->question->attempts >= run->client->profile->attempts)
		fail(run, t, "%.300s, and again at the last attempt", why);
	else if (t->not_before_ms > run->deadline_ms)
		fail(run, t, "%.300s, and there is no time to try again", why);
}

static bool may_pass(long status)
{
	return status == 408 || status == 409 || status == 429 ||
	       status >= 500;
}

static void bad_status(struct run *run, struct transfer *t, long status)
{
	char message[FM_ERROR_LEN], code[FM_RECORD_NAME];
	char why[FM_ERROR_LEN + 64];
	curl_off_t hint = 0;
	unsigned int drop;

	fm_dialect_error(t->reply ? t->reply : "", t->len, message, code);
	blot(run, message);
	snprintf(why, sizeof(why), "HTTP %ld%s%.300s", status,
		 *message ? ": " : "", message);
	drop = status == 400 || status == 422 ? fm_dialect_refused(message) :
						0;
	curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &hint);
	if (hint < 0 || hint > HINT_MAX_S)
		hint = HINT_MAX_S;
	if (drop && !(run->client->dropped & drop))
		run->client->dropped |= drop;
	else if (drop && t->question->attempts < 2)
		;	/* another question has learned it in the meantime */
	else if (may_pass(status) && strcmp(code, "insufficient_quota"))
		again(run, t, why, hint * 1000);
	else
		fail(run, t, "%.400s", why);
}

static void finish(struct run *run, struct transfer *t, CURLcode result)
{
	long status = 0;

	t->question->duration_ms = now_ms() - t->begin_ms;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->too_long) {
		fail(run, t, "%s", "the reply is too long");
	} else if (result == CURLE_PEER_FAILED_VERIFICATION ||
		   result == CURLE_SSL_CACERT_BADFILE ||
		   result == CURLE_URL_MALFORMAT ||
		   result == CURLE_UNSUPPORTED_PROTOCOL) {
		fail(run, t, "%s", curl_easy_strerror(result));
	} else if (result != CURLE_OK) {
		again(run, t, curl_easy_strerror(result), 0);
	} else if (status / 100 != 2) {
		bad_status(run, t, status);
	} else {
		fm_dialect_reply(run->client->profile->api,
				 t->reply ? t->reply : "", t->len,
				 &t->question->reply);
		blot(run, t->question->reply.failure);
		t->question->answered = true;
		if (t->reply)
			keep(run, t);
	}
	stop(run, t);
}

/* ---- all of them */

static size_t start_some(struct run *run)
{
	size_t busy = 0;
	uint64_t now = now_ms();

	for (size_t i = 0; i < run->n; i++)
		busy += run->list[i].curl != NULL;
	for (size_t i = 0; i < run->n &&
	     busy < run->client->profile->parallel; i++) {
		struct transfer *t = &run->list[i];

		if (!t->question->answered && !t->curl &&
		    t->not_before_ms <= now && start(run, t))
			busy++;
	}
	return busy;
}

static bool is_over(struct run *run)
{
	for (size_t i = 0; i < run->n; i++)
		if (!run->list[i].question->answered)
			return run->enough;
	return true;
}

static void tell(struct run *run, struct transfer *t, fm_client_enough enough,
		 void *arg)
{
	if (t->question->answered && enough && enough(arg, t->question))
		run->enough = true;
}

static void collect(struct run *run, fm_client_enough enough, void *arg)
{
	struct transfer *t;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(run->multi, &left))) {
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(run, t, message->data.result);
		tell(run, t, enough, arg);
	}
}

static void give_up(struct run *run, const char *why)
{
	for (size_t i = 0; i < run->n; i++)
		if (!run->list[i].question->answered) {
			stop(run, &run->list[i]);
			fail(run, &run->list[i], "%s", why);
		}
}

static void ask_all(struct run *run, fm_client_enough enough, void *arg)
{
	int running;

	for (size_t i = 0; i < run->n && !run->enough; i++) {
		take_kept(run, &run->list[i]);
		tell(run, &run->list[i], enough, arg);
	}
	while (!is_over(run)) {
		if (run->client->cancelled && run->client->cancelled()) {
			give_up(run, "interrupted");
			break;
		}
		if (now_ms() > run->deadline_ms) {
			give_up(run, "there is no time left");
			break;
		}
		start_some(run);
		curl_multi_perform(run->multi, &running);
		collect(run, enough, arg);
		if (!is_over(run))
			curl_multi_poll(run->multi, NULL, 0, WAIT_MS, NULL);
	}
}

static int prepare(struct run *run, char *err)
{
	const struct fm_profile *p = run->client->profile;
	struct curl_slist *list;
	char *header = NULL;
	int ret = 0;

	run->url = fm_dialect_url(p);
	run->multi = curl_multi_init();
	if (!run->client->replay)
		ret = fm_profile_key(p, &run->key, err);
	if (!ret && run->key && !is_safe(p))
		ret = fm_sentence_set(err, -EINVAL,
			"profile '%s' would send its key over plain HTTP; use https://",
			p->name);
	if (ret)
		return ret;
	run->headers = curl_slist_append(NULL,
					 "Content-Type: application/json");
	if (p->api == FM_API_ANTHROPIC)
		run->headers = curl_slist_append(run->headers,
						 "anthropic-version: 2023-06-01");
	if (run->key) {
		header = fm_dialect_key_header(p, run->key);
		list = header ? curl_slist_append(run->headers, header) : NULL;
		if (header)
			explicit_bzero(header, strlen(header));
		free(header);
		if (!list)
			return fm_sentence_set(err, -ENOMEM, "out of memory");
		run->headers = list;
	}
	return run->url && run->multi && run->headers ? 0 :
	       fm_sentence_set(err, -ENOMEM, "out of memory");
}

static void cleanup(struct run *run)
{
	for (size_t i = 0; i < run->n && run->list; i++) {
		stop(run, &run->list[i]);
		free(run->list[i].body);
		free(run->list[i].reply);
	}
	free(run->list);
	if (run->multi)
		curl_multi_cleanup(run->multi);
	curl_slist_free_all(run->headers);
	free(run->url);
	if (run->key)
		explicit_bzero(run->key, strlen(run->key));
	free(run->key);
}

static void global_init(void)
{
	curl_global_init(CURL_GLOBAL_DEFAULT);
}

/**
 * fm_client_ask - ask questions until they are answered or enough of them are
 * @client: who asks
 * @questions: @n of them; those that were not needed stay unanswered
 * @enough: called as each has its end, or NULL
 * @arg: for @enough
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * A question that fails is no error; its reply says why.
 *
 * Return: 0, -EINVAL if the key must not be sent there, -ENOMEM, or the
 * negative errno of reading the key.
 */
int fm_client_ask(struct fm_client *client, struct fm_question *questions,
		  size_t n, fm_client_enough enough, void *arg, char *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct run run = {
		.client = client, .n = n,
		.deadline_ms = now_ms() + client->profile->deadline_ms,
		.list = calloc(n ? n : 1, sizeof(*run.list)),
	};
	int ret;

	pthread_once(&once, global_init);
	for (size_t i = 0; i < n && run.list; i++)
		run.list[i].question = &questions[i];
	ret = run.list ? prepare(&run, err) :
			 fm_sentence_set(err, -ENOMEM, "out of memory");
	if (!ret)
		ask_all(&run, enough, arg);
	cleanup(&run);
	return ret;
}
