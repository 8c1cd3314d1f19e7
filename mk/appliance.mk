# An appliance, the whole way: each arrow of the way is a file in build/NAME/.
#
#	recipes/NAME.recipe + preseed.d/	-> preseed.cfg, facts	compile.sh
#	preseed.cfg + the release's kit		-> initrd.gz		ramdisk.sh
#	initrd.gz in a guest			-> disk.qcow2		install.sh
#	disk.qcow2 in a guest			-> checks, manifest	verify.sh
#
# The operator may say: MIRROR=URL PROXY=URL KEY=FILE CPUS=N TIMEOUT=S STALL=S
# MAX_DISK=SIZE MAX_MEMORY=SIZE MAX_CPUS=N MAX_DOWNLOAD=SIZE MAX_LOG=SIZE NETWORK=open
# KEYRING=FILE CACHE_SIZE=SIZE
# GUESTS=N GUESTS_MEMORY=SIZE FORK=no KEEP_CHECKPOINTS=DAYS CHECKPOINTS_SIZE=GIB
# SOURCES="HOST..." KEEP=1 SETUP=no SEEDBED_CACHE=DIR SEEDBED_USER=NAME

RECIPES   := $(shell mk/list.sh)
FRAGMENTS := $(wildcard preseed.d/*.preseed)
CHAIN	  := preseed preseed-index preseed-check initrd-add domxml vmrun vmfork di-events netgate kvmprobe lvmtidy randomart appliance-report
export MAX_DISK MAX_MEMORY MAX_CPUS MAX_DOWNLOAD MAX_LOG NETWORK KEYRING CACHE_SIZE
export GUESTS GUESTS_MEMORY FORK KEEP_CHECKPOINTS CHECKPOINTS_SIZE SEEDBED_CHECKPOINTS
export MIRROR PROXY KEY CPUS TIMEOUT STALL KEEP SOURCES SEEDBED_CACHE SEEDBED_USER REFRESH

.PHONY: list appliances checkpoints kit templates report bench-syscost $(RECIPES:%=appliance-%) $(RECIPES:%=debug-%)

# appliance-NAME:	## one of them, the whole way: build/NAME/NAME.qcow2

# debug-NAME:	## its installer on this terminal, with shells beside it (KEEP=1: the disk stays)

$(RECIPES:%=debug-%): debug-%: $(O)/%/initrd.gz
	@DEBUG=1 mk/install.sh $*

list:	## the appliances that there are recipes for
	@printf '%s\n' $(RECIPES)

appliances: $(RECIPES:%=appliance-%)	## all of them (make -j builds side by side)

# Says so where nothing was to do; the manifest's rule has spoken otherwise. By make
# itself, with no bash for each: that would be most of the time over a hundred recipes.
$(RECIPES:%=appliance-%): private SHELL := /bin/sh
$(RECIPES:%=appliance-%): private .SHELLFLAGS := -c
$(RECIPES:%=appliance-%): appliance-%: $(O)/%/manifest
	@$(if $(filter $*,$(FRESH)),,$(info $*: build/$*/$*.qcow2 is up to date))true

checkpoints: $(O)/bin/vmfork	## the installers that are kept to be forked
	@mk/checkpoints.sh

kit: $(O)/bin/preseed	## fetches the installer (REFRESH=1: anew)
	@mk/kit.sh

# A folder is an appliance's if its answers have been made: its facts are there.
report: $(O)/bin/appliance-report	## build/report.html: all that was built, as one page
	@$< -o $(O)/report.html $(patsubst %/facts,%,$(wildcard $(RECIPES:%=$(O)/%/facts)))
	@echo "report: build/report.html"

templates: $(O)/bin/preseed $(O)/bin/preseed-index	## what preseed-check knows of the release
	@mk/templates.sh

$(RECIPES:%=$(O)/%/preseed.cfg): $(O)/%/preseed.cfg: recipes/%.recipe $(FRAGMENTS) | $(CHAIN:%=$(O)/bin/%)
	@mk/compile.sh $*

$(RECIPES:%=$(O)/%/initrd.gz): $(O)/%/initrd.gz: $(O)/%/preseed.cfg $(O)/seedbed.udeb | $(CHAIN:%=$(O)/bin/%)
	@mk/ramdisk.sh $*

$(RECIPES:%=$(O)/%/disk.qcow2): $(O)/%/disk.qcow2: $(O)/%/initrd.gz
	@mk/install.sh $*

$(RECIPES:%=$(O)/%/manifest): $(O)/%/manifest: $(O)/%/disk.qcow2
	@mk/verify.sh $*
	@mk/manifest.sh $*
	@ln -f $(O)/$*/disk.qcow2 $(O)/$*/$*.qcow2
	@echo "$*: done: build/$*/$*.qcow2, build/$*/manifest"
	$(eval FRESH += $*)

# The appliance `bench` carries a tool of this build. A recipe's files are in its own
# folder, so it is put there; the same one again is no reason to build anew.
recipes/bench/syscost: $(O)/bin/syscost
	@strip -o $@.tmp $<
	@if cmp -s $@.tmp $@; then rm $@.tmp; else mv $@.tmp $@; fi

$(O)/bench/preseed.cfg: recipes/bench/syscost

bench-syscost: $(O)/bench/manifest $(O)/bin/syscost	## what calls and processes cost: this host, the guest, the ratio
	@$(O)/bin/syscost --json -o $(O)/bench/host.json
	@$(O)/bin/syscost --compare $(O)/bench/host.json $(O)/bench/files/run/syscost/boot.json

# seedbed's own end in the installer, as the installer's own kind of package.
$(O)/seedbed.udeb: $(shell find udeb -type f)
	@mkdir -p $(O)/udeb
	@rm -rf $(O)/udeb && cp -r udeb $(O)/udeb
	@mkdir $(O)/udeb/usr/lib/seedbed/kmod && ln -s /usr/bin/kmod $(O)/udeb/usr/lib/seedbed/kmod/depmod
	@find $(O)/udeb -exec touch -h -d @0 {} +
	@SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zgzip --build $(O)/udeb $@.tmp > /dev/null
	@mv $@.tmp $@

# What a recipe was made of beyond its own file; compile.sh writes names only.
include $(wildcard $(RECIPES:%=$(O)/%/inputs.mk))
