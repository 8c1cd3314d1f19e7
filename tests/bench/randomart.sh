#!/bin/bash
# SPDX-License-Identifier: MIT
# randomart against ssh-keygen -lv: the same keys on standard input, the same
# output, best of a few runs each. Usage: tests/bench/randomart.sh [KEYS]
set -eu
cd "${0%/*}/../.."
n=${1:-100000} runs=${RUNS:-3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

best() { # best COMMAND...: seconds of the fastest run, its output in $scratch/out
	local i t0 t1
	for ((i = 0; i < runs; i++)); do
		t0=$EPOCHREALTIME
		"$@" <"$scratch/keys" >"$scratch/out"
		t1=$EPOCHREALTIME
		echo "$t0 $t1"
	done | awk '{ d = $2 - $1; if (!m || d < m) m = d } END { printf "%.3f", m }'
}

# Eight types, an equal share of each; EC points and RSA sizes as they come.
RANDOMART_KEYS=$(((n + 7) / 8)) RANDOMART_KEEP=$scratch/all \
	build/tests/test-randomart-sshkeygen >/dev/null 2>&1 || true
for what in "every type:." "ssh-ed25519:ssh-ed25519 " "ssh-rsa:ssh-rsa "; do
	grep -e "${what#*:}" "$scratch/all" >"$scratch/keys"
	theirs=$(best ssh-keygen -lv -f -)
	mv "$scratch/out" "$scratch/theirs"
	ours=$(best build/bin/randomart -)
	cmp "$scratch/out" "$scratch/theirs"
	awk -v w="${what%%:*}" -v n="$(wc -l <"$scratch/keys")" -v a="$theirs" -v b="$ours" \
		'BEGIN { printf "%-12s %7d keys  ssh-keygen %8.3f s  randomart %7.3f s  ratio %6.1f\n", w, n, a, b, a / b }'
done
