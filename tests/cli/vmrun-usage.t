#!/bin/bash
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
is "$(echo *)" "d.xml zero.xml" "and nothing was left"
if [ "$(id -u)" = 0 ]; then
	fails 1 'user nobody-of-that-name: there is none' vmrun --user nobody-of-that-name d.xml
	fails 1 'user root' vmrun --user root d.xml
fi
finish
