#!/bin/bash
# SPDX-License-Identifier: MIT
# boot.sh NAME straight|keep FOLDER [NONCE] - what NAME's installer boots from and by, as
# options of domxml(1), one a line. What this one guest needs besides is made in FOLDER.
# NONCE is what its words to the host begin with; without one nobody listens.
. "${BASH_SOURCE[0]%/*}/di.sh"

[ $# -eq 3 ] || [ $# -eq 4 ] || { say "usage: $ME NAME straight|keep FOLDER [NONCE]"; exit 2; }
not_root
name=$1 folder=$3 nonce=${4:-}
B=$BUILD/$name
read_facts "$B/facts"
# A package that was pruned meanwhile it fetches itself.
while IFS=$'\t' read -r way mode file; do
	if [ -r "$file" ]; then
		printf '%s\t%s\t%s\n' "$way" "$mode" "$file"
	else
		say "$name: $file: is not there any more: the installer will fetch it"
	fi
done < "$B/prefetch" > "$folder/prefetch"
lists=(--list "$folder/prefetch")
case $2 in
straight) words=${nonce:+seedbed_rest} ;;
keep)	words='seedbed_fork seedbed_rest' ;;
*)	die "$2: is neither straight nor keep" ;;
esac
[ -n "$nonce" ] || lists+=(--list "$B/payload") # nobody sends it the rest

# What all appliances have in common is put to its ramdisk only now. Those packages are
# compressed already, and the kernel takes archives one after the other; they are large and
# many builds share them, so they are kept nowhere else.
initrd-add --compress none "${lists[@]}" -o "$folder/initrd" "$B/initrd.gz" ||
	die "$name: cannot make the installer's ramdisk in $folder; the reason is above"
boot_options "$(cat "$B/kit")/linux" "$folder/initrd" "$nonce" "$words"
