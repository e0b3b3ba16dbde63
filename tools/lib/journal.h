/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a NIC was like before it was changed, in a file that outlives a killed
 * fmctl: nic-<device>-<inode of the network namespace>.json in
 * $FLOWMAGE_STATE_DIR or /run/flowmage.
 */
#ifndef FM_TOOLS_JOURNAL_H
#define FM_TOOLS_JOURNAL_H

#include "jsonc.h"
#include "nicstate.h"

#define FM_JOURNAL_DIR	"/run/flowmage"
#define FM_JOURNAL_BOOT_ID	37	/* bytes of a boot's id, NUL included */

int fm_journal_lock(int *lock, struct fm_error *err);
void fm_journal_unlock(int lock);
bool fm_journal_exists(const char *ifname);
int fm_journal_save(const struct fm_nicstate *state, struct fm_error *err);
int fm_journal_load(const char *ifname, struct fm_nicstate *state,
		    struct fm_error *err);
void fm_journal_boot_id(char *id);
struct json_object *fm_journal_fill(const struct fm_nicstate *state);
void fm_journal_parse(struct fm_jsonc *doc, struct fm_nicstate *state,
		      char *id);
int fm_journal_remove(const char *ifname, struct fm_error *err);
int fm_journal_list(int (*cb)(const char *ifname, void *arg), void *arg,
		    struct fm_error *err);

#endif
