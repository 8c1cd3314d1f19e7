#!/bin/bash
# SPDX-License-Identifier: MIT
# What a crowded archive directory costs a real command of LVM, and what lvmtidy
# gives back: vgchange on a loop device with a system directory of its own (root; no
# device-mapper is needed). Usage: tests/bench/lvmtidy-lvm.sh [FILES]
#
# The same with lvcreate, inside a guest:
#	LVMTIDY_FILES=300000 LVMTIDY_ROUNDS=1500 LVMTIDY_SECONDS=14400 \
#		prove -v tests/vm/lvmtidy.t
set -eu
n=${1:-300000}
PATH="$(cd "${0%/*}/../.." && pwd)/build/bin:$PATH:/usr/sbin:/sbin"
[ "$(id -u)" -eq 0 ] || { echo "wants root, for a loop device" >&2; exit 1; }
scratch=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
vg=bench$$ loop=
trap 'vgremove -qq -f $vg >/dev/null 2>&1 || true
	[ -z "$loop" ] || losetup -d "$loop"
	rm -rf "$scratch"' EXIT
export LVM_SYSTEM_DIR=$scratch LVM_SUPPRESS_FD_WARNINGS=1
mkdir "$scratch/archive"
echo 'devices { use_devicesfile = 0 }' >"$scratch/lvm.conf"
truncate -s 64M "$scratch/disk"
loop=$(losetup -f --show "$scratch/disk")
vgcreate -qq $vg "$loop" >/dev/null 2>&1

best() { # best NAME: seconds of the fastest of five
	local i t0 t1
	for i in 1 2 3 4 5; do
		t0=$EPOCHREALTIME
		vgchange --addtag "t$RANDOM" $vg >/dev/null 2>&1
		t1=$EPOCHREALTIME
		awk -v a="$t0" -v b="$t1" 'BEGIN { print b - a }'
	done | sort -n | head -n 1 >"$scratch/$1"
	printf '  vgchange, %-28s %8.3f s\n' "$2" "$(cat "$scratch/$1")"
}

best alone "a few archives"
(cd "$scratch/archive" && seq "$n" | awk -v h="$(hostname)" '{
	if ($1 % 10) printf "vg%d_%05d-%d.vg\n", $1 % 10 - 1, 10000 + $1 / 10, 1000000 + $1 * 7919 % 999983
	else printf ".lvm_%s_%d_%d\n", h, 4194000 + $1 % 200, $1 }' | xargs touch -d '10 days ago')
best crowded "$n files more"
lvmtidy --json | sed 's/.*"list_seconds":\([0-9.]*\).*/  listing alone: \1 s/'
t0=$EPOCHREALTIME
lvmtidy --prune --older-than 2d | sed 's/^[^:]*:/ /'
awk -v a="$t0" -v b="$EPOCHREALTIME" 'BEGIN { printf "  in %.3f s\n", b - a }'
best pruned "after lvmtidy"
awk -v c="$(cat "$scratch/crowded")" -v p="$(cat "$scratch/pruned")" \
	'BEGIN { printf "  ratio %.1f\n", c / p }'
