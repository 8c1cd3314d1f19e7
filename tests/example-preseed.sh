#!/bin/bash
# SPDX-License-Identifier: MIT
# example-preseed.sh [SUITE ARCH MIRROR SECURITY_HOST] - fetches the example preseed file of the
# release's own installation guide, which is not ours to distribute, for a test.
# Prints where it is. A release alone may be said, too.
. "${BASH_SOURCE[0]%/*}/../mk/common.sh"
. "$ROOT/mk/apt.sh"

if [ $# -ne 4 ]; then
	key_option
	[ -z "${MIRROR:-}" ] || key_option+=(--set "mirror=$MIRROR")
	[ -z "${1:-}" ] || key_option+=(--set "release=$1")
	facts=$(preseed "${key_option[@]}" --facts "$ROOT/recipes/minimal.recipe")
	said() { sed -n "s/^$1=//p" <<<"$facts"; }
	set -- "$(said suite)" "$(said architecture)" "$(said mirror)" "$(said security)"
fi
suite=$1 arch=$2
out=$CACHE/templates/example-preseed-$suite.txt
if [ -s "$out" ]; then
	echo "$out"
	exit
fi
mkdir -p "$CACHE/templates"
private_apt "$@"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" "$out.tmp"' EXIT
fetch_deb "installation-guide-$arch" "$scratch"
dpkg-deb --fsys-tarfile "$scratch"/*.deb | tar -xO --wildcards '*/example-preseed.txt*' > "$scratch/example"
if ! gzip -dc "$scratch/example" > "$out.tmp" 2> /dev/null; then
	cp "$scratch/example" "$out.tmp"
fi
mv "$out.tmp" "$out"
echo "$out"
