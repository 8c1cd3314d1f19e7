#!/bin/bash
# SPDX-License-Identifier: MIT
# Builds that begin at once, without a checkpoint: one makes it, the others wait for that
# and no longer; when that one is killed, the next makes it.
. "${0%/*}/../lib.sh"
need flock

export SEEDBED_CHECKPOINTS=$T/checkpoints SEEDBED_CACHE=$T
cat > wait.sh <<'END2'
. "$SRC/mk/common.sh"
. "$SRC/mk/fork.sh"
name=$1 key=0123456789abcdef01234567
if checkpoint $key; then echo child > "way.$name"; else echo parent > "way.$name"; fi
[ "$(cat "way.$name")" = child ] || {
	until [ -e "go.$name" ]; do sleep 0.05; done
	mkdir "$CHECKPOINTS/$key"
	checkpoint_done
}
exec sleep 1000
END2
begin() { # begin NAME: in the background, $job
	bash wait.sh "$1" 2> "said.$1" &
	job=$!
	at_end "kill -KILL $job 2> /dev/null"
}
way() { cat "way.$1" 2> /dev/null; }
says_it_waits() { grep -q "$1: waits for the installer that another build is at" "said.$1"; }
somebody() { grep -lx parent way.* 2> /dev/null | grep -qv way.one; }

begin one
one=$job
until_true 60 test -s way.one
is "$(way one)" parent "the first makes it"
for b in two three four; do begin $b; done
for b in two three four; do
	until_true 60 says_it_waits $b
	ok $? "$b waits, and says so"
done
kill -KILL $one
wait $one 2> /dev/null
until_true 60 somebody
next=$(grep -lx parent way.* | grep -v way.one)
is "$(wc -w <<<"$next")" 1 "when that is killed, one other makes it"
next=${next#way.}
like "$(cat "said.$next")" "^$next: that build has ended and left none: this one makes it" "and says so"
is "$(cat way.* | grep -c child)" 0 "the rest go on waiting"
touch "go.$next"
all() { [ "$(cat way.* | grep -c child)" = 2 ]; }
until_true 60 all
ok $? "when it is there they all go on, while its maker still runs"
begin five
until_true 60 test -s way.five
is "$(way five) $(cat said.five)" "child " "who comes later does not wait"
fails 1 '' flock -n "$SEEDBED_CHECKPOINTS/0123456789abcdef01234567.lock" true
kill $(jobs -p) 2> /dev/null
wait 2> /dev/null
runs "in the end nobody holds it" flock -n "$SEEDBED_CHECKPOINTS/0123456789abcdef01234567.lock" true
finish
