#!/bin/bash
# SPDX-License-Identifier: MIT
# Recipes by somebody who wants to reach the host: tests/data/hostile, and for each key
# what shells, make, XML and terminals would act on. Each is refused or does no harm.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need make xmllint jq
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
archive_ready
chmod 755 "$T"

# A tree of its own around the programs that are built.
cp -r "$SRC"/{Makefile,VERSION,mk,preseed.d,udeb,tools} .
mkdir -p build recipes tests && cp -r "$SRC/tests/unit" tests/
cp -r "$SRC/build/bin" "$SRC/build/obj" "$SRC/build/.setup" build/
touch now && find build -exec touch -r now {} + && rm now
cp "$SRC"/tests/data/hostile/*.recipe recipes/
(cd recipes && mkdir make && touch 'make/$(shell:touch-pwned)' make/plain 'make/with blank' 'make/semi;colon'
	ln -s /etc/passwd link; ln -s /etc dirlink; ln -s /etc/passwd linked.recipe
	mkfifo pipe; echo x > plain)
key=$SRC/tests/data/preseed/key.pub
printable() { ! LC_ALL=C.UTF-8 grep -aq '[^[:print:]	]' "$@"; }
pwned() { find "$T" -name 'pwned*' | head -n 1; }

# --- the recipes ---
harmless=' shell make later greedy host '
for r in recipes/*.recipe; do
	name=${r#recipes/}
	name=${name%.recipe}
	[ "$name" != linked ] || continue
	got=0
	timeout 60 preseed --host "$T/none" --key "$key" --payload payload -o out "$r" 2> err || got=$?
	case $harmless in
	*" $name "*) is "$got:$(cat err)" "0:" "$name: compiles" ;;
	*)	is "$got:$(grep -vc "^recipes/[a-z-]*\.recipe:[0-9]*: " err):$(ls out 2> /dev/null)" "1:0:" "$name: refused, by file and line" ;;
	esac
	printable err
	ok $? "$name: what is said acts on no terminal"
	rm -f out payload
done
fails 1 'outside the recipe' preseed --key "$key" recipes/climb.recipe
is "$(preseed --key "$key" recipes/climb.recipe 2>&1 | grep -c ': is outside\|: is no regular\|: Not a dir')" 7 "each way out of the folder is closed"
fails 1 'linked.recipe: is outside' preseed --key "$key" recipes/like-link.recipe

# --- each key, with values of each kind ---
payloads=('$(touch pwned)' '`touch pwned`' '"; touch pwned; "' "'; touch pwned; '" '$(shell touch pwned)'
	$'\033]0;owned\007' $'\xc2\x9b31m' '"/><x y="' '<!--' ']]>' '&amp;' '../../../etc/passwd' '/etc/passwd' '%s%n' '-o' '--help'
	'a\' '#' '${hostname}' $'\u202e' '*' '~' 'a=b' '1;2' '0x10' '-1' '99999999999999999999' 'a[$(touch pwned)]' 'x	y')
# what may stand before such a value, where a key takes more than one word
declare -A before=(
	[answer]='d-i |d-i a/b |d-i a/b string ' [expect]='run |http 80 |http |tcp |unit |file '
	[file]='plain |plain /x |plain /x 0644 ' [layout]='expert ' [mirror]='http:// |http://a/ '
	[network]='static |static 10.0.0.2/24 gateway ' [repository]='http:// |http://a/ |http://a/ x |http://a/ x y key= '
	[user]='u |u shell= |u key= |u password= '
)
: > wrong
mkdir none each
tried=0 taken=0
while IFS=$'\t' read -r word _; do
	IFS='|' read -ra b <<< "|${before[$word]:-}"
	for b in "${b[@]}"; do
		case $b in *=' ' | *//' ' | *a/' ') b=${b% } ;; esac
		for p in "${payloads[@]}"; do printf '%s %s%s\n' "$word" "$b" "$p"; done
	done
done < <(preseed --keys) | sort -u > lines
while IFS= read -r line; do
	printf '%s\n' "$line" > recipes/each.recipe
	got=0
	preseed --host "$T/none" --key "$key" --facts -o facts recipes/each.recipe 2> err < /dev/null || got=$?
	tried=$((tried + 1))
	case $got in
	1)	[ -s err ] ;;
	0)	taken=$((taken + 1))
		! grep -qv '^[a-z-]*=' facts && [ "$(grep -c '^\(name\|disk\|mirror\|suite\|proxy\)=' facts)" = 5 ] &&
			printable facts && preseed --host "$T/none" --key "$key" -o out recipes/each.recipe && printable out &&
			! grep -qv '^\(#.*\|\|d-i [^ ]* [^ ]*\( .*\)\?\|[a-z0-9][^ ]* [^ ]*/[^ ]* [a-z]* \?.*\)$' out ;;
	*)	false ;;
	esac && printable err || printf '%s: %q\n' "$got" "$line" >> wrong
done < lines
is "$(head -n 5 wrong)" "" "$tried lines: each is refused, or is one value and no more"
ok "$([ "$taken" -gt 100 ] && [ "$taken" -lt "$tried" ]; echo $?)" "$taken of them are values"
is "$(pwned)" "" "and none was run"
rm recipes/each.recipe

# --- through the build, as far as it goes without a guest ---
mkdir -p www/debian/pool/main/s
for p in openssh-server linux-image-cloud-amd64 linux-image-amd64; do
	make_deb $p "www/debian/pool/main/s/${p}_1.0_all.deb"
done
archive
mirror_up || { ok 1 "the test's mirror starts"; finish; }
export SETUP=no SEEDBED_CACHE=$T/cache KEY=$key KEYRING=$T/keyring.gpg MIRROR=http://127.0.0.1:$port/debian
unset MAKEFLAGS MFLAGS MAKELEVEL http_proxy
: > 'recipes/$(shell touch pwned).recipe'
: > $'recipes/new\nline: ; touch pwned.recipe'
: > $'recipes/esc\033[2J.recipe'
rm recipes/linked.recipe
is "$(make list 2> err | grep -c pwned)" 0 "make list: names that make would read are left out"
printable err
ok $? "and not shown as they are"
printf 'security none\n' | tee -a recipes/{shell,make,later,host}.recipe > /dev/null
sed -i '/^security 169/d' recipes/host.recipe
for name in shell make later; do
	runs "$name: make compiles it" make build/$name/preseed.cfg
	is "$(make -n build/$name/preseed.cfg 2> /dev/null | grep -v "up to date")" "" "$name: make reads what it depends on"
	(
		. mk/common.sh
		. mk/inside.sh
		read_facts build/$name/facts
		inside nonce 'ssh-ed25519 AAAA' > inside.$name
		bash -n inside.$name
		domxml --name "seedbed-$name" --memory "${fact[memory]}" --accel tcg --firmware bios \
			--cmdline "$(sed -n 's/^d-i debian-installer\/add-kernel-opts string //p' build/$name/preseed.cfg)" \
			--kernel "$T/none/linux" --disk "$T/none/disk:qcow2" > $name.xml 2> err || cat err >&2
	)
	ok $? "$name: what the guest will do is a script"
done
fails 2 'recipes/greedy.recipe:1: disk: 63T: the operator allows 64G' make build/greedy/preseed.cfg
fails 2 'recipes/greedy.recipe:2: memory: ' make build/greedy/preseed.cfg MAX_DISK=64T
fails 2 'recipes/host.recipe:1: mirror: 127.0.0.1:9: is the operator' env MIRROR= make build/host/preseed.cfg
printf '%s\n' 'security none' 'repository http://other.example/debian x main key=archive.asc' > recipes/fetches.recipe
gpg -q --export --armor > recipes/archive.asc
fails 2 'recipes/fetches.recipe:2: repository: other.example: is the operator.s to allow: SOURCES=other.example' \
	make build/fetches/preseed.cfg
unlike "$(make build/fetches/preseed.cfg SOURCES=other.example 2>&1)" "is the operator's to allow" "who then allows it"
sed -i 's/http:/https:/' recipes/fetches.recipe
fails 2 'recipes/fetches.recipe:2: repository: https: the package cache speaks http only: name it by http://other.example' \
	make build/fetches/preseed.cfg SOURCES=other.example
unlike "$(make build/fetches/preseed.cfg SOURCES=other.example PROXY=http://127.0.0.1:9 2>&1)" "https" "a proxy of the operator's may"
is "$(find build/greedy build/host -name '*.tmp' -o -name '*.new' -o -name preseed.cfg)" "" "and nothing is left of those"
fails 2 'MAX_LOG=much: is no size' make build/later/preseed.cfg -B MAX_LOG=much
is "$(pwned)" "" "nothing was run"

# --- what guests and mirrors say ---
printf 'a\033]0;owned\007b\r\xc2\x9bc\x9b31m\xe2\x80\xaed\te\n' > said
is "$(. mk/common.sh; visible < said)" 'a?]0;owned?b???c?31m???d	e' "in a log's last lines nothing acts on a terminal"
is "$( (. mk/common.sh; say "$(cut -d c -f 1 said) café") 2>&1)" 'a?]0;owned?b?? café' "nor in a message"
finish
