# SPDX-License-Identifier: MIT
# Tests: prove runs them all, side by side.
#
#   tests/unit/test-*.c	functions (cmocka)
#   tests/cli/*.t	programs, by their command lines; no root, no guest
#   tests/vm/*.t	what boots a guest
#
# The cold install takes longest, so it starts first and the rest runs beside it.
# Merged: prove would wait for one test's next line while others have ended.

JOBS   ?= $(shell nproc)
CLI	= $(sort $(wildcard tests/cli/*.t))
VM	= $(sort $(wildcard tests/vm/*.t))
LONGEST	= tests/vm/appliance.t
# What this make tells its scripts is not what theirs tells them.
PROVE	= env -u SEEDBED_BUILD -u SEEDBED_RECIPES -u SEEDBED_SHOWN -u SEEDBED_BIN -u O PATH="$(CURDIR)/$(O)/bin:$$PATH" SEEDBED_ROOT="$(CURDIR)" \
	  CMOCKA_MESSAGE_OUTPUT=TAP prove --merge --timer --failures --comments

.PHONY: check check-fast check-setup proof-setup proof-large fuzz tidy

# What tests look into images with; never installed. NAME, LIBRARIES[, OBJECTS]
define testtool
TESTTOOLS += $(O)/tests/$(1)
$(O)/tests/$(1): PKGS := $(2)
$(O)/tests/$(1): $(O)/obj/tests/tools/$(1).o $(O)/obj/tests/tools/record.o $(3) $(LIBA)
	@mkdir -p $$(@D)
	@echo "  LD    $$@"
	@$$(LINK)
endef
$(eval $(call testtool,ext-list,ext2fs com_err libcrypto))
$(eval $(call testtool,initrd-list,libarchive zlib libcrypto,$(filter-out %/main.o,$(initrd-add_OBJ))))
-include $(wildcard $(O)/obj/tests/tools/*.d)

.PHONY: testtools
testtools: $(TESTTOOLS)

check: check-setup tools $(UNITS) $(TESTTOOLS) $(O)/seedbed.udeb	## all tests, a cold install among them (a quarter of an hour under emulation)
	@mk/installers/di/templates.sh > /dev/null && tests/example-preseed.sh > /dev/null || \
		echo "preseed-check is tested without the release's own questions"
	@kit=$$(mk/kit.sh) && SEEDBED_KIT=$$kit $(PROVE) -j$(JOBS) $(LONGEST) $(filter-out $(LONGEST),$(VM)) $(CLI) $(UNITS)

check-fast: tools $(UNITS) $(TESTTOOLS) $(O)/seedbed.udeb	## the tests of a minute, without a guest
	$(PROVE) -j$(JOBS) $(CLI) $(UNITS)

proof-setup:	## set-up on a fresh Debian 12 and 13 with systemd, each in a guest (half an hour under emulation)
	@[ "$(SETUP)" = no ] || mk/setup.sh check proof
	@TEST_SECONDS=7200 $(PROVE) tests/proof/setup-services.t

proof-large: tools $(O)/seedbed.udeb	## an appliance with 500 MB of packages, forked and straight (an hour under emulation)
	@[ "$(SETUP)" = no ] || mk/setup.sh build run check
	@TEST_SECONDS=14400 $(PROVE) tests/proof/large.t

check-setup:
	@[ "$(SETUP)" = no ] || mk/setup.sh build run check

# Each parser of other people's text, fed with what nobody meant; a find stops it and
# lies in the folder.
FUZZERS	     = $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz-*.c))
FUZZ_SECONDS ?= 60

fuzz: $(FUZZERS:%=$(O)/fuzz/%)	## the parsers, FUZZ_SECONDS=60 each
	@for f in $(FUZZERS); do \
		mkdir -p $(O)/fuzz/found-$$f; \
		echo "  FUZZ  $$f"; \
		$(O)/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 -verbosity=0 \
			-artifact_prefix=$(O)/fuzz/found-$$f/ $(O)/fuzz/found-$$f $$(ls -d tests/fuzz/corpus/$${f#fuzz-} 2>/dev/null) || exit 1; \
	done

# What they are made of is only looked up when they are asked for.
define fuzzer
$(O)/fuzz/$(1): $(2) $(wildcard tools/lib/*.h tools/recipe/*.h $(addsuffix *.h,$(sort $(dir $(2)))))
endef
ifneq ($(filter fuzz $(O)/fuzz/%,$(MAKECMDGOALS)),)
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$(f),$(call uses,tests/fuzz/$(f).c))))
endif

$(O)/fuzz/%: tests/fuzz/%.c $(LIBSRC)
	@mkdir -p $(@D)
	@echo "  FUZZ  $@"
	@clang -g -O1 -fsanitize=fuzzer,address,undefined $(CSTD) -Wno-everything -o $@ $< \
		$(call uses,$<) $(LIBSRC) $(call pkg,cflags,popt libvirt $(call needs,$<)) \
		$(call pkg,libs,popt libvirt libxml-2.0 ext2fs com_err blkid devmapper $(call needs,$<))

# One file a call: several at once make clang-tidy 14 see ghosts in va_lists.
tidy:	## clang-tidy over everything
	@printf '%s\n' $(wildcard tools/*.c tools/*/*.c tests/tools/*.c) | xargs -P $(JOBS) -I{} clang-tidy --quiet {} -- $(CSTD) \
		$(call pkg,cflags,popt libvirt libxml-2.0 slirp libarchive ext2fs blkid devmapper libxxhash libmicrohttpd libcurl yaml-0.1)
