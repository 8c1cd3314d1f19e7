#!/bin/bash
# SPDX-License-Identifier: MIT
# Which partition is what: by what lies in it and by the root's fstab, and by its type
# where these say nothing. And several signatures in one place.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs mkfs.vfat mcopy grub-fstest
XBOOTLDR=BC13C2FF-59E6-4262-A352-B275FD6F7172
LINUX=0FC63DAF-8483-4772-8E79-3D69D8477DE4

kernel() { head -c 510 /dev/zero; printf 'U\252\0\0HdrS\017\002'; head -c 9000 /dev/zero; }
root() { # root DIR [FSTAB]: a system with a kernel of its own
	rm -rf "$1"
	mkdir -p "$1"/{boot,etc,sbin,usr}
	echo 'ID=test' >"$1/etc/os-release"
	: >"$1/sbin/init"
	kernel >"$1/boot/vmlinuz-6.1"
	echo initrd >"$1/boot/initrd.img-6.1"
	[ -z "${2:-}" ] || printf '%b\n' "$2" >"$1/etc/fstab"
}
fat() { # fat PARTITION ID [FILE...]: of d.img, the files at its top
	local r f
	read -ra r <<<"$(range d.img "$1")"
	rm -f fat.tmp
	truncate -s "${r[1]}" fat.tmp
	mkfs.vfat -i "$2" fat.tmp >/dev/null
	for f in "${@:3}"; do mcopy -i fat.tmp "$f" "::/${f##*/}"; done
	place d.img "${r[0]}" fat.tmp
}
gpt() { printf 'label: gpt\n'; printf '%s\n' "$@"; }
roles() { imgprobe -p d.img 2>/dev/null | sed 's/.*role="\([^"]*\)".*/\1/;s/^$/-/' | paste -sd ' '; }
plan() { grubify -n d.img 2>&1 | cut -f 1,2 | sed -n "s/^$1\t//p"; }

# --- the ESP is /boot, too ---
root sys 'UUID=1111-2222 /boot vfat defaults 0 2'
rm sys/boot/*
kernel >vmlinuz-linux
echo initrd >initramfs-linux.img
disk d.img 128M < <(gpt "size=34M, type=$ESP" "type=$LINUX")
fat 1 11112222 vmlinuz-linux initramfs-linux.img
ext4_in d.img 2 sys
is "$(roles)" "esp root" "an ESP that the fstab has at /boot is an ESP"
like "$(plan grub)" '^partition 1, /grub ' "and where the kernels are"
like "$(plan efi)" '^partition 1,' "and where the firmware looks"
root sys
rm sys/boot/*
ext4_in d.img 2 sys
like "$(plan grub)" '^partition 1, /grub ' "without an fstab, as the root has no kernel"
root sys 'UUID=1111-2222 /boot/efi vfat umask=0077 0 1'
ext4_in d.img 2 sys
is "$(plan grub)" "partition 2, /boot/grub" "but not where the root has its own"

# --- several ESPs ---
root sys
disk d.img 160M < <(gpt "size=1M, type=$ESP" "size=34M, type=$ESP" "type=$LINUX")
ext4_in d.img 3 sys
fails 13 'partition 1: the EFI system partition holds no FAT filesystem, and is of 1 MiB: was a BIOS boot' grubify -n d.img
fat 2 11112222
is "$(roles)" "- esp root" "the one with a filesystem"
like "$(plan efi)" '^partition 2,' "is the one"
disk d.img 200M < <(gpt "size=34M, type=$ESP" "size=34M, type=$ESP" "type=$LINUX")
root sys 'UUID=3333-4444 /efi vfat defaults 0 2'
ext4_in d.img 3 sys
fat 1 11112222
fat 2 33334444
like "$(plan efi)" '^partition 2,' "of two, the one that the fstab has"

# --- not of that type, but mounted as that ---
root sys 'UUID=1111-2222 /boot/efi vfat defaults 0 2'
disk d.img 128M <<<$'2048,34M,c\n,,83'
fat 1 11112222
ext4_in d.img 2 sys
is "$(roles)" "esp root" "FAT that the fstab has at /boot/efi"

# --- of a type, but with something else in it ---
root sys
disk d.img 128M < <(gpt "size=1M, type=$BIOSBOOT" "type=$ESP")
ext4_in d.img 2 sys
is "$(roles)" "biosboot root" "a system in what is typed as an ESP"
disk d.img 128M < <(gpt "size=40M, type=$BIOSBOOT" "type=$LINUX")
root sys '/dev/sda1 /boot ext4 defaults 0 2'
rm -rf boot
mv sys/boot boot
mkdir sys/boot
ext4_in d.img 1 boot
ext4_in d.img 2 sys
is "$(roles)" "boot root" "a /boot in what is typed as a BIOS boot partition"
fails 11 'GPT without a BIOS boot partition' grubify -n d.img

# --- XBOOTLDR ---
disk d.img 160M < <(gpt "size=1M, type=$BIOSBOOT" "size=34M, type=$XBOOTLDR" "type=$LINUX")
root sys
mkdir -p none
ext4_in d.img 2 none
ext4_in d.img 3 sys
is "$(roles)" "biosboot - root" "an empty one is no /boot of a root with kernels"
is "$(plan grub)" "partition 3, /boot/grub" "which are the ones"
root sys 'PARTLABEL=b /boot ext4 defaults 0 2'
sfdisk -q --no-reread --no-tell-kernel --part-label d.img 2 b
ext4_in d.img 3 sys
is "$(roles)" "biosboot boot root" "but one that the fstab has is"
root sys
rm -rf boot
mv sys/boot boot
ext4_in d.img 2 boot
ext4_in d.img 3 sys
is "$(roles)" "biosboot boot root" "as is one with the kernels"

# --- two alike: the copy's fstab names the other ---
root sys 'UUID=11111111-2222-3333-4444-555555555555 / ext4 defaults 0 1'
disk d.img 128M <<<$'2048,40M,83\n,,83'
ext4_in d.img 1 sys
ext4_in d.img 2 sys -U 11111111-2222-3333-4444-555555555555
is "$(roles)" "- root" "a copy is not the root"

# --- no partition: a boot sector, and a filesystem over all of it ---
root sys
truncate -s 64M bare.img
mke2fs -q -F -t ext4 -U 11111111-2222-3333-4444-555555555555 -d sys bare.img
printf '\353\143\220' | dd of=bare.img conv=notrunc status=none
printf 'U\252' | dd of=bare.img bs=1 seek=510 conv=notrunc status=none
fails 4 'no partition table, ext4 over all of it' imgprobe bare.img
like "$(imgprobe -p bare.img 2>/dev/null)" '^number="0" start="0" size="67108864".* fs="ext4" .*role="root"' "with its record"
fails 5 'boots by a kernel from outside' grubify -n bare.img
line=$(grubify -n bare.img 2>&1 | sed -n 's/^grubify: into one: //p')
eval "$line" >log 2>&1
like "$(imgprobe -p bare.raw)" 'number="1" start="1048576" size="67108864".*uuid="11111111-.*role="root"' \
	"the line that is told puts it into a partition"
runs "which grubify takes" grubify bare.raw
truncate -s 8M swap.img
mkswap -q swap.img
fails 5 'swap over all of it: no system that could boot$' grubify -n swap.img
disk blank.img 8M <<<'label: dos'
is "$(imgprobe blank.img; echo $?)" 0 "an empty table over nothing is one"

# --- several signatures ---
old_zfs() { # its magic where its labels end, in the last of 128 MiB
	local u
	for u in 0 1 2 3; do
		printf '\014\261\272\0\0\0\0\0\034\0\0\0\0\0\0\0\350\003\0\0\0\0\0\0' |
			dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 393216 + u * 1024)) conv=notrunc status=none
		printf '\014\261\272\0\0\0\0\0\034\0\0\0\0\0\0\0\350\003\0\0\0\0\0\0' |
			dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 131072 + u * 1024)) conv=notrunc status=none
	done
}
both() { [ "$(blkid -p -O 1048576 d.img 2>&1 | grep -c ambivalent)" = 1 ] || echo "not ambivalent"; }
disk d.img 128M <<<'2048,,83'
ext4_in d.img 1 sys
cp d.img good.img
old_zfs d.img
is "$(both)" "" "(blkid would not say)"
is "$(roles)" root "ext4 with a right checksum, and what is left of ZFS"
like "$(imgprobe d.img 2>&1 >/dev/null)" 'partition 1: signatures of ext4 and zfs_member, taken for ext4: wipefs -n' "which is told"
runs "grubify takes it" grubify d.img
cp good.img d.img
printf '\1CD001\1\0WIN32' | dd of=d.img bs=1 seek=$((1048576 + 32768)) conv=notrunc status=none
fails 10 'partition 1: signatures of ext4 and iso9660: wipefs -n' grubify -n d.img
fails 10 'partition 1: signatures of ext4 and iso9660: wipefs -n' grubify -n --root 1 d.img
is "$(roles)" - "what GRUB can't tell apart is nothing yet"
disk d.img 128M <<<'2048,,83'
ext4_in d.img 1 sys -O ^metadata_csum
old_zfs d.img
fails 10 'signatures of ext4 and zfs_member' grubify -n d.img
if command -v mkfs.xfs >/dev/null; then
	disk d.img 400M <<<'2048,,83'
	truncate -s 399M x
	mkfs.xfs -q -f x
	place d.img 1048576 x
	old_zfs d.img
	like "$(imgprobe -p d.img 2>/dev/null)" 'fs="xfs"' "XFS with a right checksum"
fi
truncate -s 128M bare.img
mke2fs -q -F -t ext4 -d sys bare.img
printf '\1CD001\1\0WIN32' | dd of=bare.img bs=1 seek=32768 conv=notrunc status=none
fails 5 'no partition table, signatures of ext4 and iso9660: wipefs -n shows them' grubify -n bare.img
finish
