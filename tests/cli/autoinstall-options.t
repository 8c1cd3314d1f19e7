#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: what is written where, what is wrong with it, and what the manual says
# of it.
. "${0%/*}/../lib.sh"
export HOME=$T
key=$SRC/tests/data/preseed/key.pub
page=$SRC/tools/autoinstall/autoinstall.1
mkdir recipes
printf 'package nginx\nexpect http 80\n' >recipes/web.recipe

out=$(autoinstall -k "$key" recipes/web.recipe)
is "$(head -n 1 <<<"$out")" "#cloud-config" "the first line is cloud-init's"
is "$(autoinstall -k "$key" -o out recipes/web.recipe; cat out)" "$out" "-o writes a file"
is "$(autoinstall -k "$key" -o - recipes/web.recipe)" "$out" "- is standard output"
is "$(autoinstall -k "$key" --format autoinstall recipes/web.recipe)" "$out" "--format autoinstall"
is "$(autoinstall -k "$key" -s release=24.04 recipes/web.recipe)" "$out" "24.04 is noble, and what it is unless said"
is "$(autoinstall -k "$key" --format facts recipes/web.recipe)" \
	"$(autoinstall -k "$key" --facts recipes/web.recipe)" "--format facts"
is "$(autoinstall -k "$key" --format explain recipes/web.recipe)" \
	"$(autoinstall -k "$key" -e recipes/web.recipe)" "--format explain"
is "$(autoinstall --keys)" "$(preseed --keys)" "--keys: the same language"

echo old >kept
echo 'disc 4G' >recipes/bad.recipe
fails 1 'recipes/bad.recipe:1: disc: no such key; did you mean disk' autoinstall -k "$key" -o kept recipes/bad.recipe
is "$(cat kept)" old "an error leaves the old file"
echo 'zzzzzz' >recipes/bad.recipe
fails 1 'autoinstall --keys lists them' autoinstall -k "$key" recipes/bad.recipe
fails 1 'web: nobody could log in' autoinstall recipes/web.recipe
fails 1 'absent.recipe: No such file' autoinstall -k "$key" recipes/absent.recipe
fails 1 'nokey: No such file' autoinstall -k nokey recipes/web.recipe
fails 1 'nodir/out: No such file' autoinstall -k "$key" -o nodir/out recipes/web.recipe
fails 1 'No space left' bash -c "autoinstall -k '$key' recipes/web.recipe >/dev/full"
fails 1 'the operator allows 4G' autoinstall -k "$key" -l disk=4G recipes/web.recipe
fails 2 'recipe' autoinstall
fails 2 'one operand too many' autoinstall a b
fails 2 'exclude each other' autoinstall -e --facts recipes/web.recipe
fails 2 '--format preseed: wants' autoinstall --format preseed recipes/web.recipe
fails 2 'unknown option' autoinstall --frobnicate
fails 2 'user-data only' autoinstall --facts -p list recipes/web.recipe
fails 2 '--copies goes with --payload' autoinstall -c . recipes/web.recipe
fails 2 '--report: .*no URL' autoinstall -r /dev/ttyS0 recipes/web.recipe
fails 1 'release: sid: no such; known are 12 bookworm.* 26.04 resolute' autoinstall -k "$key" -s release=sid recipes/web.recipe

printf 'layout lvm\nrelease noble\npackage nginx\n' >recipes/lvm.recipe
e=$(autoinstall -k "$key" -e recipes/lvm.recipe)
is "$(grep -P '\t(layout|release|package) ' <<<"$e")" "recipes/lvm.recipe:1	layout lvm
recipes/lvm.recipe:2	release noble
recipes/lvm.recipe:3	package nginx" "--explain: each key with its line"
like "$e" '^autoinstall	storage	\(disk: default; layout: recipes/lvm.recipe:1; ' "and each part with its keys"
is "$(sed -n 's/^autoinstall	\([a-z-]*\).*/\1/p' <<<"$e")" \
	"$(autoinstall -k "$key" recipes/lvm.recipe | sed -n 's/^  \([a-z-]*\):.*/\1/p' | grep -v '^version$')" "which are all there are"
f=$(autoinstall -k "$key" --facts -s architecture=amd64 recipes/web.recipe)
is "$(grep -E '^(release|release-number|disk|kernel-package|security)=' <<<"$f" | sort)" "disk=8589934592
kernel-package=linux-virtual
release-number=24.04
release=noble
security=security.ubuntu.com" "--facts"

# --- the manual ---
is "$(grep -oE 'Fl Fl [a-z]+' "$page" | sed 's/Fl Fl /--/' | sort -u)" \
	"$(autoinstall --help | grep -oE -- '--[a-z]+' | sort -u)" "autoinstall(1) has the options of --help"
section=$(sed -n "/^\\.Ss Where a recipe's/,/^\\.Ss Sizes/p" "$page")
for k in $(autoinstall --keys | awk -F '\t' '$3 != "operator" { print $1 }'); do
	grep -qw -- "$k" <<<"$section" || echo "$k"
done >missing
is "$(cat missing)" "language
like
name" "and says where each key goes that goes anywhere"
if command -v mandoc >/dev/null; then
	is "$(mandoc -Tlint -W warning "$page")" "" "is clean mdoc"
else
	skip "is clean mdoc" "mandoc is not installed"
fi
is "$(ls)" "kept
missing
out
recipes" "nothing else lies about"
finish
