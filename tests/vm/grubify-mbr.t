#!/bin/bash
# SPDX-License-Identifier: MIT
# MBR and ext4, the plainest case: an image without a loader comes up.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio
need_kernel

busybox_root root mbr-ext4
disk "a disk.img" 160M <<<'2048,,83'
ext4_in "a disk.img" 1 root
runs "grubify" grubify "$T/a disk.img"
boots "$T/a disk.img" "MBR and ext4"
finish
