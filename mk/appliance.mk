# SPDX-License-Identifier: MIT
# An appliance, the whole way: each arrow of the way is a file in build/NAME/.
#
#	recipes/NAME.recipe + preseed.d/	-> preseed.cfg, facts	compile.sh
#	preseed.cfg + the release's kit		-> route		route.sh
#	route, in a guest			-> disk.qcow2		disk.sh
#	disk.qcow2 in a guest			-> checks, manifest	verify.sh
#
RECIPES	  ?= recipes
MKDIR	  := $(ROOT)/mk
NAMES	  := $(shell $(MKDIR)/list.sh $(RECIPES))
FRAGMENTS := $(wildcard $(ROOT)/preseed.d/*.preseed)
export SEEDBED_BUILD   := $(shell realpath -m -- $(O))
export SEEDBED_RECIPES := $(abspath $(RECIPES))
export SEEDBED_SHOWN   ?= $(O)
export SEEDBED_BIN     := $(abspath $(BIN))

.PHONY: list appliances checkpoints kit templates report bench-syscost $(NAMES:%=appliance-%) $(NAMES:%=debug-%)

# appliance-NAME:	## one of them, the whole way: build/NAME/NAME.qcow2

# debug-NAME:	## its installer on this terminal, with shells beside it (KEEP=1: the disk stays)

$(NAMES:%=debug-%): debug-%: $(O)/%/route $(O)/seedbed.udeb
	@DEBUG=1 FORK=no $(MKDIR)/disk.sh $*

list:	## the appliances that there are recipes for
	@printf '%s\n' $(NAMES)

appliances: $(NAMES:%=appliance-%)	## all of them (make -j builds side by side)
	@:

# Says so where nothing was to do; the manifest's rule has spoken otherwise. By make
# itself, with no process for each: that would be most of the time over many recipes. What
# was asked for by name has one, or make would say that there is nothing to be done.
$(NAMES:%=appliance-%): private SHELL := /bin/sh
$(NAMES:%=appliance-%): private .SHELLFLAGS := -c
$(NAMES:%=appliance-%): appliance-%: $(O)/%/manifest
	@$(if $(filter $*,$(FRESH)),,$(info $*: $(SEEDBED_SHOWN)/$*/$*.qcow2 is up to date))$(if $(filter $@,$(MAKECMDGOALS)),true)

checkpoints: $(CHAIN)	## the installers that are kept to be forked
	@$(MKDIR)/checkpoints.sh

kit: $(CHAIN)	## fetches the installer (REFRESH=1: anew)
	@$(MKDIR)/kit.sh

# A folder is an appliance's if its answers have been made: its facts are there.
report: $(CHAIN)	## build/report.html: all that was built, as one page
	@umask 077; $(BIN)/appliance-report -o $(O)/report.html $(patsubst %/facts,%,$(wildcard $(NAMES:%=$(O)/%/facts)))
	@echo "report: $(SEEDBED_SHOWN)/report.html"

templates: $(CHAIN)	## what preseed-check knows of the release
	@$(MKDIR)/templates.sh

# Written anew when what the operator says is another than last time, and only then.
said = $(foreach v,$(1),$(v)=$($(v)))
stamp = $(file >$(O)/.said-$(1).new,$(call said,$(2)))$(shell cd $(O) && \
	if cmp -s .said-$(1).new .said-$(1); then rm .said-$(1).new; else mv .said-$(1).new .said-$(1); fi)
# (.DEFAULT is what bash-completion asks, to learn which goals there are.)
ifneq ($(filter-out help list clean setup tools install uninstall dist .DEFAULT,$(MAKECMDGOALS)),)
$(shell mkdir -p $(O))
$(call stamp,answers,$(ANSWERS))
$(call stamp,ways,$(WAYS))
endif

# compile.sh leaves preseed.cfg as it is where nothing has come out otherwise: a comment in
# a recipe, or another limit, is no reason to build anew.
$(NAMES:%=$(O)/%/preseed.cfg): $(O)/%/preseed.cfg: $(O)/%/.compiled ;

$(NAMES:%=$(O)/%/.compiled): $(O)/%/.compiled: $(RECIPES)/%.recipe $(FRAGMENTS) $(O)/.said-answers $(wildcard $(KEY) $(KEYRING)) | $(CHAIN)
	@$(MKDIR)/compile.sh $*

$(NAMES:%=$(O)/%/route): $(O)/%/route: $(O)/%/preseed.cfg $(O)/seedbed.udeb $(O)/.said-ways | $(CHAIN)
	@$(MKDIR)/route.sh $*

$(NAMES:%=$(O)/%/disk.qcow2): $(O)/%/disk.qcow2: $(O)/%/route
	@$(MKDIR)/disk.sh $*

$(NAMES:%=$(O)/%/manifest): $(O)/%/manifest: $(O)/%/disk.qcow2
	@$(MKDIR)/verify.sh $*
	@$(MKDIR)/manifest.sh $*
	@ln -f $(O)/$*/disk.qcow2 $(O)/$*/$*.qcow2
	@$(MKDIR)/share.sh $(O)/$*
	@echo "$*: done: $(SEEDBED_SHOWN)/$*/$*.qcow2, $(SEEDBED_SHOWN)/$*/manifest"
	$(eval FRESH += $*)

bench-syscost: $(O)/bench/manifest	## what calls and processes cost: this host, the guest, the ratio
	@$(BIN)/syscost --json -o $(O)/bench/host.json
	@$(BIN)/syscost --compare $(O)/bench/host.json $(O)/bench/files/run/syscost/boot.json

# seedbed's own end in the installer, as the installer's own kind of package.
UDEB := $(shell find $(ROOT)/udeb -type f)
$(O)/seedbed.udeb: $(UDEB)
	@mkdir -p $(O)
	@rm -rf $@.d && cp -r $(ROOT)/udeb $@.d && chmod -R u+w,go+rX $@.d
	@mkdir $@.d/usr/lib/seedbed/kmod && ln -s /usr/bin/kmod $@.d/usr/lib/seedbed/kmod/depmod
	@find $@.d -exec touch -h -d @0 {} +
	@SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zgzip --build $@.d $@.tmp > /dev/null
	@rm -rf $@.d && mv $@.tmp $@

# What a recipe was made of beyond its own file; compile.sh writes names only.
include $(wildcard $(NAMES:%=$(O)/%/inputs.mk))
