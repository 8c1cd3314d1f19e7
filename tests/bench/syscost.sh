#!/bin/bash
# SPDX-License-Identifier: MIT
# syscost against perf bench and lmbench, turn by turn on one processor; each figure
# is the median of $RUNS rounds. perf bench reports the mean of one long run, so it is
# put beside our mean; lmbench the median of repeated ones, beside our median.
# LMBENCH says where lmbench's programs are (Debian has them in non-free; unpacked by
# dpkg -x they will do). Usage: tests/bench/syscost.sh
set -eu
runs=${RUNS:-5} ms=${MS:-1000}
PATH="$(cd "${0%/*}/../.." && pwd)/build/bin:$PATH"
cpu=$(($(nproc --all) - 1))
LMBENCH=${LMBENCH:-$(echo /usr/lib/lmbench/bin/*-linux-gnu*)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

ours() { # into NAME.mean and NAME.median
	local name what
	syscost --json --cpu $cpu --time "$ms" --only syscall,pipe,switch >"$scratch/json"
	for name in syscall pipe switch; do
		for what in mean median; do
			sed -n "s/^{\"name\":\"$name\",\"ns\":{[^}]*\"$what\":\\([0-9.-]*\\).*/\\1/p" \
				"$scratch/json" >>"$scratch/$name.$what"
		done
	done
}
# Nanoseconds an operation, of what says microseconds.
perf_bench() { taskset -c $cpu perf bench "$@" 2>&1 | awk '$2 == "usecs/op" { print $1 * 1000 }'; }
lmbench() {
	local program=$LMBENCH/$1
	shift
	taskset -c $cpu "$program" "$@" 2>&1 |
		awk '/latency|syscall/ { print $3 * 1000 } /^2 / { print $2 * 1000 }'
}

peers=()
if command -v perf >/dev/null; then
	peers+=("syscall mean perf_bench syscall basic -l 3000000" "pipe mean perf_bench sched pipe -l 200000")
else
	echo "perf is not installed" >&2
fi
if [ -x "$LMBENCH/lat_syscall" ]; then
	peers+=("syscall median lmbench lat_syscall null" "pipe median lmbench lat_pipe"
		"switch median lmbench lat_ctx -s 0 2")
else
	echo "lmbench is not installed" >&2
fi
for ((i = 0; i < runs; i++)); do
	ours
	for p in "${!peers[@]}"; do
		read -ra a <<<"${peers[p]}"
		"${a[@]:2}" >>"$scratch/peer.$p"
	done
done
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
for p in "${!peers[@]}"; do
	read -r name what peer <<<"${peers[p]}"
	awk -v n="$name" -v w="$what" -v p="$peer" -v x="$(median "$scratch/$name.$what")" \
		-v y="$(median "$scratch/peer.$p")" 'BEGIN { sub("perf_", "perf ", p)
		printf "%-8s %-6s %9.1f ns   %-34s %9.1f ns   ratio %.2f\n", n, w, x, p, y, y / x }'
done
echo "load $(cut -d' ' -f1 /proc/loadavg) on $(nproc) processors"
