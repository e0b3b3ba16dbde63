// SPDX-License-Identifier: GPL-2.0-or-later
/* The dialects: chat-completions, Anthropic's messages, Gemini's generate. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialect.h"

#define DEPTH_MAX	32

/* ---- questions */

static void add(struct json_object *obj, const char *key,
		struct json_object *value)
{
	json_object_object_add(obj, key, value);
}

static struct json_object *text_object(const char *key, const char *text)
{
	struct json_object *obj = json_object_new_object();

	add(obj, key, json_object_new_string(text));
	return obj;
}

static struct json_object *message(const char *role, const char *text)
{
	struct json_object *obj = text_object("role", role);

	add(obj, "content", json_object_new_string(text));
	return obj;
}

static struct json_object *number(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%g", value);
	return json_object_new_double_s(value, text);
}

static struct json_object *format_of(struct json_object *schema,
				     unsigned int dropped)
{
	struct json_object *obj, *inner;

	if (dropped & FM_DROP_SCHEMA || !schema)
		return text_object("type", "json_object");
	obj = text_object("type", "json_schema");
	inner = text_object("name", "answer");
	add(inner, "strict", json_object_new_boolean(true));
	add(inner, "schema", json_object_get(schema));
	add(obj, "json_schema", inner);
	return obj;
}

static struct json_object *chat(const struct fm_profile *p, const char *system,
				const char *user, struct json_object *schema,
				uint32_t seed, unsigned int dropped)
{
	struct json_object *obj = text_object("model", p->model);
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, message("system", system));
	json_object_array_add(list, message("user", user));
	add(obj, "messages", list);
	if (!(dropped & FM_DROP_TEMPERATURE))
		add(obj, "temperature", number(p->temperature));
	if (!(dropped & FM_DROP_SEED))
		add(obj, "seed", json_object_new_int64(seed));
	if (!(dropped & FM_DROP_MAX_TOKENS))
		add(obj, "max_tokens", json_object_new_int64(p->max_tokens));
	if (!(dropped & FM_DROP_FORMAT))
		add(obj, "response_format", format_of(schema, dropped));
	return obj;
}

static struct json_object *anthropic(const struct fm_profile *p,
				     const char *system, const char *user,
				     unsigned int dropped)
{
	struct json_object *obj = text_object("model", p->model);
	struct json_object *list = json_object_new_array();

	add(obj, "system", json_object_new_string(system));
	json_object_array_add(list, message("user", user));
	add(obj, "messages", list);
	add(obj, "max_tokens", json_object_new_int64(p->max_tokens));
	if (!(dropped & FM_DROP_TEMPERATURE))
		add(obj, "temperature", number(p->temperature));
	return obj;
}

static struct json_object *parts(const char *role, const char *text)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *list = json_object_new_array();

	if (role)
		add(obj, "role", json_object_new_string(role));
	json_object_array_add(list, text_object("text", text));
	add(obj, "parts", list);
	return obj;
}

static struct json_object *gemini(const struct fm_profile *p,
				  const char *system, const char *user,
				  uint32_t seed, unsigned int dropped)
{
	struct json_object *obj = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct json_object *config = json_object_new_object();

	add(obj, "systemInstruction", parts(NULL, system));
	json_object_array_add(list, parts("user", user));
	add(obj, "contents", list);
	if (!(dropped & FM_DROP_TEMPERATURE))
		add(config, "temperature", number(p->temperature));
	if (!(dropped & FM_DROP_MAX_TOKENS))
		add(config, "maxOutputTokens",
		    json_object_new_int64(p->max_tokens));
	if (!(dropped & FM_DROP_SEED))
		add(config, "seed", json_object_new_int64(seed));
	if (!(dropped & FM_DROP_FORMAT))
		add(config, "responseMimeType",
		    json_object_new_string("application/json"));
	add(obj, "generationConfig", config);
	return obj;
}

/**
 * fm_dialect_request - a question as the server wants it
 * @profile: the server
 * @system: what the model is told first
 * @user: the question
 * @schema: of the answer, or NULL
 * @seed: of the model
 * @dropped: parameters to leave out, FM_DROP_*
 *
 * Return: the JSON, to be freed, or NULL if memory is short.
 */
char *fm_dialect_request(const struct fm_profile *profile, const char *system,
			 const char *user, struct json_object *schema,
			 uint32_t seed, unsigned int dropped)
{
	struct json_object *obj;
	char *text;

	if (profile->api == FM_API_ANTHROPIC)
		obj = anthropic(profile, system, user, dropped);
	else if (profile->api == FM_API_GEMINI)
		obj = gemini(profile, system, user, seed, dropped);
	else
		obj = chat(profile, system, user, schema, seed, dropped);
	text = strdup(json_object_to_json_string_ext(obj,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(obj);
	return text;
}

/**
 * fm_dialect_url - where questions go
 * @profile: the server
 *
 * Return: the URL, to be freed, or NULL if memory is short.
 */
char *fm_dialect_url(const struct fm_profile *profile)
{
	size_t len = strlen(profile->base_url);
	char *url;
	int n;

	while (len && profile->base_url[len - 1] == '/')
		len--;
	if (profile->api == FM_API_GEMINI)
		n = asprintf(&url, "%.*s/models/%s:generateContent", (int)len,
			     profile->base_url, profile->model);
	else
		n = asprintf(&url, "%.*s/%s", (int)len, profile->base_url,
			     profile->api == FM_API_ANTHROPIC ? "messages" :
							"chat/completions");
	return n < 0 ? NULL : url;
}

/**
 * fm_dialect_key_header - the header that carries the key
 * @profile: the server
 * @key: the key
 *
 * Return: the header, to be freed, or NULL if memory is short.
 */
char *fm_dialect_key_header(const struct fm_profile *profile, const char *key)
{
	static const char *const names[] = {
		"Authorization: Bearer ", "x-api-key: ", "x-goog-api-key: ",
	};
	char *header;

	return asprintf(&header, "%s%s", names[profile->api], key) < 0 ?
	       NULL : header;
}

/* ---- replies */

static struct json_object *get(struct json_object *obj, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(obj, json_type_object))
		json_object_object_get_ex(obj, key, &value);
	return value;
}

static struct json_object *first(struct json_object *list)
{
	return json_object_is_type(list, json_type_array) &&
	       json_object_array_length(list) ?
	       json_object_array_get_idx(list, 0) : NULL;
}

static const char *string(struct json_object *value)
{
	return json_object_is_type(value, json_type_string) ?
	       json_object_get_string(value) : NULL;
}

static void copy(struct json_object *value, char *buf, size_t size)
{
	const char *text = string(value);

	snprintf(buf, size, "%s", text ? text : "");
	for (char *p = buf; *p; p++)
		if ((unsigned char)*p < ' ')
			*p = ' ';
}

static void fail(struct fm_reply *reply, const char *format, const char *what)
{
	if (*reply->failure)
		return;
	snprintf(reply->failure, sizeof(reply->failure), format,
		 what ? what : "nothing");
}

static void count(struct json_object *usage, const char *prompt,
		  const char *completion, struct fm_reply *reply)
{
	struct json_object *p = get(usage, prompt), *c = get(usage, completion);
	int64_t a = json_object_get_int64(p), b = json_object_get_int64(c);

	if (!json_object_is_type(p, json_type_int) ||
	    !json_object_is_type(c, json_type_int) || a < 0 || b < 0 ||
	    a > INT32_MAX || b > INT32_MAX)
		return;
	reply->usage = true;
	reply->prompt_tokens = a;
	reply->completion_tokens = b;
}

static void chat_reply(struct json_object *root, struct fm_reply *reply)
{
	struct json_object *choice = first(get(root, "choices"));
	struct json_object *m = get(choice, "message");
	const char *finish = string(get(choice, "finish_reason"));
	const char *content = string(get(m, "content"));

	copy(get(root, "model"), reply->model, sizeof(reply->model));
	copy(get(root, "system_fingerprint"), reply->fingerprint,
	     sizeof(reply->fingerprint));
	count(get(root, "usage"), "prompt_tokens", "completion_tokens", reply);
	if (string(get(m, "refusal")))
		fail(reply, "the model refused: %.200s",
		     string(get(m, "refusal")));
	if (finish && strcmp(finish, "stop"))
		fail(reply, "the answer is not complete: %.60s", finish);
	if (content)
		reply->content = strdup(content);
}

static void anthropic_reply(struct json_object *root, struct fm_reply *reply)
{
	struct json_object *list = get(root, "content");
	const char *stop = string(get(root, "stop_reason"));
	size_t n = json_object_is_type(list, json_type_array) ?
		   json_object_array_length(list) : 0;

	copy(get(root, "model"), reply->model, sizeof(reply->model));
	count(get(root, "usage"), "input_tokens", "output_tokens", reply);
	if (stop && !strcmp(stop, "refusal"))
		fail(reply, "the model refused%s", "");
	if (stop && strcmp(stop, "end_turn") && strcmp(stop, "stop_sequence"))
		fail(reply, "the answer is not complete: %.60s", stop);
	for (size_t i = 0; i < n && !reply->content; i++) {
		const char *text = string(get(json_object_array_get_idx(list,
							i), "text"));

		if (text)
			reply->content = strdup(text);
	}
}

static void gemini_reply(struct json_object *root, struct fm_reply *reply)
{
	struct json_object *c = first(get(root, "candidates"));
	struct json_object *part = first(get(get(c, "content"), "parts"));
	const char *finish = string(get(c, "finishReason"));
	const char *block = string(get(get(root, "promptFeedback"),
				       "blockReason"));

	copy(get(root, "modelVersion"), reply->model, sizeof(reply->model));
	count(get(root, "usageMetadata"), "promptTokenCount",
	      "candidatesTokenCount", reply);
	if (block)
		fail(reply, "the model refused: %.60s", block);
	if (finish && strcmp(finish, "STOP"))
		fail(reply, "the answer is not complete: %.60s", finish);
	if (string(get(part, "text")))
		reply->content = strdup(string(get(part, "text")));
}

static struct json_object *parse(const char *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *root = NULL;

	if (!tok)
		return NULL;
	if (len <= FM_DIALECT_REPLY_MAX)
		root = json_tokener_parse_ex(tok, text, len);
	json_tokener_free(tok);
	return root;
}

/**
 * fm_dialect_error - what an error reply says
 * @text: the reply
 * @len: its bytes
 * @message: FM_ERROR_LEN bytes for its words
 * @code: FM_RECORD_NAME bytes for its code
 */
void fm_dialect_error(const char *text, size_t len, char *message, char *code)
{
	struct json_object *root = parse(text, len);
	struct json_object *error = get(root, "error");

	*message = *code = '\0';
	if (string(error)) {
		copy(error, message, FM_ERROR_LEN / 2);
	} else {
		copy(get(error, "message"), message, FM_ERROR_LEN / 2);
		copy(get(error, "code"), code, FM_RECORD_NAME);
		if (!*code)
			copy(get(error, "type"), code, FM_RECORD_NAME);
	}
	json_object_put(root);
}

/**
 * fm_dialect_refused - the parameter that an error is about
 * @message: its words
 *
 * Return: FM_DROP_*, 0 if it is about none that can be left out.
 */
unsigned int fm_dialect_refused(const char *message)
{
	if (strstr(message, "max_tokens"))
		return FM_DROP_MAX_TOKENS;
	if (strstr(message, "temperature"))
		return FM_DROP_TEMPERATURE;
	if (strstr(message, "seed"))
		return FM_DROP_SEED;
	if (strstr(message, "json_schema"))
		return FM_DROP_SCHEMA;
	if (strstr(message, "response_format"))
		return FM_DROP_FORMAT;
	return 0;
}

/**
 * fm_dialect_reply - read a reply that nobody vouches for
 * @api: what the server speaks
 * @text: the reply
 * @len: its bytes
 * @reply: gets what it says, to be cleaned up
 */
void fm_dialect_reply(enum fm_api api, const char *text, size_t len,
		      struct fm_reply *reply)
{
	struct json_object *root = parse(text, len);
	char message[FM_ERROR_LEN], code[FM_RECORD_NAME];

	*reply = (struct fm_reply){ 0 };
	if (!json_object_is_type(root, json_type_object)) {
		fail(reply, "the reply is not JSON%s", "");
		json_object_put(root);
		return;
	}
	if (get(root, "error")) {
		fm_dialect_error(text, len, message, code);
		fail(reply, "the server says: %.200s", message);
	} else if (api == FM_API_ANTHROPIC) {
		anthropic_reply(root, reply);
	} else if (api == FM_API_GEMINI) {
		gemini_reply(root, reply);
	} else {
		chat_reply(root, reply);
	}
	if (!reply->content)
		fail(reply, "the reply has no answer%s", "");
	json_object_put(root);
}

/**
 * fm_reply_cleanup - forget a reply
 * @reply: the reply
 */
void fm_reply_cleanup(struct fm_reply *reply)
{
	free(reply->content);
	*reply = (struct fm_reply){ 0 };
}
