#!/bin/bash
# SPDX-License-Identifier: MIT
# medium.sh NAME straight|keep - BUILD/NAME/initrd.gz: the kit's ramdisk with the answers,
# the udebs of the recipe's layout, seedbed's own udeb and its patches of the installer; for
# an installer that is kept only the answers of the time before the fork.
. "${BASH_SOURCE[0]%/*}/di.sh"

[ $# -eq 2 ] || { say "usage: $ME NAME straight|keep"; exit 2; }
not_root
name=$1 what=$2
B=$BUILD/$name
read_facts "$B/facts"
kit=$(cat "$B/kit")
if [ ! -e "$kit/manifest" ]; then
	rm -f "$B/route"
	die "$name: $kit: was pruned meanwhile: make appliance-$name, once more"
fi

sets=base
case ${fact[layout]} in *lvm*) sets+=' lvm' ;; esac
case ${fact[filesystem]} in xfs|btrfs) sets+=" ${fact[filesystem]}" ;; esac
[ "${fact[firmware]}" != uefi ] || sets+=' uefi'
udebs=()
for u in $(awk -v s=" $sets " '$1 == "set" && index(s, " " $2 " ") { print $3 }' "$kit/manifest" | sort -u); do
	file=("$kit/udebs/${u}"_*.udeb)
	udebs+=(--udeb "${file[0]}")
done
case $what in
straight) answers=(--preseed "$B/preseed.cfg") ;;
keep)	answers=(--preseed "$B/before.cfg") ;;
esac

initrd-add --kernel "$kit/linux" --strip-translations --installed download-installer \
	"${udebs[@]}" --udeb "$BUILD/seedbed.udeb" --list "$B/patches.list" "${answers[@]}" \
	-o "$B/initrd.gz" "$kit/initrd.gz"
