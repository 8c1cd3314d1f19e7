#!/bin/bash
# SPDX-License-Identifier: MIT
# XFS can't be written without a kernel: all that GRUB needs is in the core.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mkfs.xfs cpio
need_kernel

ROOTFS=xfs
busybox_root root xfs
disk disk.img 420M <<<'2048,,83'
xfs_in disk.img 1 root
like "$(grubify --dry-run disk.img)" '^menu	inside the core image' "the plan says where the menu is"
runs "grubify" grubify disk.img
boots "$T/disk.img" "XFS"
finish
