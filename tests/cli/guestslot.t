#!/bin/bash
# SPDX-License-Identifier: MIT
# How many guests run at once, by their number and by the memory that they were promised:
# who does not fit waits, says so, and goes on when another has ended, however it ended.
. "${0%/*}/../lib.sh"

unset GUESTS GUESTS_MEMORY
D=$T/slots
slot() { # slot NAME MIB [OPTION...] -- COMMAND: in the background, its process is $!
	local name=$1 mib=$2
	shift 2
	guestslot --dir "$D" --memory "$mib" --name "$name" "${room[@]}" "$@" \
		2>"said.$name" </dev/null &
}
room=(--guests 10 --total 4G)
stays() { printf '%s\n' -- sh -c "echo >runs.$1; exec sleep 1000"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

# --- a command ---
is "$(guestslot --dir "$D" -m 100 -- echo 'a  b')" "a  b" "the command runs, its output is its own"
fails 7 '' guestslot --dir "$D" -m 100 -- sh -c 'exit 7'
fails 137 '' guestslot --dir "$D" -m 100 -- sh -c 'kill -9 $$'
fails 127 '/no/such: cannot be started: No such file' guestslot --dir "$D" -m 100 -- /no/such
fails 126 'passwd: cannot be started: Permission denied' guestslot --dir "$D" -m 100 -- /etc/passwd
fails 125 'no/slots: No such file' guestslot --dir no/slots -m 100 -- touch started
[ ! -e started ]
ok $? "where there is no such place nothing is started"
is "$(ls -A "$D")" "" "and nothing is left"
is "$(stat -c %a "$D")" 700 "the directory is its user's alone"

# --- memory ---
mapfile -t one < <(stays one)
mapfile -t two < <(stays two)
slot one 1500 "${one[@]}"
first=$!
slot two 1500 "${two[@]}"
second=$!
until_true 60 test -e runs.one && until_true 60 test -e runs.two
ok $? "two that fit"
is "$(sort "$D"/* | tr '\n' ' ')" "1500 runs one 1500 runs two " "it is written down who they are"
slot three 1500 -- touch runs.three
third=$!
until_true 60 grep -qs . said.three
like "$(cat said.three)" '^guestslot: three: waits for memory: it wants 1500 MiB, those at work have 3000 of 4096 \(--total' \
	"the third waits, and says for what"
slot four 100 -- touch runs.four
fourth=$!
until_true 60 grep -qs . said.four
like "$(cat said.four)" '^guestslot: four: waits for its turn: 1 came before' "a smaller one waits behind it"
[ ! -e runs.three ] && [ ! -e runs.four ]
ok $? "and does not pass it by"
sleeper=$(pgrep -P "$first")
kill -KILL $first
wait $first 2>/dev/null
wait $third
is "$?" 0 "it goes on when another was killed"
until_true 60 gone "$sleeper"
ok $? "whose command was taken along"
wait $fourth
is "$?" 0 "and so does the next"
is "$(wc -l <said.three)" 1 "each reason is told once"
kill -TERM $second
wait $second
is "$?" 143 "a signal goes to the command, and its status comes back"
is "$(ls -A "$D")" "" "what the killed one left was swept"
slot big 5000 -- touch runs.big
wait $!
is "$?" 0 "alone, one goes on that is larger than all are to be"
like "$(cat said.big)" '^guestslot: big: its guest has 5000 MiB, more than the 4096' "and it is said"

# --- who waits can be told to end ---
mapfile -t five < <(stays five)
slot five 1500 "${five[@]}"
fifth=$!
until_true 60 test -e runs.five
for signal in TERM HUP; do
	rm -f said.six
	slot six 3000 -- touch runs.six
	sixth=$!
	until_true 60 grep -qs . said.six
	kill -$signal $sixth
	wait $sixth
	is "$?" $((128 + $(kill -l $signal))) "SIG$signal: who waits ends at once"
done
slot seven 3000 -- touch runs.seven
seventh=$!
until_true 60 grep -qs . said.seven
slot eight 100 -- touch runs.eight
eighth=$!
until_true 60 grep -qs . said.eight
kill -KILL $seventh
wait $seventh 2>/dev/null
wait $eighth
is "$?" 0 "who was killed while it waited holds nobody up"
[ ! -e runs.six ] && [ ! -e runs.seven ]
ok $? "and none of them ran"

# --- their number, as the environment says it ---
room=()
GUESTS=1 slot alone 10 -- touch runs.alone
alone=$!
until_true 60 grep -qs . said.alone
like "$(cat said.alone)" 'alone: waits for a processor: 1 guest is at work \(--guests or GUESTS=' "by their number, too"
kill $fifth
wait $alone
is "$?" 0 "and it goes on"

# --- in the order in which they came ---
room=(--guests 1)
mapfile -t six < <(stays busy)
slot busy 10 "${six[@]}"
busy=$!
until_true 60 test -e runs.busy
waiting=()
for i in 1 2 3 4 5; do
	slot "w$i" $((60 - 10 * i)) -- sh -c "echo $i >>order"
	waiting+=($!)
	until_true 60 grep -qs . "said.w$i"
done
kill $busy
wait "${waiting[@]}"
is "$(tr '\n' ' ' <order)" "1 2 3 4 5 " "first come, first served"

# --- never more than may be, whoever comes at once ---
room=(--guests 2)
for i in 1 2 3 4 5 6 7 8; do
	slot "r$i" 10 -- sh -c 'mkdir at.$$; ls -d at.* | wc -l >>most; sleep 0.1; rmdir at.$$'
done
wait
[ "$(sort -n most | tail -n 1)" -le 2 ]
ok $? "two at a time and no more, of eight that come at once"
is "$(wc -l <most)" 8 "and all of them had their time"

# --- files that are not ours ---
echo x >"$D/note"
ln -s /etc/passwd "$D/00000000000000000077"
: >"$D/00000000000000000078"
runs "what else lies there is nobody's guest" guestslot --dir "$D" -m 1 --guests 1 -- true
is "$(ls "$D" | tr '\n' ' ')" "00000000000000000077 note " "and is left where it is, but for what has no owner"
rm "$D/00000000000000000077"

# --- usage ---
fails 2 'a command is missing' guestslot --dir "$D" -m 100
fails 2 'a command is missing' guestslot --dir "$D" -m 100 --
fails 2 '--dir: missing' guestslot -m 100 -- true
fails 2 '--memory: missing' guestslot --dir "$D" -- true
fails 2 '--memory: 1G: is no number of MiB' guestslot --dir "$D" -m 1G -- true
fails 2 '--memory: 0: is no number' guestslot --dir "$D" -m 0 -- true
fails 2 '--guests=0: is no number' guestslot --dir "$D" -m 1 --guests 0 -- true
fails 2 '--total=much: is no size' guestslot --dir "$D" -m 1 --total much -- true
fails 2 '--total=1K: is no size' guestslot --dir "$D" -m 1 --total 1K -- true
GUESTS=0 fails 2 'GUESTS=0: is no number' guestslot --dir "$D" -m 1 -- true
GUESTS_MEMORY=9X fails 2 'GUESTS_MEMORY=9X: is no size' guestslot --dir "$D" -m 1 -- true
finish
