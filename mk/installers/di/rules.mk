# SPDX-License-Identifier: MIT
# What debian-installer needs once for all appliances.

.PHONY: templates
templates: $(CHAIN)	## what preseed-check knows of the release
	@$(MKDIR)/installers/di/templates.sh

# Its answers alone, for people who ask for them by name.
$(NAMES:%=$(O)/%/preseed.cfg): $(O)/%/preseed.cfg: $(O)/%/facts ;

# seedbed's own end in the installer, as the installer's own kind of package.
UDEB := $(shell find $(ROOT)/udeb -type f)
INSTALLERS += $(O)/seedbed.udeb
$(O)/seedbed.udeb: $(UDEB)
	@mkdir -p $(O)
	@rm -rf $@.d && cp -r $(ROOT)/udeb $@.d && chmod -R u+w,go+rX $@.d
	@mkdir $@.d/usr/lib/seedbed/kmod && ln -s /usr/bin/kmod $@.d/usr/lib/seedbed/kmod/depmod
	@find $@.d -exec touch -h -d @0 {} +
	@SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zgzip --build $@.d $@.tmp > /dev/null
	@rm -rf $@.d && mv $@.tmp $@
