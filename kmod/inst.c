// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration of an NF in a chain, and the memory that comes with it.
 */
#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include "chain.h"
#include "inst.h"

/* Memory that init() asked for; what it gets begins at a cache line. */
struct fm_piece {
	struct fm_piece *next;
	size_t size;
	u8 data[] __aligned(SMP_CACHE_BYTES);
};

void *fm_inst_alloc(struct fm_inst *inst, size_t n, size_t each)
{
	struct fm_piece *piece;
	/* At least so much that slabs align it. */
	size_t size = max_t(size_t, array_size(n, each), SMP_CACHE_BYTES);

	if (size > SIZE_MAX - sizeof(*piece) ||
	    !fm_budget_charge(inst->budget, sizeof(*piece) + size))
		return NULL;
	piece = kvzalloc(sizeof(*piece) + size, GFP_KERNEL);
	if (!piece) {
		fm_budget_uncharge(inst->budget, sizeof(*piece) + size);
		return NULL;
	}
	piece->size = size;
	piece->next = inst->pieces;
	inst->pieces = piece;
	return piece->data;
}
EXPORT_SYMBOL_GPL(fm_inst_alloc);

bool fm_inst_is_local(const struct fm_inst *inst)
{
	return inst->mode == FM_MODE_LOCAL;
}
EXPORT_SYMBOL_GPL(fm_inst_is_local);

static void inst_free(struct fm_inst *inst)
{
	struct fm_piece *piece = inst->pieces;

	while (piece) {
		struct fm_piece *next = piece->next;

		fm_budget_uncharge(inst->budget, sizeof(*piece) + piece->size);
		kvfree(piece);
		piece = next;
	}
	inst->pieces = NULL;
	fm_param_release(inst->ops, inst->config);
	kfree(inst->config);
}

/**
 * fm_inst_configure - give an NF its configuration
 * @inst: with ops and budget set; the namespace's mutex is held
 * @values: what was given
 * @n: how many
 * @extack: gets a sentence
 *
 * Return: 0, or a negative errno; then there is nothing to release.
 */
int fm_inst_configure(struct fm_inst *inst, const struct fm_param_value *values,
		      unsigned int n, struct netlink_ext_ack *extack)
{
	int err;

	inst->config = kzalloc(max_t(u32, inst->ops->config_size, 1),
			       GFP_KERNEL);
	if (!inst->config)
		return -ENOMEM;
	err = fm_param_fill(inst->ops, inst->config, values, n, extack);
	if (!err && inst->ops->init)
		err = inst->ops->init(inst, inst->config, extack);
	if (err)
		inst_free(inst);
	return err;
}

/**
 * fm_inst_release - take the configuration back
 * @inst: no packet sees it
 */
void fm_inst_release(struct fm_inst *inst)
{
	if (inst->ops->exit)
		inst->ops->exit(inst->config);
	inst_free(inst);
}
