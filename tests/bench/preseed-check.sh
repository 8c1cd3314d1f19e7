#!/bin/bash
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

cache=${SEEDBED_CACHE:-/var/cache/seedbed}/templates/trixie-amd64
if [ -d "$cache" ]; then
	find "$cache" -name '*deb' > "$T/files"
	cold=$(ms preseed-index -o "$T/index" -s trixie -a amd64 --files "$T/files")
	printf 'preseed-index, %d packages\t%d ms\n' "$(wc -l < "$T/files")" "$cold"
fi
