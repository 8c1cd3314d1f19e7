#!/bin/bash
# SPDX-License-Identifier: MIT
# kit.sh - what the installer of this host's release boots from, fetched and verified, as
# for a recipe of nothing; prints the folder where it lies.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 0 ] || { say "usage: $ME"; exit 2; }
not_root
read_empty
exec "$INSTALLER/kit.sh" "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
