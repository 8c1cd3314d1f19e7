# SPDX-License-Identifier: MIT
# seedbed.mk - the one line of a Makefile beside recipes of one's own:
#
#	include /usr/local/share/seedbed/seedbed.mk
#
# `make list`, `make appliance-NAME` and the like then build ./NAME.recipe into build/NAME/.
# Nothing is written to where seedbed is installed.

SHELL	      := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS     += --no-builtin-rules
.DEFAULT_GOAL := help
ROOT	:= $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
BIN	:= $(abspath $(ROOT)/../../bin)
O	?= build
RECIPES ?= .

include $(ROOT)/mk/root.mk
CHAIN	:= $(O)/.setup
ifndef HANDED
include $(ROOT)/mk/appliance.mk
endif

.PHONY: help clean
help:	## this list
	@sed -n 's/^\(# \)*\([a-z][a-zA-Z0-9_%-]*\):.*## \(.*\)/  make \2\t\3/p' $(ROOT)/mk/appliance.mk $(ROOT)/mk/installers/*/rules.mk $(ROOT)/mk/seedbed.mk | expand -t 28

$(O)/.setup: $(ROOT)/mk/packages
	@mkdir -p $(@D)
	@[ "$(SETUP)" = no ] || $(ROOT)/mk/setup.sh run
	@touch $@

clean:	## removes build/ (the download cache stays)
	rm -rf $(O)
	$(if $(BYROOT),@SEEDBED_O='$(O)' $(ROOT)/mk/handover.sh $(CURDIR) --clean)
