#!/bin/bash
# make.sh [N] - how long `make appliances` takes over N (100) appliances that are up to
# date, and beside it the same files by a makefile that has nothing but them: what is
# left is what finding out costs here.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"

not_root
n=${1:-100}
make -s -C "$ROOT" tools build/seedbed.udeb
x=$(mktemp -d)
trap 'rm -rf "$x"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tar -C "$ROOT" -c --exclude ./.git --exclude './build/[!bos]*' . | tar -x -C "$x"
cd "$x"
rm -f recipes/*.recipe
find . -exec touch -h -d @1000000000 {} +
: > plain.mk
for i in $(seq "$n"); do
	b=build/a$i last=recipes/a$i.recipe at=1000000001
	mkdir -p "$b"
	touch -d @$at "$last"
	for f in .compiled preseed.cfg route disk.qcow2 manifest; do
		at=$((at + 1))
		touch -d @$at "$b/$f"
		echo "$b/$f: $last ; false" >> plain.mk
		last=$b/$f
	done
	touch "$b/a$i.qcow2"
	printf '%s: %s\n%s:\n' "$b/preseed.cfg" "recipes/a$i.recipe" "recipes/a$i.recipe" > "$b/inputs.mk"
	echo "all: a$i
.PHONY: a$i
a$i: $last ; @true" >> plain.mk
done
best() { # best COMMAND...: milliseconds, of five
	local i t from least=
	for i in 1 2 3 4 5; do
		from=${EPOCHREALTIME/./}
		"$@" > out || { cat out >&2; die "$*: failed"; }
		t=$(((${EPOCHREALTIME/./} - from) / 100))
		if [ -z "$least" ] || [ $t -lt "$least" ]; then least=$t; fi
	done
	echo "${least%?}.${least: -1}"
}
unset MAKEFLAGS MFLAGS MAKELEVEL
make -n appliances > /dev/null 2>&1 || true # writes down what the operator says
find build -name '.said-*' -exec touch -d @1000000000 {} +
ours=$(best make appliances)
[ "$(grep -c 'is up to date$' out)" -eq "$n" ] || { cat out >&2; die "not all are up to date"; }
plain=$(best make -r -f plain.mk all)
printf '%s appliances, up to date: %s ms\nthe same files, a plain makefile: %s ms\nratio: %s\n' \
	"$n" "$ours" "$plain" "$(awk -v a="$ours" -v b="$plain" 'BEGIN { printf "%.2f", a / b }')"
