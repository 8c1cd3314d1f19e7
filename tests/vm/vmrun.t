#!/bin/bash
# SPDX-License-Identifier: MIT
# How guests end, and what vmrun says of it: real guests, a few seconds each.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready

run_case() { # run_case NAME STATUS REGEX [VMRUN OPTION...]; the script on stdin
	local name=$1 want=$2 re=$3 got=0
	shift 3
	tiny_initrd "$name.gz"
	# shellcheck disable=SC2086
	guest_xml "$name.gz" ${DOMXML:-} >"$name.xml" || return
	sed -i "${EDIT:-}" "$name.xml"
	vmrun --word $PORT --nonce "$NONCE" --console "$name.log" "$@" "$name.xml" \
		>"$name.out" 2>"$name.err" || got=$?
	is "$got" "$want" "$name: status"
	like "$(tail -n 1 "$name.err")" "$re" "$name: the last line says it"
	[ "$got" = "$want" ] || { show <"$name.err"; tail -n 5 "$name.log" | show; }
}

as_guests qemu-img create -q -f qcow2 "$T/disk.qcow2" 64M

# --- finished ---
run_case finished 0 'finished .*last step: two' --channel "$PORT=words.log" <<'END'
say step one
say data key a value
echo "liar-liar step not heard" >&9
say step two
for i in $(seq 1 5000); do echo "console line $i of many"; done
say done
poweroff -f
END
is "$(cut -f 2- finished.out | tr '\t' '|')" "step|one
data|key|a value
step|two
done|" "records"
like "$(cat finished.err)" '1 lines without the nonce' "who has no nonce is not heard"
is "$(tr -d '\r' <finished.log | grep -c '^console line [0-9]* of many$')" 5000 "no console line is lost"
is "$(grep -c "^$NONCE" words.log)" 4 "the port's own file has its lines"

# --- a guest that is done and does not go ---
run_case lingers 0 'had to be ended after 2 s' --grace 2 <<'END'
say done
sleep 1000
END

# --- failed ---
run_case failed 1 'the guest says: no .*\\x1b\[2Jmirror' <<'END'
say step looking
printf '%s failed no \033[2Jmirror\n' "$NONCE" >&9
sleep 1000
END

# --- no word ---
run_case silent 3 'without a word' <<'END'
say step one
poweroff -f
END
run_case restarts 3 'without a word|restarted' <<'END'
reboot -f
END
run_case panics 3 'kernel panicked: sysrq triggered crash' <<'END'
echo c >/proc/sysrq-trigger
END
# One that does not restart stands there for ever; its last words are on the screen.
EDIT='s/panic=3/console=tty0 console=ttyS0/' DOMXML=--video \
	run_case stays 3 'kernel panicked: sysrq triggered crash' --timeout 600 --screenshot "$T/panic.png" <<'END'
echo c >/proc/sysrq-trigger
END
is "$(head -c 4 panic.png | tail -c 3)" PNG "a picture of the panic"

# --- stalled: a busy processor is no progress, a busy disk is ---
DOMXML="--video" run_case stalls 4 'no sign of progress for 45 s .*last step: before' \
	--stall 45 --screenshot "$T/shot.png" <<'END'
say step before
while :; do :; done
END
is "$(head -c 4 shot.png | tail -c 3)" PNG "a picture of the stall"

# The kit's initrd has no driver for disks. An IDE disk needs none: it is told
# to flush by a byte to its command port.
DOMXML="--disk $T/disk.qcow2 --throwaway" EDIT='s/bus="virtio"/bus="ide"/; s/"vda"/"hda"/' \
	run_case disk 0 'finished' --stall 45 --screenshot "$T/none.png" <<'END'
out() { printf "\\x$2" | dd of=/dev/port bs=1 seek=$((0x$1)) 2>/dev/null; }
for i in $(seq 1 120); do
	out 1f6 e0
	out 1f7 e7
	sleep 0.5
done
say done
poweroff -f
END
[ ! -s none.png ]
ok $? "no picture of a guest that is well"

# --- timed out, though it moves ---
run_case slow 5 'not finished after 60 s' --timeout 60 --stall 45 <<'END'
while :; do echo tick; sleep 1; done
END

# --- a flood ---
run_case flood 1 'console: the guest wrote more than 100000 bytes' --max-log 100000 <<'END'
yes flood
END
is "$(stat -c %s flood.log)" 100000 "not a byte more"

# --- it takes its time with what it is sent: who waits for that is no one else ---
head -c 4M /dev/urandom > sent
DOMXML="--channel org.seedbed.rest" run_case late 0 'finished' --feed "org.seedbed.rest=$T/sent" <<'END'
for p in /sys/class/virtio-ports/*; do
	[ "$(cat $p/name)" = org.seedbed.rest ] && R=/dev/${p##*/}
done
say step late
i=0
while [ $i -lt 50 ]; do say data waited $i; sleep 1; i=$((i + 1)); done # the daemon asks for a sign of life in half a minute
say data got $(head -c 4194304 $R | sha256sum)
say done
poweroff -f
END
is "$(sed -n 's/^[0-9.]*\tdata\tgot\t\([0-9a-f]*\).*/\1/p' late.out)" "$(sha256sum < sent | cut -d' ' -f1)" "all of it arrives"

is "$(guests_left)" "" "no guest is left"
finish
