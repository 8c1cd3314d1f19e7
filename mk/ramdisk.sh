#!/bin/bash
# ramdisk.sh NAME - build/NAME/initrd.gz: the kit's ramdisk with the answers, the
# udebs of the recipe's layout, its files and seedbed's own udeb.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
B=$ROOT/build/$name
lock_build
declare -A fact
while IFS='=' read -r k v; do
	fact[$k]=$v
done < "$B/facts"

kit=$("$ROOT/mk/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
sets=base
case ${fact[layout]} in *lvm*) sets+=' lvm' ;; esac
case ${fact[filesystem]} in xfs|btrfs) sets+=" ${fact[filesystem]}" ;; esac
[ "${fact[firmware]}" != uefi ] || sets+=' uefi'
udebs=()
for u in $(awk -v s=" $sets " '$1 == "set" && index(s, " " $2 " ") { print $3 }' "$kit/manifest" | sort -u); do
	set -- "$kit/udebs/${u}"_*.udeb
	udebs+=(--udeb "$1")
done

initrd-add --kernel "$kit/linux" --strip-translations --installed download-installer \
	"${udebs[@]}" --udeb "$ROOT/build/seedbed.udeb" --list "$B/payload" \
	--preseed "$B/preseed.cfg" -o "$B/initrd.gz.new" "$kit/initrd.gz"
echo "$kit" > "$B/kit"
"$ROOT/mk/prefetch.sh" "$name"
mv "$B/initrd.gz.new" "$B/initrd.gz"
