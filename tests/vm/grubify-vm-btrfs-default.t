#!/bin/bash
# SPDX-License-Identifier: MIT
# btrfs with the system in the default subvolume: a guest puts the modules into that one.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers
need mkfs.btrfs
mkfs.btrfs --help 2>&1 | grep -q -- --subvol || skip_all "mkfs.btrfs makes no subvolumes"

ROOTFS=btrfs
busybox_root top/@rootfs btrfs-default
truncate -s 300M fs.img
mkfs.btrfs -q --rootdir top --subvol default:@rootfs fs.img
disk disk.img 301M <<<'2048,,83'
dd if=fs.img of=disk.img bs=1M seek=1 conv=notrunc,sparse status=none
chmod a+rw disk.img
via_vm "grubify --via vm" disk.img
grub-fstest "$T/disk.img" ls -- '(loop0,msdos1)/@rootfs/boot/grub/i386-pc/' >names 2>&1
like "$(tr ' ' '\n' <names)" '^normal.mod$' "the modules are there"
boots "$T/disk.img" "btrfs with a default subvolume"
finish
