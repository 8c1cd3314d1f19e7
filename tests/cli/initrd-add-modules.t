#!/bin/bash
# SPDX-License-Identifier: MIT
# initrd-add: kernel modules that are added are of the kernel's version, and indexed.
. "${0%/*}/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need cpio gzip depmod objcopy

# A module as far as depmod looks: an object with the right section.
module() { # module FILE NAME DEPENDS
	printf 'name=%s\0depends=%s\0license=GPL\0alias=test:%s*\0' "$2" "$3" "$2" > info
	: | ${CC:-cc} -c -x c -o m.o - &&
		objcopy --add-section .modinfo=info m.o "$1"
}
v=6.1.0-test
mkdir -p base/usr/lib/modules/$v/kernel && ln -s usr/lib base/lib
module base/usr/lib/modules/$v/kernel/first.ko first "" || skip_all "no C compiler"
: > base/usr/lib/modules/$v/modules.order
: > base/usr/lib/modules/$v/modules.builtin
(cd base && find . | LC_ALL=C sort | cpio -oH newc --quiet | gzip -9n) > base.gz
module second.ko second first

kernel() { # kernel FILE VERSION: as much of a bzImage as says its version
	{
		head -c 514 /dev/zero
		printf 'HdrS'
		head -c 8 /dev/zero
		printf '\x00\x02'
		head -c 496 /dev/zero
		printf '%s (nobody@localhost) #1 SMP\0' "$2"
	} > "$1"
}
kernel linux $v
kernel other 6.1.1-test

mkdir scratch
export TMPDIR=$T/scratch
runs "a module" initrd-add -o new.gz --kernel linux \
	--file /lib/modules/$v/kernel/second.ko=second.ko base.gz
tail -c +$(($(stat -c %s base.gz) + 1)) new.gz | gzip -dc | cpio -idm --quiet
like "$(cat usr/lib/modules/$v/modules.dep)" '^kernel/first.ko:' "the initrd's own is indexed"
like "$(cat usr/lib/modules/$v/modules.dep)" '^kernel/second.ko:' "the new one, too"
like "$(cat usr/lib/modules/$v/modules.alias)" '^alias test:second\* second' "and its aliases"
[ ! -e usr/lib/modules/$v/kernel/first.ko ]
ok $? "what was there is not repeated"
initrd-add -o again.gz --file /lib/modules/$v/kernel/second.ko=second.ko base.gz
runs "the same bytes again" cmp new.gz again.gz
runs "the right kernel without modules to add" initrd-add -o k.gz --kernel linux base.gz

fails 1 'other: kernel 6.1.1-test and modules 6.1.0-test don.t match' \
	initrd-add -o out --kernel other base.gz
fails 1 'base.gz: kernel modules 6.1.0-test, and modules 6.2 to be added, don.t match' \
	initrd-add -o out --file /lib/modules/6.2/second.ko=second.ko base.gz
fails 1 'second.ko: no Linux kernel' initrd-add -o out --kernel second.ko base.gz
[ ! -e out ]
ok $? "nothing was written"
is "$(ls scratch)" "" "no scratch folder is left"
finish
