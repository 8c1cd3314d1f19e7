#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy takes LVM's locks, waits for them, and gives them back; stopped in the
# middle it has lost nothing more than it was asked to.
. "${0%/*}/../lib.sh"
need flock

mkdir a locks
fill() { (cd a && seq -f 'vg0_%05.0f-1.vg' 10001 14000 | xargs touch -d '90 days ago'); }
fill
prune=(lvmtidy --prune --keep 5 --lock-dir locks a)

fails 1 "No such file" lvmtidy --prune --keep 5 --lock-dir nowhere a
for name in V_vg0 P_global; do
	touch locks/$name
	exec 8<locks/$name
	flock 8
	fails 1 "locks: locked by a running command" "${prune[@]}" --wait 0
	exec 8<&-
	rm locks/$name
done
touch locks/V_vg0
exec 8<locks/V_vg0
flock --shared 8
fails 1 "locks: locked by a running command" "${prune[@]}" --wait 0
exec 8<&-
rm locks/V_vg0
is "$(ls a | wc -l)" 4000 "a locked group loses nothing"
is "$(ls locks)" "" "no lock is left of the attempt"

# Whoever holds the lock, and lets go of it as LVM does: by removing the file.
(flock 8; until [ -e waiting ]; do sleep 0.05; done; sleep 0.2; rm locks/V_vg0) \
	8>locks/V_vg0 &
until_true 120 test -e locks/V_vg0
(until [ -e waiting ]; do sleep 0.05; done) &
touch waiting
"${prune[@]}" --wait 60 >out
is $? 0 "it waits for its turn"
wait
is "$(ls a | wc -l)" 5 "then it prunes"
is "$(ls locks)" "" "and leaves no lock"

touch locks/V_other
exec 8<locks/V_other
flock 8
fill
runs "another group's lock does not matter" "${prune[@]}" --wait 0
exec 8<&-

fill
# Signals: what is left is the newest at least, locks are gone.
"${prune[@]}" >out 2>err &
pid=$!
until_true 120 sh -c '[ "$(ls a | wc -l)" -lt 4000 ]'
kill -INT $pid 2>/dev/null
wait $pid
status=$?
left=$(ls a | wc -l)
if [ $status -eq 0 ]; then
	is "$left" 5 "done before the signal came"
else
	is $status 1 "interrupted: status 1"
	like "$(cat err)" "interrupted: [0-9]+ files are removed, the others stay" "and it says so"
fi
is "$(ls a | tail -n 5)" "$(seq -f 'vg0_%05.0f-1.vg' 13996 14000)" "the newest are there"
is "$(ls locks)" "V_other" "its locks are gone"
finish
