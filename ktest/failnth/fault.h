/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's way to let one allocation of this task fail. */
#ifndef FAILNTH_FAULT_H
#define FAILNTH_FAULT_H

/* Opens the file of the calling task; 0 or an errno. */
int fault_open(void);

/* From the next system call on the @n-th allocation fails. */
void fault_arm(unsigned int n);

/* Ends that; how many were left until the one to fail, 0 if it has. */
unsigned int fault_disarm(void);

#endif
