#!/bin/bash
# SPDX-License-Identifier: MIT
# disk.sh NAME - BUILD/NAME/disk.qcow2, by the way that BUILD/NAME/route names: forked from
# a checkpoint, which is made first where there is none, or straight. With DEBUG set it is
# for somebody at a terminal, who answers and looks around (make debug-NAME).
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/cache.sh"
. "$ROOT/mk/fork.sh"
. "$ROOT/mk/lvm.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
lock_build
read_facts "$B/facts"
way=$(field "$B/route" way)
key=$(field "$B/route" key)
if [ -z "$way" ]; then
	rm -f "$B/route"
	die "$name: $B/route is another version's: make appliance-$name, once more"
fi
mapfile -t parts < "$B/parts"
hold "${parts[@]}"
warn_of_lvm "$name" "$B" "$CACHE"

straight() {
	run "$INSTALLER/medium.sh" "$name" straight
	run "$ROOT/mk/install.sh" "$name" straight
}

if [ -n "${DEBUG:-}" ]; then
	[ -t 0 ] && [ -t 1 ] || die "$name: debugging is for a terminal"
	straight
	exit
fi

if [ "$way" = straight ]; then
	say "$name: built straight ($(field "$B/route" why))"
	straight
	exit
fi

status=0
if ! checkpoint "$key"; then
	run "$INSTALLER/medium.sh" "$name" keep
	run "$ROOT/mk/keep.sh" "$name" "$key" || status=$?
	# 10: the installer came that far, but could not be kept
	[ $status -eq 0 ] || [ $status -eq 10 ] || exit $status
	checkpoint_done
fi
if [ $status -eq 0 ]; then
	run "$ROOT/mk/install.sh" "$name" fork || status=$?
	# 10: the guest did not come to the point from which it is the appliance's own
	[ $status -eq 10 ] || exit $status
	checkpoint_suspect "$key"
fi
checkpoint_leave
say "$name: built straight"
straight
