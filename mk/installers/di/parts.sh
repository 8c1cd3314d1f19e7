#!/bin/bash
# SPDX-License-Identifier: MIT
# parts.sh - what of seedbed's own is in debian-installer: "HASH NAME" lines.
. "${BASH_SOURCE[0]%/*}/di.sh"

not_root
[ ! -e "$BUILD/seedbed.udeb" ] || echo "$(sha256sum < "$BUILD/seedbed.udeb" | cut -d' ' -f1) udeb"
echo "$(cd "$DI" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1) patches"
