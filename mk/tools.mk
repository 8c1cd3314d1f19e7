# SPDX-License-Identifier: MIT
# Programs, and the one archive that they share.
#
# A tool is declared by one line in the Makefile:
#
#	$(eval $(call tool,NAME,LIBRARIES[,SECTION]))
#
# and is made of tools/NAME.c, or of every .c and .S in tools/NAME/ where it has outgrown
# one file. LIBRARIES are pkg-config names. Its manual is tools/NAME.SECTION
# (or tools/NAME/NAME.SECTION), SECTION 1 unless said.
#
# Each object is named by a rule, so none is intermediate to make, nor is it to be declared
# so (.SECONDARY): of such a one that is not there make asks only whether what is made of it
# is older than its source, and a new file that is older than the archive stays out of it.
#
# Test programs are tests/unit/test-*.c (cmocka); what they test of a tool's
# folder they name in a line "// uses: tools/NAME/FILE.c".

CC	?= cc
CFLAGS	?= -O2 -g
VERSION	:= $(file <VERSION)
CSTD	:= -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DSEEDBED_VERSION='"$(VERSION)"' \
	   -Itools/lib -Itools/recipe
WARN	:= -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes \
	   -Wmissing-prototypes -Wwrite-strings -Wvla $(WERROR)
# Set-up installs what pkg-config would miss, so its silence before is no loss.
pkg	 = $(shell pkg-config --$(1) $(2) 2>/dev/null)

TOOLS	 :=
MANUALS	 :=
LIBSRC	 := $(wildcard tools/lib/*.c tools/recipe/*.c)
LIBOBJ	 := $(LIBSRC:%.c=$(O)/obj/%.o)
LIBA	 := $(O)/obj/libseedbed.a

define tool
TOOLS += $(1)
$(1)_SRC := $$(if $$(wildcard tools/$(1)/),$$(sort $$(wildcard tools/$(1)/*.[cS])),tools/$(1).c)
$(1)_OBJ := $$(patsubst %,$$(O)/obj/%.o,$$(basename $$($(1)_SRC)))
$(1)_MAN := $$(wildcard tools/$(1).[1-8] tools/$(1)/*.[1-8])
MANUALS += $$($(1)_MAN)
$$($(1)_OBJ): PKGS := $(2)
$$(O)/bin/$(1): PKGS := $(2)
$$(O)/bin/$(1): $$($(1)_OBJ) $$(LIBA)
endef

# Deferred, so that no library is asked for before set-up has run.
LINK	 = $(CC) $(CFLAGS) $(LDFLAGS) -o $@.tmp $(filter %.o %.a,$^) \
	   $(call pkg,libs,popt $(PKGS)) $(LDLIBS) && mv $@.tmp $@

$(O)/bin/%:
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(LINK)

# The machine first: compilers and libraries come by set-up, once a build folder.
$(O)/.setup: mk/packages
	@mkdir -p $(@D)
	@[ "$(SETUP)" = no ] || mk/setup.sh build run
	@touch $@

$(O)/obj/%.o: %.c | $(O)/.setup
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CSTD) $(WARN) $(CPPFLAGS) $(CFLAGS) $(call pkg,cflags,popt $(PKGS)) -MMD -MP -c -o $@ $<

$(O)/obj/%.o: %.S
	@mkdir -p $(@D)
	@echo "  AS    $<"
	@$(CC) -MMD -MP -c -o $@ $<

# A new version is in all programs that say it.
$(O)/obj/tools/lib/opts.o $(O)/obj/tools/preseed-check/report.o: VERSION

$(LIBA): $(LIBOBJ)
	@echo "  AR    $@"
	@rm -f $@ && $(AR) rcs $@ $^

# The programs find what they come with as when they are installed, wherever O= is.
$(O)/bin/preseed: | $(O)/share/seedbed/preseed.d
ifneq ($(shell readlink $(O)/share/seedbed/preseed.d),$(CURDIR)/preseed.d)
.PHONY: $(O)/share/seedbed/preseed.d
endif
$(O)/share/seedbed/preseed.d:
	@mkdir -p $(@D)
	@ln -sfn "$(CURDIR)/preseed.d" $@

# --- test programs ---

UNITS	 := $(patsubst tests/unit/%.c,$(O)/tests/%,$(wildcard tests/unit/test-*.c))
uses	  = $(shell sed -n 's|^// uses: ||p' $(1))
needs	  = $(shell sed -n 's|^// needs: ||p' $(1))

define unit
$(O)/tests/$(1): PKGS := cmocka $$(call needs,tests/unit/$(1).c)
$(O)/obj/tests/unit/$(1).o: PKGS := cmocka $$(call needs,tests/unit/$(1).c)
$(O)/tests/$(1): $(O)/obj/tests/unit/$(1).o \
	$$(patsubst %.c,$(O)/obj/%.o,$$(call uses,tests/unit/$(1).c)) $(LIBA)
	@mkdir -p $$(@D)
	@echo "  LD    $$@"
	@$$(LINK)
endef
$(foreach u,$(UNITS),$(eval $(call unit,$(notdir $(u)))))

-include $(wildcard $(O)/obj/tools/*.d $(O)/obj/tools/*/*.d $(O)/obj/tests/unit/*.d)
