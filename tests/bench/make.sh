#!/bin/bash
# SPDX-License-Identifier: MIT
# make.sh [N...] - how long `make appliances` takes over N (100 1000 10000) appliances that
# are up to date: in all, for each, how it grows from one N to the next, and beside it the
# same files by a makefile that has nothing but them: what is left is what finding out
# costs here.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"

[ $# -gt 0 ] || set -- 100 1000 10000
unset MAKEFLAGS MFLAGS MAKELEVEL
export SETUP=no
make -s -C "$ROOT" tools build/seedbed.udeb
x=$(mktemp -d)
trap 'rm -rf "$x"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tar -C "$ROOT" -c --exclude ./.git --exclude './build/[!bos]*' . | tar -x -C "$x"
cd "$x"
rm -f recipes/*.recipe
find . -exec touch -h -d @1000000000 {} +

appliances() { # appliances FROM TO: as their stages have left them
	local i b last at f
	for ((i = $1; i <= $2; i++)); do
		b=build/a$i last=recipes/a$i.recipe
		mkdir -p "$b"
		: > "$last"
		for f in .compiled facts route disk.qcow2 manifest; do
			: > "$b/$f"
			echo "$b/$f: $last ; false"
			last=$b/$f
		done
		: > "$b/a$i.qcow2"
		printf '$(O)/%s/.compiled: %s\n%s:\n' "a$i" "recipes/a$i.recipe" "recipes/a$i.recipe" > "$b/inputs.mk"
		printf 'all: a%s\n.PHONY: a%s\na%s: %s\n' "$i" "$i" "$i" "$last"
	done >> plain.mk
	at=1000000001
	touch -d @$at recipes/*.recipe build/.said-* 2> /dev/null || true
	for f in .compiled facts route disk.qcow2 manifest; do
		at=$((at + 1))
		find build -mindepth 2 -maxdepth 2 -name "$f" -exec touch -d @$at {} +
	done
}
best() { # best COMMAND...: milliseconds, of five
	local i t from least=
	for i in 1 2 3 4 5; do
		from=${EPOCHREALTIME/./}
		"$@" > out 2>&1 || { cat out >&2; die "$*: failed"; }
		t=$(((${EPOCHREALTIME/./} - from) / 100))
		if [ -z "$least" ] || [ $t -lt "$least" ]; then least=$t; fi
	done
	echo "${least%?}.${least: -1}"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

printf 'appliances\tms\tms each\tplain makefile, ms\tratio\n'
echo "all: ; @true" > plain.mk
made=0 before=
for n; do
	[ "$n" -gt $made ] || die "$n: wants numbers that grow"
	if [ $made -eq 0 ]; then make -s list > /dev/null && make -n kit > /dev/null 2>&1; fi
	appliances $((made + 1)) "$n"
	made=$n
	ours=$(best make appliances)
	[ "$(grep -c 'is up to date$' out)" -eq "$n" ] || { head -n 20 out >&2; die "not all are up to date"; }
	plain=$(best make -r -f plain.mk all)
	printf '%s\t%s\t%s\t%s\t%s\n' "$n" "$ours" "$(ratio "$ours" "$n")" "$plain" "$(ratio "$ours" "$plain")"
	[ -z "$before" ] || growth+=("time($n)/time($last): $(ratio "$ours" "$before")")
	before=$ours last=$n
done
[ -z "${growth[*]:-}" ] || printf '%s\n' "${growth[@]}"
