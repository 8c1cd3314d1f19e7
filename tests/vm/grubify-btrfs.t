#!/bin/bash
# SPDX-License-Identifier: MIT
# btrfs, the system at the top and with its menu on disk.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mkfs.btrfs cpio
need_kernel

ROOTFS=btrfs
busybox_root root btrfs
v=$(kernel_version)
mkdir root/boot/grub
cat >root/boot/grub/grub.cfg <<EOT
menuentry 'from disk' {
	linux /boot/vmlinuz-$v root=/dev/vda1 console=ttyS0 quiet
	initrd /boot/initrd.img-$v
}
set timeout=0
EOT
disk disk.img 320M <<<'2048,,83'
btrfs_in disk.img 1 root
like "$(grubify --dry-run disk.img)" '^menu	the one that is there' "the menu on disk is kept"
runs "grubify" grubify disk.img
boots "$T/disk.img" "btrfs"
finish
