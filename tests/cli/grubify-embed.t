#!/bin/bash
# SPDX-License-Identifier: MIT
# The boot and core sectors are those of grub-bios-setup, byte by byte. That
# program wants to know which disk a folder is on; it is told by a mountinfo
# of its own, in a mount namespace.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
BS=/usr/lib/grub/i386-pc/grub-bios-setup
need sfdisk mke2fs debugfs grub-mkimage
[ -x $BS ] || skip_all "no $BS"
ns=(unshare -m)
[ "$(id -u)" = 0 ] || ns=(unshare -rm)
"${ns[@]}" true 2>/dev/null || skip_all "no mount namespace to be had"

bios_setup() { # bios_setup IMG DIR
	echo "(hd0) $T/$1" >map
	echo "1 0 1:1 / / - ext4 $T/$1" >mountinfo
	# shellcheck disable=SC2016
	"${ns[@]}" bash -c 'mount --bind mountinfo /proc/$$/mountinfo
		exec "$0" --no-rs-codes -s -d "$1" -m map "(hd0)"' $BS "$2" >bs.log 2>&1
}

# same NAME: the image made by both ways, from the one in disk.img
same() {
	cp disk.img want.img
	grubify disk.img >log 2>&1 || { ok 1 "$1"; show <log; return; }
	rm -rf d
	mkdir d
	cp disk.img theirs.img
	ext_file disk.img "$PART" /boot/grub/i386-pc/core.img >d/core.img
	cp /usr/lib/grub/i386-pc/boot.img d/
	# back to the former boot and core sectors, in an otherwise finished image
	dd if=want.img of=theirs.img bs=512 count="$FIRST" conv=notrunc status=none
	if cmp -s disk.img theirs.img; then
		ok 1 "$1: grubify wrote nothing"
	elif bios_setup theirs.img d; then
		cmp disk.img theirs.img >cmp.log 2>&1
		ok $? "$1" || show <cmp.log
	else
		ok 1 "$1: grub-bios-setup"
		show <bs.log
	fi
}

PART=1 FIRST=2048
tiny_image disk.img
same "MBR, 1 MiB gap"

TABLE='63,,83' FIRST=63 tiny_image disk.img
FIRST=63 same "MBR, 62 sectors"

tiny_image disk.img
printf 'GREGRegDone.Tag\0' | dd of=disk.img bs=512 seek=3 conv=notrunc status=none
printf 'ycgl' | dd of=disk.img bs=512 seek=20 conv=notrunc status=none
same "around two sectors of other software"
is "$(dd if=disk.img bs=512 skip=20 count=1 status=none | head -c 4)" ycgl "which stay"

TABLE=$'label: gpt\nsize=1M, type='$BIOSBOOT$'\ntype=L' PART=2
tiny_image disk.img
FIRST=4096 same "GPT with a BIOS boot partition"

TABLE=$'label: gpt\nstart=4096, type=L\nstart=2048, size=1024, type='$BIOSBOOT PART=1
tiny_image disk.img
FIRST=4096 same "GPT, the BIOS boot partition second in the table, 512 KiB"

TABLE=$'start=2000,size=100,type=5\nstart=4096,type=83' PART=2
tiny_image disk.img
FIRST=2000 same "an extended partition below the first"

TABLE=$'start=4096,size=8M,type=82\nstart=100000000,size=1,type=83' PART=2
TABLE=$'start=20480,type=5\nstart=22528,type=83' PART=5
tiny_image disk.img
FIRST=20480 same "a logical partition"

# where theirs refuses, ours does
TABLE='40,,83' PART=1 tiny_image disk.img
cp disk.img before.img
fails 12 "has 39 sectors, GRUB's core image needs 53" grubify disk.img
runs "and leaves the image alone" cmp disk.img before.img
finish
