#!/bin/bash
# SPDX-License-Identifier: MIT
# What users hit: each refused with its own status and word, the image as it was.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs debugfs grub-mkimage grub-fstest

refused() { # refused STATUS REGEX [options]: of disk.img, which stays
	local sum
	sum=$(b2sum <disk.img)
	fails "$1" "$2" grubify "${@:3}" disk.img
	is "$(b2sum <disk.img)" "$sum" "  and the image is as before"
	[ ! -e disk.img.grubify-undo ] && [ ! -e disk.img.grubify-undo.new ]
	ok $? "  with nothing beside it"
}
gpt() { printf 'label: gpt\n'; printf '%s\n' "$@"; }
dbg() { debugfs -w -R "$1" 'disk.img?offset=1048576' >/dev/null 2>&1; }

tiny_image good.img

TABLE=$(gpt type=L) tiny_image disk.img
refused 11 'GPT without a BIOS boot partition'
refused 13 'no EFI system partition' --target x86_64-efi
TABLE=$(gpt "size=4M,type=$ESP" type=L) PART=2 tiny_image disk.img
refused 13 'the EFI system partition holds no FAT' --target x86_64-efi

TABLE='1,,83' tiny_image disk.img
refused 12 'begins in sector 1: no gap'
TABLE='33,,83' tiny_image disk.img
refused 12 'has 32 sectors, GRUB.s core image needs [0-9]+'

SIZE=16M tiny_image disk.img -O casefold
refused 14 "GRUB can't read this ext4 filesystem"
SIZE=16M tiny_image disk.img -O inline_data -I 256
refused 14 "GRUB can't read this ext4 filesystem"
for o in bigalloc ea_inode; do
	SIZE=48M tiny_image disk.img -O $o 2>log
	refused 14 "GRUB can't read this ext4 filesystem"
done

cp good.img disk.img
dbg 'feature needs_recovery'
refused 15 'not unmounted cleanly'
cp good.img disk.img
dbg 'set_super_value state 2'
refused 15 'not unmounted cleanly'
runs "--fsck has it repaired" grubify --fsck disk.img

cp good.img disk.img
printf '\001CD001\001' | dd of=disk.img bs=1 seek=32768 conv=notrunc status=none
refused 9 'ISO 9660'
cp good.img disk.img
printf 'EFI PART' | dd of=disk.img bs=512 seek=1 conv=notrunc status=none
refused 9 'an old GPT lies beneath the MBR'

cp good.img disk.img
truncate -s 20M disk.img
refused 6 'partition 1 ends at byte 33554432, the image at 20971520: truncated'
TABLE=$(gpt "size=1M,type=$BIOSBOOT" type=L) PART=2 tiny_image disk.img
truncate -s 20M disk.img
refused 6 'the GPT spans 65536 sectors, the image has 40960: truncated'

truncate -s 4M disk.img
dd if=/dev/zero of=disk.img bs=1M count=4 conv=notrunc status=none
refused 5 'no partition table$'
mke2fs -q -F disk.img
refused 5 'no partition table, ext2 over all of it'
: >disk.img
refused 5 'no partition table'
if command -v qemu-img >/dev/null; then
	qemu-img convert -O qcow2 good.img disk.img
	refused 4 'a qcow2 image, not a raw one$'
	line=$(grubify disk.img 2>&1 | sed -n 's/^grubify: convert it: //p')
	is "$line" "qemu-img convert -f qcow2 -O raw $T/disk.img $T/disk.raw" "and it says how to make one"
	eval "$line"
	runs "  which then is one that boots" grubify disk.raw
	qemu-img convert -O vmdk good.img disk.img
	refused 4 'a vmdk image'
	refused 4 'convert it: qemu-img convert -f vmdk -O raw'
	# what names another file would have that read by whoever types the line
	for f in qcow2 qcow qed vmdk; do
		qemu-img create -q -f $f -b "$T/good.img" -F raw disk.img 2>log || continue
		refused 4 'no command to convert it is shown, .*: it has a (backing file|parent)'
		unlike "$(grubify disk.img 2>&1; imgprobe disk.img 2>&1)" 'qemu-img' "  $f: no line to type"
	done
	rm -f disk.img
	qemu-img create -q -f qcow2 -o data_file="$T/data.raw" disk.img 4M
	refused 4 'would read another file, too: its data lies in another file'
	rm -f disk.img
	qemu-img create -q -f vmdk -o subformat=monolithicFlat disk.img 4M 2>log &&
		refused 4 'would read another file, too: its data lies in another file'
fi
gzip -c good.img >disk.img
refused 4 'gzip-compressed: unpack it'
truncate -s 0 disk.img
truncate -s 32M disk.img
printf 'EFI PART' | dd of=disk.img bs=4096 seek=1 conv=notrunc status=none
refused 8 '4096 bytes \(4Kn\)'

cp -r tiny other
rm -rf other/boot/*
cp good.img disk.img
rm -f fs.tmp
ext4_in disk.img 1 other
refused 19 'no grub.cfg, and no kernel in /boot'
mkdir other/boot/grub
printf 'set timeout=1\n# /dev/loop9 in a comment\nlinux /vmlinuz root=/dev/loop0p1\n' \
	>other/boot/grub/grub.cfg
ext4_in disk.img 1 other
refused 20 'grub.cfg:3: names /dev/loop0p1'
sed -i s,loop0p1,mapper/hda1, other/boot/grub/grub.cfg
ext4_in disk.img 1 other
refused 20 'grub.cfg:3: names /dev/mapper/hda1'
cp -r tiny/boot/vmlinuz* other/boot/
ext4_in disk.img 1 other
refused 20 'hda1, a device of the machine that made it; --new-config writes another'
runs "  which it does" grubify --new-config disk.img
unlike "$(ext_file disk.img 1 /boot/grub/grub.cfg)" /dev/mapper "  by UUID"

disk disk.img 40M <<<$'size=20M,type=83\ntype=83'
ext4_in disk.img 1 tiny
ext4_in disk.img 2 tiny
refused 10 'no partition is clearly the root: name it by --root'
runs "--root decides" grubify --root 2 disk.img
refused 10 'there is no partition 7' --root 7
disk disk.img 32M <<<'2048,,83'
refused 10 'no partition is clearly the root'

# space: filled up but for less than the modules need, and no inodes
head -c 11M /dev/urandom >tiny/fill # zeros would be holes
SIZE=16M tiny_image disk.img
refused 16 'no blocks or inodes left'
rm tiny/fill
SIZE=32M tiny_image disk.img -N 64
refused 16 'no blocks or inodes left'

# an ESP that is full
disk disk.img 64M <<<$'label: gpt\nsize=8M,type='$ESP$'\ntype=L'
fat_in disk.img 1
ext4_in disk.img 2 tiny
head -c 8100K /dev/urandom >fill
read -ra esp <<<"$(range disk.img 1)"
MTOOLS_SKIP_CHECK=1 mcopy -i "disk.img@@${esp[0]}" fill ::/ 2>log
refused 16 'BOOTX64.EFI does not get onto the EFI system partition'

# tables that contradict themselves
cp good.img disk.img
printf 'start=2048,size=20000,type=83\nstart=30000,size=20000,type=83\n' |
	sfdisk -q --no-reread --no-tell-kernel disk.img
printf '\0\20' | dd of=disk.img bs=1 seek=470 conv=notrunc status=none
refused 7 'partitions 1 and 2 overlap'
TABLE=$(gpt "size=1M,type=$BIOSBOOT" type=L) PART=2 tiny_image disk.img
for at in 512 33553920; do
	printf XX | dd of=disk.img bs=1 seek=$((at + 20)) conv=notrunc status=none
done
refused 7 'a GPT whose headers or checksums are bad'

# what was written is not what GRUB reads: put back
mkdir -p tree/usr/lib/grub tree/usr/bin
ln -s /usr/lib/grub/i386-pc tree/usr/lib/grub/
cp "$(type -P grub-mkimage)" tree/usr/bin/
cat >tree/usr/bin/grub-fstest <<EOT
#!/bin/sh
case "\$*" in *normal.mod*) echo odd ;; *) exec $(type -P grub-fstest) "\$@" ;; esac
EOT
chmod +x tree/usr/bin/grub-fstest
cp good.img disk.img
refused 21 'GRUB does not read /boot/grub/i386-pc/normal.mod as written' --grub-dir tree/usr/lib/grub

mkdir none
cp good.img disk.img
refused 17 "none/i386-pc/modinfo.sh: GRUB's files are missing" --grub-dir none
mkdir -p old
cp -r /usr/lib/grub/i386-pc old/
sed -i 's/grub_package_version=.*/grub_package_version="2.02"/' old/i386-pc/modinfo.sh
refused 18 'of another build' --grub-dir old

disk disk.img 32M <<<'2048,,83'
printf 'LUKS\272\276\000\001' | dd of=disk.img bs=512 seek=2048 conv=notrunc status=none
refused 23 "partition 1 is crypto_LUKS: what lies in it can't be reached by --via file, but by --via vm" --via file

fails 1 'no-such.img: No such file' grubify no-such.img
fails 1 'not a file' grubify /dev/null
fails 2 'no WAY|not auto' grubify --via magic good.img
fails 2 'missing operand' grubify
finish
