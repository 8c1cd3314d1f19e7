#!/bin/bash
# SPDX-License-Identifier: MIT
# What a build says of LVM before it starts: one line, if it is so, and nothing else.
# (Whether a folder lies on a logical volume is tested beside real ones: vm/lvmtidy.t.)
. "${0%/*}/../lib.sh"
. "$SRC/mk/lvm.sh"
need findmnt lsblk
say() { printf '%s\n' "$*"; }

export LVM_SYSTEM_DIR=$T/lvm LVM_SUPPRESS_FD_WARNINGS=1
is "$(crowded_archive 2>&1)" "" "no LVM: nothing"
mkdir -p lvm/archive
is "$(crowded_archive 2>&1)" "" "an empty archive: nothing"
(cd lvm/archive && seq -f 'vg0_%05.0f-1.vg' 10000 | xargs touch)
like "$(crowded_archive 2>&1)" "^$T/lvm/archive: 10000 entries, listed in" "a crowded one: a line"
is "$(crowded_archive 2>&1 | wc -l)" 1 "just one"

is "$(warn_of_lvm web /proc "$T/nowhere" 2>&1)" "" "no disk is on a logical volume: nothing"
on_lvm() { [ "$1" = /disks ]; }
like "$(warn_of_lvm web /proc /disks /disks)" \
	"^web: the disk lies on a logical volume.*: 10000 entries.* lvmtidy --prune" "one is"
is "$(warn_of_lvm web /proc /disks /disks | wc -l)" 1 "said once"
rm lvm/archive/vg0_09*
is "$(warn_of_lvm web /disks)" "" "and the archive is as it should be: nothing"
if [ "$(id -u)" -ne 0 ]; then
	chmod 000 lvm/archive
	is "$(warn_of_lvm web /disks 2>&1)" "" "who may not look says nothing"
	chmod 755 lvm/archive
else
	skip "who may not look says nothing" "root may"
fi
finish
