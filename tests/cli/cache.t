#!/bin/bash
# The package cache and apt's private root, against a small signed archive of this
# test's own: what is kept, what serves without the mirror, what is mended.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need nginx curl
[ "$(id -u)" != 0 ] || id seedbed > /dev/null 2>&1 || skip_all "there is no user seedbed"
chmod 755 "$T"

archive_ready
mkdir -p www/debian/pool/main/s
make_deb sample www/debian/pool/main/s/sample_1.0+b1_all.deb
make_deb choosy www/debian/pool/main/s/choosy_1.0+b1_all.deb $'Priority: optional\nDepends: first | second'
make_deb hostile www/debian/pool/main/s/hostile_1.0+b1_all.deb $'Priority: optional\nConflicts: first'
make_deb first www/debian/pool/main/s/first_1.0+b1_all.deb 'Priority: optional'
make_deb second www/debian/pool/main/s/second_1.0+b1_all.deb 'Priority: optional'
archive

mirror_up || { ok 1 "the test's mirror starts"; finish; }
url=http://127.0.0.1:$port/debian

export SEEDBED_CACHE=$T/cache HOME=$T
unset http_proxy PROXY MIRROR KEYRING
mkdir cache && chmod 755 cache
# Each use as a build's: a shell of its own, that holds the cache while it lives.
build() { # build COMMAND: in a shell that has the cache
	bash -c 'ME=test; . "$SRC/mk/common.sh"; ME=test; . "$SRC/mk/apt.sh"; . "$SRC/mk/cache.sh"; name=test
		get() { curl -s -f -m 30 --unix-socket "$CACHE_RUN/socket" "$@"; }
		cache_up "$1"; eval "$2"' - "$url" "$1"
}
deb=pool/main/s/sample_1.0%2bb1_all.deb
file=www/debian/pool/main/s/sample_1.0+b1_all.deb
cache_gone() { ! pgrep -f "nginx.*$cache_run" > /dev/null && [ ! -e "$cache_run" ]; }

# --- kept, and not fetched again ---
cache_run=$(build 'echo $CACHE_RUN')
until_true 60 cache_gone
ok $? "the cache goes with the last build"
runs "the first build fetches" build "get $url/$deb -o one"
is "$(asked sample)" 1 "from the mirror"
until_true 60 cache_gone
runs "the second build fetches" build "get $url/$deb -o two"
is "$(asked sample)" 1 "and nothing from the mirror that it had"
runs "both are the file" bash -c "cmp one $file && cmp two $file"
is "$(build "get $url/dists/trixie/InRelease" | sha256sum)" "$(sha256sum < www/debian/dists/trixie/InRelease)" \
	"what changes is fetched"
fails 22 '' build "get http://127.0.0.1:$port/debian/dists/absent"
is "$(build "curl -s -m 30 --unix-socket \$CACHE_RUN/socket -H 'Host: localhost' http://example.org/x")" \
	"no source of this build" "no other host is"

# --- two builds at once share one, which ends with the last ---
mkfifo hold
build 'echo up > first; read -r _ < hold' & first=$!
until_true 60 test -s first
build 'echo up > second; until [ -e go ]; do sleep 0.1; done; get '"$url/$deb"' -o shared' & second=$!
until_true 60 test -s second
is "$(pgrep -fc "nginx: master.*$cache_run")" 1 "two builds have one cache"
echo > hold
wait $first
touch go
wait $second
ok $? "which serves the other when one has ended"
until_true 60 cache_gone
ok $? "and ends with the last"

# --- apt's own root: the archive's key and nothing else ---
lists() { # lists [KEYRING]: the lists, anew
	rm -rf cache/apt
	KEYRING=${1-$T/keyring.gpg} bash -c '. "$SRC/mk/common.sh"; ME=test; . "$SRC/mk/apt.sh"
		private_apt trixie amd64 "$1" "" && apt-cache show sample | sed -n "s/^Version: //p"' - "$url"
}
is "$(lists 2> err)" "1.0+b1" "KEYRING=: the lists of an archive with another key"
show < err
fails 1 'cannot fetch the lists' lists ''
like "$(lists '' 2>&1)" 'NO_PUBKEY|not signed|public key' "without it: a signature nobody knows, and that is said"
printf '\n' >> www/debian/dists/trixie/main/binary-amd64/Packages
fails 1 'cannot fetch the lists' lists
like "$(lists 2>&1)" 'size|Hash Sum|sync' "a mirror half updated"
archive
sed -i 's/^Suite: trixie/Suite: Trixie/' www/debian/dists/trixie/InRelease
fails 1 'cannot fetch the lists' lists
like "$(lists 2>&1)" 'BADSIG|invalid|signature' "a Release that somebody changed"
printf '\033]0;owned\007<html>\n' > www/debian/dists/trixie/InRelease
out=$(lists 2>&1)
is "$(LC_ALL=C grep -c '[^[:print:]	]' <<< "$out")" 0 "what it sends never acts on the terminal"
archive

# --- damaged: found by the archive's hashes, and fetched anew ---
dir=$(lists > /dev/null 2>&1; ls -d "$T"/cache/apt/*/lists)
kept=$(grep -rl "^KEY: .*sample" cache/packages/files)
printf 'xxxx' | dd of="$kept" bs=1 seek=20000 conv=notrunc status=none
runs "what is damaged is served so" build "get $url/$deb -o bad; ! cmp -s bad $file"
like "$(build "cache_mend '$dir'" 2>&1)" 'sample_1.0%2bb1_all.deb, but damaged: removed' "it is found, and named"
is "$(ls "$kept" 2> /dev/null)" "" "and removed"
is "$(build "cache_mend '$dir'" 2>&1)" "" "and nothing else is"
runs "and fetched anew" build "get $url/$deb -o again; cmp again $file"
is "$(asked sample)" 2 "from the mirror"

# --- damaged, and of a source that only the recipe knows: by the list that it came with ---
mkdir -p www/other/dists/x/main www/other/pool
for f in www/other/pool/extra_1_all.deb www/other/flat_1_all.deb; do
	make_deb extra $f
	printf 'Package: extra\nFilename: %s\nSHA256: %s\n\n' "${f#www/other/}" "$(sha256sum $f | cut -d' ' -f1)" > list
	case $f in
	*pool*)	gzip < list > www/other/dists/x/main/Packages.gz ;;
	*)	sed 's|: flat|: ./flat|' list > www/other/Packages ;;
	esac
done
other=http://127.0.0.1:$port/other
for u in dists/x/main/Packages.gz pool/extra_1_all.deb Packages flat_1_all.deb; do
	build "get $other/$u -o /dev/null"
done
is "$(build "cache_mend '$dir'" 2>&1)" "" "another source's packages as they are"
for f in extra_1 flat_1; do
	kept=$(grep -rl "^KEY: .*$f" cache/packages/files)
	printf 'xxxx' | dd of="$kept" bs=1 seek=20000 conv=notrunc status=none
done
is "$(build "cache_mend '$dir'" 2>&1 | sed 's|.*/other/||' | sort)" "flat_1_all.deb, but damaged: removed, to be fetched anew
pool/extra_1_all.deb, but damaged: removed, to be fetched anew" "damaged ones are found"
runs "and fetched anew" build "get $other/pool/extra_1_all.deb -o extra && cmp extra www/other/pool/extra_1_all.deb"

# --- lists that are not named by their hash: as they are now ---
printf 'Package: more\n\n' >> www/other/Packages
touch -d '+5 seconds' www/other/Packages
newest() { build "get $other/Packages -o list.now" && cmp -s list.now www/other/Packages; }
until_true 60 newest
ok $? "a list that has changed is fetched anew"
is "$(grep -rahoa '^KEY: 127.0.0.1:[0-9]*' cache/packages/files | sort -u)" "KEY: 127.0.0.1:$port" \
	"what is kept is known by host and port"

# --- what is fetched before: damaged, and of the same size, which is all that apt sees ---
mkdir -p build/x && cp -r "$SRC/mk" .
printf '%s\n' suite=trixie architecture=amd64 "mirror=$url" security= firmware=bios \
	kernel-package=linux-image-amd64 package=sample > build/x/facts
prefetch() { KEYRING=$T/keyring.gpg mk/prefetch.sh x 2>&1; }
prefetch > /dev/null
is "$(cut -f 1 build/x/prefetch | grep -c '^/seedbed/archives/base/sample_1.0+b1_all.deb$')" 1 "the installer will find the package"
held=$(sed -n 's|^/seedbed/archives/base/sample.*\t||p' build/x/prefetch)
runs "as it is" cmp "$held" $file
printf 'xxxx' | dd of="$held" bs=1 seek=20000 conv=notrunc status=none
like "$(prefetch)" 'sample_1.0\+b1_all.deb: damaged: fetching it anew' "a damaged one is found"
runs "and fetched anew" cmp "$held" $file
unlike "$(prefetch)" 'damaged' "once"

# --- the part of the lists that comes with it ---
part() { # part PACKAGE...: of a recipe that has those as well
	sed -i '/^package=/d' build/x/facts
	printf 'package=%s\n' sample "$@" >> build/x/facts
	prefetch
	cat build/x/lists/*_main_binary-amd64_Packages 2> /dev/null | sed -n 's/^Package: //p' | sort | paste -sd ' '
}
is "$(part)" "sample seedbed-order" "the part of the lists that apt can come to"
is "$(part choosy)" "choosy first sample second seedbed-order" "with all that the recipe may bring"
is "$(sed -n 's|^/seedbed/lists/\([a-z]*\)\t.*|\1|p' build/x/prefetch.rest | paste -sd ' ')" "names sums" "goes along, with names and sums"
is "$(cd cache/apt/*/lists && sha256sum -c "$T/build/x/lists/sums" 2>&1 | grep -vc ': OK$')" 0 "of the whole lists"
is "$(part hostile)" "hostile sample seedbed-order" "nothing is for a conflict alone"
is "$(part choosy hostile)" "" "not where apt has a conflict to resolve"
is "$(sed -n 's|.*/\([a-z]*\)_1.0+b1_all.deb\t.*|\1|p' build/x/prefetch.rest | sort | paste -sd ' ')" "choosy hostile second" "(which it has)"
is "$(grep -c /seedbed/lists/ build/x/prefetch.rest)" 0 "which is left to it"
is "$(part choosy elsewhere)" "" "nor where something comes from elsewhere"
part > /dev/null
echo package=elsewhere >> build/x/facts
unlike "$(prefetch)" 'the installer will fetch its packages itself' "a package of the recipe's own repository"
is "$(grep -c /sample_ build/x/prefetch)" 1 "leaves the others as they were"

# --- the mirror breaks off in the middle of a package, is away, and comes back ---
make_deb torn www/debian/pool/main/s/torn_1.0_all.deb
torn=pool/main/s/torn_1.0_all.deb
touch cut
fails 18 '' build "get $url/$torn -o torn" # curl: not all of it came
is "$(grep -rl '^KEY: .*torn' cache/packages/files)" "" "a part of a package is not kept"
rm cut
runs "the whole of it is fetched" build "get $url/$torn -o torn && cmp torn www/debian/$torn"
kept=$(grep -rl '^KEY: .*torn' cache/packages/files)
is "$([ -s "$kept" ] && echo kept)" kept "and kept"
rm -f "$kept"
back() { # in one build: away when it is asked for, then there
	kill $mirror; wait $mirror 2> /dev/null
	build 'get '"$url/$torn"' -o torn || echo $? > away; until [ -e back ]; do sleep 0.1; done
		get '"$url/$torn"' -o torn && cmp torn www/debian/'"$torn" & other=$!
	until_true 60 test -s away
	mirror_up "$port" || return
	touch back
	wait $other
}
back > log 2>&1
ok $? "a mirror that was away is asked again" || show < log
is "$(cat away)" 22 "after an answer that said so"

# --- what it says of a package that an installer did not get ---
says() { build "cache_says '$1'"; }
is "$(says "$url/$torn")" "it is there by now" "what is there"
is "$(says "$url/pool/none.deb")" "the mirror does not have it" "what is not"
is "$(says http://example.org/x.deb)" "no source of this build" "what is nobody's affair"
is "$(says "file://$T/one")$(says '-o x')$(ls x 2> /dev/null)" "" "what is no address"

# --- the lists are of the last hour ---
again() { KEYRING=$T/keyring.gpg bash -c '. "$SRC/mk/common.sh"; ME=test; . "$SRC/mk/apt.sh"; private_apt trixie amd64 "$1" "" && apt-cache show sample' - "$url"; }
was=$(asked dists)
again > /dev/null 2>&1
is "$(asked dists)" "$was" "lists of this hour are not asked for"
touch -d '61 minutes ago' cache/apt/*/fresh
dpkg-deb -f $file | sed 's/^Package: .*/Package: latest/; s/^Version: .*/Version: 2/' > latest
printf 'Filename: pool/latest.deb\nSize: 1\nSHA256: %064d\n\n' 0 >> latest
cp -r www/debian/dists dists.before
cat latest >> www/debian/dists/trixie/main/binary-amd64/Packages
release trixie
like "$(again 2>&1 > /dev/null)" '^test: trixie: fetching the package lists from' "older ones are"
is "$(find cache/apt -name fresh -mmin -5 | wc -l)" 1 "and are of this hour"
is "$(grep -c '^Package: latest' cache/apt/*/lists/*_trixie_main_binary-amd64_Packages)" 1 "with what is new"

# --- a mirror that is reached, and whose lists do not verify ---
touch -d '61 minutes ago' cache/apt/*/fresh
sed -i 's/^Suite: trixie/Suite: Trixie/' www/debian/dists/trixie/InRelease
touch -d '+5 seconds' www/debian/dists/trixie/InRelease # it is asked whether it has changed
out=$(again 2>&1)
like "$out" '^test: http.*: no newer lists: .*(BADSIG|invalid|signature)' "why newer lists do not serve"
like "$out" '; the lists of [0-9-]+ [0-9:]+ serve$' "and that those of before do"
unlike "$out" 'not reached' "it was reached"
like "$out" '^Package: sample' "and they do"
like "$(again 2>&1)" 'no newer lists: .*' "said again, for some minutes"
rm -r www/debian/dists cache/apt/*/unreached
mv dists.before www/debian/dists
again > /dev/null 2>&1

# --- without the mirror ---
is "$(build "cache_word $url/dists/trixie/InRelease" 2>&1)" "" "with a mirror there is nothing to say"
kill $mirror; wait $mirror 2> /dev/null
until_true 60 cache_gone
runs "without the mirror it has what it had" build "get $url/$deb -o three && cmp three $file && get $url/dists/trixie/InRelease -o four"
stale() { build "cache_word $url/dists/trixie/InRelease" 2>&1 | grep -q "$url.*: not reached; what the package cache has kept serves"; }
until_true 60 stale	# what changes is good for a second
ok $? "and says so"
like "$(build "cache_word $url/dists/other/InRelease" 2>&1)" 'not reached, and the package cache has nothing' \
	"and that it has nothing of it"
fails 22 '' build "get $url/pool/other.deb"
is "$(says "$url/pool/other.deb")" "the mirror does not answer" "nor, it says, does the mirror"
touch -d '3 days ago' cache/apt/*/fresh
like "$(again 2>&1)" 'not reached; the lists of .* serve' "apt's lists of before serve, and that is said"
like "$(again 2>&1)" '^test: http.*: not reached; the lists of .* serve' "said again"
unlike "$(again 2>&1)" 'fetching' "but not tried again at once"
touch -d '11 minutes ago' cache/apt/*/unreached
like "$(again 2>&1)" 'fetching' "only some minutes later"

# --- the host's own proxy ---
mirror_up || { ok 1 "the mirror is there again"; finish; }
url=http://mirror.invalid/debian
export http_proxy=http://127.0.0.1:$port
runs "by way of the host's proxy" build "get $url/$deb -o five && cmp five $file"
is "$(tail -n 1 asked)" "GET http://mirror.invalid/debian/pool/main/s/sample_1.0+b1_all.deb HTTP/1.1 mirror.invalid" \
	"which is asked for the whole address"
until_true 60 cache_gone
printf 'Acquire::http::Proxy "http://127.0.0.1:9/";\n' > apt.conf
http_proxy='' ; unset http_proxy
is "$(APT_CONFIG=$T/apt.conf bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/cache.sh"; PROXY=cache.example:3142/x cache_up http://a; echo $CACHE_TARGET')" \
	"cache.example:3142" "PROXY= stands for all of it"
finish
