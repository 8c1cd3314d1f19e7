#!/bin/bash
# SPDX-License-Identifier: MIT
# What is kept, when it is asked for anew, what serves without the source, what is
# damaged, what goes for want of room.
. "${0%/*}/../lib.sh"
. "$SRC/tests/pkgcache.sh"

upstream_up || { ok 1 "an upstream server"; finish; }
host=127.0.0.1:$port url=http://$host/debian
s=debian/pool/main/s list=debian/dists/trixie/InRelease
bytes 30000 www/$s/sample_1_all.deb
echo release > www/$list
kept() { grep -rlF "url=priv${url#http}/$1" store; } # the file of it, named as private

cache_up a --private-host "$host" || { ok 1 "a cache"; finish; }

# --- kept ---
is "$(gets a.sock "$url/pool/main/s/sample_1_all.deb")" "200 MISS 30000" "a package is fetched"
is "$(gets a.sock "$url/pool/main/s/sample_1_all.deb")" "200 HIT 30000" "and kept"
is "$(asked sample)" 1 "it is not asked for again"
is "$(gets a.sock "$url/dists/trixie/InRelease")" "200 MISS 8" "a list is fetched"
is "$(gets a.sock "$url/dists/trixie/InRelease")" "200 REVALIDATED 8" "and asked for anew"
is "$(asked InRelease)" 2 "each time"
echo changed > www/$list
is "$(get a.sock "$url/dists/trixie/InRelease")" changed "a changed one is fetched"
: > www/debian/dists/trixie/Release
is "$(gets a.sock "$url/dists/trixie/Release")" "200 MISS 0" "an empty file"
is "$(gets a.sock "$url/dists/trixie/Release")" "200 REVALIDATED 0" "is kept, too"
mkdir -p www/flat
echo one > www/flat/x_1_all.deb
get a.sock "http://$host/flat/x_1_all.deb" -o out
echo other > www/flat/x_1_all.deb
is "$(get a.sock "http://$host/flat/x_1_all.deb")" other "a package outside of a pool is asked for anew"
sha=$(sha256sum www/$list | cut -d' ' -f1)
mkdir -p www/debian/dists/trixie/by-hash/SHA256
cp www/$list "www/debian/dists/trixie/by-hash/SHA256/$sha"
get a.sock "$url/dists/trixie/by-hash/SHA256/$sha" -o out
is "$(gets a.sock "$url/dists/trixie/by-hash/SHA256/$sha")" "200 HIT 8" "what is named by its hash is kept"
for algo in MD5Sum:md5sum SHA1:sha1sum SHA512:sha512sum; do
	h=$(${algo#*:} www/$list | cut -d' ' -f1)
	mkdir -p "www/debian/dists/trixie/by-hash/${algo%:*}"
	cp www/$list "www/debian/dists/trixie/by-hash/${algo%:*}/$h"
	get a.sock "$url/dists/trixie/by-hash/${algo%:*}/$h" -o out
	is "$(gets a.sock "$url/dists/trixie/by-hash/${algo%:*}/$h")" "200 HIT 8" "by ${algo%:*}"
done
no=$(printf '%064d' 7)
cp www/$list "www/debian/dists/trixie/by-hash/SHA256/$no"
is "$(gets a.sock "$url/dists/trixie/by-hash/SHA256/$no")" "200 MISS 8" "what has another hash than its name is passed on"
is "$(gets a.sock "$url/dists/trixie/by-hash/SHA256/$no")" "200 MISS 8" "and not kept"
is "$(find store -type d ! -perm 700 -o -type f ! -perm 600)" "" "all of it is its user's alone"
is "$(find store/part -type f)" "" "no part is left"

# --- what a source does not have, and what breaks off ---
is "$(gets a.sock "$url/pool/main/s/none_1_all.deb")" "404  0" "what there is not"
echo x > www/$s/none_1_all.deb
is "$(gets a.sock "$url/pool/main/s/none_1_all.deb")" "200 MISS 2" "is asked for again"
bytes 90000 www/$s/torn_1_all.deb
echo 50000 > ctl/cut
got=0
get a.sock "$url/pool/main/s/torn_1_all.deb" -o out 2> /dev/null || got=$?
# it may have broken off before there was an answer (22, a 502) or within it (18)
like "$got" '^(18|22)$' "what breaks off is no whole file"
is "$(kept pool/main/s/torn)$(find store/part -type f)" "" "a part of a file is not kept"
rm ctl/cut
get a.sock "$url/pool/main/s/torn_1_all.deb" -o out
cmp -s out www/$s/torn_1_all.deb
ok $? "and fetched anew"
bytes 20000 www/$s/bare_1_all.deb
touch ctl/bare
get a.sock "$url/pool/main/s/bare_1_all.deb" -o out
cmp -s out www/$s/bare_1_all.deb
ok $? "a file of unknown length"
is "$(kept pool/main/s/bare)" "" "could have been longer: it is not kept"
rm ctl/bare
cache_down
is "$(field a missing)" "$url/pool/main/s/none_1_all.deb" "what was missing is recorded"
is "$(field a mismatch)" "$url/dists/trixie/by-hash/SHA256/$no" "and what was not what its name says"
is "$(field a hits) $(field a outcome)" "7 ended" "hits"

# --- without the source ---
bytes 4000 www/$s/later_1_all.deb
echo 503 > ctl/status
cache_up b --private-host "$host"
is "$(gets b.sock "$url/dists/trixie/InRelease")" "200 STALE 8" "a source in trouble: what is kept serves"
is "$(gets b.sock -I "$url/dists/trixie/InRelease")" "200 STALE 0" "HEAD says so as well"
is "$(gets b.sock "$url/pool/main/s/later_1_all.deb")" "502  0" "what is not kept cannot"
rm ctl/status
echo 404 > ctl/status
is "$(gets b.sock "$url/dists/trixie/InRelease")" "404  0" "a source that says that it is gone has answered"
rm ctl/status
upstream_down
is "$(gets b.sock "$url/dists/trixie/InRelease")" "200 STALE 8" "a source that is away"
is "$(gets b.sock "$url/pool/main/s/sample_1_all.deb")" "200 HIT 30000" "packages"
is "$(gets b.sock "$url/pool/main/s/later_1_all.deb")" "502  0" "what is not kept"
upstream_up "$port"
is "$(gets b.sock "$url/pool/main/s/later_1_all.deb")" "200 MISS 4000" "it is back: it is asked again, at once"
cache_down
is "$(field b stale)" "$url/dists/trixie/InRelease" "what was stale is recorded"
like "$(field b unreachable)" "^$url/dists/trixie/InRelease it answers 503" "and why"
like "$(field b unreachable)" "^$url/pool/main/s/later_1_all.deb [A-Z]" "and what could not be had"
cache_up c --private-host "$host" --silence 1
touch ctl/silent
is "$(gets c.sock "$url/dists/trixie/InRelease")" "200 STALE 8" "a source that is silent"
rm ctl/silent
bytes 60000 www/$s/slow_1_all.deb
echo 0.4 > ctl/slow
is "$(gets c.sock "$url/pool/main/s/slow_1_all.deb")" "200 MISS 60000" "a slow one is not"
rm ctl/slow
cache_down

# --- damaged ---
damage() { printf X | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
sample=$(kept pool/main/s/sample)
cache_up d --private-host "$host"
for at in 0 30 70 4096 20000 34095; do
	is "$(gets d.sock "$url/pool/main/s/sample_1_all.deb")" "200 HIT 30000" "(kept)"
	damage "$sample" $at
	get d.sock "$url/pool/main/s/sample_1_all.deb" -o out
	cmp -s out www/$s/sample_1_all.deb
	ok $? "damaged at $at: fetched anew"
done
truncate -s -1 "$sample"
get d.sock "$url/pool/main/s/sample_1_all.deb" -o out && cmp -s out www/$s/sample_1_all.deb
ok $? "a byte short"
: > "$sample"
get d.sock "$url/pool/main/s/sample_1_all.deb" -o out && cmp -s out www/$s/sample_1_all.deb
ok $? "empty"
cp "$(kept pool/main/s/later)" "$sample"
get d.sock "$url/pool/main/s/sample_1_all.deb" -o out && cmp -s out www/$s/sample_1_all.deb
ok $? "another file in its place"
rm "$sample" && ln -s /etc/passwd "$sample"
get d.sock "$url/pool/main/s/sample_1_all.deb" -o out && cmp -s out www/$s/sample_1_all.deb
ok $? "a link in its place"
cache_down
is "$(field d damaged)" "$url/pool/main/s/sample_1_all.deb" "what was damaged is recorded"

# --- what packages are to be ---
sums() { # sums SHA256: a list as apt has it
	printf 'Package: sample\nFilename: pool/main/s/sample_1_all.deb\nSize: 30000\nSHA256: %s\n\nPackage: other\nFilename: ./pool/main/s/other_1%%3a2_all.deb\nSHA256: %s\n' "$1" "$1"
}
right=$(sha256sum www/$s/sample_1_all.deb | cut -d' ' -f1)
wrong=$(printf '%064d' 1)
sums "$right" > right_Packages
sums "$wrong" > wrong_Packages
sums "$wrong" > "127.0.0.1:${port}_debian_dists_trixie_main_binary-amd64_Packages"
sums "$wrong" > "example.org_debian_dists_trixie_main_binary-amd64_Packages"
gets_with() { cache e --private-host "$host" "$@" -- bash -c 'gets e.sock '"$url/pool/main/s/sample_1_all.deb"; }
is "$(gets_with --sums right_Packages)" "200 HIT 30000" "a package that is what a list says"
is "$(gets_with --sums "example.org_debian_dists_trixie_main_binary-amd64_Packages")" "200 HIT 30000" "another archive's list says nothing of it"
is "$(gets_with --sums wrong_Packages)" "200 MISS 30000" "one that is not goes"
is "$(field e mismatch)" "$url/pool/main/s/sample_1_all.deb" "which is recorded"
is "$(kept pool/main/s/sample)" "" "what comes anew and is not either is passed on and not kept"
is "$(gets_with --sums right_Packages)" "200 MISS 30000" "the right one"
is "$(gets_with --sums right_Packages)" "200 HIT 30000" "is kept"
is "$(gets_with --sums wrong_Packages --sums right_Packages)" "200 HIT 30000" "one of two lists has it"
is "$(gets_with --sums "127.0.0.1:${port}_debian_dists_trixie_main_binary-amd64_Packages")" "200 MISS 30000" "the archive's own list"
echo 'no list' > none_Packages
fails 125 'none_Packages' cache e --private-host "$host" --sums none_Packages -- true
fails 125 'away_Packages' cache e --private-host "$host" --sums away_Packages -- true

# --- room ---
find store -type f -exec touch -d '30 days ago' {} +
for i in 1 2 3 4; do
	bytes 100000 www/$s/p${i}_1_all.deb
	cache e --private-host "$host" -- bash -c 'get e.sock '"$url/pool/main/s/p${i}_1_all.deb -o out"
	touch -d "$((10 - i)) days ago" "$(kept "pool/main/s/p$i")"
done
there() { for i in 1 2 3 4; do [ -z "$(kept "pool/main/s/p$i")" ] || printf %s $i; done; }
is "$(there)" 1234 "four packages"
cache e --private-host "$host" --size 10M -- true
is "$(there)" 1234 "there is room"
cache_up f --private-host "$host"
get f.sock "$url/pool/main/s/p1_1_all.deb" -o out # now it is the last one used
cache e --private-host "$host" --size 250K -- true
is "$(there)" 14 "the longest unused go"
cache_down
bytes 5000000 www/$s/large_1_all.deb
cache e --private-host "$host" -- bash -c 'get e.sock '"$url/pool/main/s/large_1_all.deb -o out"
cache_up f --private-host "$host"
sluggish f.sock "$url/pool/main/s/large_1_all.deb" slow.out
until_true 60 test -s slow.out
cache e --private-host "$host" --size 1K -- true
is "$(there)$(kept pool/main/s/large | wc -l)" 1 "what is being read stays, all else goes"
no_longer
cache_down
cache e --private-host "$host" --size 1K -- true
is "$(find store -type f ! -name lock)" "" "nothing is left of what nobody reads"
mkdir other && chmod 777 other
fails 125 'other: another user can write there' pkgcache --store other --socket x.sock --host x -- true
finish
