#!/bin/bash
# SPDX-License-Identifier: MIT
# route.sh NAME - BUILD/NAME/route: how it will be installed, as a record: forked (way=fork,
# with what the installer's way.sh says of the checkpoint), or way=straight and why=. And all
# that this is by: what the release's installer is made of and will need.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/fork.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
hypervisor_suits
name=$1
B=$BUILD/$name
lock_build
read_facts "$B/facts"
"$INSTALLER/prepare.sh" "$name"
if why=$(why_straight); then
	printf '%s\n' way=straight "why=$why"
else
	"$INSTALLER/way.sh" "$name"
fi > "$B/route.tmp"
mv "$B/route.tmp" "$B/route"
