#!/bin/bash
# SPDX-License-Identifier: MIT
# How long a check takes: a file of 100 lines, whole process; 1,000 files in one call;
# and beside it, in the same run, debconf-set-selections -c, which checks next to
# nothing. Then how long the index takes, compiled from packages that are there.
set -eu
cd "${0%/*}/../.."
PATH=$PWD/build/bin:$PATH
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
preseed-check --arch amd64 /dev/null || { echo "first: make templates" >&2; exit 1; }

# 100 lines of answers: the recipes' files, comments taken out
for r in minimal lvm web db; do
	preseed -k tests/data/preseed/key.pub --set release=trixie "recipes/$r.recipe"
done | grep -v '^#' > "$T/all"
head -n 100 "$T/all" > "$T/100.cfg"
mkdir "$T/many"
for i in {1..1000}; do
	sed "s/hostname string .*/& # $i/" "$T/100.cfg" > "$T/many/$i.cfg"
done

ms() { # ms COMMAND...: thousandths of a second
	local start end
	start=$(date +%s%N)
	"$@" > /dev/null 2>&1 || true
	end=$(date +%s%N)
	echo $(((end - start) / 1000000))
}
times() { # times N COMMAND...
	local i
	for ((i = 0; i < $1; i++)); do "${@:2}" || true; done
}

nothing=$(ms times 100 /bin/true)
one=$(ms times 100 preseed-check --arch amd64 "$T/100.cfg")
peer=$(ms times 10 debconf-set-selections -c "$T/100.cfg")
many=$(ms preseed-check --arch amd64 "$T"/many/*.cfg)
many_peer=$(ms debconf-set-selections -c "$T"/many/*.cfg)
awk -v n="$nothing" -v o="$one" -v p="$peer" -v m="$many" -v q="$many_peer" 'BEGIN {
	printf "starting a program that does nothing	%.2f ms\n", n / 100
	printf "preseed-check, 100 lines	%.2f ms\n", o / 100
	printf "debconf-set-selections -c, 100 lines	%.2f ms\n", p / 10
	printf "ratio	%.1f\n", (p / 10) / (o / 100)
	printf "preseed-check, 1,000 files in one call	%d ms\n", m
	printf "debconf-set-selections -c, the same	%d ms\n", q
}'

# What a file of eight times the size takes: eight times as long, or it is no longer linear.
big() { # big LINES: answers, some of them wrong, one in ten not known
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			print i % 10 ? "d-i apt-setup/local" i "/comment string number " i : "d-i unknown/name" i " string x"
		for (i = 0; i < n; i++) print "d-i passwd/root-password-again password p" i
		printf "d-i pkgsel/include string"
		for (i = 0; i < n; i++) printf " package-%d", i
		print ""
		for (i = 0; i < n / 4; i++) print "owner" i "x owner" i "x/question string x"
	}'
}
big 8000 > "$T/small.cfg"
big 64000 > "$T/large.cfg"
small=$(ms preseed-check --arch amd64 "$T/small.cfg")
large=$(ms preseed-check --arch amd64 "$T/large.cfg")
awk -v s="$small" -v l="$large" -v a="$(stat -c %s "$T/small.cfg")" -v b="$(stat -c %s "$T/large.cfg")" 'BEGIN {
	printf "preseed-check, a file of %.1f MB\t%d ms\n", a / 1e6, s
	printf "preseed-check, a file of %.1f MB\t%d ms\n", b / 1e6, l
	printf "growth of time to growth of size (1 is linear)\t%.2f\n", (l / s) / (b / a)
}'

cache=$(readlink -f "${SEEDBED_CACHE:-/var/cache/seedbed}/templates/trixie-amd64.index" || true)
cache=${cache%/*} # the packages lie beside it
if [ -d "$cache" ]; then
	find "$cache" -name '*deb' > "$T/files"
	cold=$(ms preseed-index -o "$T/index" -s trixie -a amd64 --files "$T/files")
	printf 'preseed-index, %d packages\t%d ms\n' "$(wc -l < "$T/files")" "$cold"
fi
