// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of models: a file, or the variables that other programs use too. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doc.h"
#include "profile.h"

#define FILE_MAX	(1U << 16)
#define SYSTEM_FILE	"/etc/flowmage/llm.json"

static const char *const apis[] = {
	"chat-completions", "anthropic", "gemini", NULL
};

static const char *const key_envs[] = {
	"OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY",
};

static const char *const base_urls[] = {
	"https://api.openai.com/v1", "https://api.anthropic.com/v1",
	"https://generativelanguage.googleapis.com/v1beta",
};

static void set_defaults(struct fm_profile *p)
{
	*p = (struct fm_profile){
		.repetitions = 5, .parallel = 4, .attempts = 5,
		.timeout_ms = 120000, .deadline_ms = 600000,
		.max_tokens = 1024, .context_tokens = 32000,
		.temperature = 0.001, .seed = 5000,
	};
}

/* ---- the file */

static bool has(struct json_object *obj, const char *key)
{
	return json_object_object_get_ex(obj, key, NULL);
}

static void opt_string(struct fm_doc *doc, struct json_object *obj,
		       const char *where, const char *key, char *buf,
		       size_t size)
{
	if (!doc->status && has(obj, key))
		fm_doc_string(doc, obj, where, key, buf, size);
}

static void opt_uint(struct fm_doc *doc, struct json_object *obj,
		     const char *where, const char *key, uint32_t max,
		     uint32_t *value)
{
	if (doc->status || !has(obj, key))
		return;
	*value = fm_doc_uint(doc, obj, where, key, max);
	if (!doc->status && !*value && strcmp(key, "seed"))
		fm_doc_fail(doc, where, key, "must not be 0");
}

static bool opt_number(struct fm_doc *doc, struct json_object *obj,
		       const char *where, const char *key, double max,
		       double *value)
{
	struct json_object *v;

	if (doc->status || !json_object_object_get_ex(obj, key, &v))
		return false;
	*value = json_object_get_double(v);
	if ((!json_object_is_type(v, json_type_double) &&
	     !json_object_is_type(v, json_type_int)) ||
	    !(*value >= 0 && *value <= max))
		fm_doc_fail(doc, where, key, "must be a number from 0 to %g",
			    max);
	return true;
}

static void parse_price(struct fm_doc *doc, struct json_object *obj,
			struct fm_profile *p)
{
	static const char *const known[] = {
		"date", "prompt_per_mtok", "completion_per_mtok", NULL
	};
	struct json_object *price;
	bool prompt, completion;

	if (doc->status || !has(obj, "price"))
		return;
	price = fm_doc_get(doc, obj, p->name, "price", json_type_object);
	fm_doc_keys(doc, price, "price", known);
	opt_string(doc, price, "price", "date", p->price_date,
		   sizeof(p->price_date));
	prompt = opt_number(doc, price, "price", "prompt_per_mtok", 1e6,
			    &p->price_prompt);
	completion = opt_number(doc, price, "price", "completion_per_mtok", 1e6,
				&p->price_completion);
	p->priced = prompt && completion;
	if (!p->priced)
		fm_doc_fail(doc, "", "price",
			    "needs prompt_per_mtok and completion_per_mtok");
}

static void check_url(struct fm_doc *doc, const char *where,
		      const struct fm_profile *p)
{
	if (!doc->status && strncmp(p->base_url, "http://", 7) &&
	    strncmp(p->base_url, "https://", 8))
		fm_doc_fail(doc, where, "base_url",
			    "must begin with http:// or https://");
}

static void parse_profile(struct fm_doc *doc, struct json_object *obj,
			  const char *where, struct fm_profile *p)
{
	static const char *const known[] = {
		"name", "api", "base_url", "model", "key_env", "key_file",
		"ca_file", "proxy", "repetitions", "parallel", "attempts",
		"timeout_ms", "deadline_ms", "max_tokens", "context_tokens",
		"temperature", "seed", "price", NULL
	};

	set_defaults(p);
	fm_doc_keys(doc, obj, where, known);
	fm_doc_string(doc, obj, where, "name", p->name, sizeof(p->name));
	if (!doc->status && has(obj, "api"))
		p->api = fm_doc_choice(doc, obj, where, "api", apis);
	strcpy(p->base_url, base_urls[p->api]);
	strcpy(p->key_env, has(obj, "key_file") ? "" : key_envs[p->api]);
	fm_doc_string(doc, obj, where, "model", p->model, sizeof(p->model));
	opt_string(doc, obj, where, "base_url", p->base_url,
		   sizeof(p->base_url));
	opt_string(doc, obj, where, "key_env", p->key_env, sizeof(p->key_env));
	opt_string(doc, obj, where, "key_file", p->key_file,
		   sizeof(p->key_file));
	opt_string(doc, obj, where, "ca_file", p->ca_file, sizeof(p->ca_file));
	opt_string(doc, obj, where, "proxy", p->proxy, sizeof(p->proxy));
	opt_uint(doc, obj, where, "repetitions", FM_PROFILE_REPETITIONS,
		 &p->repetitions);
	opt_uint(doc, obj, where, "parallel", 16, &p->parallel);
	opt_uint(doc, obj, where, "attempts", 20, &p->attempts);
	opt_uint(doc, obj, where, "timeout_ms", 3600000, &p->timeout_ms);
	opt_uint(doc, obj, where, "deadline_ms", 86400000, &p->deadline_ms);
	opt_uint(doc, obj, where, "max_tokens", 1000000, &p->max_tokens);
	opt_uint(doc, obj, where, "context_tokens", 10000000,
		 &p->context_tokens);
	opt_number(doc, obj, where, "temperature", 2, &p->temperature);
	opt_uint(doc, obj, where, "seed", INT32_MAX, &p->seed);
	parse_price(doc, obj, p);
	check_url(doc, where, p);
}

static void parse_all(struct fm_doc *doc, struct json_object *root,
		      const char *name, struct fm_profile *profile)
{
	static const char *const known[] = {
		"schema_version", "profiles", NULL
	};
	char where[FM_DOC_WHERE_LEN];
	struct json_object *list;
	struct fm_profile p;
	bool found = false;
	size_t n;

	fm_doc_keys(doc, root, "", known);
	if (fm_doc_uint(doc, root, "", "schema_version", UINT32_MAX) != 1)
		fm_doc_fail(doc, "", "schema_version", "must be 1");
	n = fm_doc_list(doc, root, "", "profiles", FM_PROFILES_MAX, &list);
	for (size_t i = 0; i < n && !doc->status; i++) {
		parse_profile(doc, json_object_array_get_idx(list, i),
			      fm_doc_item(where, "profiles", i), &p);
		if (!doc->status && !found && (!name || !strcmp(p.name, name))) {
			*profile = p;
			found = true;
		}
	}
	if (!doc->status && !found)
		doc->status = fm_sentence_set(doc->err, -ENOENT,
				"%s: has no profile%s%s%s", doc->name,
				name ? " '" : "", name ? name : "",
				name ? "'" : "");
}

/**
 * fm_profile_parse - a profile from a text that nobody vouches for
 * @path: what to call the text in sentences
 * @text: the JSON
 * @len: its bytes
 * @name: of the profile, NULL for the first
 * @profile: gets it
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL if anything differs from the format, -ENOENT if there is
 * no such profile.
 */
int fm_profile_parse(const char *path, const char *text, size_t len,
		     const char *name, struct fm_profile *profile, char *err)
{
	struct fm_doc doc = { .name = path, .err = err };
	struct json_object *root;

	if (len > FILE_MAX)
		return fm_sentence_set(err, -EINVAL,
				       "%s: is longer than %u bytes", path,
				       FILE_MAX);
	root = fm_doc_parse(&doc, text, len);
	if (root)
		parse_all(&doc, root, name, profile);
	json_object_put(root);
	return doc.status;
}

/* ---- where it comes from */

static void from_environment(struct fm_profile *p)
{
	const char *url = getenv("OPENAI_BASE_URL");
	const char *model = getenv("OPENAI_MODEL");

	set_defaults(p);
	strcpy(p->name, "environment");
	strcpy(p->key_env, key_envs[FM_API_CHAT]);
	snprintf(p->base_url, sizeof(p->base_url), "%s",
		 url ? url : base_urls[FM_API_CHAT]);
	snprintf(p->model, sizeof(p->model), "%s", model ? model : "gpt-4o");
}

static char *default_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int len;

	if (getenv("FLOWMAGE_LLM_CONFIG"))
		return strdup(getenv("FLOWMAGE_LLM_CONFIG"));
	if (config && *config == '/')
		len = asprintf(&path, "%s/flowmage/llm.json", config);
	else
		len = asprintf(&path, "%s/.config/flowmage/llm.json",
			       home ? home : "");
	if (len < 0 || access(path, F_OK)) {
		if (len >= 0)
			free(path);
		path = strdup(SYSTEM_FILE);
	}
	return path;
}

static int load(const char *path, const char *name, struct fm_profile *profile,
		char *err)
{
	struct fm_doc doc = { .name = path, .err = err };
	struct json_object *root = fm_doc_read(&doc, path, FILE_MAX);

	if (root)
		parse_all(&doc, root, name, profile);
	json_object_put(root);
	return doc.status;
}

/**
 * fm_profile_load - the profile that is to be used
 * @path: of the file, NULL for $FLOWMAGE_LLM_CONFIG, flowmage/llm.json in the
 *	user's configuration, or /etc/flowmage/llm.json
 * @name: of the profile, NULL for the first
 * @profile: gets it
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Without any file and name, OPENAI_BASE_URL, OPENAI_MODEL and OPENAI_API_KEY
 * make a profile.
 *
 * Return: as fm_profile_parse(); -ENOENT if there is nothing to make one of.
 */
int fm_profile_load(const char *path, const char *name,
		    struct fm_profile *profile, char *err)
{
	char *own = path ? NULL : default_path();
	const char *file = path ? path : own;
	int ret;

	if (!file)
		return fm_sentence_set(err, -ENOMEM, "out of memory");
	if (path || name || !access(file, F_OK) ||
	    getenv("FLOWMAGE_LLM_CONFIG")) {
		ret = load(file, name, profile, err);
	} else if (getenv("OPENAI_BASE_URL") || getenv("OPENAI_API_KEY")) {
		from_environment(profile);
		ret = 0;
	} else {
		ret = fm_sentence_set(err, -ENOENT,
			"no model is configured: there is no %s and no OPENAI_API_KEY",
			file);
	}
	free(own);
	return ret;
}

/**
 * fm_profile_key - the secret of a profile
 * @profile: the profile
 * @key: gets it, to be freed; NULL if the server needs none
 * @err: FM_ERROR_LEN bytes for a sentence, or NULL
 *
 * Return: 0, -EINVAL, -ENOMEM, or the negative errno of reading.
 */
int fm_profile_key(const struct fm_profile *profile, char **key, char *err)
{
	char text[FM_PROFILE_KEY_MAX + 1] = "";
	const char *env = *profile->key_env ? getenv(profile->key_env) : NULL;
	size_t len;
	FILE *file;

	*key = NULL;
	if (*profile->key_file) {
		file = fopen(profile->key_file, "re");
		if (!file)
			return fm_sentence_set(err, -errno, "%s: %s",
					       profile->key_file,
					       strerror(errno));
		len = fread(text, 1, FM_PROFILE_KEY_MAX, file);
		fclose(file);
		text[len] = '\0';
	} else if (env) {
		snprintf(text, sizeof(text), "%s", env);
	}
	text[strcspn(text, "\r\n")] = '\0';
	for (const char *p = text; *p; p++)
		if (*p < 0x21 || *p > 0x7e)
			return fm_sentence_set(err, -EINVAL,
				"the key of profile '%s' has a character that keys do not have",
				profile->name);
	if (!*text)
		return 0;
	*key = strdup(text);
	explicit_bzero(text, sizeof(text));
	return *key ? 0 : fm_sentence_set(err, -ENOMEM, "out of memory");
}
