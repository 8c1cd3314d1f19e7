#!/bin/bash
# SPDX-License-Identifier: MIT
# btrfs with the modules on disk, as grub-install leaves it, by a kernel of a guest's.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers
need mkfs.btrfs

ROOTFS=btrfs
busybox_root root btrfs
disk disk.img 320M <<<'2048,,83'
btrfs_in disk.img 1 root
chmod a+rw disk.img
via_vm "grubify --via vm" disk.img
grub-fstest "$T/disk.img" ls -- '(loop0,msdos1)/boot/grub/i386-pc/' >names 2>&1
like "$(tr ' ' '\n' <names)" '^normal.mod$' "the modules are there"
boots "$T/disk.img" "btrfs with modules"
finish
