#!/bin/bash
# SPDX-License-Identifier: MIT
# The root in a logical volume: what only a kernel writes to. auto sees that by itself.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers

LAYER_MODULES=dm_mod LAYER_PROGRAMS=lvm
LAYER_START='DM_DISABLE_UDEV=1 lvm vgchange -ay --config "activation{udev_sync=0 udev_rules=0}"'
busybox_root root lvm
echo '/dev/vg-a/root / ext4 defaults 0 1' >root/etc/fstab
fs_image root
disk disk.img 192M <<<'2048,,8e'
cat >script <<'EOT'
lvm pvcreate -qq /dev/vda1
lvm vgcreate -qq vg-a /dev/vda1
lvm lvcreate -qq -y -Wn -Zn -l 4 -n swap vg-a
lvm lvcreate -qq -y -Wn -Zn -l 30 -n root vg-a
dd if=/dev/vdb of=/dev/mapper/vg--a-root bs=1M
lvm vgchange -qq -an vg-a
EOT
layered disk.img script
cp --sparse=always disk.img before.img
fails 23 'partition 1 is LVM2_member: .*but by --via vm' grubify --via file disk.img
plan=$(grubify "${VM_KERNEL[@]}" --dry-run disk.img)
like "$plan" '^root	vg--a-root, ext4$' "auto goes the guest's way, and finds the volume"
like "$plan" '^grub	vg--a-root, /boot/grub$' "GRUB's folder is there"
runs "a dry run changes nothing" cmp disk.img before.img
chmod a+rw disk.img
via_vm "grubify --via vm" disk.img
boots "$T/disk.img" "LVM"
[ ! -e disk.img.grubify-undo ]
ok $? "nothing is left beside it"
finish
