// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of NFs.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "builtin.h"
#include "key.h"
#include "nf.h"
#include "param.h"
#include "state.h"

struct nf_entry {
	struct list_head list;
	const struct fm_nf_ops *ops;
};

static LIST_HEAD(nf_list);
static DEFINE_MUTEX(nf_mutex);	/* guards nf_list */

static const char *nf_state_fault(const struct fm_nf_ops *ops)
{
	if (!ops->state_size)
		return ops->key || ops->intensity || ops->destroy ?
		       "has a key but no state" : NULL;
	if (ops->state_size > FM_STATE_SIZE_MAX)
		return "has too large a state";
	if (!ops->key || ops->key & ~FM_F_ALL)
		return "has no valid key";
	if (ops->bidirectional && !fm_key_closed(ops->key))
		return "is bidirectional, but its key has one end only";
	if (!ops->intensity || !ops->timeout_ms || !ops->max_entries)
		return "lacks intensity, timeout or bound";
	if (ops->max_entries > FM_ENTRIES_MAX)
		return "wants too many entries";
	return ops->pointer == !ops->destroy ?
	       "must have destroy() if and only if its state has pointers" :
	       NULL;
}

static const char *nf_fault(const struct fm_nf_ops *ops)
{
	if (!ops->name || !*ops->name || strlen(ops->name) > FM_NAME_MAX)
		return "has no valid name";
	if (!ops->description || !ops->eval)
		return "lacks description or eval()";
	if (ops->nreasons > FM_REASONS_MAX)
		return "has too many reasons";
	if (ops->cpu_size > FM_CPU_SIZE_MAX || !ops->cpu_size != !ops->show)
		return "has too much per CPU, or does not show it";
	if (fm_param_check(ops))
		return "has a faulty table of parameters";
	return nf_state_fault(ops);
}

static struct nf_entry *nf_find(const char *name)
{
	struct nf_entry *nf;

	lockdep_assert_held(&nf_mutex);
	list_for_each_entry(nf, &nf_list, list)
		if (!strcmp(nf->ops->name, name))
			return nf;
	return NULL;
}

int fm_nf_register(const struct fm_nf_ops *ops)
{
	const char *fault = nf_fault(ops);
	struct nf_entry *nf;
	int err = 0;

	if (fault) {
		pr_err("flowmage: NF %s %s\n",
		       ops->name ? ops->name : "(unnamed)", fault);
		return -EINVAL;
	}
	nf = kzalloc(sizeof(*nf), GFP_KERNEL);
	if (!nf)
		return -ENOMEM;
	nf->ops = ops;
	mutex_lock(&nf_mutex);
	if (nf_find(ops->name))
		err = -EEXIST;
	else
		list_add_tail(&nf->list, &nf_list);
	mutex_unlock(&nf_mutex);
	if (err)
		kfree(nf);
	return err;
}
EXPORT_SYMBOL_GPL(fm_nf_register);

void fm_nf_unregister(const struct fm_nf_ops *ops)
{
	struct nf_entry *nf;

	mutex_lock(&nf_mutex);
	nf = nf_find(ops->name);
	if (nf && nf->ops == ops)
		list_del(&nf->list);
	else
		nf = NULL;
	mutex_unlock(&nf_mutex);
	kfree(nf);
}
EXPORT_SYMBOL_GPL(fm_nf_unregister);

/**
 * fm_nf_get - find an NF and keep its module
 * @name: of the NF
 *
 * Chains do not keep the core itself: it takes them down when it goes.
 *
 * Return: the NF, for fm_nf_put(), or NULL.
 */
const struct fm_nf_ops *fm_nf_get(const char *name)
{
	const struct fm_nf_ops *ops = NULL;
	struct nf_entry *nf;

	mutex_lock(&nf_mutex);
	nf = nf_find(name);
	if (nf && (nf->ops->owner == THIS_MODULE ||
		   try_module_get(nf->ops->owner)))
		ops = nf->ops;
	mutex_unlock(&nf_mutex);
	return ops;
}

void fm_nf_put(const struct fm_nf_ops *ops)
{
	if (ops->owner != THIS_MODULE)
		module_put(ops->owner);
}

/**
 * fm_nf_walk - call a function for all NFs
 * @skip: NFs to leave out at the beginning
 * @fn: may sleep; non-zero ends the walk
 * @arg: for @fn
 *
 * Return: what @fn returned last, or 0.
 */
int fm_nf_walk(unsigned int skip, fm_nf_fn fn, void *arg)
{
	struct nf_entry *nf;
	int ret = 0;

	mutex_lock(&nf_mutex);
	list_for_each_entry(nf, &nf_list, list) {
		if (skip) {
			skip--;
			continue;
		}
		ret = fn(nf->ops, arg);
		if (ret)
			break;
	}
	mutex_unlock(&nf_mutex);
	return ret;
}

/**
 * fm_nf_init - register the NFs of this module
 *
 * Return: 0 or a negative errno.
 */
int fm_nf_init(void)
{
	const struct fm_nf_ops *const *ops;
	int err = 0;

	for (ops = fm_builtin_nfs; *ops && !err; ops++)
		err = fm_nf_register(*ops);
	if (err)
		fm_nf_exit();
	return err;
}

void fm_nf_exit(void)
{
	const struct fm_nf_ops *const *ops;

	for (ops = fm_builtin_nfs; *ops; ops++)
		fm_nf_unregister(*ops);
}
