#!/bin/bash
# SPDX-License-Identifier: MIT
# What vmrun refuses before any guest.
. "${0%/*}/../lib.sh"

echo '<domain/>' >d.xml
fails 2 'missing operand' vmrun
fails 2 'one operand too many' vmrun d.xml d.xml
fails 2 'go together' vmrun --word a d.xml
fails 2 'go together' vmrun --nonce 12345678 d.xml
fails 2 '--nonce: 8 to 256' vmrun --word a --nonce short d.xml
fails 2 '--nonce: 8 to 256' vmrun --word a --nonce 'has a space' d.xml
fails 2 'NAME=FILE' vmrun --channel a d.xml
fails 2 'NAME=FILE' vmrun --channel =a d.xml
fails 2 'NAME=FILE' vmrun --feed a d.xml
fails 1 'none: open: No such file' vmrun --feed a=none d.xml
fails 1 'd.xml: restore: has no UUID' vmrun --restore none d.xml
fails 2 'below zero' vmrun --timeout -1 d.xml
fails 1 'none.xml: open: No such file' vmrun none.xml
fails 1 'no/log: open: No such file' vmrun --console no/log d.xml
head -c 2000000 /dev/zero >zero.xml
fails 1 "not a domain's XML" vmrun zero.xml
fails 1 'connect' vmrun -c nosuch:///hypervisor d.xml
fails 1 'connect' env HYPERVISOR=nosuch:///hypervisor vmrun d.xml
fails 2 '--channel, --feed and --word: xen:///system: no virtio ports' vmrun -c xen:///system --channel a=b d.xml
fails 2 '--restore: xen:///system: no guests that vmfork' vmrun -c xen:///system --restore b d.xml
fails 2 '--at and --until: one of them' vmrun --word a --nonce 12345678 --at a --until b d.xml -- true
fails 2 'need --word' vmrun --until b d.xml
fails 2 'true: when\? --at=STEP or --until=STEP' vmrun d.xml -- true
fails 2 '--at: needs a command' vmrun --word a --nonce 12345678 --at a d.xml
fails 2 'one operand too many' vmrun --word a --nonce 12345678 --at a d.xml true -- true
fails 1 'no/records: open: No such file' vmrun --records no/records d.xml
is "$(echo *)" "d.xml zero.xml" "and nothing was left"

# --- a result of what came to nothing ---
result() { sed -n "s/^$1=//p" result; }
echo "outcome=finished" >result
fails 1 'none.xml: open' vmrun --result result none.xml
is "$(head -n 3 result | tr '\n' ' ')" "tool=vmrun outcome=not-started status=1 " "a result: not started"
is "$(result code) $(result object)" "file none.xml" "and why, for a program"
like "$(result text)" 'none.xml: open: No such file' "and for people"
is "$(stat -c %a result)" 600 "its user's alone"
if [ "$(id -u)" = 0 ]; then
	url="qemu:///session?socket=$T/none" user=(--user seedbed)
	id seedbed >/dev/null 2>&1 && chown seedbed . || user=()
else
	url="qemu:///session?socket=$T/none" user=()
fi
fails 1 'connect: .*none' vmrun "${user[@]}" -c "$url" --result result d.xml
is "$(result outcome) $(result code) $(result object)" "not-started connection $url" "a result: no hypervisor"
fails 1 'd.xml: .*no connection to nosuch' vmrun -c nosuch:///hypervisor --result no/result d.xml
rm -f result
if [ "$(id -u)" = 0 ]; then
	fails 1 'user nobody-of-that-name: there is none' vmrun --user nobody-of-that-name d.xml
	fails 1 'user root' vmrun --user root d.xml
fi
finish
