#!/bin/bash
# Which of the kept installers go, and which never: by age, by size, none in use.
. "${0%/*}/../lib.sh"
need flock

export SEEDBED_CHECKPOINTS=$T/checkpoints SEEDBED_CACHE=$T
kept() { find "$SEEDBED_CHECKPOINTS" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | paste -sd ' '; }
made() { # made KEY DAYS MIB: last used so long ago
	mkdir -p "$SEEDBED_CHECKPOINTS/$1"
	head -c $(($3 << 20)) /dev/zero > "$SEEDBED_CHECKPOINTS/$1/memory"
	touch -d "$2 days ago" "$SEEDBED_CHECKPOINTS/$1"
	: > "$SEEDBED_CHECKPOINTS/.lock-$1"
	echo used > "$SEEDBED_CHECKPOINTS/.used-$1"
	echo sums > "$SEEDBED_CHECKPOINTS/.lists-$1"
}
sparse() { truncate -s 64M "$SEEDBED_CHECKPOINTS/$1/memory"; } # sparse KEY: with a hole
prune() { "$SRC/mk/checkpoints.sh" --prune; }

runs "nothing to prune" prune
made old 20 1
made new 1 1
prune 2> out
is "$(kept)" new "what was not used for fourteen days goes"
like "$(cat out)" '^checkpoint old: pruned, last used ' "and it is said"
[ ! -e "$SEEDBED_CHECKPOINTS/.used-old" ] && [ ! -e "$SEEDBED_CHECKPOINTS/.lists-old" ]
ok $? "with what was noted of it"

made old 20 1
KEEP_CHECKPOINTS=30 prune
is "$(kept)" "new old" "KEEP_CHECKPOINTS= is another age"
KEEP_CHECKPOINTS=0 prune 2> /dev/null
is "$(kept)" "" "0 keeps those of today only"

made one 1 1
made two 2 1
made three 3 1
sparse three
CHECKPOINTS_SIZE=1 prune
is "$(kept)" "one three two" "less than CHECKPOINTS_SIZE= in all stays, and a hole is nothing"
CHECKPOINTS_SIZE=0 prune 2> /dev/null
is "$(kept)" "" "with no room all go"

made damaged 1 1
: > "$SEEDBED_CHECKPOINTS/.about-damaged"
: > "$SEEDBED_CHECKPOINTS/.lists-damaged"
rm -r "$SEEDBED_CHECKPOINTS/damaged"
prune
is "$(find "$SEEDBED_CHECKPOINTS" -name '.[alu]*' ! -name '.lock-*')" "" "nothing is noted any longer of one that has gone"

made busy 40 1
sparse busy
made idle 40 1
exec 5>> "$SEEDBED_CHECKPOINTS/.lock-busy"
flock -s 5
prune 2> /dev/null
is "$(kept)" busy "one in use stays, however old"
exec 5>&-
fails 2 usage "$SRC/mk/checkpoints.sh" --burn
like "$("$SRC/mk/checkpoints.sh")" '^busy +1 MiB  last used [0-9-]+ [0-9:]+, 1 times .*damaged' "the list has key, size, use"
finish
