#!/bin/bash
# ramdisk.sh NAME - build/NAME/initrd.gz: the kit's ramdisk with the answers, the
# udebs of the recipe's layout, its files and seedbed's own udeb. build/NAME/route says
# how it will be installed (fork.sh): of one that is forked only the early answers go
# in, and where there is a checkpoint already the ramdisk is an empty file.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/fork.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
B=$ROOT/build/$name
lock_build
read_facts "$B/facts"

kit=$("$ROOT/mk/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
echo "$kit" > "$B/kit"
"$ROOT/mk/prefetch.sh" "$name"
route > "$B/route"
read -r way key < "$B/route"
if [ "$way" = fork ] && [ -e "$CHECKPOINTS/$key" ]; then
	: > "$B/initrd.gz"
	exit
fi

sets=base
case ${fact[layout]} in *lvm*) sets+=' lvm' ;; esac
case ${fact[filesystem]} in xfs|btrfs) sets+=" ${fact[filesystem]}" ;; esac
[ "${fact[firmware]}" != uefi ] || sets+=' uefi'
udebs=()
for u in $(awk -v s=" $sets " '$1 == "set" && index(s, " " $2 " ") { print $3 }' "$kit/manifest" | sort -u); do
	set -- "$kit/udebs/${u}"_*.udeb
	udebs+=(--udeb "$1")
done
answers=(--list "$B/payload" --preseed "$B/preseed.cfg")
[ "$way" = straight ] || answers=(--preseed "$B/before.cfg")

initrd-add --kernel "$kit/linux" --strip-translations --installed download-installer \
	"${udebs[@]}" --udeb "$ROOT/build/seedbed.udeb" "${answers[@]}" \
	-o "$B/initrd.gz.new" "$kit/initrd.gz"
mv "$B/initrd.gz.new" "$B/initrd.gz"
