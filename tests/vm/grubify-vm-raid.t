#!/bin/bash
# SPDX-License-Identifier: MIT
# The root on a mirror of two partitions.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers

LAYER_MODULES=raid1 LAYER_PROGRAMS=mdadm
LAYER_START='mkdir -p /run/mdadm; MDADM_NO_UDEV=1 mdadm --assemble --scan'
busybox_root root raid
fs_image root
disk disk.img 280M <<<$'start=2048,size=130M,type=fd\nsize=130M,type=fd'
cat >script <<'EOT'
mdadm --create /dev/md0 --run --assume-clean --level=1 --metadata=1.2 --raid-devices=2 /dev/vda1 /dev/vda2
dd if=/dev/vdb of=/dev/md0 bs=1M
mdadm --stop /dev/md0
EOT
layered disk.img script
# half of it is an array that would run, and grow apart
disk half.img 280M <<<$'start=2048,size=130M,type=fd\nsize=130M,type=83'
dd if=disk.img of=half.img bs=1M skip=1 seek=1 count=130 conv=notrunc,sparse status=none
cp --sparse=always half.img before.img
fails 23 'the members of its RAID array are not all in this image' grubify "${VM_KERNEL[@]}" half.img
runs "and the image is as before" cmp half.img before.img
chmod a+rw disk.img
via_vm "grubify --via vm" disk.img
boots "$T/disk.img" "RAID1"
finish
