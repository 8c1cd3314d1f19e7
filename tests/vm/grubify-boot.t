#!/bin/bash
# SPDX-License-Identifier: MIT
# A /boot of its own (found by the root's fstab) and a root on a logical
# partition, in one image.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio
need_kernel

busybox_root root boot-and-logical
mv root/boot boot
mkdir root/boot
disk disk.img 256M <<'EOT'
start=2048, size=80M, type=83
start=200000, type=5
start=202048, size=20M, type=82
start=250000, type=83
EOT
ext4_in disk.img 1 boot -L BOOT
echo 'LABEL=BOOT /boot ext4 defaults 0 2' >root/etc/fstab
ext4_in disk.img 6 root
like "$(imgprobe disk.img)" '^number="1".* role="boot" why="the root.s fstab"' "/boot is found"
like "$(imgprobe disk.img)" '^number="6".* role="root"' "the root is found"
runs "grubify" grubify disk.img
boots "$T/disk.img" "separate /boot, logical root"
finish
