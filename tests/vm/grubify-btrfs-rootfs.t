#!/bin/bash
# SPDX-License-Identifier: MIT
# btrfs as debian-installer lays it out, the system in @rootfs: it boots by that name.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mkfs.btrfs cpio
mkfs.btrfs --help 2>&1 | grep -q -- --subvol || skip_all "mkfs.btrfs makes no subvolumes"
need_kernel

ROOTFS=btrfs
busybox_root top/@rootfs btrfs-rootfs
U=860cc59c-936f-4c11-ab4a-c4dffdb88fb4
echo "UUID=$U / btrfs defaults,subvol=@rootfs 0 0" >top/@rootfs/etc/fstab
truncate -s 300M fs.img
mkfs.btrfs -q -U $U --rootdir top --subvol rw:@rootfs fs.img
disk disk.img 301M <<<'2048,,83'
dd if=fs.img of=disk.img bs=1M seek=1 conv=notrunc,sparse status=none
like "$(grubify --dry-run disk.img)" '^grub	partition 1, /@rootfs/boot/grub' "the subvolume is found"
runs "grubify" grubify disk.img
boots "$T/disk.img" "btrfs with @rootfs"
finish
