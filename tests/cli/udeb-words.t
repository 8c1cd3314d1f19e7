#!/bin/bash
# SPDX-License-Identifier: MIT
# The installer's words to the host: many write at once, and each line arrives whole.
. "${0%/*}/../lib.sh"
need busybox

mkdir lib
echo 0123abcd > lib/nonce
mkfifo lib/words
sed "s|/var/lib/seedbed|$T/lib|g" "$SRC/udeb/usr/lib/seedbed/word" > word
word() { busybox sh "$T/word" "$@"; }

exec 8<> lib/words
cat <&8 > heard &
at_end "kill $! 2> /dev/null"
long=$(printf '%0560d' 7)
for w in one two three; do
	seq 400 | sed "s/^/data $w $long /" | word &
	writers+=($!)
done
for _ in $(seq 50); do word step between; done
wait "${writers[@]}"
word last
whole() { grep -q '^0123abcd last$' heard; }
until_true 120 whole
ok $? "the last word arrives"
is "$(grep -Evc "^0123abcd (data (one|two|three) $long [0-9]+|step between|last)\$" heard)" 0 "no line is broken"
is "$(wc -l < heard)" 1251 "and none is lost"
finish
