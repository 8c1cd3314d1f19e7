#!/bin/bash
# SPDX-License-Identifier: MIT
# What is in the filesystem afterwards: modules, menu, and a sound ext4.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs e2fsck debugfs grub-mkimage grub-fstest

tiny_image disk.img
cp disk.img before.img
plan=$(grubify --dry-run disk.img)
like "$plan" '^root	partition 1, ext4' "the plan names the root"
like "$plan" '^menu	a new grub.cfg' "and the menu"
runs "a dry run changes nothing" cmp disk.img before.img
is "$(grubify disk.img 2>&1)" "" "a run says nothing"
runs "e2fsck finds nothing" ext_clean disk.img 1
cfg=$(ext_file disk.img 1 /boot/grub/grub.cfg)
uuid=$(imgprobe disk.img | sed 's/.* uuid="\([^"]*\)".*/\1/')
like "$cfg" "linux /boot/vmlinuz-6.1.0-44-amd64 root=UUID=$uuid ro quiet" "the menu boots by UUID"
like "$cfg" 'vmlinuz-6.1.0-9-amd64 root=PARTUUID=' "without an initrd by PARTUUID"
is "$(grep -o "menuentry 'Linux [^']*" <<<"$cfg" | head -n 1)" "menuentry 'Linux 6.1.0-44-amd64" \
	"the newest first"
for m in normal.mod moddep.lst modinfo.sh; do
	ext_file disk.img 1 /boot/grub/i386-pc/$m | cmp -s - /usr/lib/grub/i386-pc/$m
	ok $? "$m is there"
done
is "$(ext_file disk.img 1 /boot/grub/grubenv | wc -c)" 1024 "grubenv has its 1024 bytes"
want=$(cd /usr/lib/grub/i386-pc && ls ./*.mod | wc -l)
is "$(grub-fstest "$T/disk.img" ls '(loop0,msdos1)/boot/grub/i386-pc/' | tr ' ' '\n' | grep -c 'mod$')" \
	"$want" "all $want modules"

cp disk.img once.img
runs "once more" grubify disk.img
runs "changes not a byte" cmp disk.img once.img

# modules of another build go, another's menu and environment stay
debugfs -w -f - 'disk.img?offset=1048576' >/dev/null 2>&1 <<EOT
cd /boot/grub
write /etc/passwd i386-pc/foreign.mod
rm grubenv
write /etc/passwd grubenv
EOT
runs "over another build" grubify disk.img
is "$(ext_file disk.img 1 /boot/grub/i386-pc/foreign.mod)" "" "a module that this build has not is gone"
ext_file disk.img 1 /boot/grub/grubenv | cmp -s - /etc/passwd
ok $? "the environment stays"
runs "e2fsck finds nothing again" ext_clean disk.img 1

# the filesystem's variants
for o in ext2 ext3 'ext4 -O ^metadata_csum,^64bit' 'ext4 -b 4096' 'ext4 -I 128' \
	'ext4 -O ^extents,^64bit' 'ext4 -O ^dir_index' 'ext4 -O meta_bg,^resize_inode' 'ext4 -O flex_bg,64bit,metadata_csum' \
	'ext4 -O metadata_csum_seed' 'ext4 -O large_dir'; do
	read -ra opts <<<"$o"
	FSTYPE=${opts[0]} tiny_image disk.img "${opts[@]:1}"
	grubify disk.img >log 2>&1 && ext_clean disk.img 1
	ok $? "mke2fs -t $o" || show <log
done

# grub-pc's memory of the builder's disk
mkdir -p tiny/var/cache/debconf
cat >tiny/var/cache/debconf/config.dat <<'EOT'
Name: grub-pc/chainload_from_menu.lst
Template: grub-pc/chainload_from_menu.lst
Owners: grub-pc

Name: grub-pc/install_devices
Template: grub-pc/install_devices
Value: /dev/disk/by-id/ata-QEMU_HARDDISK_QM00001
Owners: grub-pc
Flags: seen
Variables:
 CHOICES =

Name: zsh/last
Template: zsh/last
Value: kept

EOT
tiny_image disk.img
like "$(grubify --dry-run disk.img)" "^debconf	grub-pc forgets" "debconf is in the plan"
runs "grubify" grubify disk.img
dat=$(ext_file disk.img 1 /var/cache/debconf/config.dat)
unlike "$dat" QEMU_HARDDISK "grub-pc remembers no disk"
like "$(grep -A2 'Name: grub-pc/install_devices_empty' <<<"$dat")" '^Value: true' "and needs none"
like "$dat" '^Value: kept' "other answers stay"
is "$(grep -c '^Variables:' <<<"$dat")" 1 "with their variables"
finish
