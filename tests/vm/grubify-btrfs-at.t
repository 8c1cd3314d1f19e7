#!/bin/bash
# SPDX-License-Identifier: MIT
# btrfs with the system in the subvolume @: the core finds its menu there, and
# the kernel is told so. The subvolume is made by the kernel of a guest.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/guest.sh"
need qemu-system-x86_64 sfdisk mke2fs mkfs.btrfs btrfs cpio
need_kernel

ROOTFS=btrfs
busybox_root root btrfs-at
disk disk.img 320M <<<'2048,,83'
truncate -s 120M fs.img
mke2fs -q -F -t ext4 -E root_owner=0:0 -d root fs.img
guest_begin virtio_blk crc32c_generic xxhash_generic ext4 btrfs
guest_add mkfs.btrfs btrfs
cat >script <<'EOT'
set -e
mkdir /src /dst
mkfs.btrfs -q /dev/vda1
mount -t btrfs /dev/vda1 /dst
mount -t ext4 -o ro /dev/vdb /src
btrfs -q subvolume create /dst/@
cp -a /src/. /dst/@/
umount /dst
EOT
guest_boot "${BOOT_SECONDS:-600}" script -drive file=disk.img,format=raw,if=virtio \
	-drive file=fs.img,format=raw,if=virtio,snapshot=on >guest.log 2>&1
ok $? "a guest makes the subvolume" || show <guest.log
plan=$(grubify --dry-run disk.img)
like "$plan" '^grub	partition 1, /@/boot/grub' "the subvolume is part of the path"
runs "grubify" grubify disk.img
boots "$T/disk.img" "btrfs with @"
finish
