#!/bin/bash
# SPDX-License-Identifier: MIT
# share.sh FOLDER - what is built is its user's alone, unless the operator has said
# SHARE=GROUP: then that group may read the appliance, and what tells of it.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME FOLDER"; exit 2; }
[ -n "${SHARE:-}" ] || exit 0
[[ $SHARE =~ ^[a-z_][a-z0-9_-]*$ ]] && getent group "$SHARE" > /dev/null || die "SHARE=$SHARE: is no group"
name=${1##*/}
for f in "$1" "${1%/*}" "$1/$name.qcow2" "$1"/{manifest,hostkeys,hostkeys.svg,timeline.svg}; do
	[ -e "$f" ] || continue
	chgrp -- "$SHARE" "$f" && chmod g+rX -- "$f" || die "$f: cannot be given to group $SHARE (are you in it?)"
done
