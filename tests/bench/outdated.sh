#!/bin/bash
# SPDX-License-Identifier: MIT
# outdated.sh [N [PACKAGES]] - how long it takes to say which of N (1000) appliances of
# PACKAGES (300) each are out of date, by the release's real lists: the program alone, and
# all that `make outdated` does (outdated.sh) with lists that are less than an hour old.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"
. "$ROOT/mk/apt.sh"

n=${1:-1000} each=${2:-300}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
facts=$(preseed --key "$ROOT/tests/data/preseed/key.pub" ${MIRROR:+--set "mirror=$MIRROR"} --facts "$ROOT/mk/empty.recipe")
said() { sed -n "s/^$1=//p" <<<"$facts"; }
private_apt "$(said suite)" "$(said architecture)" "$(said mirror)" "$(said security)"
# the installed systems' packages have much in common: two thirds are everybody's
apt-cache dumpavail | awk -v RS= '{ name = version = arch = ""
	for (i = 1; i <= NF; i++) { if ($i == "Package:") name = $(i + 1); if ($i == "Version:" && version == "") version = $(i + 1)
		if ($i == "Architecture:" && arch == "") arch = $(i + 1) }
	print name, arch, version }' | sort -u -k 1,1 | shuf --random-source=<(yes) > "$T/packages"
export SEEDBED_BUILD=$T/build SEEDBED_RECIPES=$T/recipes
mkdir -p "$SEEDBED_BUILD" "$SEEDBED_RECIPES"
awk -v n="$n" -v each="$each" -v build="$SEEDBED_BUILD" '{ line[NR] = $0 }
	END {
		srand(1)
		for (a = 1; a <= n; a++) {
			file = build "/a" a ".manifest"
			print "name=a" a "\narchitecture=amd64\nanswers=x\ninput=recipe x a" a ".recipe" > file
			for (i = 1; i <= each; i++)
				print "package=" (i < each * 2 / 3 ? line[i] : line[int(rand() * NR) + 1]) > file
			close(file)
		}
	}' "$T/packages"
for ((a = 1; a <= n; a++)); do
	mkdir "$SEEDBED_BUILD/a$a"
	mv "$SEEDBED_BUILD/a$a.manifest" "$SEEDBED_BUILD/a$a/manifest"
	sed -i "5,9s/ [^ ]*$/ 0~old$a/" "$SEEDBED_BUILD/a$a/manifest"
	: > "$SEEDBED_RECIPES/a$a.recipe"
	{ grep -v '^depends=' <<<"$facts"; echo "depends=$SEEDBED_RECIPES/a$a.recipe"; } > "$SEEDBED_BUILD/a$a/facts"
	echo x > "$SEEDBED_BUILD/a$a/answers"
done
mapfile -t names < <(seq -f 'a%.0f' "$n")
{
	for list in "$APT_DIR"/lists/*_binary-*_Packages; do
		case $list in *installer*) continue ;; esac
		origin=${list##*_dists_}
		printf 'lists\tt\t%s\t500\t-\t%s\n' "${origin%%_*}" "$list"
	done
	printf 'appliance\t%s\t%s\tt\n' $(awk -v b="$SEEDBED_BUILD" -v n="$n" 'BEGIN { for (i = 1; i <= n; i++) print "a" i, b "/a" i }')
} > "$T/plan"
best() { # best COMMAND...: milliseconds, of five
	local i t from least=
	for i in 1 2 3 4 5; do
		from=${EPOCHREALTIME/./}
		"$@" > "$T/out" 2>&1 || [ $? -ge 3 ] || { cat "$T/out" >&2; die "$*: failed"; }
		t=$(((${EPOCHREALTIME/./} - from) / 1000))
		if [ -z "$least" ] || [ $t -lt "$least" ]; then least=$t; fi
	done
	echo "$least"
}
lists=$(awk -F'\t' '$1 == "lists" { print $6 }' "$T/plan" | xargs cat | wc -c)
printf 'appliances\t%d of %d packages\nlists\t%d MB\n' "$n" "$each" $((lists / 1000000))
printf 'appliance-outdated\t%d ms\n' "$(best appliance-outdated "$T/plan")"
printf 'outdated.sh\t%d ms\n' "$(best "$ROOT/mk/outdated.sh" "${names[@]}")"
printf 'lines\t%d\n' "$(wc -l < "$T/out")"
