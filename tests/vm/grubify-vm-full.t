#!/bin/bash
# SPDX-License-Identifier: MIT
# --via vm, the fuller matrix: only with GRUBIFY_FULL=1, for it boots many guests. A /boot of
# its own beside LVM, for BIOS and UEFI; LVM within LUKS; two systems in one group.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
[ -n "${GRUBIFY_FULL:-}" ] || skip_all "the fuller matrix: GRUBIFY_FULL=1"
need_layers
need perl mkfs.vfat

LAYER_MODULES=dm_mod LAYER_PROGRAMS=lvm
LAYER_START='DM_DISABLE_UDEV=1 lvm vgchange -ay --config "activation{udev_sync=0 udev_rules=0}"'
busybox_root root lvm-boot
mv root/boot boot
mkdir root/boot
echo 'LABEL=BOOT /boot ext4 defaults 0 2' >root/etc/fstab
fs_image root
disk disk.img 384M <<EOT
label: gpt
size=1M, type=$BIOSBOOT
size=40M, type=$ESP
size=100M, type=BC13C2FF-59E6-4262-A352-B275FD6F7172
type=E6D6D379-F507-44C2-A23C-238F2A3DF928
EOT
fat_in disk.img 2
ext4_in disk.img 3 boot -L BOOT
cat >script <<'EOT'
lvm pvcreate -qq /dev/vda4
lvm vgcreate -qq vg /dev/vda4
lvm lvcreate -qq -y -Wn -Zn -l 30 -n root vg
dd if=/dev/vdb of=/dev/mapper/vg-root bs=1M
lvm lvcreate -qq -y -Wn -Zn -l 10 -n home vg
lvm vgchange -qq -an vg
EOT
layered disk.img script
plan=$(grubify "${VM_KERNEL[@]}" --dry-run disk.img)
like "$plan" '^grub	partition 3, /grub$' "GRUB goes to the /boot of fstab"
like "$plan" '^efi	partition 2' "and the loader into the ESP"
chmod a+rw disk.img
via_vm "LVM, a /boot of its own, both ways" disk.img
boots "$T/disk.img" "by BIOS"
# shellcheck disable=SC2046
[ -e "$OVMF" ] && boots "$T/disk.img" "by UEFI" $(uefi)

# two systems: told by name
cat >script <<'EOT'
lvm vgchange -qq -ay vg
lvm lvcreate -qq -y -Wn -Zn -l 10 -n other vg
dd if=/dev/vdb of=/dev/mapper/vg-other bs=1M count=40
lvm vgchange -qq -an vg
EOT
FS_SIZE=40M fs_image root
layered disk.img script
fails 10 'vg-other may be the root' grubify "${VM_KERNEL[@]}" disk.img
like "$(grubify "${VM_KERNEL[@]}" --root vg-root --dry-run disk.img)" '^root	vg-root, ' "--root by a name"
fails 10 'there is no filesystem vg-none' grubify "${VM_KERNEL[@]}" --root vg-none disk.img

# LVM within LUKS, /boot inside; and LUKS2 by argon2, which GRUB can't
rm -rf root initrd
LAYER_MODULES='dm_mod dm_crypt ecb xts cbc essiv algif_skcipher af_alg aes_generic' LAYER_PROGRAMS='lvm cryptsetup'
LAYER_START='export DM_DISABLE_UDEV=1; mkdir -p /run/cryptsetup; printf sesame | cryptsetup open --type luks --key-file - /dev/vda1 c
lvm vgchange -ay --config "activation{udev_sync=0 udev_rules=0}"'
busybox_root root luks-lvm
fs_image root
printf sesame >key
chmod a+r key
cat >script <<'EOT'
printf sesame >/tmp/key
cryptsetup luksFormat -q $LUKS /dev/vda1 /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda1 c
lvm pvcreate -qq /dev/mapper/c
lvm vgcreate -qq vg /dev/mapper/c
lvm lvcreate -qq -y -Wn -Zn -l 30 -n root vg
dd if=/dev/vdb of=/dev/mapper/vg-root bs=1M
lvm vgchange -qq -an vg
cryptsetup close c
EOT
disk disk.img 192M <<<'2048,,83'
{ echo "LUKS='--type luks1 --hash sha256 --pbkdf-force-iterations 1000'"; cat script; } >script1
layered disk.img script1
chmod a+rw disk.img
via_vm "LVM within LUKS" --key-file key disk.img
PASSPHRASE=sesame boots "$T/disk.img" "LVM within LUKS"
printf wrong >wrong
fails 23 'partition 1 is LUKS, and the key file does not open it' grubify "${VM_KERNEL[@]}" --key-file wrong disk.img

disk disk.img 208M <<<'2048,,83'
{ echo "LUKS='--type luks2 --pbkdf argon2id --pbkdf-memory 32768 --pbkdf-force-iterations 4 --pbkdf-parallel 1'"; cat script; } >script2
layered disk.img script2
cp --sparse=always disk.img before.img
fails 14 "LUKS2 with a key by argon2: GRUB .* can't open that" \
	grubify "${VM_KERNEL[@]}" --key-file key disk.img
runs "the image is as before" cmp disk.img before.img
finish
