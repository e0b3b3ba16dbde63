/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef USER_LINUX_CPUHOTPLUG_H
#define USER_LINUX_CPUHOTPLUG_H

enum cpuhp_state {
	CPUHP_BP_PREPARE_DYN,
};

#define cpuhp_setup_state_nocalls(state, name, up, down)	((void)(down), 1)
#define cpuhp_remove_state_nocalls(state)			((void)(state))

#endif
