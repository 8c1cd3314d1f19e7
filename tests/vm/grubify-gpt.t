#!/bin/bash
# SPDX-License-Identifier: MIT
# GPT with a BIOS boot partition, and one image that BIOS and UEFI both boot.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio mkfs.vfat mcopy
need_kernel

busybox_root root gpt-ext4
disk disk.img 224M <<'EOT'
label: gpt
size=1M, type=21686148-6449-6E6F-744E-656564454649
size=40M, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
EOT
fat_in disk.img 2
ext4_in disk.img 3 root
runs "grubify --target both" grubify --target both disk.img
boots "$T/disk.img" "GPT and ext4 by BIOS"
if [ -e "$OVMF" ]; then
	# shellcheck disable=SC2046
	boots "$T/disk.img" "the same by UEFI" $(uefi)
else
	skip "the same by UEFI" "no $OVMF"
fi
finish
