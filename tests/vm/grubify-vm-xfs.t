#!/bin/bash
# SPDX-License-Identifier: MIT
# XFS with its modules on disk, as grub-install leaves it, by a kernel of a guest's.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/layers.sh"
need_layers
need mkfs.xfs pgrep

ROOTFS=xfs
busybox_root root xfs
name=$'an, (odd)\n\'name\'.img'
disk "$name" 420M <<<'2048,,83'
xfs_in "$name" 1 root
chmod a+rw "$name"
cp --sparse=always "$name" before.img

# killed while the guest works: it goes, too, and nothing has happened
grubify --via vm "${VM_KERNEL[@]}" "$name" 2>killed.log &
pid=$!
until_true 60 sh -c "pgrep -P $pid qemu-system >qemu"
kill -KILL $pid
wait $pid 2>/dev/null
until_true 20 sh -c "! kill -0 $(cat qemu) 2>/dev/null"
ok $? "killed, it takes its guest with it"
runs "the image is as before" cmp "$name" before.img
[ ! -e "$name.grubify-undo" ]
ok $? "with nothing beside it"
# killed while it writes what the guest has made
if strace -o /dev/null true 2>/dev/null; then
	(strace -qq -o trace -e trace=pwritev -e inject=pwritev:signal=KILL:when=5 \
		grubify --via vm "${VM_KERNEL[@]}" "$name"; :) 2>/dev/null
	[ -e "$name.grubify-undo" ] && ! cmp -s "$name" before.img
	ok $? "killed in the middle of its writes, it leaves a record"
	runs "by which it is put back" grubify --undo "$name"
	runs "byte by byte" cmp "$name" before.img
else
	skip "killed while it writes" "strace can't trace here"
fi
via_vm "grubify --via vm, a name with about everything" "$name"
mv "$name" disk.img
grub-fstest "$T/disk.img" ls -- '(loop0,msdos1)/boot/grub/i386-pc/' >ls 2>&1
like "$(tr ' ' '\n' <ls)" '^normal.mod$' "the modules are there"
boots "$T/disk.img" "XFS with modules"
finish
