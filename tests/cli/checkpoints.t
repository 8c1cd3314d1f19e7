#!/bin/bash
# SPDX-License-Identifier: MIT
# Which of the kept installers go, and which never: by age, by size, none in use. And
# what else lies in the folder is no reason for anything.
. "${0%/*}/../lib.sh"
need flock

export SEEDBED_CHECKPOINTS=$T/checkpoints SEEDBED_CACHE=$T
C=$SEEDBED_CHECKPOINTS
old=00000000000000000000000a new=00000000000000000000000b busy=00000000000000000000000c idle=00000000000000000000000d
kept() { find "$C" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | paste -sd ' '; }
made() { # made KEY DAYS MIB: last used so long ago
	mkdir -p "$C/$1"
	head -c $(($3 << 20)) /dev/zero > "$C/$1/memory"
	touch -d "$2 days ago" "$C/$1"
	: > "$C/$1.lock"
	echo used > "$C/$1.used"
	echo by=me > "$C/$1.record"
}
sparse() { truncate -s 64M "$C/$1/memory"; } # sparse KEY: with a hole
prune() { "$SRC/mk/checkpoints.sh" --prune; }

runs "nothing to prune" prune
made $old 20 1
made $new 1 1
prune 2> out
is "$(kept)" $new "what was not used for fourteen days goes"
like "$(cat out)" "^checkpoint $old: pruned, last used " "and it is said"
[ ! -e "$C/$old.used" ] && [ ! -e "$C/$old.record" ]
ok $? "with what was noted of it"

made $old 20 1
KEEP_CHECKPOINTS=30 prune
is "$(kept)" "$old $new" "KEEP_CHECKPOINTS= is another age"
KEEP_CHECKPOINTS=0 prune 2> /dev/null
is "$(kept)" "" "0 keeps those of today only"

made $old 3 1
made $new 1 1
made $idle 2 1
sparse $old
CHECKPOINTS_SIZE=1 prune
is "$(kept)" "$old $new $idle" "less than CHECKPOINTS_SIZE= in all stays, and a hole is nothing"
CHECKPOINTS_SIZE=0 prune 2> /dev/null
is "$(kept)" "" "with no room all go"

made $old 1 1
rm -r "${C:?}/$old"
mkdir "$C/$old.new-12" # of a save that a fall of the machine ended
prune
is "$(find "$C" -name "$old*" -printf '%f\n')" "$old.lock" "nothing is left any longer of one that has gone"

made $busy 40 1
sparse $busy
made $idle 40 1
exec 5>> "$C/$busy.lock"
flock -s 5
prune 2> /dev/null
is "$(kept)" $busy "one in use stays, however old"
exec 5>&-
fails 2 usage "$SRC/mk/checkpoints.sh" --burn
like "$("$SRC/mk/checkpoints.sh")" "^$busy +1 MiB  last used [0-9-]+ [0-9:]+, 1 times, made by me .*damaged" "the list has key, size, use, maker"

# Who can write there is a guest's QEMU, if it has got out of itself: a name of a folder
# is no number, no command and no option to anybody.
mkdir "$C/a[\$(touch pwned)]" "$C/a[\$(touch pwned)].new-1" "$C/-rf" "$C/x y"
touch "$C/a[\$(touch pwned)].used" "$C/b\$(touch pwned).record"
touch -d '40 days ago' "$C"/*
before=$(find "$C" -mindepth 1 | grep -v "$busy" | sort)
prune 2> /dev/null
"$SRC/mk/checkpoints.sh" > /dev/null
is "$(find "$C" -mindepth 1 | grep -v "$busy" | sort)" "$before" "what is no key stays as it is"
is "$(find . -name pwned)" "" "and is not run"
for v in KEEP_CHECKPOINTS CHECKPOINTS_SIZE; do
	export $v='a[$(touch pwned)]'
	fails 1 "$v=.*: must be a number" prune
	unset $v
done
is "$(find . -name pwned)" "" "nor is what the operator says"
finish
