#!/bin/bash
# SPDX-License-Identifier: MIT
# Signals, killed QEMUs and daemons: nothing may stay behind. The daemon is one
# of this test's own, in a home of its own, so that no other guest is hurt.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready

# libvirt's sockets lie below it, and their paths may not be long.
home=$(mktemp -d /tmp/sb.XXXX) || exit
# The tools, too: whose guests these are may not come into root's own folders.
mkdir -p "$home/build/bin" && cp "$SRC"/build/bin/{domxml,vmrun} "$home/build/bin/"
[ "$(id -u)" = 0 ] && chown seedbed "$home"
within=()
as_guests() {
	if [ "$(id -u)" = 0 ]; then
		"${within[@]}" runuser -u seedbed -- env -u XDG_RUNTIME_DIR HOME="$home" "$@"
	else
		env -u XDG_RUNTIME_DIR HOME="$home" "$@"
	fi
}
daemon() { cat "$home/.cache/libvirt/libvirtd.pid" 2>/dev/null; }
qemu() { pgrep -f "guest=seedbed-test-$$-$1," ; }
no_qemu() { ! qemu "$1" >/dev/null; }
# A killed daemon's locks, too: those on sockets nobody would take away.
at_end 'kill $(daemon) 2>/dev/null; until_true 120 no_daemon
	rm -rf "$home" "/var/lock/LCK..${home//\//_}_"*'
no_daemon() { [ -z "$(daemon)" ] || ! kill -0 "$(daemon)" 2>/dev/null; }
waits() { grep -q 'step.waiting' "$1.out"; }
decided() { waits "$1" || ! kill -0 "$2" 2> /dev/null; }

start() { # start NAME: a guest that waits; vmrun's process is $pid
	tiny_initrd "$1.gz" <<-'END'
		say step waiting
		sleep 1000
	END
	as_guests "$home/build/bin/domxml" --name "seedbed-test-$$-$1" --memory 256 \
		--accel tcg --kernel "$SEEDBED_KIT/linux" --initrd "$1.gz" \
		--cmdline "console=ttyS0 quiet nonce=$NONCE" --channel $PORT >"$1.xml"
	: >"$1.log" >"$1.out"
	chmod 666 "$1.log"
	as_guests "$home/build/bin/vmrun" --word $PORT --nonce "$NONCE" --console "$1.log" \
		"$1.xml" >"$1.out" 2>"$1.err" &
	# A new daemon asks QEMU first what it can, which takes its time beside other work.
	if ! until_true 600 decided "$1" $! || ! waits "$1"; then
		ok 1 "$1: the guest starts"
		show <"$1.err"
		tail -n 5 "$1.log" | show
		finish
	fi
	pid=$(pgrep -f "build/bin/vmrun .* $1.xml" | tail -n 1)
}

ended() { # ended NAME STATUS REGEX: after a wait for the job
	local got=0
	wait %% || got=$?
	is "$got" "$2" "$1: status"
	like "$(cat "$1.err")" "$3" "$1: says so"
	until_true 120 no_qemu "$1"
	ok $? "$1: no QEMU is left"
	is "$(as_guests virsh -q -c qemu:///session list --all --name | tr -d '\n')" "" \
		"$1: no guest is left"
}

start term
kill -TERM "$pid"
ended term 143 'interrupted by signal 15 .*last step: waiting'

start int
kill -INT "$pid"
ended int 130 'interrupted by signal 2'

start gone
kill -KILL "$(qemu gone)"
ended gone 3 'crashed|ended from outside'

start kill
kill -KILL "$pid"
wait %% 2>/dev/null
until_true 120 no_qemu kill
ok $? "kill: a killed vmrun takes its guest along"

start orphan
kill -KILL "$(daemon)"
ended orphan 6 'daemon is gone'

# Locks of libvirt's on the terminals that the next guest would be given: what a killed
# daemon of another user leaves behind, or what another daemon of one's own has not yet
# taken back. In a place that other guests of this machine do not see.
locked() { # locked OWNER LAST SECONDS COMMAND...: those up to LAST, for so long if not 0
	# by a process of the owner's that is there for as long as the command
	local owner=$1 last=$2 seconds=$3
	shift 3
	unshare -m bash -c 'mount -t tmpfs -o mode=1777 tmpfs "$(readlink -f /var/lock)" || exit
		setpriv --reuid='"$owner"' --clear-groups --pdeathsig=KILL sleep 600 &
		for i in $(seq 0 '"$last"'); do echo $! > "/var/lock/LCK.._pts_$i"; done
		chown '"$owner"' /var/lock/LCK..*
		[ '"$seconds"' = 0 ] || { sleep '"$seconds"'; rm /var/lock/LCK..*; } &
		exec "$@"' - "$@"
}
bars() { # bars NAME OWNER LAST SECONDS: a guest all the same
	kill "$(daemon)"
	until_true 120 no_daemon
	within=(locked "${@:2}")
	start "$1"
	within=()
	kill -TERM "$pid"
	ended "$1" 143 'interrupted by signal 15'
}
if [ "$(id -u)" = 0 ] && locked root 0 0 true > /dev/null 2>&1; then
	bars locks root 40 0
	bars own seedbed 40 0
	# More than can be held: they have to be waited for.
	bars late seedbed 200 4
else
	skip "a terminal that another daemon's lock bars" "nothing can be mounted here"
fi

finish
