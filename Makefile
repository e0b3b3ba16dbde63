# SPDX-License-Identifier: GPL-2.0-or-later
CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror
.PHONY: lab
lab: build/lab/taps build/lab/peer build/lab/peerd
build/lab/taps: ktest/lab/taps.c
build/lab/peer: ktest/lab/peer.c ktest/lab/wire.c ktest/lab/peer.h
build/lab/peerd: ktest/lab/peerd.c ktest/lab/wire.c ktest/lab/peer.h
build/lab/%:
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -D_GNU_SOURCE -o $@ $(filter %.c,$^)
