#!/bin/bash
# SPDX-License-Identifier: MIT
# Alone on its image, and away from devices; odd names are names.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs grub-mkimage strace

devices() { # devices IMG [OPTION...]: those that a run opens
	strace -f -qq -o trace -e trace=open,openat,openat2 grubify "${@:2}" "$1" >log 2>&1 || cat log
	sed -n 's/.*open[at2]*([^"]*"\(\/dev\/[^"]*\)".*= [0-9].*/\1/p' trace | sort -u |
		grep -vxE '/dev/(null|zero|urandom)'
}
if strace -o /dev/null true 2>/dev/null; then
	tiny_image disk.img
	is "$(devices disk.img)" "" "opens no device but null, zero, urandom"
	if command -v mkfs.vfat >/dev/null && command -v mcopy >/dev/null; then
		disk disk.img 64M <<<$'label: gpt\nsize=1M,type='$BIOSBOOT$'\nsize=40M,type='$ESP$'\ntype=L'
		fat_in disk.img 2
		ext4_in disk.img 3 tiny
		is "$(devices disk.img --target both)" "" "nor for UEFI"
	else
		skip "nor for UEFI" "no mkfs.vfat or mcopy"
	fi
	if command -v mkfs.xfs >/dev/null; then
		disk disk.img 330M <<<'2048,,83'
		xfs_in disk.img 1 tiny
		is "$(devices disk.img)" "" "nor for XFS"
	else
		skip "nor for XFS" "no mkfs.xfs"
	fi
else
	skip "opens no device" "strace can't trace here"
fi

name=$'odd, (name)\n\e[31m \'quoted\'@@1M?offset=2.img'
tiny_image disk.img
mv disk.img "$name"
runs "a name with about everything" grubify "./$name"
cp "$name" plain.img
runs "an equal image by a plain name" grubify plain.img
runs "needs nothing more" cmp "$name" plain.img
: >"$name"
unlike "$(grubify "./$name" 2>&1)" $'\e' "its control bytes don't reach the terminal"

# another one's lock, as QEMU or another run holds it
tiny_image disk.img
cp disk.img before.img
if command -v perl >/dev/null; then
	# F_OFD_SETLK of one byte, as QEMU takes it, until we are through
	perl -e 'open my $f, "+<", "disk.img" or die;
		my $l = pack "s s x4 q q i x4", 1, 0, 100, 1, 0;
		fcntl($f, 37, $l) or die "lock: $!";
		open my $h, ">", "held"; close $h;
		for (1 .. 600) { last if -e "enough"; select undef, undef, undef, 0.1 }' &
	until_true 120 test -e held
	fails 3 'in use by another program' grubify disk.img
	: >enough
	wait
	runs "and goes on when it is free" grubify disk.img
else
	skip "a lock" "no perl"
fi

# the kernel's hands: a loop device takes no lock
cp before.img disk.img
if loop=$(losetup -f --show disk.img 2>/dev/null); then
	at_end "losetup -d $loop 2>/dev/null"
	fails 3 'in use by a loop device' grubify disk.img
	fails 3 'in use by a loop device, /dev/loop[0-9]*: losetup -d detaches it$' grubify --via vm disk.img
	# by whatever name: a file is its device and inode
	ln disk.img same.img
	fails 3 'in use by a loop device' grubify same.img
	fails 3 'in use by a loop device' grubify --dry-run same.img
	mkdir other && ln disk.img other/
	losetup -d "$loop"
	runs "and not after it" grubify --dry-run same.img
	if mkdir bound && unshare -m true 2>/dev/null; then
		# the name that it was attached by is there no more, or another file's
		cp before.img other.img
		loop=$(unshare -m bash -c 'mount --bind other bound && losetup -f --show bound/disk.img')
		fails 3 'in use by a loop device' grubify disk.img
		cp before.img bound/disk.img
		fails 3 'in use by a loop device' grubify disk.img
		runs "another file of that name is free" grubify --dry-run bound/disk.img
		losetup -d "$loop"
		# a read-only one reads what we write
		loop=$(losetup -r -f --show other/disk.img)
		fails 3 'in use by a loop device' grubify same.img
		losetup -d "$loop"
	else
		skip "a bind mount" "no mount namespace"
	fi
	runs "untouched" cmp disk.img before.img
	# once more one that has another name before and not while
	mv disk.img moved.img
	loop=$(losetup -f --show moved.img)
	mv moved.img disk.img
	fails 3 'in use by a loop device' grubify disk.img
	losetup -d "$loop"
else
	skip "a loop device" "none to be had"
fi

ln -f disk.img same.img
# nor does who only has it open for writing
exec 8<>same.img
fails 3 'in use by another program, which has it open for writing' grubify disk.img 8>&-
exec 8>&-
exec 8<same.img
runs "who reads it is not in the way" grubify --dry-run disk.img
exec 8<&-

# GRUB from an unpacked tree, with libraries of its own beside it
mkdir -p tree/usr/bin tree/usr/lib/x
cp -r /usr/lib/grub tree/usr/lib/
for p in grub-fstest grub-mkimage; do
	cp "$(command -v $p)" tree/usr/bin/$p.real
	cp $(ldd tree/usr/bin/$p.real | grep -o '/[^ ]*') tree/usr/lib/x/
	cat > tree/usr/bin/$p <<-EOT
	#!/bin/sh
	exec $T/tree/usr/lib/x/ld-linux* --library-path $T/tree/usr/lib/x $T/tree/usr/bin/$p.real "\$@"
	EOT
	chmod +x tree/usr/bin/$p
done
cp before.img disk.img
runs "GRUB from an unpacked tree, with its own libraries" grubify --grub-dir "$T/tree/usr/lib/grub" disk.img

# two at once: both end well, or one is told
cp before.img disk.img
grubify disk.img 2>log1 & a=$!
grubify disk.img 2>log2 & b=$!
wait $a; a=$?
wait $b; b=$?
case $a$b in 00 | 03 | 30) s=0 ;; *) s=1 ;; esac
ok $s "two at once end with $a and $b"
runs "and the image is right" ext_clean disk.img 1
finish
