#!/bin/bash
# btrfs with the system in the subvolume @: the core finds its menu there, and
# the kernel is told so. The subvolume is made by the kernel, as root.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mkfs.btrfs btrfs cpio unshare
need_kernel
[ "$(id -u)" = 0 ] || skip_all "making a subvolume needs a mount, and that root"
grep -qw btrfs /proc/filesystems || skip_all "this kernel has no btrfs"

ROOTFS=btrfs
busybox_root root btrfs-at
disk disk.img 320M <<<'2048,,83'
read -ra r <<<"$(range disk.img 1)"
truncate -s "${r[1]}" fs.img
mkfs.btrfs -q fs.img >/dev/null 2>&1
mkdir m
# shellcheck disable=SC2016
unshare -m sh -ec 'mount -o loop fs.img m; btrfs -q subvolume create m/@; cp -a root/. m/@/; umount m' ||
	skip_all "no loop device to be had"
place disk.img "${r[0]}" fs.img
plan=$(grubify --dry-run disk.img)
like "$plan" '^grub	partition 1, /@/boot/grub' "the subvolume is part of the path"
runs "grubify" grubify disk.img
boots "$T/disk.img" "btrfs with @"
finish
