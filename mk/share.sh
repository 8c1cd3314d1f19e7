#!/bin/bash
# SPDX-License-Identifier: MIT
# share.sh [FOLDER] - what is built is its user's alone, unless the operator has said
# SHARE=GROUP: then that group may read the appliance, and what tells of it. Without FOLDER
# it only looks whether there is such a group, and this user in it.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -le 1 ] || { say "usage: $ME [FOLDER]"; exit 2; }
[ -n "${SHARE:-}" ] || exit 0
[[ $SHARE =~ ^[a-z_][a-z0-9_-]*$ ]] && getent group "$SHARE" > /dev/null || die "SHARE=$SHARE: is no group"
gid=$(getent group "$SHARE" | cut -d: -f3)
[ "$(id -u)" -eq 0 ] || [[ " $(id -G) " == *" $gid "* ]] ||
	die "SHARE=$SHARE: you are not in that group; a group of yours: $(id -Gn)"
[ $# -eq 1 ] || exit 0
name=${1##*/}
for f in "$1" "${1%/*}" "$1/$name.qcow2" "$1"/{manifest,hostkeys,hostkeys.svg,timeline.svg}; do
	[ -e "$f" ] || continue
	chgrp -- "$SHARE" "$f" && chmod g+rX -- "$f" || die "$f: cannot be given to group $SHARE"
done
