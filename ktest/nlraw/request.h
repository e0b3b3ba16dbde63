/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests from JSON and replies to JSON, with no idea of what is valid. */
#ifndef NLRAW_REQUEST_H
#define NLRAW_REQUEST_H

#include <json-c/json.h>
#include <stdbool.h>
#include "nl_msg.h"

/**
 * raw_request_build - a request
 * @nl: the family, opened
 * @request: {"cmd", "dump", "flags", "attrs"}
 * @dump: set to what the request says
 * @err: filled on failure
 *
 * Return: the message, or NULL.
 */
struct nl_msg *raw_request_build(struct fm_nl *nl, struct json_object *request,
				 bool *dump, struct fm_error *err);

/* Name of a command, or its number as text. */
const char *raw_cmd_name(unsigned int cmd);

/**
 * raw_reply_json - a reply
 * @nlh: the message
 *
 * Return: {"cmd", "attrs"}; attributes are [NAME, VALUE], where a value is a
 * list if it is a nest and hex digits if not.
 */
struct json_object *raw_reply_json(struct nlmsghdr *nlh);

#endif
