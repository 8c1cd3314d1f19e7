#!/bin/bash
# SPDX-License-Identifier: MIT
# Before a recipe has been judged nothing is fetched for it; what is fetched then has the
# operator's limits, and so has what is kept of it.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need make dpkg-deb
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
archive_ready
mkdir -p recipes build www/debian/pool/main/s
for p in openssh-server linux-image-cloud-amd64 linux-image-amd64 grub-common other; do
	fields='Priority: optional'
	make_deb $p "www/debian/pool/main/s/${p}_1.0+b1_all.deb" "$fields"
done
# what asks has a question of its own
questions() { # questions PACKAGE QUESTION
	mkdir -p tree/DEBIAN
	printf 'Package: %s\nVersion: 1.0+b1\nArchitecture: all\nMaintainer: x <x@example.org>\nPriority: optional\nDescription: x\n' "$1" > tree/DEBIAN/control
	printf 'Template: %s\nType: boolean\nDefault: false\nDescription: Really?\n' "$2" > tree/DEBIAN/templates
	mkdir -p tree/usr/share/x && head -c 40000 /dev/urandom > tree/usr/share/x/data
	dpkg-deb --root-owner-group --build tree "www/debian/pool/main/s/${1}_1.0+b1_all.deb" > /dev/null
	rm -r tree
}
questions asks asks/really
questions asks2 asks2/really
questions popularity-contest popularity-contest/participate
# and the installer has all that a recipe of nothing answers
cp "$SRC/tests/data/preseed/key.pub" key.pub
: > empty.recipe
preseed --key key.pub --set 'proxy=http://10.0.2.253:3142' --set 'security=none' empty.recipe > empty.cfg
mkdir -p tree/DEBIAN www/debian/pool/main/u
printf 'Package: installer\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nSection: debian-installer\nDescription: x\n' > tree/DEBIAN/control
awk '$1 == "d-i" { q = $2; t = $3; sub(/^[^ ]* [^ ]* [^ ]* ?/, "")
	print "Template: " q "\nType: " t (t ~ /select/ ? "\nChoices: " $0 : "") "\nDescription: x\n" }' empty.cfg > tree/DEBIAN/templates
printf '#!/bin/sh\n. /usr/share/debconf/confmodule\n' > tree/DEBIAN/postinst
chmod 755 tree/DEBIAN/postinst
udeb=pool/main/u/installer_1_all.udeb
dpkg-deb --root-owner-group -Zgzip --build tree www/debian/$udeb > /dev/null
archive
{
	cat tree/DEBIAN/control
	printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' $udeb "$(stat -c %s www/debian/$udeb)" "$(sha256sum www/debian/$udeb | cut -d' ' -f1)"
} > www/debian/dists/trixie/main/debian-installer/binary-amd64/Packages
release trixie
rm -r tree
mirror_up || { ok 1 "the test's mirror starts"; finish; }
export SEEDBED_CACHE=$T/cache SEEDBED_BUILD=$T/build SEEDBED_RECIPES=$T/recipes SEEDBED_BIN=$SRC/build/bin \
	KEY=$T/key.pub KEYRING=$T/keyring.gpg MIRROR=http://127.0.0.1:$port/debian
unset http_proxy MAKEFLAGS MFLAGS MAKELEVEL
compile() { (cd "$T" && "$SRC/mk/compile.sh" "$@"); }
recipe() { printf '%s\n' 'security none' "$@" > recipes/x.recipe; }

# --- wrong by itself: nothing is asked for at all ---
recipe 'answer asks asks/really boolean true' 'memory much'
fails 1 'recipes/x.recipe:3: memory: ' compile x
is "$(cat asked 2> /dev/null)" "" "a recipe that is wrong by itself: no request is made"
recipe 'answer asks asks/really boolean true'
fails 1 'x.recipe:2: .*disk|disk.*: the operator allows' env MAX_DISK=1G "$SRC/mk/compile.sh" x
is "$(cat asked 2> /dev/null)" "" "nor for one that wants more than it may"
fails 1 'MAX_DOWNLOAD=much: is no size' env MAX_DOWNLOAD=much "$SRC/mk/compile.sh" x
is "$(cat asked 2> /dev/null)" "" "nor by an operator who mistypes"
MIRROR='' recipe "mirror http://127.0.0.1:$port/debian"
fails 1 'x.recipe:2: mirror: 127.0.0.1:[0-9]+: is the operator.s to allow' env MIRROR= "$SRC/mk/compile.sh" x
is "$(cat asked 2> /dev/null)" "" "nor of a host that is not the recipe's to name"

recipe 'network static 2001:db8::5/64'
fails 1 'x.recipe: network: 2001:db8::5/64: a build has an IPv4 network only' compile x

# --- wrong by the release: the release's own lists, and nothing that the recipe names ---
recipe 'package no-such-package' 'answer asks asks/really boolean true'
fails 1 'no-such-package' compile x
is "$(asked 'asks_')" 0 "a package that there is none of: none that it names is fetched"
recipe 'answer asks asks/really boolean true' 'answer d-i netcfg/get_hostnam string x'
fails 1 'x.recipe:3: .*get_hostnam' compile x
is "$(asked 'asks_')" 0 "an answer that nobody reads: no package of the recipe's is fetched"
is "$(find cache -name 'asks*')" "" "and none is in the release's own list"

# --- right ---
recipe 'answer asks asks/really boolean true'
runs "a right one" compile x
is "$(asked 'asks_1')" 1 "its package's questions are fetched once"
is "$(ls build/x | grep -c 'templates.index')" 0 "for it alone"
recipe 'answer asks asks/reall boolean true'
fails 1 'x.recipe:2: .*asks/really' compile x
is "$(asked 'asks_1')" 1 "and not again for the next"

# --- limits ---
recipe 'answer asks2 asks2/really boolean true'
MAX_DOWNLOAD=1K compile x > out 2>&1
like "$(cat out)" 'asks2: [0-9]+ bytes to fetch for their questions: the operator allows MAX_DOWNLOAD=1K' "questions have MAX_DOWNLOAD"
is "$(asked 'asks2_')" 0 "before they are fetched"
runs "with room" compile x
ls cache/templates/*/ > have
is "$(grep -c '^asks' have)" 2 "what was fetched stays for the next"
touch -d '2 days ago' cache/templates/*/asks_*
rm cache/templates/*/asks2_*
CACHE_SIZE=50K runs "with little room" env CACHE_SIZE=50K "$SRC/mk/compile.sh" x
is "$(cd cache/templates/*/ && ls | grep -c '^asks2_')$(cd cache/templates/*/ && ls | grep -c '^asks_')" 10 \
	"the store has CACHE_SIZE: what was wanted longest ago goes"

# --- another mirror decides for its own builds alone ---
mkdir -p www/other && cp -r www/debian www/other/
is "$(ls -d cache/templates/trixie-amd64-*/index | wc -l)" 1 "the questions of one mirror"
recipe 'answer d-i netcfg/get_hostname string x'
runs "by another mirror" env MIRROR="http://127.0.0.1:$port/other/debian" "$SRC/mk/compile.sh" x
is "$(ls -d cache/templates/trixie-amd64-*/index | wc -l)" 2 "has questions of its own"
is "$(asked '/other/debian/pool/main/u/installer_1_all.udeb')" 1 "from there"
runs "the first one again" compile x
is "$(grep -c '^GET /debian/pool/main/u/installer_1_all.udeb' asked)" 1 "which were not fetched anew"
for way in /other/./debian //other//debian /other/debian/. /%6fther/debian/; do
	MIRROR='' recipe "mirror http://127.0.0.1:$port$way"
	runs "$way" env MIRROR= SOURCES="127.0.0.1:$port" "$SRC/mk/compile.sh" x
done
is "$(ls cache/apt | wc -l)" 2 "the same folder in other letters is no other mirror"
fails 1 'x.recipe:2: mirror: .*\.\.' env MIRROR= SOURCES="127.0.0.1:$port" sh -c \
	"printf 'security none\nmirror http://127.0.0.1:$port/other/../debian\n' > recipes/x.recipe; exec '$SRC/mk/compile.sh' x"
rm -r cache/apt/*/ cache/templates/*/
recipe 'answer asks2 asks2/really boolean true'
runs "the first one alone" compile x

# the name of a recipe's file is no goal of make's
echo x > recipes/clean
recipe 'file clean /etc/clean'
runs "a file that is called as a goal is" bash -c 'cd "$1" && "$2/mk/compile.sh" x' - "$T/recipes" "$SRC"
is "$(grep -c '^clean\|: clean$' build/x/inputs.mk):$(grep -c ': /.*/clean$' build/x/inputs.mk)" 0:1 "is told to make by where it is"

# the packages themselves
recipe 'package other'
runs "a recipe with a package" compile x
MAX_DOWNLOAD=1K fails 1 'x: its packages are [0-9]+ bytes: the operator allows MAX_DOWNLOAD=1K' \
	env MAX_DOWNLOAD=1K "$SRC/mk/installers/di/prefetch.sh" x
is "$(asked 'other_')" 0 "which is nothing to begin with"
runs "with room" "$SRC/mk/installers/di/prefetch.sh" x
is "$(asked 'other_')" 1 "they are fetched"
archives=$(echo cache/apt/*/archives)
cp "$archives"/other_*.deb "$archives/older_1_all.deb"
touch -d '2 days ago' "$archives/older_1_all.deb"
runs "with little room" env CACHE_SIZE=50K "$SRC/mk/installers/di/prefetch.sh" x
is "$(ls "$archives" | grep -c '^older')$(ls "$archives" | grep -c '^other')" 01 "the archive of packages has CACHE_SIZE, too"
finish
