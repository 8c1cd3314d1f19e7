#!/bin/bash
# example-preseed.sh [SUITE ARCH MIRROR] - fetches the example preseed file of the
# release's own installation guide, which is not ours to distribute, for a test.
# Prints where it is.
. "${BASH_SOURCE[0]%/*}/../mk/common.sh"
. "$ROOT/mk/apt.sh"

suite=${1:-trixie} arch=${2:-amd64} mirror=${3:-${MIRROR:-http://deb.debian.org/debian}}
out=$CACHE/templates/example-preseed-$suite.txt
if [ -s "$out" ]; then
	echo "$out"
	exit
fi
mkdir -p "$CACHE/templates"
private_apt "$suite" "$arch" "$mirror" deb.debian.org
scratch=$(mktemp -d)
trap 'rm -rf "$scratch" "$out.tmp"' EXIT
fetch_deb "installation-guide-$arch" "$scratch"
dpkg-deb --fsys-tarfile "$scratch"/*.deb | tar -xO --wildcards '*/example-preseed.txt*' > "$scratch/example"
if ! gzip -dc "$scratch/example" > "$out.tmp" 2> /dev/null; then
	cp "$scratch/example" "$out.tmp"
fi
mv "$out.tmp" "$out"
echo "$out"
