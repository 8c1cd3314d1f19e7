#!/bin/bash
# SPDX-License-Identifier: MIT
# prepare.sh NAME - what NAME's installer is made of: the release's kit (BUILD/NAME/kit names
# it, BUILD/NAME/installer has its versions, for the manifest), the packages that it will
# want, and what is changed in its own files.
. "${BASH_SOURCE[0]%/*}/di.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
B=$BUILD/$name
read_facts "$B/facts"
kit=$("$DI/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
echo "$kit" > "$B/kit"
sed -n 's/^images /installer=/p; s/^kernel /installer-kernel=/p; s/^\(udeb .*filled from.*\)/kit=\1/p' \
	"$kit/manifest" > "$B/installer"
"$DI/prefetch.sh" "$name"
"$DI/patches.sh" "$kit" "$B/patches" "${FAST:-yes}" > "$B/patches.list"
