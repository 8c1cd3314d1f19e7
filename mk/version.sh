#!/bin/sh
# SPDX-License-Identifier: MIT
# version.sh - seedbed's version: of a checkout as git describes it, else of its sources, or
# where it is installed as it was then; the hash of what makes appliances (mk, preseed.d, udeb)
# is behind it.
root=$(cd "${0%/*}/.." && pwd) || exit 1
v=${SEEDBED_VERSION:-} # of the folder that this is a copy of (handover.sh)
[ -n "$v" ] || v=$(cat "$root/VERSION" 2> /dev/null) || # make install
	v=$(cd "$root" && [ -e .git ] && git describe --always --tags --dirty 2> /dev/null) ||
	v=$(sed -n 's/^#define SEEDBED_VERSION "\(.*\)"/\1/p' "$root/tools/lib/opts.h" 2> /dev/null)
sum=$(cd "$root" && find mk preseed.d udeb -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
printf '%s+%s\n' "${v%+*}" "$sum"
