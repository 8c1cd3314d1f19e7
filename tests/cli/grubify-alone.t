#!/bin/bash
# Alone on its image, and away from devices; odd names are names.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs grub-mkimage strace

tiny_image disk.img
if strace -o /dev/null true 2>/dev/null; then
	strace -f -qq -o trace -e trace=open,openat,openat2 grubify disk.img
	is "$(sed -n 's/.*open[at2]*([^"]*"\(\/dev\/[^"]*\)".*= [0-9].*/\1/p' trace | sort -u |
		grep -vxE '/dev/(null|zero|urandom)')" "" "opens no device but null, zero, urandom"
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
	fails 3 'in use by a loop device' grubify --via vm disk.img
	losetup -d "$loop"
	runs "untouched" cmp disk.img before.img
else
	skip "a loop device" "none to be had"
fi

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
