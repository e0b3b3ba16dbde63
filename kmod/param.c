// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of NFs: from named values to the fields of a configuration and
 * back, by the NF's table.
 */
#include <linux/etherdevice.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "error.h"
#include "param.h"

/**
 * fm_param_word - a word of an enum
 * @choices: words, separated by '|'
 * @index: which
 * @word: set to its first byte
 * @len: set to its length
 *
 * Return: false if there are not that many.
 */
bool fm_param_word(const char *choices, u64 index, const char **word,
		   unsigned int *len)
{
	for (; index; index--) {
		choices = strchr(choices, '|');
		if (!choices)
			return false;
		choices++;
	}
	*word = choices;
	*len = strcspn(choices, "|");
	return true;
}

static bool param_index(const struct fm_param *param, const char *string,
			u64 *index)
{
	unsigned int len;
	const char *word;

	for (*index = 0; fm_param_word(param->choices, *index, &word, &len);
	     ++*index)
		if (strlen(string) == len && !memcmp(string, word, len))
			return true;
	return false;
}

static void param_store(const struct fm_param *param, void *config, u64 value)
{
	void *field = config + param->offset;

	switch (param->size) {
	case 1:
		*(u8 *)field = value;
		break;
	case 2:
		*(u16 *)field = value;
		break;
	case 4:
		*(u32 *)field = value;
		break;
	default:
		*(u64 *)field = value;
	}
}

/**
 * fm_param_uint - the value of a number or enum in a configuration
 * @param: the parameter
 * @config: the configuration
 */
u64 fm_param_uint(const struct fm_param *param, const void *config)
{
	const void *field = config + param->offset;

	switch (param->size) {
	case 1:
		return *(const u8 *)field;
	case 2:
		return *(const u16 *)field;
	case 4:
		return *(const u32 *)field;
	default:
		return *(const u64 *)field;
	}
}

static const struct fm_list **param_list(const struct fm_param *param,
					 void *config)
{
	return config + param->offset;
}

/**
 * fm_param_list - the list that a configuration refers to
 * @param: the parameter, of a type for lists
 * @config: the configuration
 *
 * Return: the list or NULL.
 */
const struct fm_list *fm_param_list(const struct fm_param *param,
				    const void *config)
{
	return *param_list(param, (void *)config);
}

static bool param_number_valid(const struct fm_param *param)
{
	unsigned int len;
	const char *word;

	if (param->size != 1 && param->size != 2 && param->size != 4 &&
	    param->size != 8)
		return false;
	if (param->type == FM_PARAM_ENUM)
		return param->choices && fm_param_word(param->choices,
						       param->def, &word, &len);
	if (param->type == FM_PARAM_BOOL && param->max != 1)
		return false;
	if (param->size < 8 && param->max >> (8 * param->size))
		return false;
	return param->required ||
	       (param->def >= param->min && param->def <= param->max);
}

static bool param_row_valid(const struct fm_nf_ops *ops,
			    const struct fm_param *param)
{
	if (!param->name || !param->help ||
	    param->offset + param->size > ops->config_size)
		return false;
	switch (param->type) {
	case FM_PARAM_STRING:
		return param->max < param->size;
	case FM_PARAM_MAC:
		return param->size == ETH_ALEN;
	case FM_PARAM_PREFIXES:
	case FM_PARAM_RULES:
	case FM_PARAM_PATTERNS:
	case FM_PARAM_BACKENDS:
		return param->size == sizeof(void *) &&
		       param->max <= FM_LIST_MAX;
	default:
		return param_number_valid(param);
	}
}

/**
 * fm_param_check - is an NF's table of parameters sound
 * @ops: the NF
 *
 * Return: 0 or -EINVAL.
 */
int fm_param_check(const struct fm_nf_ops *ops)
{
	unsigned int i;

	if (ops->nparams > FM_PARAMS_MAX)
		return -EINVAL;
	for (i = 0; i < ops->nparams; i++)
		if (!param_row_valid(ops, &ops->params[i]))
			return -EINVAL;
	return 0;
}

static int param_set_string(const struct fm_nf_ops *ops,
			    const struct fm_param *param, void *config,
			    const struct fm_param_value *value,
			    struct netlink_ext_ack *extack)
{
	if (!value->string) {
		fm_error_set(extack, value->attr, "%s: %s must be a string",
			     ops->name, param->name);
		return -EINVAL;
	}
	if (strlen(value->string) > param->max) {
		fm_error_set(extack, value->attr,
			     "%s: %s is longer than %llu bytes", ops->name,
			     param->name, param->max);
		return -EINVAL;
	}
	strscpy(config + param->offset, value->string, param->size);
	return 0;
}

static int param_set_enum(const struct fm_nf_ops *ops,
			  const struct fm_param *param, void *config,
			  const struct fm_param_value *value,
			  struct netlink_ext_ack *extack)
{
	u64 index;

	if (!value->string || !param_index(param, value->string, &index)) {
		fm_error_set(extack, value->attr, "%s: %s must be one of %s",
			     ops->name, param->name, param->choices);
		return -EINVAL;
	}
	param_store(param, config, index);
	return 0;
}

static int param_set_mac(const struct fm_nf_ops *ops,
			 const struct fm_param *param, void *config,
			 const struct fm_param_value *value,
			 struct netlink_ext_ack *extack)
{
	if (value->string && strlen(value->string) == 3 * ETH_ALEN - 1 &&
	    mac_pton(value->string, config + param->offset))
		return 0;
	fm_error_set(extack, value->attr,
		     "%s: %s must be an Ethernet address as 02:00:5e:10:00:01",
		     ops->name, param->name);
	return -EINVAL;
}

static int param_set_list(const struct fm_nf_ops *ops,
			  const struct fm_param *param, void *config,
			  const struct fm_param_value *value,
			  struct netlink_ext_ack *extack)
{
	if (!value->list || value->list->type != param->type) {
		fm_error_set(extack, value->attr, value->list ?
			     "%s: %s must be a list of another type" :
			     "%s: %s must be a list", ops->name, param->name);
		return -EINVAL;
	}
	if (value->list->count < param->min ||
	    value->list->count > param->max) {
		fm_error_set(extack, value->attr,
			     "%s: %s has %u elements, outside %llu..%llu",
			     ops->name, param->name, value->list->count,
			     param->min, param->max);
		return -ERANGE;
	}
	*param_list(param, config) = fm_list_get(value->list);
	return 0;
}

static int param_set_number(const struct fm_nf_ops *ops,
			    const struct fm_param *param, void *config,
			    const struct fm_param_value *value,
			    struct netlink_ext_ack *extack)
{
	if (value->string || value->list) {
		fm_error_set(extack, value->attr, "%s: %s must be a number",
			     ops->name, param->name);
		return -EINVAL;
	}
	if (value->uint < param->min || value->uint > param->max) {
		fm_error_set(extack, value->attr,
			     "%s: %s is %llu, outside %llu..%llu", ops->name,
			     param->name, value->uint, param->min, param->max);
		return -ERANGE;
	}
	param_store(param, config, value->uint);
	return 0;
}

static int param_set(const struct fm_nf_ops *ops, const struct fm_param *param,
		     void *config, const struct fm_param_value *value,
		     struct netlink_ext_ack *extack)
{
	switch (param->type) {
	case FM_PARAM_STRING:
		return param_set_string(ops, param, config, value, extack);
	case FM_PARAM_ENUM:
		return param_set_enum(ops, param, config, value, extack);
	case FM_PARAM_MAC:
		return param_set_mac(ops, param, config, value, extack);
	case FM_PARAM_PREFIXES:
	case FM_PARAM_RULES:
	case FM_PARAM_PATTERNS:
	case FM_PARAM_BACKENDS:
		return param_set_list(ops, param, config, value, extack);
	default:
		return param_set_number(ops, param, config, value, extack);
	}
}

/* The configuration is all zeros: no list, no address. */
static void param_set_default(const struct fm_param *param, void *config)
{
	if (param->type == FM_PARAM_STRING)
		strscpy(config + param->offset,
			param->def_string ? param->def_string : "",
			param->size);
	else if (param->type < FM_PARAM_STRING)
		param_store(param, config, param->def);
}

static const struct fm_param_value *
param_value(const struct fm_param *param, const struct fm_param_value *values,
	    unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(values[i].name, param->name))
			return &values[i];
	return NULL;
}

static bool param_known(const struct fm_nf_ops *ops, const char *name)
{
	unsigned int i;

	for (i = 0; i < ops->nparams; i++)
		if (!strcmp(ops->params[i].name, name))
			return true;
	return false;
}

static int param_names_check(const struct fm_nf_ops *ops,
			     const struct fm_param_value *values,
			     unsigned int n, struct netlink_ext_ack *extack)
{
	unsigned int i, j;

	for (i = 0; i < n; i++) {
		if (!param_known(ops, values[i].name)) {
			fm_error_set(extack, values[i].attr,
				     "%s has no parameter %s", ops->name,
				     values[i].name);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (strcmp(values[i].name, values[j].name))
				continue;
			fm_error_set(extack, values[i].attr,
				     "%s: %s is given twice", ops->name,
				     values[i].name);
			return -EINVAL;
		}
	}
	return 0;
}

/**
 * fm_param_fill - make a configuration of given values and defaults
 * @ops: the NF
 * @config: of @ops->config_size zero bytes
 * @values: what was given
 * @n: how many
 * @extack: gets a sentence that names the parameter
 *
 * Return: 0, -EINVAL, or -ERANGE for a number outside its bounds.
 */
int fm_param_fill(const struct fm_nf_ops *ops, void *config,
		  const struct fm_param_value *values, unsigned int n,
		  struct netlink_ext_ack *extack)
{
	const struct fm_param_value *value;
	const struct fm_param *param;
	unsigned int i;
	int err;

	err = param_names_check(ops, values, n, extack);
	for (i = 0; i < ops->nparams && !err; i++) {
		param = &ops->params[i];
		value = param_value(param, values, n);
		if (value) {
			err = param_set(ops, param, config, value, extack);
		} else if (param->required) {
			fm_error_set(extack, NULL, "%s: %s must be given",
				     ops->name, param->name);
			err = -EINVAL;
		} else {
			param_set_default(param, config);
		}
	}
	if (err)
		fm_param_release(ops, config);
	return err;
}

/**
 * fm_param_release - let go the lists of a configuration
 * @ops: the NF
 * @config: from fm_param_fill(); stays a valid one without lists
 */
void fm_param_release(const struct fm_nf_ops *ops, void *config)
{
	unsigned int i;

	for (i = 0; i < ops->nparams; i++) {
		if (ops->params[i].type < FM_PARAM_PREFIXES)
			continue;
		fm_list_put(*param_list(&ops->params[i], config));
		*param_list(&ops->params[i], config) = NULL;
	}
}
