# SPDX-License-Identifier: GPL-2.0-or-later
#
# Fuzz targets, ktest/fuzz/NAME.c: build/fuzz/NAME with clang and libFuzzer,
# build/replay/NAME with the compiler of everything else, which only gives the
# target the files of its corpus.  Both are instrumented throughout, so they
# have objects of their own.

FUZZ_CC := clang-14
fuzz_sanitizers := -fsanitize=address,undefined -fno-sanitize-recover=all
fuzz_cflags := -O1 -g -fno-omit-frame-pointer $(fuzz_sanitizers)
fuzz_targets := $(patsubst ktest/fuzz/%.c,%,\
	$(filter-out ktest/fuzz/replay.c,$(call sources,ktest/fuzz)))
fuzz_pure := $(patsubst ktest/fuzz/%.c,%,\
	$(shell grep -l '"\(user\|rig\).h"' ktest/fuzz/*.c))
fuzz_user := $(filter-out $(fuzz_pure),$(fuzz_targets))
fuzz_tools := $(call sources,tools/lib llm solver) ktest/ref/capture.c \
	ktest/ref/packet.c ktest/nlraw/request.c
fuzz_core := $(KMOD_PURE) $(call sources,ktest/user) ktest/ref/packet.c
fuzz_libs = $(filter-out -lpthread,$(libs)) -lpthread

# $(1) directory below build, $(2) compiler, $(3) flags to compile, $(4) to link
define fuzz_rules
$(B)/$(1)/user/%.o: %.c
	@mkdir -p $$(@D)
	@echo "  CC      $(1) $$<"
	@$(2) $(3) $(cflags) $$(include_flags) -Iktest/ref -Iktest/nlraw -c -o $$@ $$<

$(B)/$(1)/pure/%.o: %.c
	@mkdir -p $$(@D)
	@echo "  CC      $(1) $$<"
	@$(2) $(3) $(cflags) $(pure_flags) -Iktest/ref -c -o $$@ $$<

$(B)/$(1)/tools.a: $(patsubst %.c,$(B)/$(1)/user/%.o,$(fuzz_tools))
$(B)/$(1)/core.a: $(patsubst %.c,$(B)/$(1)/pure/%.o,$(fuzz_core))
$(B)/$(1)/tools.a $(B)/$(1)/core.a:
	@rm -f $$@
	@$(AR) rcs $$@ $$^

$(fuzz_user:%=$(B)/$(1)/%): $(B)/$(1)/%: $(B)/$(1)/user/ktest/fuzz/%.o \
		$(5:%=$(B)/$(1)/user/%) $(B)/$(1)/tools.a
$(fuzz_pure:%=$(B)/$(1)/%): $(B)/$(1)/%: $(B)/$(1)/pure/ktest/fuzz/%.o \
		$(5:%=$(B)/$(1)/pure/%) $(B)/$(1)/core.a
$(fuzz_targets:%=$(B)/$(1)/%):
	@echo "  LINK    $$@"
	@$(2) $(4) -o $$@ $$^ $$(fuzz_libs)
-include $$(shell find $(B)/$(1)/user $(B)/$(1)/pure -name '*.d' 2>&-)
.SECONDARY: $(foreach d,user pure,$(fuzz_targets:%=$(B)/$(1)/$(d)/ktest/fuzz/%.o))
endef

$(eval $(call fuzz_rules,fuzz,$(FUZZ_CC),$(fuzz_cflags) \
	-fsanitize=fuzzer-no-link -Wno-gnu -Wno-unknown-warning-option,\
	$(fuzz_sanitizers) -fsanitize=fuzzer,))
$(eval $(call fuzz_rules,replay,$(CC),$(fuzz_cflags),$(fuzz_sanitizers),ktest/fuzz/replay.o))

# TARGET, SECONDS, SEED and JOBS are whoever calls make's to choose.
fuzz_chosen := $(or $(TARGET),$(fuzz_targets))
fuzz_options := $(if $(filter command line,$(origin SECONDS)),-s $(SECONDS)) \
	$(if $(SEED),-r $(SEED)) $(if $(JOBS),-j $(JOBS))
