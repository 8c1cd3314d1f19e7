#!/bin/bash
# SPDX-License-Identifier: MIT
# The installer kit from archives that are not as they should be: each time a reason,
# a status, and nothing half-made in the cache.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
archive_ready
unset http_proxy MIRROR REFRESH
export SEEDBED_CACHE=$T/cache KEYRING=$T/keyring.gpg
kit() { "$SRC/mk/installers/di/kit.sh" trixie amd64 "${1:-$url}" ''; }
left() { find cache/kit -mindepth 1 ! -name '.lock*' | sort | tr '\n' ' '; }

fails 1 '127.0.0.1:9/debian: cannot fetch the lists of trixie' kit http://127.0.0.1:9/debian
is "$(left)" "" "no mirror: nothing is left"

# The package of the images, as far as this needs it.
mkdir -p www/debian/pool/main/d
make_deb debian-installer-13-netboot-amd64 www/debian/pool/main/d/di_1.0_all.deb
archive
mirror_up || { ok 1 "the test's mirror starts"; finish; }
url=http://127.0.0.1:$port/debian
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
if [ -r $KEYRING ]; then
	fails 1 'cannot fetch the lists' kit
	is "$(left)" "" "an archive of another key: nothing is left"
fi
KEYRING=$T/keyring.gpg
fails 1 'debian-installer-13-netboot-amd64: has no linux and initrd.gz' kit
is "$(left)" "" "images without a kernel: nothing is left"

# The same size, other bytes: the list is signed, so its hash counts.
printf 'xxxx' | dd of=www/debian/pool/main/d/di_1.0_all.deb bs=1 seek=20000 conv=notrunc status=none
fails 1 'Hash Sum mismatch|hash' kit
fails 1 'debian-installer-13-netboot-amd64: cannot fetch it' kit
rm www/debian/pool/main/d/di_1.0_all.deb
fails 1 'debian-installer-13-netboot-amd64: cannot fetch it' kit
is "$(left)" "" "a package that is damaged, or not there: nothing is left"

# A kit of before: as it was, or not at all.
of=$(bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/apt.sh"; archive_name trixie amd64 "$1" ""' - "$url")
mkdir cache/kit/trixie-amd64-0 && ln -s trixie-amd64-0 "cache/kit/$of"
echo kernel > "cache/kit/$of/linux"
(cd "cache/kit/$of" && sha256sum linux | sed 's/^/sha256 /' > manifest)
is "$(kit)" "$T/cache/kit/trixie-amd64-0" "a whole kit is used, without the mirror"
cp -r www/debian www/other
fails 1 'debian-installer-13-netboot-amd64: cannot fetch it from .*/other' kit "http://127.0.0.1:$port/other"
touch -d '60 days ago' cache/kit/trixie-amd64-0
is "$(kit)" "$T/cache/kit/trixie-amd64-0" "for its own mirror alone"
is "$(find cache/kit/trixie-amd64-0 -maxdepth 0 -mtime -1)" cache/kit/trixie-amd64-0 "and is marked as used"
echo kernal > "cache/kit/$of/linux"
fails 1 'trixie-amd64-0: damaged: fetching it anew' kit
rm -r cache/kit/*

if [ "$(id -u)" = 0 ] && mkdir full && mount -t tmpfs -o size=64k tmpfs full 2> /dev/null; then
	at_end 'umount "$T/full"'
	SEEDBED_CACHE=$T/full
	make_deb debian-installer-13-netboot-amd64 www/debian/pool/main/d/di_1.0_all.deb
	archive
	head -c 60000 /dev/zero > full/else
	fails 1 'No space left|not enough' kit
	is "$(find full/kit -mindepth 1 ! -name '.lock*')" "" "a full disk: nothing is left"
else
	skip "a full disk" "nothing can be mounted here"
fi
finish
