#!/bin/bash
# SPDX-License-Identifier: MIT
# The boot loader that was installed before the fork is put in its place when it is asked
# for in the same words, with the same programs; else it is installed as asked.
. "${0%/*}/../lib.sh"

mkdir -p bin target lib
sed "s|/target|$T/target|g; s|/var/lib/seedbed|$T/lib|g; s|-b \"\$disk\"|-e \"\$disk\"|" \
	"$SRC/udeb/usr/lib/seedbed/loader" > loader
fake() { # fake NAME: a program, its script on stdin
	{ echo '#!/bin/bash'; cat; } > "bin/$1"
	chmod +x "bin/$1"
}
fake chroot <<< 'shift; exec "$@"'
fake log-output <<< 'shift 2; exec "$@"'
fake unshare <<< 'shift; exec "$@"'
fake mount <<< 'exit 0'
fake grub-mkdevicemap <<< "printf '(hd0)\t$T/disk\n(hd1)\t/other\n'"
fake dpkg-query <<< "cat '$T/versions'"
fake grub-install <<END
[ ! -e '$T/fails' ] || exit 1
echo "\$*" >> '$T/asked'
mkdir -p '$T/target/boot/grub/i386-pc'
echo core > '$T/target/boot/grub/i386-pc/core.img'
echo env > '$T/target/boot/grub/grubenv'
END
: > disk
loader() { PATH=$T/bin:$PATH sh "$T/loader" "$@"; }
asks() { loader chroot "$T/target" grub-install --force "$@"; }
begin() { # begin: nothing but what was done before the fork
	rm -rf target lib asked
	mkdir -p target/boot lib
	echo 'grub-common 2.12' > versions
	loader ahead
}
files() { (cd target/boot && find . -type f | sort | tr '\n' ' '); }
all='./grub/grubenv ./grub/i386-pc/core.img '

begin
is "$(cat asked)" "--force $T/disk" "before the fork: onto the first disk"
[ ! -e target/boot/grub ]
ok $? "and out of the package's sight"
mkdir target/boot/grub # as the package does
is "$(asks "$T/disk")" "installed before the fork" "asked for in the same words: it is there"
is "$(files)" "$all" "all of it in its place"
is "$(find target/boot -name '.*seedbed')" "" "and nowhere else"
is "$(wc -l < asked)" 1 "it was installed once"

again() { # again WHY: as asked, and nothing of the first is left
	is "$(wc -l < asked)" 2 "$1: installed as asked"
	is "$(files)" "$all" "$1: and nothing of the first is left"
}
begin; asks --no-nvram "$T/disk"; again "other words"
begin; asks "$T/another"; again "another disk"
begin; echo 'grub-common 2.13' > versions; asks "$T/disk"; again "another version"
begin; mkdir -p target/boot/grub/i386-pc; asks "$T/disk"; again "somebody else's is there"

: > fails
begin
is "$(files)" "" "it failed before the fork: nothing is left"
rm fails
asks "$T/disk"
is "$(cat asked)" "--force $T/disk" "and it is installed when it is asked for"
finish
