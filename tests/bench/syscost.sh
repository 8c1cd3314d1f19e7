#!/bin/bash
# syscost against perf bench, turn by turn on one processor; medians of $RUNS.
# Usage: tests/bench/syscost.sh
set -eu
runs=${RUNS:-5}
PATH="$(cd "${0%/*}/../.." && pwd)/build/bin:$PATH"
command -v perf >/dev/null || { echo "perf is not installed" >&2; exit 1; }
cpu=$(($(nproc --all) - 1))

ours() {
	syscost --json --cpu $cpu --only "$1" |
		sed -n 's/^{"name".*"ns":{[^}]*"median":\([0-9.]*\).*"cycles.*/\1/p'
}
theirs() { # microseconds an operation, as nanoseconds
	taskset -c $cpu perf bench "$@" 2>&1 |
		awk '$2 == "usecs/op" { printf "%.1f\n", $1 * 1000 }'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

compare() { # compare NAME PERF-BENCH...
	local name=$1 a=() b=() i
	shift
	for ((i = 0; i < runs; i++)); do
		a+=("$(ours "$name")")
		b+=("$(theirs "$@")")
	done
	awk -v n="$name" -v p="perf bench $*" \
		-v x="$(printf '%s\n' "${a[@]}" | median)" \
		-v y="$(printf '%s\n' "${b[@]}" | median)" \
		'BEGIN { printf "%-8s %10.1f ns   %-34s %10.1f ns   ratio %.2f\n", n, x, p, y, y / x }'
}

compare syscall syscall basic -l 3000000
compare pipe sched pipe -l 50000
