// SPDX-License-Identifier: GPL-2.0-or-later
/* Field sets: names, text and set arithmetic. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "fieldset.h"

#define FIELDS		5

static const char * const names[FIELDS] = {
	"src_ip", "dst_ip", "src_port", "dst_port", "protocol",
};

static uint32_t lookup_name(const char *text, size_t len)
{
	for (unsigned int i = 0; i < FIELDS; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return 1U << i;
	return 0;
}

/**
 * fm_fieldset_parse - read a field set
 * @text: "5-tuple", "none", or names joined by commas in any order, without
 *        blanks, each at most once
 * @fields: the mask of FM_F_*; untouched on failure
 *
 * Return: 0, or -EINVAL when the text is anything else.
 */
int fm_fieldset_parse(const char *text, uint32_t *fields)
{
	uint32_t mask = 0;

	if (!strcmp(text, "none")) {
		*fields = 0;
		return 0;
	}
	if (!strcmp(text, "5-tuple")) {
		*fields = FM_F_ALL;
		return 0;
	}
	for (;;) {
		size_t len = strcspn(text, ",");
		uint32_t field = lookup_name(text, len);

		if (!field || (mask & field))
			return -EINVAL;
		mask |= field;
		if (!text[len])
			break;
		text += len + 1;
	}
	*fields = mask;
	return 0;
}

/**
 * fm_fieldset_format - write a field set, every field by name
 * @fields: mask of FM_F_*
 * @buf: gets "src_ip,dst_ip,src_port,dst_port,protocol" or the part of it that
 *       is in the set; "none" when it is empty; FM_FIELDSET_LEN bytes do
 * @len: bytes of @buf
 *
 * Return: the length without the NUL, -EINVAL when the mask has other bits,
 * -ENOSPC when @buf is too short.
 */
int fm_fieldset_format(uint32_t fields, char *buf, size_t len)
{
	char text[FM_FIELDSET_LEN] = "none";
	size_t used = 0;

	if (fields & ~FM_F_ALL)
		return -EINVAL;
	for (unsigned int i = 0; i < FIELDS; i++)
		if (fields & (1U << i))
			used += sprintf(text + used, "%s%s", used ? "," : "",
					names[i]);
	used = strlen(text);
	if (used >= len)
		return -ENOSPC;
	memcpy(buf, text, used + 1);
	return used;
}

/**
 * fm_fieldset_abbreviate - write a field set as people say it
 * @fields: mask of FM_F_*
 * @buf: as fm_fieldset_format(), but all five fields are "5-tuple"
 * @len: bytes of @buf
 *
 * Return: as fm_fieldset_format(); fm_fieldset_parse() reads both.
 */
int fm_fieldset_abbreviate(uint32_t fields, char *buf, size_t len)
{
	static const char all[] = "5-tuple";

	if (fields != FM_F_ALL)
		return fm_fieldset_format(fields, buf, len);
	if (len < sizeof(all))
		return -ENOSPC;
	memcpy(buf, all, sizeof(all));
	return sizeof(all) - 1;
}

/**
 * fm_fieldset_name - the name of one field
 * @field: one bit of FM_F_*
 *
 * Return: a constant string, "?" when @field is not exactly one field.
 */
const char *fm_fieldset_name(uint32_t field)
{
	for (unsigned int i = 0; i < FIELDS; i++)
		if (field == 1U << i)
			return names[i];
	return "?";
}

/**
 * fm_fieldset_count - how many fields a set has
 * @fields: mask of FM_F_*
 *
 * Return: 0 to 5.
 */
unsigned int fm_fieldset_count(uint32_t fields)
{
	return __builtin_popcount(fields & FM_F_ALL);
}

/**
 * fm_fieldset_mirror - the fields a packet of the other direction has there
 * @fields: mask of FM_F_*
 *
 * Return: the mask with source and destination exchanged. A set equal to its
 * mirror can be hashed alike in both directions.
 */
uint32_t fm_fieldset_mirror(uint32_t fields)
{
	uint32_t src = fields & (FM_F_SRC_IP | FM_F_SRC_PORT);
	uint32_t dst = fields & (FM_F_DST_IP | FM_F_DST_PORT);

	return (src << 1) | (dst >> 1) | (fields & FM_F_PROTOCOL);
}

/**
 * fm_fieldset_contains - is one set a subset of the other?
 * @fields: the set
 * @subset: what may be in it
 *
 * Return: true if every field of @subset is in @fields.
 */
bool fm_fieldset_contains(uint32_t fields, uint32_t subset)
{
	return !(subset & ~fields);
}
