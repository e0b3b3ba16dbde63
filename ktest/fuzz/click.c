// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Click configurations: what can be read gets a plan; with its changes it can
 * be read again, the plan is the same and nothing is left to change.
 * fuzz: -max_len=4096
 */
#include "clickplan.h"
#include "input.h"

#define SRC	(FM_F_SRC_IP)
#define FIVE	(FM_F_ALL)

static struct fm_click_feature table[] = {
	{ .type = "P", .stateful = true, .key = SRC, .pointer = true,
	  .intensity = FM_INTENSITY_PACKET },
	{ .type = "D", .stateful = true, .key = FM_F_DST_IP,
	  .intensity = FM_INTENSITY_PACKET },
	{ .type = "F", .stateful = true, .key = FIVE, .bidirectional = true,
	  .intensity = FM_INTENSITY_FLOW },
	{ .type = "K", .stateful = true },
	{ .type = "W", .rewrites = SRC },
};

static const struct fm_clickrule rule = {
	.devices = { "R" }, .ndevices = 1,
	.fields = { "HF", "H" }, .nfields = 2,
	.key = "KEY", .sharing = "S",
	.elements = table, .nelements = sizeof(table) / sizeof(table[0]),
};

static int find(void *arg, const char *class, struct fm_click_feature *feature)
{
	const struct fm_click_feature *f = fm_clickrule_find(arg, class);

	if (f)
		*feature = *f;
	return f != NULL;
}

static void check_error(const struct fm_click *click)
{
	fuzz_expect(*click->error.text);
	fuzz_expect(click->error.line >= 1 && click->error.col >= 1);
}

static void check_spans(const struct fm_click *click)
{
	size_t i;

	for (i = 0; i < click->nsites; i++) {
		const struct fm_click_site *site = &click->sites[i];

		fuzz_expect(site->class < click->nclasses);
		fuzz_expect(site->name.at + site->name.len <= click->len);
		fuzz_expect(site->end <= click->len);
		if (!site->open)
			continue;
		fuzz_expect(click->text[site->open] == '(');
		fuzz_expect(site->open < site->close);
		fuzz_expect(click->text[site->close] == ')');
	}
}

static int make(struct fm_clickplan *plan, const struct fm_click *click)
{
	*plan = (struct fm_clickplan){
		.click = click, .rule = &rule, .find = find,
		.arg = (void *)&rule, .cores = 8,
	};
	return fm_clickplan_make(plan);
}

static void check_again(struct fm_clickplan *plan)
{
	struct fm_clickplan second;
	struct fm_click click;
	char *text, *copy;
	size_t len, i;

	text = fm_click_edits_apply(plan->click, &plan->edits, &len);
	fuzz_expect(text);
	copy = fuzz_copy(text, len);
	free(text);
	if (len > FM_CLICK_SIZE_MAX) {
		free(copy);
		return;
	}
	fuzz_expect(!fm_click_parse(&click, copy, len));
	fuzz_expect(!make(&second, &click));
	fuzz_expect(second.nnfs == plan->nnfs && !second.edits.n);
	for (i = 0; i < plan->nnfs; i++)
		fuzz_expect(second.nfs[i].mode == plan->nfs[i].mode);
	fm_clickplan_cleanup(&second);
	fm_click_cleanup(&click);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct fm_clickplan plan;
	struct fm_click click;

	if (fm_click_parse(&click, text, size)) {
		check_error(&click);
	} else {
		check_spans(&click);
		if (!make(&plan, &click))
			check_again(&plan);
		else
			fuzz_expect(*plan.error.text);
		fm_clickplan_cleanup(&plan);
	}
	fm_click_cleanup(&click);
	free(text);
	return 0;
}
