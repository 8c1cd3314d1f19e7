#!/bin/bash
# SPDX-License-Identifier: MIT
# Killed at any of its writes, a run leaves an image that the next one puts back. What
# counts is the order of the calls, so no disk need be waited for.
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need strace sfdisk mke2fs grub-mkimage
tiny_image orig.img
mkdir w
cp orig.img w/disk.img
strace -o trace -e trace=none true 2>/dev/null || skip_all "strace can't trace here"

# Each call that changes a file, as "NAME NUMBER".
set=pwrite64,pwritev,fdatasync,fsync,rename,unlink
strace -qq -o trace -e trace=$set grubify w/disk.img
mapfile -t calls < <(sed -n 's/^\([a-z0-9]*\)(.*/\1/p' trace | awk '{ print $1, ++n[$1] }')
[ ${#calls[@]} -gt 10 ]
ok $? "a run changes things by ${#calls[@]} calls"

# Put back by hand after the odd ones, run again after the even ones.
back=0 wrong="" i=0
for call in "${calls[@]}"; do
	k=$((i += 1))
	cp --sparse=always orig.img w/disk.img
	(strace -qq -o trace -e trace=$set -e "inject=${call% *}:signal=KILL:when=${call#* }" \
		grubify w/disk.img; :) 2>/dev/null
	grep -q 'killed by SIGKILL' trace || wrong+=" $call:alive"
	if [ $((k % 2)) = 1 ]; then
		grubify --undo w/disk.img 2>/dev/null || wrong+=" $call:undo"
		cmp -s orig.img w/disk.img && back=$((back + 1)) && continue
		# else it was killed after its last write, and is whole
		cp --sparse=always w/disk.img done.img
		grubify w/disk.img 2>/dev/null
		cmp -s done.img w/disk.img || wrong+=" $call:neither"
	else
		grubify w/disk.img 2>/dev/null || wrong+=" $call:rerun"
		ext_clean w/disk.img 1 || wrong+=" $call:fsck"
	fi
	[ "$(ls w)" = disk.img ] || wrong+=" $call:litter"
done
is "$wrong" "" "killed at each call, it is put back or run again"
[ $back -gt 5 ]
ok $? "put back, byte by byte, $back times"

# killed while it puts back: the next one does
cp --sparse=always orig.img w/disk.img
(strace -qq -o trace -e trace=$set -e inject=pwrite64:signal=KILL:when=2 \
	grubify w/disk.img; :) 2>/dev/null
cp --sparse=always w/disk.img half.img
cp w/disk.img.grubify-undo half.undo
set=$set,fallocate
strace -qq -o trace -e trace=$set grubify --undo w/disk.img 2>/dev/null
mapfile -t calls < <(sed -n 's/^\([a-z0-9]*\)(.*/\1/p' trace | awk '{ print $1, ++n[$1] }')
[ ${#calls[@]} -gt 20 ]
ok $? "putting back takes ${#calls[@]} calls"
wrong=""
for ((i = 0; i < ${#calls[@]}; i += ${#calls[@]} / 40 + 1)); do
	call=${calls[i]}
	cp --sparse=always half.img w/disk.img
	cp half.undo w/disk.img.grubify-undo
	(strace -qq -o trace -e trace=$set -e "inject=${call% *}:signal=KILL:when=${call#* }" \
		grubify --undo w/disk.img; :) 2>/dev/null
	grubify --undo w/disk.img 2>/dev/null || wrong+=" $call:undo"
	cmp -s orig.img w/disk.img || wrong+=" $call:bytes"
	[ "$(ls w)" = disk.img ] || wrong+=" $call:litter"
done
is "$wrong" "" "killed at one of these, the next one puts back all of it"

# a record that is not of this image changes nothing
cp orig.img w/disk.img
(strace -qq -o trace -e trace=$set -e inject=pwritev:signal=KILL:when=1 \
	grubify w/disk.img; :) 2>/dev/null
[ -e w/disk.img.grubify-undo ]
ok $? "a killed run leaves its record"
like "$(grubify --dry-run w/disk.img 2>&1)" 'waits to be put back' "of which a dry run speaks"
head -c 32M /dev/urandom >w/disk.img
sum=$(b2sum <w/disk.img)
fails 22 'grubify-undo is not of this image' grubify w/disk.img
is "$(b2sum <w/disk.img)" "$sum" "an image made anew is left alone"
printf x | dd of=w/disk.img.grubify-undo bs=1 seek=100 conv=notrunc status=none
fails 22 'grubify-undo is damaged' grubify w/disk.img

# --undo with nothing to undo
rm w/*
cp orig.img w/disk.img
runs "--undo without a record" grubify --undo w/disk.img
runs "changes nothing" cmp orig.img w/disk.img
finish
