#!/bin/sh
# SPDX-License-Identifier: MIT
# version.sh - seedbed's version by the file VERSION, with the commit of a checkout, and
# behind it the hash of what makes appliances (mk, preseed.d, udeb).
root=$(cd "${0%/*}/.." && pwd) || exit 1
v=${SEEDBED_VERSION:-} # of the folder that this is a copy of (handover.sh)
if [ -z "$v" ]; then
	v=$(cat "$root/VERSION") || exit 1
	if [ -e "$root/.git" ]; then
		commit=$(cd "$root" && git describe --always --exclude '*' --dirty 2> /dev/null) && v=$v-$commit
	fi
fi
sum=$(cd "$root" && find mk preseed.d udeb -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
printf '%s+%s\n' "${v%+*}" "$sum"
