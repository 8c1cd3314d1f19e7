#!/bin/bash
# SPDX-License-Identifier: MIT
# syscost measures something: numbers that hold together, whatever the machine.
. "${0%/*}/../lib.sh"

json=$(syscost --json --time 1)
is $? 0 "all is measured"
printf '%s\n' "$json" >a.json
for name in $(syscost --list | cut -d' ' -f1); do
	if [ "${name%-2cpu}" != "$name" ] && [ "$(nproc)" -lt 2 ]; then
		skip "$name" "one processor"
		continue
	fi
	like "$json" "^\{\"name\":\"$name\",\"ns\":\{\"min\":-?[0-9]" "$name is there"
done
is "$(grep -c '"ns":{"min":[^}]*"mean":-\?[0-9.]*}' a.json)" "$(grep -c '^{"name"' a.json)" \
	"each has a mean"
# Facts of any machine: a process costs more than a call, and so on.
median() { sed -n "s/^{\"name\":\"$1\",\"ns\":.*\"ns\":{[^}]*\"median\":\([0-9.]*\).*/\1/p;s/^{\"name\":\"$1\",\"ns\":{[^}]*\"median\":\([0-9.]*\).*/\1/p" a.json; }
less() {
	awk -v a="$(median "$1")" -v b="$(median "$2")" 'BEGIN { exit !(a > 0 && a < b) }'
	ok $? "$1 is cheaper than $2"
}
less syscall pipe
less syscall fork
less pipe fork-exec
awk -v a="$(median switch)" -v b="$(median pipe)" 'BEGIN { exit !(2 * a < b) }'
ok $? "two switches are less than a round trip"
runs "it compares with itself" syscost --compare a.json a.json
like "$(syscost --compare a.json a.json)" '^syscall .* 1.00 ~$' "as equal"
is "$(syscost --json --time 1 --only switch | grep -c '"name"')" 1 "--only takes one"
fails 1 "pipe-2cpu: wants two processors" taskset -c "$(taskset -pc $$ | sed 's/.*[ ,-]//')" \
	syscost --time 1 --only pipe,pipe-2cpu
runs "one processor will do for the rest" taskset -c "$(taskset -pc $$ | sed 's/.*[ ,-]//')" \
	syscost --time 1
runs "another program" syscost --time 1 --only spawn --exec /bin/true
fails 1 "spawn: No such file" syscost --time 1 --only spawn --exec /nowhere
fails 1 "fork-exec: Exec format error" syscost --time 1 --only fork-exec --exec /nowhere

syscost --time 60000 --only pipe -o out.json &
pid=$!
until_true 120 sh -c "ls .out.json* out.json?* 2>/dev/null | grep -q ."
until_true 120 sh -c "[ -n \"\$(cat /proc/$pid/task/$pid/children)\" ]"
child=$(tr -d ' ' <"/proc/$pid/task/$pid/children")
kill -TERM $pid
wait $pid
is $? 1 "stopped by a signal"
is "$(ls -A)" a.json "nothing half-written"
until_true 120 sh -c "! kill -0 $child 2>/dev/null"
ok $? "no process left behind"
finish
