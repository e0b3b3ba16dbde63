/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's way to let one allocation of this task fail. */
#ifndef FAILNTH_FAULT_H
#define FAILNTH_FAULT_H

#include <stdbool.h>

/* Opens the file of the calling task; 0 or an errno. */
int fault_open(void);

/* From the next system call on the @n-th allocation fails. */
void fault_arm(unsigned int n);

/* Ends that; true if an allocation has failed. */
bool fault_disarm(void);

#endif
