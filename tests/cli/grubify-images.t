#!/bin/bash
# SPDX-License-Identifier: MIT
# Images as other tools leave them: a cloud's layout, grown, without a backup, hybrid,
# sparse, behind a link, read-only, on a full disk. Done, or told, and then untouched.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs mkfs.vfat mcopy debugfs grub-mkimage grub-fstest

untouched() { # untouched STATUS REGEX IMG [COMMAND...]: grubify, or what is given
	local sum img=$3
	sum=$(b2sum <"$img")
	fails "$1" "$2" "${@:4}" grubify "$img"
	is "$(b2sum <"$img")" "$sum" "  and $img is as before"
	[ ! -e "$img.grubify-undo" ] && [ ! -e "$img.grubify-undo.new" ]
	ok $? "  with nothing beside it"
}

# as the clouds' images have it: the root is 1 and last, the others 14 and 15
disk cloud.img 192M <<EOT
label: gpt
first-lba: 34
start=131072, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
14: start=2048, size=3M, type=$BIOSBOOT
15: start=8192, size=48M, type=$ESP
EOT
tiny_root tiny
ext4_in cloud.img 1 tiny
fat_in cloud.img 15
plan=$(grubify --dry-run cloud.img)
like "$plan" '^bios	core image in partition 14' "partitions 1, 14 and 15"
like "$plan" '^efi	partition 15' "by BIOS and UEFI"
cp --sparse=always cloud.img disk.img
runs "grubify" grubify disk.img
runs "the filesystem is sound" ext_clean disk.img 1

# a loader that is signed, as those for Secure Boot are: the size in its header's directory
# of certificates is not zero
cp --sparse=always cloud.img disk.img
perl -e 'my $b = "\0" x 4096; substr($b, 0, 2) = "MZ"; substr($b, 60, 4) = pack "V", 128;
	substr($b, 128, 4) = "PE\0\0"; substr($b, 152, 2) = pack "v", 0x20b;
	substr($b, 152 + 108, 4) = pack "V", 16; substr($b, 152 + 148, 4) = pack "V", $ARGV[0]; print $b' 1480 >shim
read -ra esp <<<"$(range disk.img 15)"
esp_put() { MTOOLS_SKIP_CHECK=1 mcopy -D o -i "disk.img@@${esp[0]}" shim ::/EFI/BOOT/BOOTX64.EFI; }
MTOOLS_SKIP_CHECK=1 mmd -i "disk.img@@${esp[0]}" ::/EFI ::/EFI/BOOT
esp_put
like "$(grubify --dry-run disk.img)" '^efi	partition 15, /EFI/BOOT/BOOTX64.EFI \(in place of a signed one: Secure Boot will refuse it\)$' \
	"the plan tells of a signed loader"
like "$(grubify disk.img 2>&1)" 'disk.img: BOOTX64.EFI was signed, and is not any more' "so does who replaces it"
is "$(grubify disk.img 2>&1)" "" "once"
perl -pi -e 'substr($_, 152 + 148, 4) = pack "V", 0' shim
esp_put
like "$(grubify --dry-run disk.img)" '^efi	partition 15, /EFI/BOOT/BOOTX64.EFI$' "one without a signature is nothing to tell of"

# with room for the system to grow into: the backup of the GPT is amidst it
cp --sparse=always cloud.img disk.img
truncate -s 256M disk.img
runs "grown since it was partitioned" grubify disk.img
cp --sparse=always cloud.img disk.img
dd if=/dev/zero of=disk.img bs=512 count=33 seek=$((192 * 2048 - 33)) conv=notrunc status=none
runs "the backup of the GPT is gone" grubify disk.img
# GRUB reads the first, and no other
cp --sparse=always cloud.img disk.img
dd if=/dev/zero of=disk.img bs=512 count=1 seek=1 conv=notrunc status=none
untouched 7 "the GPT at the beginning is bad, only its backup at the end is right" disk.img
fails 6 'only its backup' imgprobe disk.img
like "$(imgprobe disk.img 2>/dev/null)" '^number="14".* role="biosboot"' "whose partitions are shown"

# a hybrid: other entries beside the protective one
cp --sparse=always cloud.img disk.img
perl -e 'open my $f, "+<", "disk.img" or die; seek $f, 462, 0;
	print $f pack "CCCCCCCCVV", 0x80, 0, 0, 0, 0x83, 0, 0, 0, 131072, 262078'
runs "a hybrid MBR" grubify disk.img
is "$(dd if=disk.img bs=1 skip=466 count=1 status=none | od -An -tx1)" " 83" "keeps its entries"

# sectors of 4096 bytes: eight times as far
disk small.img 32M <<<'2048,,83'
ext4_in small.img 1 tiny
truncate -s 48M disk.img
dd if=/dev/zero of=disk.img bs=1M count=48 status=none
dd if=small.img of=disk.img bs=1M skip=1 seek=8 conv=notrunc status=none
printf '2048,3584,83\n' | sfdisk -q --no-reread --no-tell-kernel disk.img >/dev/null
untouched 8 '4096 bytes \(4Kn\)' disk.img
fails 8 '4Kn' imgprobe disk.img
like "$(imgprobe disk.img 2>/dev/null)" '^number="1" start="8388608" size="14680064".* fs="ext4"' \
	"where it really is"

# holes stay holes
SIZE=200M tiny_image disk.img
before=$(stat -c %b disk.img)
runs "a sparse image" grubify disk.img
[ $(($(stat -c %b disk.img) - before)) -lt 20000 ]
ok $? "has grown by less than 10 MB"

# by a link: what it points to, the record beside that
mkdir there
tiny_image there/disk.img
ln -s there/disk.img link.img
runs "a link" grubify link.img
[ -L link.img ] && ext_clean there/disk.img 1
ok $? "the image behind it is done, the link stays"

# /boot of its own on ext2, and the classic gap of 62 sectors
tiny_root sys
mv sys/boot bootdir
mkdir sys/boot
echo 'LABEL=BOOT /boot ext2 defaults 0 2' >sys/etc/fstab
disk disk.img 96M <<<$'start=63,size=24M,type=83\ntype=83'
FSTYPE=ext2 ext4_in disk.img 1 bootdir -L BOOT
ext4_in disk.img 2 sys
like "$(grubify --dry-run disk.img)" '^grub	partition 1, /grub$' "/boot on ext2"
runs "after 62 sectors" grubify disk.img

# whom the system does not let
user=()
[ "$(id -u)" != 0 ] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
chmod a+rx "$T"
tiny_image there/ro.img
chmod 444 there/ro.img
untouched 1 'ro.img: Permission denied' there/ro.img "${user[@]}"
runs "a dry run may read" "${user[@]}" grubify --dry-run there/ro.img
chmod 666 there/ro.img
chmod 755 there
if [ "$(id -u)" = 0 ]; then
	untouched 1 'ro.img: the undo record beside it: Permission denied' there/ro.img "${user[@]}"
fi
fails 1 'not a file: grubify is for images' grubify /dev/zero

# a full disk: at each step where the room may end
if [ "$(id -u)" = 0 ] && mkdir full && unshare -m mount -t tmpfs -o size=1M none full 2>/dev/null; then
	tiny_image good.img
	# shellcheck disable=SC2016
	unshare -m bash -c 'mount -t tmpfs -o size=8M none full
		done=0 told=0
		for kib in 0 4 16 32 64 128 512 1024 2048 3000; do
			cp --sparse=always good.img full/disk.img
			free=$(df -k --output=avail full | tail -n 1)
			head -c $(((free - kib) * 1024)) /dev/zero >full/fill
			grubify full/disk.img 2>log
			case $?$(<log) in
			0) done=$((done + 1)) ;;
			1*No\ space*) told=$((told + 1))
				cmp good.img full/disk.img || exit 1 ;;
			*) cat log; exit 1 ;;
			esac
			[ "$(ls full)" = "disk.img
fill" ] || exit 1
			rm full/*
		done
		echo "told $told, done $done"; [ $told -gt 3 ] && [ $done -gt 0 ]' >full.log 2>&1
	ok $? "a disk that is full, early or late: done, or as before" || show <full.log
else
	skip "a full disk" "a small one needs a mount, and that root"
fi
finish
