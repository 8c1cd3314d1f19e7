# SPDX-License-Identifier: MIT
# Called by root, make does the set-up, and hands over all that meets a recipe or a guest
# to an ordinary user (SEEDBED_USER), who does it in a copy of this folder (handover.sh).

blanks = $(if $(word 2,$($(1))),$(error $(1)=$($(1)): has a blank in it, which make has no way to name))
# Names of folders and goals may be other people's: what make or a shell would act on is
# in none of them. They are looked at before anything expands them.
acted-on := $$ ` ' " \ ; & | < > ( ) * ? [ ] { } ! ~ : % \#
odd = $(strip $(foreach c,$(acted-on),$(findstring $(c),$(1))))
said-by = $(if $(filter command% environment%,$(origin $(1))),$(value $(1)),$($(1)))
harmless = $(if $(call odd,$(call said-by,$(1))),$(error $(1): has $(call odd,$(call said-by,$(1))) in its name, which make or a shell would act on: give the folder another name))
$(foreach v,O RECIPES CURDIR ROOT,$(call harmless,$(v))$(call blanks,$(v)))

# What the operator says on the command line (seedbed(7)) is of two kinds: what goes into
# answers or into the way is a prerequisite by content, what bounds or places a run is not.

ANSWERS   := MIRROR KEY SOURCES PRIVATE_SOURCES PROXY KEYRING MAX_DISK MAX_MEMORY MAX_CPUS MAX_DOWNLOAD MAX_LOG
WAYS	  := FORK NETWORK FAST HYPERVISOR
RUNS	  := CPUS TIMEOUT STALL BOOT_TIMEOUT CACHE_SIZE KEEP_CACHE GUESTS GUESTS_MEMORY KEEP KEEP_CHECKPOINTS \
	     CHECKPOINTS_SIZE MAX_PUBLISHED REBUILD REFRESH SHARE SEEDBED_CACHE SEEDBED_CHECKPOINTS
BUILDS	  := CC CPPFLAGS CFLAGS LDFLAGS WERROR JOBS
OPERATOR  := $(ANSWERS) $(WAYS) $(RUNS) $(foreach v,$(BUILDS),$(if $(filter command% environment%,$(origin $(v))),$(v)))
# Whose key signs what was built is root's to know, and not the ordinary user's.
export $(OPERATOR) OPERATOR SEEDBED_USER SEEDBED_VERSION SIGN_KEY SIGNERS

ifeq ($(shell id -u),0)
BYROOT := yes
$(if $(call odd,$(MAKECMDGOALS)),$(error a goal has $(call odd,$(MAKECMDGOALS)) in its name, which make or a shell would act on))
HANDED := $(filter appliance-% appliances debug-% outdated outdated-% sbom-% checkpoints kit templates report bench-% check check-% proof-large,$(MAKECMDGOALS))
endif
ifeq ($(HANDED),)
undefine HANDED
else
.PHONY: $(HANDED) hand-over
$(HANDED): hand-over
	@:
# One run for all of them, so that -j and their common prerequisites are theirs.
hand-over:
	@[ "$(SETUP)" = no ] || $(ROOT)/mk/setup.sh build run $(if $(filter check check-% proof-large,$(HANDED)),check)
	$(if $(filter check,$(HANDED)),@prove --merge --failures --comments tests/root/*.t)
	@SEEDBED_O='$(O)' RECIPES='$(RECIPES)' $(ROOT)/mk/handover.sh '$(CURDIR)' $(HANDED)
verify-%: hand-over
	@SEEDBED_BUILD="$$(realpath -m -- '$(O)')" SEEDBED_SHOWN='$(O)' $(ROOT)/mk/vouched.sh '$*'
list:	## the appliances that there are recipes for
	@$(ROOT)/mk/list.sh '$(or $(RECIPES),recipes)'
endif
