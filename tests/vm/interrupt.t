#!/bin/bash
# SPDX-License-Identifier: MIT
# An install that is interrupted leaves nothing: no guest, gate, socket, folder.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd make

own_tree
# From the installer's beginning, whatever checkpoints this machine has.
SEEDBED_CHECKPOINTS=$(mktemp -d /var/tmp/seedbed-test.XXXXXX)
export SEEDBED_CHECKPOINTS
at_end 'rm -rf "$SEEDBED_CHECKPOINTS"'
echo '# nothing' > recipes/cut-short.recipe

started() { grep -q "$(printf '\tstep\tethdetect')" "build/cut-short/records" 2> /dev/null; }
guest() { pgrep -f "^[^ ]*qemu-system.*$SEEDBED_CHECKPOINTS/"; }
no_guest() { ! guest > /dev/null; }

for signal in TERM INT KILL; do
	# a group of its own, with SIGINT as a terminal's job has it
	perl -e 'setpgrp; $SIG{INT} = "DEFAULT"; exec @ARGV' \
		make appliance-cut-short SETUP=no > log 2>&1 &
	job=$!
	at_end "kill -KILL -$job 2> /dev/null"
	if ! until_true 600 started; then
		ok 1 "the installer starts"
		show < log
		finish
	fi
	ok "$(guest > /dev/null; echo $?)" "SIG$signal: its guest is there"
	work=$(sed -n 's|.*<initrd>\(.*\)/initrd</initrd>.*|\1|p' build/cut-short/install.xml)
	ok "$([ -d "$work" ]; echo $?)" "SIG$signal: it had a folder of its own"
	sockets=$(sed -n "s/.*addr.path=\(.*\)\/gate.*/\1/p" build/cut-short/install.xml)
	kill -$signal -- -$job
	wait $job
	is "$([ $? -ne 0 ] && echo failed)" failed "SIG$signal: make fails"
	ok "$(until_true 120 no_guest; echo $?)" "SIG$signal: the guest is gone"
	if [ $signal = KILL ]; then
		# Nobody was left to clear up: the next build does, whichever it is.
		echo '# nothing' > recipes/next.recipe
		make build/next/route SETUP=no > log 2>&1
		timeout --foreground 120 mk/disk.sh next > log 2>&1 &
		next=$!
		cleared() { [ ! -e "$work" ] && [ ! -e "$sockets" ]; }
		until_true 120 cleared
		kill $next && wait $next
	fi
	is "$(ls -d "$work" "$sockets" 2> /dev/null)" "" "SIG$signal: so are its folders"
	is "$(pgrep -f "$sockets/")" "" "SIG$signal: so are its gate and its cache"
	is "$(find "$SEEDBED_CHECKPOINTS" -type f ! -name '*.lock')" "" "SIG$signal: and nothing is kept"
	is "$(ls build/cut-short/*.qcow2 2> /dev/null)" "" "SIG$signal: and there is no image"
	ok "$([ -s build/cut-short/install.log ]; echo $?)" "SIG$signal: the installer's log stays"
	rm -f build/cut-short/records
done
finish
