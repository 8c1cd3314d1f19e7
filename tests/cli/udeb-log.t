#!/bin/bash
# SPDX-License-Identifier: MIT
# The installer's log, and a word at each of its steps, and no process for it:
# grub-installer lists /target/proc, and fails if one of those that it saw is gone
# before it looks again.
. "${0%/*}/../lib.sh"
need busybox strace

mkdir lib bin
for applet in awk mknod; do ln -s "$(command -v busybox)" bin/$applet; done
PATH=$T/bin:$PATH
echo 0123abcd > lib/nonce
mkfifo lib/words
mkfifo port
printf '#!/bin/sh\necho %s/port\n' "$T" > find-port
chmod +x find-port
sed "s|/var/lib/seedbed|$T/lib|g; s|/usr/lib/seedbed/port|$T/find-port|; s|/var/log/syslog|$T/syslog|" \
	"$SRC/udeb/usr/lib/seedbed/log" > log
sed "s|/var/lib/seedbed|$T/lib|g" "$SRC/udeb/usr/lib/seedbed/word" > word
chmod +x word

exec 8<> lib/words 7<> port
cat <&8 > heard &
at_end "kill $! 2> /dev/null"
cat <&7 > logged &
at_end "kill $! 2> /dev/null"
said() { echo "Nov 24 16:42:12 $*" >> syslog; }
said "main-menu[358]: INFO: Menu item 'partman-base' selected"
strace -f -qq -e trace=fork,vfork,clone,clone3 -o calls busybox sh "$T/log" &
at_end "kill $! 2> /dev/null; pkill -f 'sh $T/log'"
heard() { grep -qx "0123abcd $1" heard; }
until_true 60 heard "step partman-base"
ok $? "an item of the menu"
before=$(wc -l < calls)

said "base-installer: info: Installing base system"
said "anything else"
said "in-target: update-initramfs: Generating /boot/initrd.img-6.12"
said "finish-install: info: Running /usr/lib/finish-install.d/95umount"
said "main-menu[358]: WARNING **: Configuring 'grub-installer' failed with error code 1"
until_true 60 heard "failed menu-item grub-installer Configuring 'grub-installer' failed with error code 1"
ok $? "an item that failed"
is "$(sed -n '2,4s/^0123abcd //p' heard)" "step base-installer: Installing base system
step update-initramfs
step finish-install: 95umount" "and the steps between"
is "$(wc -l < heard)" 5 "no more than that"
is "$(wc -l < calls)" "$before" "no process was started for any of them"
same() { cmp -s logged syslog; }
until_true 20 same
ok $? "and the log"

# A line may be looked at while it is being written.
for i in 1 2 3 4 5 6 7 8 9; do
	printf "Nov 24 16:42:13 main-menu[358]: INFO: Menu item 'pkg" >> syslog
	sleep 0.05
	printf "sel%d' selected\n" $i >> syslog
	sleep 0.03
done
until_true 20 heard "step pkgsel9"
is "$(grep -c ' step pkgsel[1-9]$' heard)" 9 "lines that come in two parts"
until_true 20 same
ok $? "are each one line of the log"

# The installer may have been forked meanwhile: the words are then another guest's.
echo fedc9876 > lib/nonce
said "main-menu[358]: INFO: Menu item 'grub-installer' selected"
forked() { grep -qx "fedc9876 step grub-installer" heard; }
until_true 20 forked
ok $? "after a fork, by the nonce of that one"
finish
