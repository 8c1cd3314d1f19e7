#!/bin/bash
# SPDX-License-Identifier: MIT
# seed.sh USER-DATA PAYLOAD DISK - a small disk that Ubuntu's installer finds its answers
# on: a FAT volume CIDATA with user-data, an empty meta-data, and what the list PAYLOAD of
# autoinstall(1) names (path, mode, source). Made without root; DISK is there whole or not
# at all.
. "${BASH_SOURCE[0]%/*}/../../common.sh"

[ $# -eq 3 ] || { say "usage: $ME USER-DATA PAYLOAD DISK"; exit 2; }
data=$1 payload=$2 disk=$3
[ "$(head -n 1 "$data")" = '#cloud-config' ] || die "$data: is no user-data: its first line is not #cloud-config"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" "$disk.tmp"' EXIT
mkdir "$scratch/seed"
cp "$data" "$scratch/seed/user-data"
: > "$scratch/seed/meta-data"
while IFS=$'\t' read -r path _ source; do
	[[ $path =~ ^/seedbed/files/[0-9]+$ ]] || die "$payload: $path: the target must be /seedbed/files/NUMBER"
	mkdir -p "$scratch/seed/seedbed/files"
	cp -- "$source" "$scratch/seed$path" || die "$source: cannot be read"
done < "$payload"

# as large as what is on it, with its two tables of clusters, in MiB
kib=$(du -sk --apparent-size "$scratch/seed" | cut -f1)
files=$(find "$scratch/seed" | wc -l)
mib=$(((kib + files * 32) * 21 / 20 / 1024 + 2))
rm -f "$disk.tmp"
truncate -s "${mib}M" "$disk.tmp"
export MTOOLS_SKIP_CHECK=1
mformat -i "$disk.tmp" -v CIDATA -T $((mib * 2048)) -h 16 -s 63 -N 5eedbed0 ::
mcopy -Q -s -i "$disk.tmp" "$scratch"/seed/* ::
mv "$disk.tmp" "$disk"
