#!/bin/bash
# SPDX-License-Identifier: MIT
# GRUB's own files on a logical partition.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio
need_kernel

busybox_root root logical
disk disk.img 224M <<'EOT'
start=2048, size=20M, type=82
start=60000, type=5
start=62048, type=83
EOT
ext4_in disk.img 5 root
runs "grubify" grubify disk.img
boots "$T/disk.img" "a logical partition"
finish
