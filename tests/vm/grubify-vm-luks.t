#!/bin/bash
# SPDX-License-Identifier: MIT
# The root, /boot within it, in LUKS: GRUB asks for the passphrase. What boots is the initrd
# from inside, which then opens the root again.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers
need perl

LAYER_MODULES='dm_crypt ecb xts cbc essiv algif_skcipher af_alg aes_generic' LAYER_PROGRAMS=cryptsetup
LAYER_START='mkdir -p /run/cryptsetup; printf sesame | DM_DISABLE_UDEV=1 cryptsetup open --type luks --key-file - /dev/vda1 root'
busybox_root root luks
sed -i 's/quiet/& root=\/dev\/mapper\/root/' root/etc/default/grub
fs_image root
printf sesame >key
disk disk.img 192M <<<'2048,,83'
cat >script <<'EOT'
printf sesame >/tmp/key
cryptsetup luksFormat -q --type luks1 --hash sha256 --pbkdf-force-iterations 1000 /dev/vda1 /tmp/key
cryptsetup open --key-file /tmp/key /dev/vda1 c
dd if=/dev/vdb of=/dev/mapper/c bs=1M
cryptsetup close c
EOT
layered disk.img script
fails 23 'partition 1 is LUKS: --key-file FILE is needed' grubify "${VM_KERNEL[@]}" disk.img
chmod a+rw disk.img
chmod a+r key
via_vm "grubify --via vm --key-file" --key-file key disk.img
PASSPHRASE=sesame boots "$T/disk.img" "LUKS"
finish
