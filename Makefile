# SPDX-License-Identifier: MIT
# seedbed: appliances grown with the distribution's own installer.
# `make help` lists what there is to type.

SHELL	      := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS     += --no-builtin-rules
.DEFAULT_GOAL := help
ROOT	      := .
O	      ?= build

include mk/root.mk
BIN	      := $(O)/bin
include mk/tools.mk

# One line a tool: name, libraries (popt comes with all).
$(eval $(call tool,imgprobe,blkid ext2fs))
$(eval $(call tool,imgfiles,blkid ext2fs))
$(eval $(call tool,dmdisk,blkid devmapper ext2fs,8))
$(eval $(call tool,grubify,blkid ext2fs com_err devmapper,8))
$(eval $(call tool,randomart,libcrypto))
$(eval $(call tool,lvmtidy,,8))
$(eval $(call tool,syscost))
$(eval $(call tool,initrd-add,libarchive zlib))
$(eval $(call tool,domxml,libvirt libxml-2.0))
$(eval $(call tool,kvmprobe,))
$(eval $(call tool,guestslot))
$(eval $(call tool,netgate,slirp))
$(eval $(call tool,pkgcache,libmicrohttpd libcurl libcrypto libxxhash))
$(eval $(call tool,vmrun,libvirt libxml-2.0))
$(eval $(call tool,di-events))
$(eval $(call tool,vmfork,libvirt libxml-2.0 libxxhash))
$(eval $(call tool,preseed,))
$(eval $(call tool,autoinstall,yaml-0.1))
$(eval $(call tool,preseed-index,libarchive))
$(eval $(call tool,preseed-check,libcrypt))
$(eval $(call tool,appliance-report))
$(eval $(call tool,appliance-outdated))
MANUALS += tools/recipe/seedbed-recipe.5

MANUALS += tools/seedbed.7

CHAIN := $(TOOLS:%=$(BIN)/%)
ifndef HANDED
include mk/appliance.mk
include mk/check.mk
endif

.PHONY: help setup tools install uninstall dist clean

help:	## this list
	@sed -n 's/^\(# \)*\([a-z][a-zA-Z0-9_%-]*\):.*## \(.*\)/  make \2\t\3/p' Makefile mk/*.mk mk/installers/*/*.mk | expand -t 28

setup:	## the packages that this machine lacks
	@mk/setup.sh build run check

tools: $(TOOLS:%=$(O)/bin/%)	## the programs, in build/bin

$(O)/completions/%: $(O)/bin/% tools/completion/generate.sh tools/completion/words
	@mkdir -p $(@D)
	@tools/completion/generate.sh $< > $@.tmp && mv $@.tmp $@

PREFIX	?= /usr/local
DATA	:= $(DESTDIR)$(PREFIX)/share/seedbed
DOC	:= $(DESTDIR)$(PREFIX)/share/doc/seedbed
COMPLETE := $(DESTDIR)$(PREFIX)/share/bash-completion/completions

# The two folders are seedbed's alone: what an older version had there goes, such as a
# patch of the installer that is no more.
install: tools $(TOOLS:%=$(O)/completions/%)	## the programs, their manuals, and all that a build needs, to PREFIX (DESTDIR)
	rm -rf $(DATA) $(DOC)
	install -d $(DESTDIR)$(PREFIX)/bin $(DATA)/mk $(DATA)/preseed.d $(COMPLETE) $(DOC)
	install -m 755 $(TOOLS:%=$(O)/bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 preseed.d/*.preseed $(DATA)/preseed.d
	install -m 755 $(shell find mk -maxdepth 1 -type f -perm -u+x) $(DATA)/mk
	install -m 644 $(shell find mk -maxdepth 1 -type f ! -perm -u+x) $(DATA)/mk
	cp -r --no-preserve=ownership udeb $(DATA)/
	cp -r --no-preserve=ownership mk/installers $(DATA)/mk/
	install -m 644 mk/seedbed.mk VERSION $(DATA)
	chmod -R u+w,go-w,a+rX $(DATA)
	install -m 644 $(TOOLS:%=$(O)/completions/%) $(COMPLETE)
	install -m 644 README.md TOOLS.md COMING-OVER.md HACKING.md CONTRIBUTING CHANGELOG.md SECURITY $(DOC)
	install -D -m 644 -t $(DOC)/docs docs/*.svg
	cp -r --no-preserve=ownership examples $(DOC)/
	cp -r --no-preserve=ownership recipes $(DOC)/examples/
	chmod -R u+w,go-w,a+rX $(DOC)
	for m in $(MANUALS); do \
		install -D -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m##*/}; \
	done

uninstall:	## removes what install put to PREFIX (DESTDIR)
	rm -f $(TOOLS:%=$(DESTDIR)$(PREFIX)/bin/%) $(TOOLS:%=$(COMPLETE)/%)
	rm -f $(foreach m,$(MANUALS),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -rf $(DATA) $(DOC)

dist:	## build/seedbed-VERSION.tar.gz: the sources as they were committed
	@mkdir -p $(O)
	git archive --prefix=seedbed-$(VERSION)/ -o $(O)/seedbed-$(VERSION).tar.gz HEAD

clean:	## removes build/ (the download cache stays)
	rm -rf $(O)
	$(if $(BYROOT),@SEEDBED_O='$(O)' $(ROOT)/mk/handover.sh $(CURDIR) --clean)
