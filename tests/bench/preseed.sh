#!/bin/bash
# SPDX-License-Identifier: MIT
# How long a recipe takes, whole process, over 100 of them; and beside it, in
# the same run, what debconf-set-selections takes to read the outcome once. And autoinstall.
set -eu
cd "${0%/*}/../.."
PATH=$PWD/build/bin:$PATH
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
mkdir "$T/recipes"
for i in {1..25}; do
	for r in minimal web db lvm; do
		cp "recipes/$r.recipe" "$T/recipes/$r$i.recipe"
	done
done
cp -r recipes/db "$T/recipes/"

all() { # all COMMAND...: for each recipe or outcome
	local f
	for f in "$T"/$1; do
		"${@:2}" "$f" >"$f.out" 2>&1
	done
}

ms() { # ms COMMAND...: thousandths of a second
	local start end
	start=$(date +%s%N)
	"$@"
	end=$(date +%s%N)
	echo $(((end - start) / 1000000))
}

compile() { preseed -k tests/data/preseed/key.pub -f preseed.d "$1"; }
ubuntu() { autoinstall -k tests/data/preseed/key.pub -s disk=20G "$1"; }
nothing() { /bin/true "$1"; }

none=$(ms all 'recipes/*.recipe' nothing)
ours=$(ms all 'recipes/*.recipe' compile)
theirs=$(ms all 'recipes/*.recipe.out' debconf-set-selections -c)
other=$(ms all 'recipes/*.recipe' ubuntu)
awk -v u="$other" -v n="$none" -v o="$ours" -v t="$theirs" 'BEGIN {
	printf "starting a program that does nothing	%.2f ms\n", n / 100
	printf "preseed, a recipe	%.2f ms\n", o / 100
	printf "autoinstall, a recipe	%.2f ms\n", u / 100
	printf "debconf-set-selections -c, its outcome	%.2f ms\n", t / 100
	printf "ratio	%.1f\n", t / o
}'
