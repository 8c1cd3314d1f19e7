#!/bin/bash
# SPDX-License-Identifier: MIT
# Guests that take what they can get: each is ended at the limit, and the host keeps
# its room.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready
need dpkg-deb

run_case() { # run_case NAME STATUS REGEX [VMRUN OPTION...]; the script on stdin
	local name=$1 want=$2 re=$3 got=0
	shift 3
	with_disk "$name.gz"
	tiny_initrd "$name.gz"
	# shellcheck disable=SC2086
	guest_xml "$name.gz" ${DOMXML:-} >"$name.xml" || return
	vmrun --word $PORT --nonce "$NONCE" --console "$name.log" "$@" "$name.xml" \
		>"$name.out" 2>"$name.err" || got=$?
	like "$got" "^($want)$" "$name: status"
	like "$(tail -n 1 "$name.err")" "$re" "$name: the last line says it"
	grep -Eqx "$want" <<<"$got" || { show <"$name.err"; tail -n 5 "$name.log" | show; }
}

# --- who knows the nonce can flood, too: records go to the host's disk ---
run_case words 1 "$PORT: the guest wrote more than 100000 bytes" --max-log 100000 --timeout 300 <<'END'
yes "$NONCE data k v" >&9
END
ok "$([ "$(stat -c %s words.out)" -lt 2000000 ]; echo $?)" "words: the records end as well"

# --- a disk takes its size and no more; forks without end ---
as_guests qemu-img create -q -f qcow2 "$T/small.qcow2" 16M
DOMXML="--disk $T/small.qcow2:qcow2 --throwaway" run_case forks '3|4|5' 'finished after 45 s|no sign|without a word|crashed' \
	--timeout 45 <<'END'
insmod /mod/virtio_blk.ko
until [ -b /dev/vda ]; do sleep 1; done
say data wrote $(dd if=/dev/urandom of=/dev/vda bs=1M count=64 2>&1 | tail -n 1)
sync
say step forking
bomb() { bomb | bomb & }
bomb
while :; do sleep 1; done
END
like "$(cat forks.out)" 'step.forking' "forks: it came so far"
ok "$([ "$(stat -c '%s' small.qcow2)" -le $((18 << 20)) ]; echo $?)" "a full disk is no larger than it was said to be"

# --- the host's disk is full ---
# A small one, mounted where only what runs within this can see it: an ordinary user's
# namespace, with a daemon of libvirt's of its own.
within=()
domxml() { "${within[@]:-command}" domxml "$@"; }
vmrun() { "${within[@]:-command}" vmrun "$@"; }
small_disk() {
	local ns home
	if [ "$(id -u)" = 0 ]; then
		mount -t tmpfs -o size=4m,mode=755 tmpfs full 2>/dev/null || return
		at_end 'umount "$T/full"'
		chown seedbed full
		return
	fi
	home=$(mktemp -d /tmp/sb.XXXX) || return # its sockets' paths may not be long
	unshare -U -c -m --keep-caps sh -c 'mount -t tmpfs -o size=4m tmpfs full && echo >mounted && exec sleep 1500' 2>ns.err &
	ns=$!
	at_end "kill $ns 2>/dev/null; kill \$(cat $home/.cache/libvirt/libvirtd.pid) 2>/dev/null; rm -rf $home"
	until_true 60 eval "[ -e mounted ] || ! kill -0 $ns 2>/dev/null"
	[ -e mounted ] || return
	within=(nsenter --preserve-credentials -t "$ns" -U -m env -C "$T" -u XDG_RUNTIME_DIR HOME="$home")
	as_guests() { "${within[@]}" "$@"; }
}
mkdir full
if small_disk; then
	as_guests qemu-img create -q -f qcow2 "$T/full/disk.qcow2" 1G
	DOMXML="--disk $T/full/disk.qcow2:qcow2 --throwaway" \
		run_case full 1 'disk.qcow2: a write on the host failed: .*(enospc|[Nn]o space)' --timeout 300 <<'END'
insmod /mod/virtio_blk.ko
until [ -b /dev/vda ]; do sleep 1; done
say step writing
dd if=/dev/urandom of=/dev/vda bs=64k count=512
sync
say done
poweroff -f
END
else
	skip "the host's disk is full" "nothing can be mounted here: $(head -n 1 ns.err 2>/dev/null)"
fi
is "$(guests_left)" "" "no guest is left by it"
unset -f as_guests
. "$SRC/tests/vm/guest.sh"
is "$(guests_left)" "" "no guest is left"
finish
