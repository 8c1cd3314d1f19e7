#!/bin/bash
# A word at each of the installer's steps, and no process for it: grub-installer lists
# /target/proc, and fails if one of those that it saw is gone before it looks again.
. "${0%/*}/../lib.sh"
need busybox strace

mkdir lib
echo 0123abcd > lib/nonce
mkfifo lib/words
sed "s|/var/lib/seedbed|$T/lib|g; s|/usr/lib/seedbed|$T|; s|/var/log/syslog|$T/syslog|" \
	"$SRC/udeb/usr/lib/seedbed/steps" > steps
sed "s|/var/lib/seedbed|$T/lib|g" "$SRC/udeb/usr/lib/seedbed/word" > word
chmod +x word

exec 8<> lib/words
cat <&8 > heard &
at_end "kill $! 2> /dev/null"
said() { echo "Nov 24 16:42:12 $*" >> syslog; }
said "main-menu[358]: INFO: Menu item 'partman-base' selected"
strace -f -qq -e trace=fork,vfork,clone,clone3 -o calls busybox sh "$T/steps" &
at_end "kill $! 2> /dev/null; pkill -f 'tail -n .1 -f $T/syslog'"
heard() { grep -qx "0123abcd $1" heard; }
until_true 60 heard "step partman-base"
ok $? "an item of the menu"
before=$(wc -l < calls)

said "base-installer: info: Installing base system"
said "anything else"
said "in-target: update-initramfs: Generating /boot/initrd.img-6.12"
said "finish-install: info: Running /usr/lib/finish-install.d/95umount"
said "main-menu[358]: WARNING **: Configuring 'grub-installer' failed with error code 1"
until_true 60 heard "failed Configuring 'grub-installer' failed with error code 1"
ok $? "an item that failed"
is "$(sed -n '2,4s/^0123abcd //p' heard)" "step base-installer: Installing base system
step update-initramfs
step finish-install: 95umount" "and the steps between"
is "$(wc -l < heard)" 5 "no more than that"
is "$(wc -l < calls)" "$before" "no process was started for any of them"
finish
