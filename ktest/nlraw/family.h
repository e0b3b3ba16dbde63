/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of the family that its policy does not. */
#ifndef NLRAW_FAMILY_H
#define NLRAW_FAMILY_H

#include <json-c/json.h>

/* Flags of each command, GENL_*; NULL after saying why on stderr. */
struct json_object *raw_family_json(void);

#endif
