#!/bin/bash
# SPDX-License-Identifier: MIT
# A recipe with over 500 MB of packages: as the first of its kind, whose installer is kept
# and forked, and built straight. They come to the installer through its port, whatever
# memory it has, and are none of the appliance's size.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd make jq
own_tree

package=${PACKAGE:-berusky2-data} # one file of 560 MB, which needs nothing else
SEEDBED_CHECKPOINTS=$(mktemp -d /var/tmp/seedbed-test.XXXXXX)
export SEEDBED_CHECKPOINTS
at_end 'rm -rf "$SEEDBED_CHECKPOINTS"'
for name in large straight; do
	printf '%s\n' 'like minimal' "package $package" "expect run test -z \"\$(dpkg --verify $package)\"" > recipes/$name.recipe
done

build() { # build NAME [FORK=no]
	local name=$1 size used
	if timeout --foreground -k 60 6000 make "appliance-$name" SETUP=no TIMEOUT=5400 "${@:2}" > log 2>&1; then
		ok 0 "$name: made"
	else
		ok 1 "$name: made"
		show 80 < log
		tail -n 40 "build/$name/install.log" | cut -c1-200 | show
		return
	fi
	sed 's/^/# /' log
	size=$(sed 's/.*\t//' "build/$name/prefetch.rest" | grep '\.deb$' | tr '\n' '\0' | xargs -0 stat -c %s | awk '{ n += $1 } END { print n }')
	[ "$size" -gt $((500 << 20)) ]
	ok $? "$name: with packages of $size bytes of its own"
	like "$(cat "build/$name/manifest")" "^package=$package " "$name: which are installed"
	like "$(cat "build/$name/checks")" '^inside: expect run' "$name: as they should be"
	is "$(grep -cE "Get:[0-9]+ .* $package" "build/$name/install.log")" 0 "$name: and nothing of them was fetched by the guest"
	[ "$(sed -n 's/^received-bytes=//p' "build/$name/manifest")" -lt $((100 << 20)) ]
	ok $? "$name: as its network counts"
	used=$(sed -n 's/^filesystem-used-kib=//p' "build/$name/manifest")
	[ "$(stat -c %s "build/$name/$name.qcow2")" -lt $((used * 1024 + (256 << 20))) ]
	ok $? "$name: the image is not much larger than the $used KiB that are used in it"
}
build large
like "$(cat build/large/way)" '^forked from checkpoint' "large: forked from what was kept for it"
[ "$(du -sm "$SEEDBED_CHECKPOINTS" | cut -f1)" -lt 3000 ]
ok $? "in which there is nothing of that"
build straight FORK=no
is "$(cat build/straight/way)" straight "straight: built so"
is "$(compgen -G "build/*/work")" "" "no scratch folder is left"
finish
