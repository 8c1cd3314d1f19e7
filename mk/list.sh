#!/bin/sh
# list.sh - the names of the recipes. A file whose name is no host name is not one:
# its name would become part of make's rules.
cd "${0%/*}/../recipes" || exit 1
for f in *.recipe; do
	n=${f%.recipe}
	case $n in
	''|-*|*[!a-z0-9-]*) echo "list.sh: recipes: a name that is no host name is left out" >&2 ;;
	*) echo "$n" ;;
	esac
done
