#!/bin/bash
# SPDX-License-Identifier: MIT
# Filesystems that GRUB can't read: told first, with what they have that it lacks.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs mkfs.xfs grub-mkimage grub-fstest perl

tiny_root tiny
unread() { # unread REGEX: found by itself, asked for by number, and by imgprobe
	fails 14 "partition 1: GRUB can't read this $1" grubify disk.img
	fails 14 "partition 1: GRUB can't read this $1" grubify --root 1 disk.img
}
poke() { # poke OFFSET BYTES: of the filesystem, in hexadecimal
	perl -e 'open my $f, "+<", "disk.img" or die; seek $f, 1048576 + $ARGV[0], 0; print $f pack "H*", $ARGV[1]' "$1" "$2"
}
ext() { SIZE=48M tiny_image disk.img "$@"; }
ext -O casefold
unread 'ext4 filesystem \(ext4 with casefold\); next: tune2fs -O \^casefold$'
ext -O inline_data -I 256
unread 'ext4 filesystem \(ext4 with inline_data\); next: made anew by mke2fs -O \^inline_data$'
ext -O casefold,inline_data
unread 'ext4 filesystem \(ext4 with inline_data, casefold\)'
# one that nobody here knows
ext -O ^metadata_csum
poke $((1024 + 96)) c2020040
unread 'ext4 filesystem \(ext4 with feature 0x40000000\)'
like "$(imgprobe disk.img)" "why=\"GRUB can't read it\"" "so says imgprobe"

disk disk.img 330M <<<'2048,,83'
xfs_in disk.img 1 tiny
runs "an XFS that it reads" grubify --dry-run disk.img
poke 216 000000cb
unread 'xfs filesystem \(xfs with exchange, parent\); next: made anew by mkfs.xfs -i exchange=0 -n parent=0$'
like "$(imgprobe disk.img)" "why=\"GRUB can't read it\"" "so says imgprobe"

if command -v mksquashfs >/dev/null; then
	for c in zstd lz4 xz; do
		mksquashfs tiny fs.sq -comp $c -noappend -quiet >/dev/null 2>log || continue
		disk disk.img 20M <<<'2048,,83'
		dd if=fs.sq of=disk.img bs=1M seek=1 conv=notrunc status=none
		case $c in
		xz) runs "a squashfs that it reads" grubify --dry-run disk.img ;;
		*) unread "squashfs filesystem \\(squashfs compressed by $c\\); next: made anew by mksquashfs -comp xz" ;;
		esac
	done
else
	skip "squashfs" "no mksquashfs"
fi

# empty is not unreadable
for fs in vfat xfs btrfs; do
	command -v mkfs.$fs >/dev/null || { skip "an empty $fs" "no mkfs.$fs"; continue; }
	disk disk.img 330M <<<'2048,,83'
	truncate -s 320M empty
	case $fs in vfat) mkfs.vfat empty ;; *) mkfs.$fs -q -f empty ;; esac >log 2>&1
	dd if=empty of=disk.img bs=1M seek=1 conv=notrunc,sparse status=none
	rm empty
	fails 10 'no partition is clearly the root' grubify disk.img
	unlike "$(imgprobe disk.img)" "can't read" "an empty $fs is read"
done
finish
