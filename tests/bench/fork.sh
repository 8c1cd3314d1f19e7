#!/bin/bash
# SPDX-License-Identifier: MIT
# fork.sh [--results FOLDER] [NAME...] - the Nth appliance forked from one installer
# against the first and against a straight build, in one run.
#
# NAME (web, minimal, bench) are recipes with one key; the first is built straight
# (FORK=no), then with a new checkpoint that it is forked from (parent), and the others and
# it again are forked.
# Times are of `make appliance-NAME`, and of its part until the disk is done. Prints
# "WHAT<TAB>NAME<TAB>SECONDS<TAB>RATIO" lines, the ratio to the straight build to the
# disk; build/bench/fork/results keeps them. Where virt-install.sh has left its result
# for NAME, the ratio to that is a line of its own.
# Run it on a machine that does nothing else.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"

not_root
R=$ROOT/build/bench/fork
if [ "${1:-}" = --results ]; then
	R=${2:?}
	shift 2
fi
[ $# -gt 0 ] || set -- web minimal bench
first=$1
mkdir -p "$R"
SEEDBED_CHECKPOINTS=$(mktemp -d /var/tmp/seedbed-bench.XXXXXX)
export SEEDBED_CHECKPOINTS
trap 'rm -rf "$SEEDBED_CHECKPOINTS"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# measure WHAT NAME [FORK=no]: from the answers on
measure() {
	local what=$1 name=$2 t0 t1 t2
	shift 2
	rm -f "$ROOT/build/$name"/{.compiled,facts,route,disk.qcow2,manifest}
	t0=$EPOCHREALTIME
	make -s -C "$ROOT" "build/$name/disk.qcow2" SETUP=no "$@" > "$R/$what-$name.log" 2>&1 ||
		die "$name: $what: the build failed: $R/$what-$name.log"
	t1=$EPOCHREALTIME
	make -s -C "$ROOT" "appliance-$name" SETUP=no "$@" >> "$R/$what-$name.log" 2>&1 ||
		die "$name: $what: the boot test failed: $R/$what-$name.log"
	t2=$EPOCHREALTIME
	awk -v what="$what" -v name="$name" -v a="$t0" -v b="$t1" -v c="$t2" -v first="${straight:-0}" 'BEGIN {
		printf "%s to the disk\t%s\t%.1f\t%.3f\n", what, name, b - a, first ? (b - a) / first : 1
		printf "%s and booted\t%s\t%.1f\t\n", what, name, c - a }' | tee -a "$R/results"
}

: > "$R/results"
make -s -C "$ROOT" tools "build/$first/route" SETUP=no > /dev/null
measure straight "$first" FORK=no
straight=$(awk -F'\t' 'NR == 1 { print $3 }' "$R/results")
cp "$ROOT/build/$first/$first.qcow2" "$R/straight.qcow2"
measure parent "$first"
for name; do
	[ "$name" = "$first" ] || measure forked "$name"
done
measure forked "$first"
peer=$ROOT/build/bench/$first/peer
if [ -s "$peer/start" ] && [ -s "$peer/end" ]; then
	awk -F'\t' -v a="$(cat "$peer/start")" -v b="$(cat "$peer/end")" 'BEGIN { peer = b - a } /to the disk/ {
		printf "%s, of virt-install\t%s\t%s\t%.3f\n", $1, $2, $3, $3 / peer }' "$R/results" | tee -a "$R/results"
fi
"$ROOT/tests/bench/same-system.sh" "$R/straight.qcow2" "$ROOT/build/$first/$first.qcow2" > "$R/same" ||
	say "$ME: $first: straight and forked are not the same system: $R/same"
tail -n 1 "$R/same"
