#!/bin/bash
# SPDX-License-Identifier: MIT
# di-events with a command: followed until its end, which is the end of both.
. "${0%/*}/../lib.sh"
need python3

line() { echo "Nov 24 10:00:0$1 main-menu[1]: INFO: Menu item '$2' selected"; }
steps() { awk -F '\t' '$2 == "step" { printf "%s ", $3 }' "$1"; }
cat > writes.sh <<'END'
for step; do
	echo "Nov 24 10:00:01 main-menu[1]: INFO: Menu item '$step' selected" >> log
done
exit "${ENDS:-0}"
END
: > log
di-events -f -o events log -- sh writes.sh netcfg pkgsel
is "$? $(steps events)" "0 netcfg pkgsel " "all that it wrote is read"
: > log
ENDS=7 di-events -f -o events log -- sh writes.sh netcfg
is "$? $(steps events)" "7 netcfg " "its exit status, whatever the installation's"
di-events -f -o events log -- sh -c 'kill -9 $$'
is $? 137 "or signal"
rm -f log traffic
di-events -f -d traffic -o events log -- sh -c 'sleep 0.5; sh writes.sh netcfg; echo > traffic'
is "$? $(steps events)" "0 netcfg " "files that it makes are waited for"
rm -f log
di-events -f -o events log -- true
is $? 0 "or never come"
is "$(echo in | di-events -f -p lines -o events log -- sh -c 'cat; echo out; echo err >&2' 2>&1)" $'in\nout\nerr' \
	"standard input, output and error are the command's"
runs "and no other descriptor" di-events -f -o events log -- sh -c \
	'for f in /proc/self/fd/*; do [ "${f##*/}" -le 2 ] || [ ! -e "$f" ] || { readlink "$f"; exit 1; }; done'
is "$(di-events -f -p lines log -- echo a --json -- b 2> /dev/null)" "a --json -- b" "options after -- are its own"

# --- signals ---
cat > waits.py <<'END'
import signal, sys
it = [getattr(signal, "SIG" + sys.argv[1])]
signal.pthread_sigmask(signal.SIG_BLOCK, it)
open("ready", "w").close()
signal.sigwait(it)
with open(sys.argv[2], "w") as f:
    f.write("got\n")
sys.exit(5)
END
for signal in TERM INT HUP; do
	rm -f ready
	# a shell's background job has SIGINT ignored, which the command would have as well
	python3 -c 'import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])' \
		di-events -f -o events log -- python3 waits.py $signal log.$signal &
	pid=$!
	until_true 60 test -e ready
	kill -$signal $pid
	wait $pid
	is "$? $(cat log.$signal)" "5 got" "SIG$signal is passed on"
done
rm -f ready
di-events -f -o events log -- python3 waits.py TERM log.killed &
pid=$!
until_true 60 test -e ready
kill -KILL $pid
until_true 60 test -s log.killed
ok $? "when it is killed the command is told to end"

# --- its own failures ---
fails 125 'none/events: open' di-events -f -o none/events log -- touch started
is "$(ls started 2> /dev/null)" "" "of which one comes before the command"
mkdir folder
fails 125 'folder: read' di-events -f folder -- sleep 1000
fails 125 'write' di-events -f -o /dev/full log -- sh writes.sh netcfg
fails 127 'no-such-command' di-events -f log -- no-such-command
fails 126 '/etc/passwd' di-events -f log -- /etc/passwd
fails 2 'a command is missing' di-events -f log --
fails 2 'goes with --follow' di-events log -- true
fails 2 '--pid: not with a command' di-events -f --pid 1 log -- true
fails 2 'LOG: missing' di-events -f -- true
finish
