# SPDX-License-Identifier: GPL-2.0-or-later
#
# Everything is found by wildcard: a new .c file, unit test or example needs no
# line here.  Kernel objects are listed in Kbuild.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -ec
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
.DEFAULT_GOAL := help

B := build
PREFIX ?= /usr/local
KDIR = $(KERNEL_ROOT)/lib/modules/$(1)/build
K := 6.1

help: ## show this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

# ---- packages: installed before anything else is looked at

ifneq ($(filter-out help clean lab,$(or $(MAKECMDGOALS),help)),)
debug_goals := modules-debug modules-kcsan test-debug test-kcsan test-planted fuzz-netlink \
	fuzz-packets soak
packages := $(shell sed 's/#.*//' Documentation/packages.list)
ifneq ($(SMOKE)$(filter fuzz $(debug_goals),$(MAKECMDGOALS)),)
packages += $(shell sed 's/#.*//' Documentation/packages-debug.list)
endif
ifneq ($(SMOKE)$(filter $(debug_goals),$(MAKECMDGOALS)),)
packages += linux-source-$(K)
endif
ifneq ($(filter bench bench-table,$(MAKECMDGOALS)),)
packages += $(shell sed 's/#.*//' Documentation/packages-bench.list)
endif
installed := $(shell dpkg-query -W -f='$${db:Status-Status}:$${Package} ')
missing := $(filter-out $(installed:installed:%=%),$(packages))
ifneq ($(missing),)
sudo := $(if $(filter-out 0,$(shell id -u)),sudo)
$(info Installing $(missing))
$(shell { $(sudo) apt-get -q update && \
	$(sudo) env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
	--no-install-recommends $(missing); } </dev/null >&2)
ifneq ($(.SHELLSTATUS),0)
$(error These packages are needed and could not be installed: $(missing))
endif
endif
endif

deps: ## install the Debian packages of Documentation/packages.list
	@echo "All $(words $(packages)) packages are installed."

# ---- the module, for every kernel whose headers are installed
#
# Kbuild puts objects next to sources, and kernels before 6.14 cannot be told
# otherwise: each kernel gets a directory of links to the sources.  KERNEL_ROOT
# is where kernels are that are not installed, such as the debug kernels.

kernels := $(patsubst $(KERNEL_ROOT)/lib/modules/%/build/Makefile,%,\
	$(wildcard $(KERNEL_ROOT)/lib/modules/*/build/Makefile))
kmod_sources := $(wildcard Kbuild kmod/*.[ch] kmod/*/*.[ch])
nf_modules := $(patsubst examples/%/Kbuild,%,$(wildcard examples/*/Kbuild))

define mirror
mkdir -p $(2)
cp -rsf $(addprefix $(CURDIR)/,$(1)) $(2)
find $(2) -xtype l -delete
endef

# $(1) kernel, $(2) directory, $(3) more arguments
define kbuild
$(MAKE) -C $(KDIR) M=$(CURDIR)/$(2) W=1 $(3) modules
endef

# $(1) kernel, $(2) directory, $(3) example, $(4) more arguments
define kbuild_nf
$(call kbuild,$(1),$(2)/$(3),FLOWMAGE=$(CURDIR) \
	KBUILD_EXTRA_SYMBOLS=$(CURDIR)/$(2)/Module.symvers $(4))
endef

define kernel_rules
modules-$(1): $(B)/kmod/$(1)/flowmage.ko $(nf_modules:%=$(B)/kmod/$(1)/%/.built)

$(B)/kmod/$(1)/flowmage.ko: $(kmod_sources) $(KDIR)/Module.symvers
	@$$(call mirror,Kbuild kmod,$(B)/kmod/$(1))
	+@$$(call kbuild,$(1),$(B)/kmod/$(1))
	@touch $$@

$(nf_modules:%=$(B)/kmod/$(1)/%/.built): $(B)/kmod/$(1)/%/.built: \
		$(B)/kmod/$(1)/flowmage.ko $(wildcard examples/*/*.[ch] examples/*/Kbuild)
	@$$(call mirror,examples/$$*,$(B)/kmod/$(1))
	@rm -f $(B)/kmod/$(1)/$$*/Module.symvers # or old symbol versions stay
	+@$$(call kbuild_nf,$(1),$(B)/kmod/$(1),$$*)
	@cp $(B)/kmod/$(1)/$$*/*.ko $(B)/kmod/$(1)/
	@touch $$@

check-$(1):
	@rm -rf $(B)/check/$(1)
	@$$(call mirror,Kbuild kmod $(nf_modules:%=examples/%),$(B)/check/$(1))
	+@{ $$(call kbuild,$(1),$(B)/check/$(1),$(check_flags)); \
	$(foreach nf,$(nf_modules),$$(call kbuild_nf,$(1),$(B)/check/$(1),$(nf),$(check_flags));) \
	} 2>&1 | sed "s,$(CURDIR)/$(B)/check/$(1)/,," | tee $(B)/check/$(1)/log
	@! grep -i 'warning:\|error:' $(B)/check/$(1)/log | \
		grep -v 'compiler differs'
.PHONY: modules-$(1) check-$(1)
endef
check_flags := C=2

ifneq ($(wildcard kmod/main.c),)
$(foreach k,$(kernels),$(eval $(call kernel_rules,$(subst :,\:,$(k)))))
modules: $(kernels:%=modules-%)
check-modules: $(kernels:%=check-%)
else
modules check-modules:
	@echo "kmod/main.c is not there: no module."
endif

# ---- user space

CFLAGS ?= -O2 -g
cflags := -std=gnu11 -Wall -Wextra -Werror -MMD -MP
# For its headers: the library is loaded when it is needed.
LLVM := /usr/lib/llvm-14

# Kernel files that are pure computation. They, and the units that include
# user.h or rig.h, see the shims of ktest/user instead of the kernel's headers.
KMOD_PURE := $(wildcard $(addprefix kmod/,error.c key.c toeplitz.c pkt.c heap.c \
	list.c prefix.c rule.c pattern.c backend.c server.c maglev.c \
	table.c resize.c walk.c stats.c param.c inst.c lpm.c classifier.c classify.c \
	payload.c search.c trie.c stream.c quote.c rewrite.c entry.c store.c lru.c lend.c \
	state.c port.c steer.c session.c pool.c endpoint.c builtin.c nf.c nf/*.c))
pure_flags := -Iktest/user -Ikmod -Ikmod/uapi -Isolver -fno-strict-aliasing \
	-Wno-unused-parameter -Wno-sign-compare
pure_tests := $(shell grep -l '"\(user\|rig\).h"' ktest/unit/*.c)

pkg = $(shell pkg-config $(1) $(2))
include_dirs := -Ikmod/uapi -Isolver -Illm -Itools/lib
include_flags = $(include_dirs) -isystem $(LLVM)/include \
	$(call pkg,--cflags,libnl-3.0 libnl-genl-3.0 json-c smartcols libcurl)
libs = -Wl,--as-needed $(call pkg,--libs,libnl-genl-3.0 libnl-3.0 json-c smartcols nettle libcurl) \
	-lglpk -lpcap -lm -lpthread

sources = $(wildcard $(addsuffix /*.c,$(1)))
objects = $(patsubst %.c,$(B)/obj/%.o,$(1))
library = $(if $(2),$(B)/lib$(1).a)

libfmsolver := $(call library,fmsolver,$(call sources,solver))
libfmllm := $(call library,fmllm,$(call sources,llm))
libfmtools := $(call library,fmtools,$(call sources,tools/lib))
libfmkmod := $(call library,fmkmod,$(KMOD_PURE))
pure_objects := $(call objects,$(KMOD_PURE) $(call sources,ktest/user))
user_libs := $(libfmtools) $(libfmllm) $(libfmsolver)

$(libfmsolver): $(call objects,$(call sources,solver))
$(libfmllm): $(call objects,$(call sources,llm))
$(libfmtools): $(call objects,$(call sources,tools/lib))
$(B)/lib%.a:
	@echo "  AR      $@"
	@rm -f $@
	@$(AR) rcs $@ $^

# For programs it is the catalogue of NFs; all its other names are its own,
# for programs have an fm_error_set() too.
kmod_names := fm_builtin_nfs fm_param_check fm_param_fill fm_param_uint fm_param_word
$(libfmkmod): $(pure_objects)
	@echo "  AR      $@"
	@rm -f $@
	@$(LD) -r -o $(B)/obj/fmkmod.o $^
	@objcopy $(kmod_names:%=--keep-global-symbol=%) $(B)/obj/fmkmod.o
	@$(AR) rcs $@ $(B)/obj/fmkmod.o
$(pure_objects) $(call objects,$(pure_tests)): include_flags = $(pure_flags)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(cflags) $(include_flags) -c -o $@ $<

# Every directory of tools/ but lib is a program, and every directory of ktest/
# that has a main.c.
tool_dirs := $(filter-out tools/lib,$(patsubst %/,%,$(sort $(dir $(wildcard tools/*/*.c)))))
ktest_dirs := $(patsubst %/main.c,%,$(wildcard ktest/*/main.c))
programs := $(addprefix $(B)/,$(notdir $(tool_dirs) $(ktest_dirs)))
units := $(patsubst ktest/unit/%.c,$(B)/unit/%,$(wildcard ktest/unit/*.c))

# What a program takes from another's directory.
pktfuzz_sources := ktest/gen/frame.c ktest/gen/checksum.c
failnth_sources := ktest/nlraw/request.c

define program_rule
$(B)/$(notdir $(1)): $(call objects,$(call sources,$(1)) $($(notdir $(1))_sources)) \
	$(user_libs)
endef
$(foreach d,$(tool_dirs) $(ktest_dirs),$(eval $(call program_rule,$(d))))

# nlfuzz speaks the specification, not a copy of it.
$(B)/spec/nlfuzz_table.h: ktest/nlfuzz/table ktest/spec_check \
		Documentation/netlink/specs/flowmage.yaml
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	@ktest/nlfuzz/table > $@
$(call objects,ktest/nlfuzz/spec.c): $(B)/spec/nlfuzz_table.h
$(call objects,ktest/nlfuzz/spec.c): include_dirs += -I$(B)/spec

pure_units := $(pure_tests:ktest/unit/%.c=$(B)/unit/%)
$(units): $(B)/unit/%: $(B)/obj/ktest/unit/%.o
$(filter-out $(pure_units),$(units)): $(user_libs)
$(pure_units): $(pure_objects) $(libfmsolver)
$(units): libs += -lcmocka

$(programs) $(units):
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(libs)

lab_programs := $(addprefix $(B)/lab/,taps peer peerd)
lab: $(lab_programs)
$(B)/lab/taps: $(call objects,ktest/lab/taps.c)
$(B)/lab/peer: $(call objects,ktest/lab/peer.c ktest/lab/wire.c)
$(B)/lab/peerd: $(call objects,ktest/lab/peerd.c ktest/lab/wire.c)
$(call objects,$(call sources,ktest/lab)): include_flags =
$(lab_programs):
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS) -o $@ $^

-include $(shell find $(B)/obj -name '*.d' 2>&-)
include ktest/fuzz/fuzz.mk

# The benchmark of hash tables: kernel code, and the tables it is compared with.
bench_table := $(call objects,$(call sources,ktest/bench/table))
bench_libs = $(call pkg,--libs,liburcu-qsbr liburcu-cds ck json-c) \
	-lrte_hash -lrte_eal -lm -lpthread
$(bench_table): include_flags = -Iktest/bench/table $(pure_flags) \
	$(call pkg,--cflags,libdpdk liburcu-qsbr ck json-c)
$(call objects,ktest/bench/table/rte.c ktest/bench/table/lfht.c ktest/bench/table/ck.c): \
	include_flags = -Iktest/bench/table $(call pkg,--cflags,libdpdk liburcu-qsbr ck)
$(B)/bench/table: $(bench_table) $(pure_objects) $(libfmsolver)
	@mkdir -p $(@D)
	@echo "  LINK    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(bench_libs)

# ---- what people type

user: $(programs) $(units) lab

modules-debug: ## build the debug kernel unless that is done, and the module for it
	@ktest/debug/kernel $(K) > /dev/null
	+@$(MAKE) KERNEL_ROOT="$$(ktest/debug/kernel -n $(K))" KCFLAGS=-g modules

modules-kcsan: ## the same for the kernel that looks for data races
	@ktest/debug/kernel kcsan > /dev/null
	+@$(MAKE) KERNEL_ROOT="$$(ktest/debug/kernel -n kcsan)" KCFLAGS=-g modules

all: modules user ## build the module for every installed kernel, and the tools

demo: all ## boot a guest and show the whole thing at work (under 8 minutes)
	+@ktest/demo.sh

track: user ## analyse NFs whose sources changed, and say what that affects
	@$(B)/fmctl track watch --once $(CURDIR) $(foreach f,$(wildcard kmod/nf/*.c),--nf $(basename $(notdir $(f))))

test: all replay $(if $(SMOKE),modules-debug) ## run all tests, in guests of both kernels too (SMOKE=1: some in the debug kernel)
	+@ktest/run $(if $(SMOKE),-s -k 6.1 -k 6.12 -k debug-$(K))

test-debug: modules-debug user ## run the kselftests in the debug kernel (K=6.12 for the newer, SMOKE=1 for some)
	+@ktest/run -k debug-$(K) $(if $(SMOKE),-s) kself/

test-planted: modules-debug user ## plant mistakes in a copy and see the debug kernel's tests catch them
	@ktest/planted.sh -k $(K)

test-kcsan: modules-kcsan user ## run the kselftests in the kernel that looks for data races
	+@ktest/run -k kcsan kself/

replay: $(fuzz_targets:%=$(B)/replay/%)

fuzz: $(fuzz_chosen:%=$(B)/fuzz/%) ## fuzz packets and parsers, SECONDS=60 each; TARGET=NAME, SEED=N, JOBS=N
	@ktest/fuzz/run $(fuzz_options) $(fuzz_chosen)

flood: all ## a SYN flood against a chain and nf_conntrack (SECONDS=60 K=6.1)
	@ktest/flood.sh -k $(K) \
		$(if $(filter command line,$(origin SECONDS)),-s $(SECONDS))

MESSAGES := 1000000

fuzz-netlink: modules-debug user ## fuzz the netlink family in the debug kernel (MESSAGES=1000000)
	@ktest/nlfuzz/run -n $(MESSAGES) -k $(K)

MINUTES := 10
soak: modules-debug user ## everything at once, in the debug kernel (MINUTES=10 K=6.1 SEED=n)
	@ktest/soak.sh -k $(K) -m $(MINUTES) $(if $(SEED),-s $(SEED))

FRAMES := 10000000
fuzz-packets: all modules-debug ## broken frames into both kernels and the debug kernel (FRAMES=n SEED=n)
	@ktest/pktfuzz.sh -n $(FRAMES) $(if $(SEED),-s $(SEED)) 6.1 6.12 debug-$(K)

STEPS := 100000000
test-model: ## random operations on the hash table, under sanitizers (STEPS=100000000)
	+@$(MAKE) B=$(B)/sanitized CFLAGS="$(fuzz_cflags)" \
		LDFLAGS="$(fuzz_sanitizers)" $(B)/sanitized/unit/table
	@KTEST_STEPS=$(STEPS) $(B)/sanitized/unit/table

bench: bench-table bench-peers ## measure; results go to build/bench

bench-peers: all ## chains beside nft, conntrack and tc in a guest (K=6.12)
	@ktest/bench/peers/run

bench-table: $(B)/bench/table ## the hash table beside others, on a machine at rest (BENCH=options, -h lists them)
	@$(B)/bench/table $(BENCH) > $(B)/bench/table.json
	@ktest/bench/table/plot $(B)/bench/table.json > $(B)/bench/table.svg
	@echo "$(B)/bench/table.json, $(B)/bench/table.svg"

check: check-modules check-shell user ## compile with sparse and all warnings as errors

check-shell:
	@shellcheck -x $$(grep -lE '^#!/bin/(ba)?sh' -r ktest .ci examples 2>&-)

# ---- installation

mandir := $(DESTDIR)$(PREFIX)/share/man
datadir := $(DESTDIR)$(PREFIX)/share/flowmage

# Copies files to a directory of their own kind, if there are any.
define put
$(if $(3),install -d $(2) && install -m $(1) $(3) $(2))
endef

install: all $(kernels:%=install-modules-%) ## install module, tools, data and headers below DESTDIR and PREFIX
	$(call put,755,$(DESTDIR)$(PREFIX)/sbin,$(wildcard $(addprefix $(B)/,$(notdir $(tool_dirs)))))
	$(call put,644,$(datadir)/rules/frameworks,$(wildcard rules/frameworks/*.json))
	$(call put,644,$(datadir)/rules/nic,$(wildcard rules/nic/*.json))
	$(call put,644,$(datadir)/rules/nf,$(wildcard rules/nf/*.json))
	$(call put,644,$(datadir)/nf,$(wildcard kmod/nf/*.c))
	$(call put,644,$(mandir)/man8,$(wildcard Documentation/*.8 Documentation/man/*.8))
	$(call put,644,$(DESTDIR)$(PREFIX)/include/flowmage,$(wildcard kmod/flowmage_nf.h))
	$(call put,644,$(DESTDIR)$(PREFIX)/include/flowmage/uapi,$(wildcard kmod/uapi/*.h))

$(kernels:%=install-modules-%): install-modules-%: modules
	+$(if $(wildcard kmod/main.c),$(MAKE) -C $(call KDIR,$*) \
		M=$(CURDIR)/$(B)/kmod/$* INSTALL_MOD_PATH=$(DESTDIR) modules_install)
	$(if $(DESTDIR),,depmod $*)

clean: ## remove everything that was built
	rm -rf $(B)

.PHONY: test-model track help deps modules modules-debug user all demo bench bench-table bench-peers install clean lab \
	test test-debug test-kcsan test-planted replay fuzz fuzz-netlink fuzz-packets flood soak \
	check check-modules check-shell $(kernels:%=install-modules-%)
