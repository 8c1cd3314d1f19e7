#!/bin/bash
# SPDX-License-Identifier: MIT
# make outdated: what was built, against a signed archive that goes on: the release, its
# updates, its security archive, a repository of the recipe's own; recipe, fragments,
# settings, kit. make appliances REBUILD= makes those.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need make jq curl
own_tree
archive_ready
gpg -q --export --armor > recipes/own.asc
unset http_proxy
umask 022

# --- an archive, and what was installed from it ---
list() { # list SUITE PACKAGE VERSION...
	local d=www/debian/dists/$1/main/binary-amd64
	mkdir -p "$d"
	if [ "$1" = trixie ]; then
		mkdir -p "www/debian/dists/trixie/main/debian-installer/binary-amd64"
		: > www/debian/dists/trixie/main/debian-installer/binary-amd64/Packages
	fi
	shift
	while [ $# -gt 0 ]; do
		printf 'Package: %s\nVersion: %s\nArchitecture: amd64\nPriority: optional\nFilename: pool/%s.deb\nSize: 1\nSHA256: %064d\nDescription: x\n\n' "$1" "$2" "$1" 0
		shift 2
	done > "$d/Packages"
}
base='openssh-server 1 linux-image-amd64 1 linux-image-cloud-amd64 1'
# shellcheck disable=SC2086 # words
list trixie $base tzdata 2025b-4 nginx 1.26.3-3
list trixie-updates tzdata 2025b-4
list trixie-security nginx 1.26.3-3
list own tool 1.0
ln -s debian www/debian-security
all() { for s in trixie trixie-updates trixie-security own; do release $s; done; }
all
mirror_up || { ok 1 "the test's mirror starts"; finish; }
# which is all hosts', as a proxy
export http_proxy=http://127.0.0.1:$port
rm recipes/*.recipe
echo 'security security.example.org' > recipes/base.recipe
printf '%s\n' 'like base' 'package tool' 'file note /etc/note' 'repository http://apt.example.org/debian own main key=own.asc' > recipes/web.recipe
printf 'like base\n' > recipes/db.recipe
echo hello > recipes/note
ssh=$SRC/tests/data/preseed/key.pub
mk() { make --no-print-directory SETUP=no SEEDBED_CACHE="$T/cache" KEYRING="$T/keyring.gpg" KEY="$ssh" MIRROR=http://deb.example.org/debian \
	SOURCES='security.example.org apt.example.org' "$@"; }
mk build/web/preseed.cfg build/db/preseed.cfg build/seedbed.udeb > out 2>&1
status=$?
[ $status -eq 0 ] || show < out
is "$status" 0 "the recipes are compiled"
like "$(cat build/web/inputs)" "^recipe $(sha256sum < recipes/note | cut -d' ' -f1) note$" "what they were compiled of is written down: a file"
is "$(cut -d' ' -f1,3- build/web/inputs | grep '^recipe')" "recipe base.recipe
recipe note
recipe own.asc
recipe web.recipe" "and the other files"
like "$(cat build/web/inputs)" '^setting - PROXY$' "and what was not said"
# as manifest.sh writes it
mkdir -p cache/kit/trixie-amd64-0123456789abcdef
link=$(basename cache/apt/trixie-amd64-*) # as apt's lists of that mirror
ln -s trixie-amd64-0123456789abcdef "cache/kit/$link"
built() { # built NAME PACKAGE VERSION...
	local b=build/$1
	echo "$T/cache/kit/trixie-amd64-0123456789abcdef" > "$b/kit"
	{
		printf 'name=%s\narchitecture=amd64\n' "$1"
		{ cat "$b/inputs"; SEEDBED_BUILD=$T/build SEEDBED_CACHE=$T/cache mk/inputs.sh --installer "$1"; } | sed 's/^/input=/'
		sed 's/^/answers=/' "$b/answers"
		shift
		while [ $# -gt 0 ]; do
			echo "package=$1 amd64 $2"
			shift 2
		done
	} > "$b/manifest"
}
# shellcheck disable=SC2086
built web $base tzdata 2025b-4 nginx 1.26.3-3 tool 1.0
# shellcheck disable=SC2086
built db $base tzdata 2025b-4
outdated() { mk -s outdated > out 2> err; status=$?; }
outdated
is "$status:$(cat out)" 0: "nothing is out of date"
is "$(jq -c '[.appliances, .outdated, .unknown]' build/outdated.json)" '[2,0,0]' "of two appliances, whose packages all have been found"

# --- the archive goes on ---
list trixie-security nginx 1.26.3-3+deb13u1
list trixie-updates tzdata 2026a-1
list own tool 1.1
all
outdated
is "$status:$(cat out)" 0: "the lists of the last hour serve"
find cache/apt -name fresh -exec touch -d '2 hours ago' {} +
outdated
is "$(cat out)" "web nginx 1.26.3-3 1.26.3-3+deb13u1 trixie-security
db tzdata 2025b-4 2026a-1 trixie-updates
web tool 1.0 1.1 apt.example.org/own
web tzdata 2025b-4 2026a-1 trixie-updates" "then security first, updates, a repository of the recipe's own"
like "$(grep Error err)" 'outdated\] Error 4$' "status 4, which make tells"
is "$status" 2 "and has one of its own"
is "$(jq -r '.security' build/outdated.json)" 1 "one lacks a security update"
mk -s outdated-db > out 2> err
is "$(cat out)" "db tzdata 2025b-4 2026a-1 trixie-updates" "make outdated-NAME: one of them"
like "$(grep Error err)" 'Error 3$' "status 3: without security"

# --- those and no others are built ---
plan() { mk -n "$@" 2>&1 | grep -o 'mk/[a-z]*\.sh [a-z]*$' | paste -sd ' '; }
like "$(plan appliances)" 'route.sh (db|web).*route.sh (db|web)' "make appliances would build all that there is no disk of"
for name in web db; do
	touch "build/$name/route"
	touch "build/$name/disk.qcow2" "build/$name/$name.qcow2"
	touch "build/$name/manifest"
done
is "$(plan appliance-web appliance-db)" "" "then there is a disk of each: they are up to date"
# what runs a guest says what it would be for
for s in route disk verify manifest share; do printf '#!/bin/sh\necho "%s $1" >> %s/ran\n' $s "$T" > mk/$s.sh; done
echo 'touch "$SEEDBED_BUILD/$1/disk.qcow2"' >> mk/disk.sh
echo 'touch "$SEEDBED_BUILD/$1/route"' >> mk/route.sh
mk appliances REBUILD=security > out 2>&1
is "$?:$(paste -sd ' ' ran)" "0:route web disk web verify web manifest web share build/web" "REBUILD=security: that one, from its way on"
rm -f ran
mk appliances REBUILD=any > out 2>&1
is "$(grep -c '^disk' ran)" 2 "REBUILD=any: both"
fails 2 'REBUILD|neither any nor security' mk appliances REBUILD=else
rm -f ran

# --- recipe, fragment, setting, kit ---
# shellcheck disable=SC2086
built web $base tzdata 2026a-1 nginx 1.26.3-3+deb13u1 tool 1.1
# shellcheck disable=SC2086
built db $base tzdata 2026a-1
outdated
is "$status:$(cat out)" 0: "built anew, nothing is out of date"
mk appliances REBUILD=any > out 2>&1
is "$?:$(cat ran 2> /dev/null)" 0: "nor is there anything to build"
cp -a recipes/web.recipe saved
echo '# a comment' >> recipes/web.recipe
outdated
is "$(cat out)" "web - - - recipe:web.recipe" "a recipe is another one"
mk build/web/preseed.cfg > out 2>&1
outdated
is "$status:$(cat out)" 0: "that was a comment, which shows when it has been compiled"
echo 'package nginx' >> recipes/web.recipe
mk build/web/preseed.cfg > out 2>&1
outdated
is "$(cat out)" "web - - - recipe:web.recipe" "another package is no comment"
cp saved recipes/web.recipe
mk build/web/preseed.cfg > out 2>&1
echo 'd-i x/y string z' > preseed.d/95-own.preseed
outdated
is "$(cat out)" "db - - - fragment:95-own.preseed
web - - - fragment:95-own.preseed" "a fragment is new"
rm preseed.d/95-own.preseed
mk -s outdated NETWORK=open > out 2> err
is "$(cat out)" "db - - - setting:NETWORK
web - - - setting:NETWORK" "the operator says something else"
mkdir cache/kit/trixie-amd64-fedcba9876543210
ln -sfn trixie-amd64-fedcba9876543210 "cache/kit/$link"
outdated
is "$(cat out)" "db - - - kit:$link
web - - - kit:$link" "the kit is another one"
ln -sfn trixie-amd64-0123456789abcdef "cache/kit/$link"

# --- what is not signed, or not allowed, is not believed ---
find cache/apt -name fresh -delete
rm -rf cache/apt/own-*
sed -i 's/^ [0-9a-f]\{8\}/ 00000000/' www/debian/dists/own/InRelease
outdated
like "$(cat err)" 'web: repository http://apt.example.org/debian: no lists: what came from there cannot be judged' "lists that do not verify are no lists"
like "$(grep Error err)" 'Error 1$' "status 1"
is "$(cat out)" "" "the rest is judged all the same"
all
sed -i "s/ 1.1/ 1.2/" www/debian/dists/own/main/binary-amd64/Packages
outdated
like "$(cat err)" 'no lists' "nor is a list that is another than was signed"
make --no-print-directory -s SETUP=no SEEDBED_CACHE="$T/cache" KEYRING="$T/keyring.gpg" KEY="$ssh" MIRROR=http://deb.example.org/debian outdated > out 2> err
like "$(cat err)" 'apt.example.org: is the operator.s to allow: SOURCES=apt.example.org' "a repository that the operator does not allow is not asked"
kill $mirror
wait $mirror 2> /dev/null
finish
