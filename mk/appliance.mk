# SPDX-License-Identifier: MIT
# An appliance, the whole way: each arrow of the way is a file in build/NAME/.
#
#	recipes/NAME.recipe + preseed.d/	-> facts, answers	compile.sh
#	these + the release's installer		-> route		route.sh
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

# What each installer needs once: files, in INSTALLERS, and goals.
INSTALLERS :=
include $(wildcard $(MKDIR)/installers/*/rules.mk)
export SEEDBED_SETTINGS := $(ANSWERS) $(WAYS)

.PHONY: list appliances outdated checkpoints kit report bench-syscost $(NAMES:%=appliance-%) $(NAMES:%=debug-%)

# appliance-NAME:	## one of them, the whole way: build/NAME/NAME.qcow2

# debug-NAME:	## its installer on this terminal, with shells beside it (KEEP=1: the disk stays)

$(NAMES:%=debug-%): debug-%: $(O)/%/route $(INSTALLERS)
	@DEBUG=1 FORK=no $(MKDIR)/disk.sh $*

list:	## the appliances that there are recipes for
	@printf '%s\n' $(NAMES)

ifdef REBUILD
# Which those are is only known when the lists have been looked at.
appliances: $(CHAIN) $(O)/seedbed.udeb
	@status=0; names=$$($(MKDIR)/outdated.sh -n '$(REBUILD)') || status=$$?; \
	case $$status in 0|3|4) ;; *) exit $$status ;; esac; \
	[ -n "$$names" ] || { echo "appliances: none to rebuild"; exit 0; }; \
	$(MAKE) --no-print-directory REBUILD= REBUILT="$$(echo $$names)" $$(printf 'appliance-%s ' $$names)
else
appliances: $(NAMES:%=appliance-%)	## all of them (make -j builds side by side; REBUILD=security: see outdated)
	@:
endif
# Another way is found, by the lists of now, and a disk is built by it. (What is always made
# has this for a prerequisite.)
$(REBUILT:%=$(O)/%/route): rebuild
.PHONY: rebuild
rebuild:

# Packages, recipe, fragments, settings, kit: a line for each that is another one now. Only
# what was built is looked at. make's own exit status for any line is 2.
outdated: $(CHAIN) $(O)/seedbed.udeb	## which would come out different today: NAME PACKAGE INSTALLED CANDIDATE ORIGIN, security first
	@$(MKDIR)/outdated.sh

outdated-%: rebuild $(CHAIN) $(O)/seedbed.udeb
	@$(MKDIR)/outdated.sh $*

# outdated-NAME:	## the same of one (make appliances REBUILD=security or any: builds exactly those)

# Says so where nothing was to do; the manifest's rule has spoken otherwise. By make
# itself, with no process for each: that would be most of the time over many recipes. What
# was asked for by name has one, or make would say that there is nothing to be done.
$(NAMES:%=appliance-%): private SHELL := /bin/sh
$(NAMES:%=appliance-%): private .SHELLFLAGS := -c
$(NAMES:%=appliance-%): appliance-%: $(O)/%/manifest
	@$(if $(filter $*,$(FRESH)),,$(info $*: $(SEEDBED_SHOWN)/$*/$*.qcow2 is up to date))$(if $(filter $@,$(MAKECMDGOALS)),true)

# sbom-NAME:	## what is in it, as SPDX 2.3 and CycloneDX 1.6: build/NAME/NAME.spdx.json, NAME.cdx.json

sbom-%: rebuild $(CHAIN)
	@$(MKDIR)/sbom.sh $*

# verify-NAME:	## whence it came: the signature on its provenance, down to the image's bytes (SIGNERS=FILE)

verify-%: rebuild
	@$(MKDIR)/vouched.sh $*

checkpoints: $(CHAIN)	## the installers that are kept to be forked
	@$(MKDIR)/checkpoints.sh

kit: $(CHAIN)	## fetches the installer (REFRESH=1: anew)
	@$(MKDIR)/kit.sh

# A folder is an appliance's if its answers have been made: its facts are there.
report: $(CHAIN)	## build/report.html: all that was built, as one page
	@umask 077; $(BIN)/appliance-report -o $(O)/report.html $(patsubst %/facts,%,$(wildcard $(NAMES:%=$(O)/%/facts)))
	@echo "report: $(SEEDBED_SHOWN)/report.html"

# Written anew when what the operator says is another than last time, and only then.
said = $(foreach v,$(1),$(v)=$($(v)))
stamp = $(file >$(O)/.said-$(1).new,$(call said,$(2)))$(shell cd $(O) && \
	if cmp -s .said-$(1).new .said-$(1); then rm .said-$(1).new; else mv .said-$(1).new .said-$(1); fi)
# (.DEFAULT is what bash-completion asks, to learn which goals there are.)
ifneq ($(filter-out help list clean setup tools install uninstall dist .DEFAULT outdated outdated-% sbom-% verify-%,$(MAKECMDGOALS)),)
$(shell mkdir -p $(O))
$(call stamp,answers,$(ANSWERS))
$(call stamp,ways,$(WAYS))
endif

# compile.sh leaves the facts as they are where neither they nor the answers have come out
# otherwise: a comment in a recipe, or another limit, is no reason to build anew.
$(NAMES:%=$(O)/%/facts): $(O)/%/facts: $(O)/%/.compiled ;

$(NAMES:%=$(O)/%/.compiled): $(O)/%/.compiled: $(RECIPES)/%.recipe $(FRAGMENTS) $(O)/.said-answers $(wildcard $(KEY) $(KEYRING)) | $(CHAIN)
	@$(MKDIR)/compile.sh $*
	@$(MKDIR)/inputs.sh $*

$(NAMES:%=$(O)/%/route): $(O)/%/route: $(O)/%/facts $(INSTALLERS) $(O)/.said-ways | $(CHAIN)
	@$(MKDIR)/route.sh $*
	@$(MKDIR)/inputs.sh --lists $*

$(NAMES:%=$(O)/%/disk.qcow2): $(O)/%/disk.qcow2: $(O)/%/route
	@$(MKDIR)/disk.sh $*

$(NAMES:%=$(O)/%/manifest): $(O)/%/manifest: $(O)/%/disk.qcow2
	@$(MKDIR)/verify.sh $*
	@$(MKDIR)/manifest.sh $*
	@ln -f $(O)/$*/disk.qcow2 $(O)/$*/$*.qcow2
	@$(MKDIR)/provenance.sh $*
	@$(MKDIR)/share.sh $(O)/$*
	@echo "$*: done: $(SEEDBED_SHOWN)/$*/$*.qcow2, $(SEEDBED_SHOWN)/$*/manifest"
	@$(MKDIR)/next.sh $*
	$(eval FRESH += $*)

bench-syscost: $(O)/bench/manifest	## what calls and processes cost: this host, the guest, the ratio
	@$(BIN)/syscost --json -o $(O)/bench/host.json
	@$(BIN)/syscost --compare $(O)/bench/host.json $(O)/bench/files/run/syscost/boot.json

# What a recipe was made of beyond its own file; compile.sh writes names only.
include $(wildcard $(NAMES:%=$(O)/%/inputs.mk))
