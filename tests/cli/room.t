#!/bin/bash
# How many guests run at once, by their number and by the memory that they were promised:
# who does not fit waits, says so, and goes on when another has ended, however it ended.
. "${0%/*}/../lib.sh"
need flock

export SEEDBED_CACHE=$T/cache
mkdir -p cache/running build
cat > build.sh <<'END2'
. "$SRC/mk/common.sh"
. "$SRC/mk/guest.sh"
name=$1 B=$PWD/build/$1 pids=()
mkdir -p "$B"
lock_build
running=$CACHE/running/$$
trap 'rm -f "$running"' EXIT
printf '%s\n' "$B" /w /s > "$running"
room "$2"
echo runs > "$B/state"
exec sleep "$3"
END2
build() { bash build.sh "$@" 2>> "said.$1" & } # build NAME MIB SECONDS

export GUESTS=10 GUESTS_MEMORY=4G
build one 1500 1000
one=$!
build two 1500 1000
two=$!
until_true 60 test -s build/one/state && until_true 60 test -s build/two/state
ok $? "two that fit"
build three 1500 0.1
three=$!
until_true 60 grep -q . said.three
like "$(cat said.three)" '^three: waits for memory: its guest wants 1500 MiB, those of other builds have 3000 of 4096 ' \
	"the third waits, and says for what"
build four 100 0.1
four=$!
[ ! -e build/three/state ] && [ ! -e build/four/state ]
ok $? "and a smaller one does not pass it by"
kill -KILL $one
wait $one 2> /dev/null
wait $three
is "$?" 0 "it goes on when another was killed"
wait $four
is "$?" 0 "and so does the next"
kill $two
wait $two 2> /dev/null
build big 5000 0.1
wait $!
is "$?" 0 "alone, one goes on that is larger than all are to be"
like "$(cat said.big)" '^big: its guest has 5000 MiB, more than the 4096' "and it is said"
build five 1500 1000
five=$!
until_true 60 test -s build/five/state
build six 3000 0.1
six=$!
until_true 60 grep -q . said.six
kill -TERM $six
wait $six 2> /dev/null
is "$?" 143 "who waits ends at once when told to"
GUESTS=1 build alone 10 0.1
alone=$!
until_true 60 grep -q . said.alone
like "$(cat said.alone)" '^alone: waits for a processor: 1 guests are at work .GUESTS=1.' "by their number, too"
kill $five
wait $alone
is "$?" 0 "and it goes on"
GUESTS=0 fails 1 'GUESTS=0: is no number' bash build.sh seven 100 0
GUESTS_MEMORY=much fails 1 'GUESTS_MEMORY=much: is no size' bash build.sh seven 100 0
finish
