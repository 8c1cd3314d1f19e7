#!/bin/bash
# SPDX-License-Identifier: MIT
# route.sh NAME - BUILD/NAME/route: how it will be installed, "fork KEY" or "straight
# REASON"; and all that this is by: the release's kit, and the packages that the installer
# will want.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/fork.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
hypervisor_suits
name=$1
B=$BUILD/$name
lock_build
read_facts "$B/facts"

kit=$("$ROOT/mk/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
echo "$kit" > "$B/kit"
"$ROOT/mk/prefetch.sh" "$name"
"$ROOT/mk/patches.sh" "$kit" "$B/patches" "${FAST:-yes}" > "$B/patches.list"
if why=$(why_straight); then
	echo "straight $why"
else
	before_cfg > "$B/before.cfg"
	guest_xml fork /disk /gate /linux /initrd $FORK_MEMORY '' 'seedbed_fork seedbed_rest' > "$B/fork.xml"
	echo "fork $(key)"
fi > "$B/route.tmp"
mv "$B/route.tmp" "$B/route"
