// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parameters: whatever values a request has for whatever table an NF has that
 * passed the check, the configuration is written inside of its size, what was
 * given is what is there, and a refusal has its words.
 * fuzz: -max_len=512
 */
#include <errno.h>
#include "input.h"
#include "param.h"
#include "user.h"

#define ROWS	4
#define VALUES	5

/* An NF's table and the texts in it. */
struct table {
	struct fm_nf_ops ops;
	struct fm_param rows[ROWS];
	char *choices[ROWS];
	char *texts[ROWS];
};

static const char *const names[ROWS + 1] = {
	"rate", "burst", "action", "mark", "unknown",
};

static char *take_text(struct fuzz_input *in)
{
	size_t len = fuzz_u8(in) % 32;
	char *text;

	if (len > in->left)
		len = in->left;
	text = fuzz_string(in->p, len);
	in->p += len;
	in->left -= len;
	return text;
}

/* The compiler aligns fields, so the offsets here are aligned. */
static void take_row(struct fuzz_input *in, struct table *table, unsigned int n)
{
	struct fm_param *row = &table->rows[n];
	u8 how = fuzz_u8(in);

	row->name = names[n];
	row->help = "what it is for";
	row->type = how & 3;
	row->required = how & 4;
	row->size = row->type == FM_PARAM_STRING ? fuzz_u8(in) :
		    1 << (how >> 3 & 3);
	row->offset = fuzz_u8(in) & ~7;
	row->min = how & 0x20 ? fuzz_u64(in) : 0;
	row->max = how & 0x40 ? fuzz_u64(in) : fuzz_u8(in);
	row->def = how & 0x80 ? fuzz_u64(in) : fuzz_u8(in);
	table->choices[n] = take_text(in);
	table->texts[n] = take_text(in);
	row->choices = table->choices[n];
	row->def_string = table->texts[n];
}

static void free_texts(struct table *table)
{
	unsigned int n;

	for (n = 0; n < ROWS; n++) {
		free(table->choices[n]);
		free(table->texts[n]);
	}
}

static void take_value(struct fuzz_input *in, struct fm_param_value *value)
{
	u8 how = fuzz_u8(in);

	value->name = names[how % (ROWS + 1)];
	value->string = how & 0x80 ? take_text(in) : NULL;
	value->uint = how & 0x40 ? fuzz_u64(in) : fuzz_u8(in);
}

static const struct fm_param_value *find(const struct fm_param *row,
					 const struct fm_param_value *values,
					 unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!strcmp(values[i].name, row->name))
			return &values[i];
	return NULL;
}

static void check_word(const struct fm_param *row, const char *string,
		       u64 index)
{
	unsigned int len;
	const char *word;

	fuzz_expect(fm_param_word(row->choices, index, &word, &len));
	fuzz_expect(len == strlen(string) && !memcmp(word, string, len));
}

static void check_row(const struct fm_param *row, const void *config,
		      const struct fm_param_value *value)
{
	const char *string = config + row->offset;

	if (row->type == FM_PARAM_STRING) {
		fuzz_expect(strnlen(string, row->size) < row->size);
		if (value)
			fuzz_expect(!strcmp(string, value->string));
	} else if (row->type == FM_PARAM_ENUM && value) {
		check_word(row, value->string, fm_param_uint(row, config));
	} else if (value) {
		fuzz_expect(fm_param_uint(row, config) == value->uint);
		fuzz_expect(value->uint >= row->min &&
			    value->uint <= row->max);
	} else {
		fuzz_expect(!row->required);
		fuzz_expect(fm_param_uint(row, config) == row->def);
	}
}

/* Fields may lie on each other: only the last one written is there whole. */
static bool overlaps(const struct table *table, unsigned int n)
{
	const struct fm_param *row = &table->rows[n], *other;

	for (other = row + 1; other < table->rows + table->ops.nparams; other++)
		if (other->offset < row->offset + row->size &&
		    row->offset < other->offset + other->size)
			return true;
	return false;
}

static void fill(const struct table *table, const struct fm_param_value *values,
		 unsigned int nvalues)
{
	void *config = calloc(1, table->ops.config_size);
	struct netlink_ext_ack extack = { 0 };
	unsigned int n;
	int err;

	err = fm_param_fill(&table->ops, config, values, nvalues, &extack);
	fuzz_expect(!err || err == -EINVAL || err == -ERANGE);
	fuzz_expect(!err == !extack._msg);
	fuzz_expect(!err || *extack._msg);
	for (n = 0; !err && n < table->ops.nparams; n++)
		if (!overlaps(table, n))
			check_row(&table->rows[n], config,
				  find(&table->rows[n], values, nvalues));
	free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fm_param_value values[VALUES] = { 0 };
	struct fuzz_input in = { data, size };
	struct table table = { 0 };
	unsigned int n, nvalues;

	table.ops.name = "nf";
	table.ops.params = table.rows;
	table.ops.nparams = fuzz_u8(&in) % (ROWS + 1);
	table.ops.config_size = fuzz_u8(&in);
	for (n = 0; n < table.ops.nparams; n++)
		take_row(&in, &table, n);
	nvalues = fuzz_u8(&in) % (VALUES + 1);
	for (n = 0; n < nvalues; n++)
		take_value(&in, &values[n]);
	if (!fm_param_check(&table.ops))
		fill(&table, values, nvalues);
	for (n = 0; n < nvalues; n++)
		free((char *)values[n].string);
	free_texts(&table);
	return 0;
}
