#!/bin/bash
# SPDX-License-Identifier: MIT
# prepare.sh NAME - what NAME's installer is made of: the release's kit (BUILD/NAME/kit names
# it, BUILD/NAME/installer has its versions, for the manifest), the packages that it will
# want, and what is changed in its own files. BUILD/NAME/parts has the ways in the cache of
# all that will be read again when the installer runs (cache.sh).
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
read_facts "$B/facts"
kit=$("$DI/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
hold "kit/${kit##*/}"
echo "$kit" > "$B/kit"
sed -n 's/^images /installer=/p; s/^kernel /installer-kernel=/p; s/^\(udeb .*filled from.*\)/kit=\1/p' \
	"$kit/manifest" > "$B/installer"
"$DI/prefetch.sh" "$name"
"$DI/patches.sh" "$kit" "$B/patches" "${FAST:-yes}" > "$B/patches.list"
{
	echo "apt/$(archive_name "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")"
	echo "kit/${kit##*/}"
	cut -f3 "$B/prefetch" "$B/prefetch.rest" | sed -n "s|^$CACHE/||p"
} > "$B/parts"
