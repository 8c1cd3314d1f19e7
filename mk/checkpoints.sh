#!/bin/bash
# checkpoints.sh [--prune] - the installers that are kept to be forked: key, what it is,
# MiB, when it was last used and how often. Sizes are those of the folder.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/fork.sh"

case ${1:-} in
'') ;;
--prune) prune; exit ;;
*) say "usage: $ME [--prune]"; exit 2 ;;
esac
for d in "$CHECKPOINTS"/*; do
	key=${d##*/}
	case $key in *.new-*) continue ;; esac
	[ -d "$d" ] || continue
	what=$(vmfork info "$d" 2> /dev/null | awk -F= '
		$1 ~ /^(qemu|cpu|cpus)$/ { print "", $1, $2 }
		$1 == "memory-kib" { print "", "memory", $2 / 1024 "M" }' | paste -sd ,) || what=
	printf '%s  %5d MiB  last used %s, %s times  %s;%s\n' "$key" "$(($(size_of "$d") / 1024))" \
		"$(date -d "@$(stat -c %Y "$d")" '+%F %R')" "$(wc -l < "$CHECKPOINTS/.used-$key" 2> /dev/null || echo 0)" \
		"$(cat "$CHECKPOINTS/.about-$key" 2> /dev/null)" "${what:- damaged}"
done
