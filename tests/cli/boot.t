#!/bin/bash
# SPDX-License-Identifier: MIT
# What debian-installer's guest boots from and by (boot.sh), also where what it was to be
# given has been pruned meanwhile.
. "${0%/*}/../lib.sh"
need cpio
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"

export SEEDBED_BUILD=$T/build SEEDBED_CACHE=$T/cache
di=$SRC/mk/installers/di
mkdir -p build/x kit folder pool
: > init
printf '%s\n' suite=trixie architecture=amd64 layout=regular filesystem=ext4 firmware=bios console=ttyS0 > build/x/facts
echo "$T/kit" > build/x/kit
: > kit/linux
: > build/x/payload
echo init | cpio -o -H newc --quiet > build/x/initrd.gz 2> /dev/null
for p in one two; do
	echo $p > pool/$p
	printf '/seedbed/archives/base/%s_1_all.deb\t0644\t%s\n' $p "$T/pool/$p"
done > build/x/prefetch
boot() { "$di/boot.sh" x "$@"; }
held() { grep -ao '[a-z]*_1_all.deb' folder/initrd | sort -u | paste -sd ' '; }

boot straight folder 0123 > out 2> err
is "$?:$(cat err)" "0:" "a guest from its beginning on"
is "$(grep -A1 -xe --kernel -e --initrd out | grep -v '^--' | paste -sd ' ')" "$T/kit/linux folder/initrd" "kernel and ramdisk"
is "$(held)" "one_1_all.deb two_1_all.deb" "with what was fetched for it"
like "$(grep -A1 -x -- --cmdline out)" '^console=tty0 .* seedbed_nonce=0123 .* seedbed_rest ---$' "who speaks, and that more is sent"
is "$(grep -A1 -x -- --channel out | grep org | paste -sd ' ')" "org.seedbed.log org.seedbed.debconf org.seedbed.word org.seedbed.rest" "its ports"
is "$(sed -n 's/^log=[^ ]* //p; s/^rest=//p' "$di/facts" | while read -r p; do grep -cx "$p" out; done | paste -sd ' ')" "1 1 1" "are those that others know of"
like "$(boot keep folder 0123)" ' seedbed_fork seedbed_rest ---$' "one that is kept waits"
unlike "$(DEBUG=1 boot straight folder)" 'channel|seedbed_' "for somebody at its screen there are none"
sed -i 's/bios/uefi/' build/x/facts
unlike "$(boot straight folder 0123)" 'tty0|video' "UEFI has no screen of letters"

rm pool/one
boot straight folder 0123 > out 2> err
is "$?:$(cat err)" "0:x: $T/pool/one: is not there any more: the installer will fetch it" "a package that was pruned is said, and no reason to end"
is "$(held)" "two_1_all.deb" "the others are there"

touch build/x/route
fails 1 'x: .*/kit: was pruned meanwhile: make appliance-x, once more' "$di/medium.sh" x straight
[ ! -e build/x/route ]
ok $? "the next make looks for another"
fails 1 'sideways: is neither straight nor keep' boot sideways folder
fails 2 usage boot straight
finish
