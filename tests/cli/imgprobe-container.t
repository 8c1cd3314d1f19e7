#!/bin/bash
# SPDX-License-Identifier: MIT
# Files that are no disk's bytes: each by its name, with what to type next. The line that
# is told makes the image again, wherever its program is installed.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs

tiny_image disk.img
line() { imgprobe "$1" 2>&1 >/dev/null | sed -n 's/^imgprobe: \(un\|con\)[a-z]* it: //p'; }
named() { # named FILE REGEX
	fails 3 "$2" imgprobe "$1"
}
undone() { # undone FILE NEW: by the line
	rm -f "$2"
	eval "$(line "$1")" >/dev/null 2>&1 && cmp disk.img "$2"
	ok $? "the line of $1 makes the image again"
}
for p in 'gzip gz' 'xz xz' 'zstd zst' 'bzip2 bz2' 'lz4 lz4' 'lzip lz' 'lzop lzo'; do
	read -r program end <<<"$p"
	if ! command -v "$program" >/dev/null; then
		skip "packed by $program" "$program is not installed"
		continue
	fi
	$program -c <disk.img >"d.img.$end"
	named "d.img.$end" "$program-compressed: unpack it first"
	undone "d.img.$end" d.raw
	fails 4 "unpack it: $program -dc" grubify "d.img.$end"
done
if command -v lz4 >/dev/null; then
	lz4 -q -l -c <disk.img >old.lz4
	named old.lz4 'lz4-compressed'
fi
xz --format=lzma -c <disk.img >"a b.lzma"
named "a b.lzma" 'lzma-compressed'
undone "a b.lzma" "a b.raw"

if command -v qemu-img >/dev/null; then
	for f in parallels vmdk vdi vhdx vpc qed qcow qcow2; do
		qemu-img convert -O $f disk.img d.$f 2>log || { skip "$f" "not this qemu-img"; continue; }
		named d.$f "a $f image, not a raw one"
		rm -f d.raw
		eval "$(line d.$f)" && [ "$(head -c "$(stat -c %s disk.img)" d.*raw | b2sum)" = "$(b2sum <disk.img)" ]
		ok $? "the line of d.$f makes the image again"
		rm -f d.*raw
	done
	qemu-img convert -O vmdk -o subformat=streamOptimized disk.img s.vmdk
	named s.vmdk 'a vmdk image'
	qemu-img convert -O vmdk -o subformat=monolithicFlat disk.img flat.vmdk
	named flat.vmdk 'a vmdk image'
	echo '<Envelope/>' >web.ovf
	tar -cf web.ova web.ovf d.vmdk
	named web.ova 'a tar archive .OVA and the like. with the disk d.vmdk in it'
	like "$(line web.ova)" '^tar -xf web.ova d.vmdk && qemu-img convert -f vmdk -O raw d.vmdk d.raw$' "and both steps"
fi
cp disk.img disk.raw
for f in v7 ustar gnu pax; do
	tar --format=$f -cf cloud.tar disk.raw
	named cloud.tar 'a tar archive .*with the disk disk.raw in it'
done
is "$(line cloud.tar)" "tar -xf cloud.tar disk.raw" "a raw one needs no second step"
mkdir -p deep/images
cp disk.img 'deep/images/my disk.img'
tar -cf deep.tar deep
undone deep.tar 'deep/images/my disk.img'
tar -cf no.tar "$SRC/Makefile" 2>log
named no.tar 'a tar archive, no disk'

bytes() { # bytes FILE FORMAT: a megabyte that begins so
	{ printf "$2"; head -c 1M /dev/zero; } >"$1"
}
while IFS='|' read -r name words start; do
	bytes "$name" "$start"
	named "$name" "$words"
done <<'END'
d.7z|7z archive|7z\274\257\047\034
d.zip|zip archive|PK\003\004
d.rar|rar archive|Rar!\032\007
d.deb|ar archive|!<arch>\n
d.rpm|rpm archive|\355\253\356\333
d.wim|a WIM image|MSWIM\0\0\0
d.vma|a Proxmox VMA backup|VMA\0
d.simg|an Android sparse image|\072\377\046\355
d.E01|an EWF image|EVF\011\015\012\377\0
d.pcl|a partclone image|partclone-image
d.btr|a btrfs stream|btrfs-stream\0
d.bochs|a bochs image|Bochs Virtual HD Image
old.hdd|a parallels image|WithoutFreeSpace
d.sesparse|the data of a vmdk image|\276\272\376\312\0\0\0\0
d.cpio|cpio archive|070701
d.app|an AppImage|\177ELF\002\001\001\0AI\002
d.elf|an ELF program|\177ELF\002\001\001\0
d.efi|a program for Windows or UEFI|MZ\220\0
d.html|a web page: the download went wrong|<!DOCTYPE html>
d.ovf|XML text|<?xml version
d.lfs|a pointer of Git LFS|version https://git-lfs.github.com/spec/v1
END
is "$(line d.simg)" "simg2img d.simg d.raw" "Android's, by simg2img"
{ head -c 1M /dev/zero; printf 'koly\0\0\0\004'; head -c 504 /dev/zero; } >d.dmg
named d.dmg "a dmg image"
like "$(line d.dmg)" '^qemu-img convert -f dmg -O raw d.dmg d.raw' "which qemu-img has to be told"
: >empty.img
fails 4 'an empty file' imgprobe empty.img
# what begins like one of the weak ones and is a disk
cp disk.img mz.img
printf MZ | dd of=mz.img conv=notrunc status=none
runs "a boot sector that begins as a program does is a boot sector" imgprobe mz.img
finish
