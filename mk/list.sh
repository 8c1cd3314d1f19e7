#!/bin/sh
# SPDX-License-Identifier: MIT
# list.sh RECIPES - the names of the recipes in that folder. A file whose name is no host
# name is not one: its name would become part of make's rules. Nor is one that would be in
# the way of what else is made in the build's folder.
cd "$1" || exit 1
for f in *.recipe; do
	n=${f%.recipe}
	case $n in
	'*') ;; # there is none
	bin | obj | tests | fuzz | share | completions)
		echo "list.sh: $1/$f: left out: build/$n is a folder of the build's own; give it another name" >&2 ;;
	'' | -* | *- | *[!a-z0-9-]*)
		printf 'list.sh: %s/%s: left out: not a host name (a-z, 0-9 and - between them)\n' \
			"$1" "$(printf %s "$f" | LC_ALL=C tr -c ' -~' '?')" >&2 ;;
	*) echo "$n" ;;
	esac
done
