#!/bin/bash
# SPDX-License-Identifier: MIT
# checkpoints.sh [--prune] - the installers that are kept to be forked: key, what it is,
# MiB, when it was last used and how often, who made it. Sizes are those of the folder.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/fork.sh"

not_root
case ${1:-} in
'') ;;
--prune) prune; exit ;;
*) say "usage: $ME [--prune]"; exit 2 ;;
esac
kept | sort -k 3 | while read -r used kib key; do
	record=$CHECKPOINTS/$key.record
	what=$(vmfork info "$CHECKPOINTS/$key" 2> /dev/null | awk -F= '
		$1 ~ /^(qemu|cpu|cpus)$/ { print "", $1, $2 }
		$1 == "memory-kib" { print "", "memory", $2 / 1024 "M" }' | paste -sd ,) || what=
	times=0
	[ ! -e "$CHECKPOINTS/$key.used" ] || times=$(wc -l < "$CHECKPOINTS/$key.used")
	printf '%s  %5d MiB  last used %s, %s times, made by %s  %s;%s\n' "$key" "$((kib / 1024))" \
		"$(date -d "@$used" '+%F %R')" "$times" "$(field "$record" by)" \
		"$(field "$record" about)" "${what:- damaged}"
done
