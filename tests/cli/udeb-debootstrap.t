#!/bin/bash
# SPDX-License-Identifier: MIT
# debootstrap's functions that are replaced inside the installer: the same result.
. "${0%/*}/../lib.sh"
need dpkg-deb tar awk sha256sum

. "$SRC/tests/kit.sh"

udeb_of debootstrap-udeb udeb || skip_all "no kit, whose debootstrap this is about"
cp udeb/usr/share/debootstrap/functions theirs
patched=$("$SRC/mk/installers/di/patches.sh" "$SEEDBED_KIT" "$T/patches" | sed -n 's|^/usr/share/debootstrap/functions\t0644\t||p')
sed "s|/usr/lib/seedbed/debootstrap|$SRC/udeb&|" "$patched" > ours
fails 1 '' cmp -s theirs ours

for p in base-files libc6 mawk; do
	mkdir -p "$p/DEBIAN" "$p/usr/share/$p"
	printf 'Package: %s\nVersion: 1:2\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' $p > $p/DEBIAN/control
	head -c 100k /dev/urandom > "$p/usr/share/$p/data"
	chmod 640 "$p/usr/share/$p/data"
	dpkg-deb -b $p "${p}_1%3a2_all.deb" > /dev/null
done

# with WHICH COMMAND...: in a shell with those functions
with() {
	local which=$1
	shift
	mkdir -p "target-$which/debootstrap" "target-$which/var/cache"
	cp ./*.deb "target-$which/var/cache"
	for p in base-files libc6 mawk; do
		echo "$p /var/cache/${p}_1%3a2_all.deb"
	done > "target-$which/debootstrap/debpaths"
	sh -c 'set -e
		TARGET=$PWD/target-$1 SHA_SIZE=256 DEBOOTSTRAP_CHECKSUM_FIELD=SHA256 VERBOSE= USE_DEBIANINSTALLER_INTERACTION=
		exec 3> /dev/null 4> info
		. ./"$1"
		in_path() { command -v "$1" > /dev/null; }
		just_get() { echo "fetched $1"; cp good.deb "$2"; }
		choose_extractor
		EXTRACT_DEB_TAR_OPTIONS=-k
		shift
		eval "$*"' sh "$which" "$*"
}
for what in 'debfor mawk libc6' 'debfor mawk' 'debfor none' 'debfor mawk-x base'; do
	is "$(with ours "$what")" "$(with theirs "$what")" "$what"
done
is "$(with ours 'debfor mawk libc6' | wc -l)" 2 "and that is something"

cp mawk_1%3a2_all.deb good.deb
sum=$(sha256sum < good.deb | cut -d' ' -f1) size=$(stat -c %s good.deb)
cat > fetch <<END
get http://m/pool/mawk.deb \$TARGET/var/cache/mawk_1%3a2_all.deb $sum $size; cmp \$TARGET/var/cache/mawk_1%3a2_all.deb good.deb
END
is "$(with ours . ./fetch)" "" "an archive that is there is not fetched"
is "$(sed s,%3a,:, info)" "$(with theirs . ./fetch; cat info)" "and is called the same"
for which in ours theirs; do
	like "$(with $which 'echo bad >> $TARGET/var/cache/mawk_1%3a2_all.deb;' . ./fetch)" '^fetched http://m/pool/mawk.deb$' \
		"$which: a damaged one is"
	like "$(with $which 'rm $TARGET/var/cache/mawk_1%3a2_all.deb;' . ./fetch)" '^fetched' "$which: and one that is not there"
done

# --- the mirror is away: for a moment, for good ---
printf '#!/bin/sh\necho "$*" >> %s/words\n' "$T" > word
chmod +x word
sed "s|/usr/lib/seedbed/word|$T/word|" "$SRC/udeb/usr/lib/seedbed/debootstrap" > mirror
sed -i "s|^\. .*/usr/lib/seedbed/debootstrap|. $T/mirror|" ours
: > words
cat > away <<END
slept=0
sleep() { slept=\$((slept + 1)); }
away=\$1
just_get() { [ \$slept -ge \$away ] && cp good.deb "\$2"; }
logger() { echo "\$*" >> log; }
got=0
rm -f \$TARGET/var/cache/mawk_1%3a2_all.deb
get http://m/pool/mawk.deb \$TARGET/var/cache/mawk_1%3a2_all.deb $sum $size || got=\$?
echo \$got \$slept
END
is "$(with ours 'set -- 3; . ./away')" "0 3" "away for three tries: fetched at the fourth"
is "$(cat words)" "" "without a word"
is "$(sort -u log)" "-t debootstrap http://m/pool/mawk.deb: not fetched: once more in 10 s" "but in the log"
is "$(with ours 'set -- 100; . ./away')" "1 6" "away for good: given up"
is "$(cat words)" "failed not-fetched http://m/pool/mawk.deb the mirror does not have it, or does not answer" "which ends the build, by name"
is "$(with ours 'slept=0; sleep() { slept=1; }; just_get() { return 1; }
	get http://m/dists/x/Packages.gz $TARGET/list 1 2 xz 3 4 gz || echo $slept')" 0 "what a mirror may lack is not waited for"

printf '#!/bin/sh\necho "$*" > %s/asked\n' "$T" > wget
chmod +x wget
with ours "PATH=$T:\$PATH; wgetprogress -O x http://m/x"
is "$(cat asked)" "-t 3 -T 90 -U debootstrap/ -nv -O x http://m/x" "a transfer that breaks off is not begun again for minutes"

for which in ours theirs; do
	runs "$which: unpacked" with $which 'extract base-files libc6 mawk'
	(cd target-$which && find usr -printf '%p %m %s\n' -type f -exec sha256sum {} + | sort) > list.$which
done
is "$(cat list.ours)" "$(cat list.theirs)" "the same files"
is "$(wc -l < list.ours)" 11 "all of them"
for broken in base-files libc6 mawk; do
	fails 1 '' with ours "head -c 2000 good.deb > \$TARGET/var/cache/${broken}_1%3a2_all.deb; extract base-files libc6 mawk"
done
finish
