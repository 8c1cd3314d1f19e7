#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: what is written where, and what is wrong with it.
. "${0%/*}/../lib.sh"
export HOME=$T
key=$SRC/tests/data/preseed/key.pub
mkdir -p recipes preseed.d
echo 'd-i a/b string ${hostname}' >preseed.d/10-one.preseed
printf 'd-i a/c string x \\\n  ${hostname} y\nd-i a/d string ${tasks}\nd-i a/b string later\nd-i a/e note\n' \
	>preseed.d/20-two.preseed
echo 'not one' >preseed.d/README
: >recipes/web.recipe

out=$(preseed -k "$key" recipes/web.recipe)
is "$(grep '^d-i a/' <<<"$out")" "d-i a/b string later
d-i a/c string x   web y
d-i a/e note" "fragments beside the recipe's folder, in order, the later one counts"
is "$(cd recipes && preseed -k "$key" web.recipe)" "$out" "from within the folder, too"
is "$(preseed -k "$key" -o out recipes/web.recipe; cat out)" "$out" "-o writes a file"
is "$(preseed -k "$key" -o - recipes/web.recipe)" "$out" "- is standard output"
is "$(preseed -k "$key" --format preseed recipes/web.recipe)" "$out" "--format preseed"
is "$(preseed -k "$key" --format facts recipes/web.recipe)" \
	"$(preseed -k "$key" --facts recipes/web.recipe)" "--format facts"
is "$(preseed -k "$key" --format explain recipes/web.recipe)" \
	"$(preseed -k "$key" -e recipes/web.recipe)" "--format explain"
is "$(preseed -k "$key" recipes/web.recipe)" "$out" "twice the same"

echo old >kept
echo 'disc 4G' >recipes/bad.recipe
fails 1 'recipes/bad.recipe:1: disc' preseed -k "$key" -o kept recipes/bad.recipe
is "$(cat kept)" old "an error leaves the old file"
printf 'like bad\n' >recipes/good.recipe
fails 1 'recipes/bad.recipe:1: disc' preseed -k "$key" recipes/good.recipe
fails 1 '/recipes/bad.recipe:1: disc' preseed -k "$key" "$T/recipes/good.recipe"
fails 1 'absent.recipe: No such file' preseed -k "$key" recipes/absent.recipe
fails 1 'No such file' preseed -k "$key" nowhere/absent.recipe
fails 1 'no regular file' preseed -k "$key" "$T/recipes"
fails 1 'Bad_Name' preseed -k "$key" "$T/Bad_Name.recipe"
mkfifo recipes/pipe.recipe
fails 1 'no regular file' preseed -k "$key" recipes/pipe.recipe
fails 1 'nokey: No such file' preseed -k nokey recipes/web.recipe
echo 'ssh-ed25519 AAAA' >cut.pub
fails 1 'cut.pub:1: key: ssh-ed25519: the key is cut' preseed -k cut.pub recipes/web.recipe
fails 1 'nodir: fragments: No such file' preseed -k "$key" -f nodir recipes/web.recipe
mkdir empty
fails 1 'empty: fragments: No such file' preseed -k "$key" -f empty recipes/web.recipe
fails 1 'nodir/out: No such file' preseed -k "$key" -o nodir/out recipes/web.recipe
fails 1 'No space left' bash -c "preseed -k '$key' recipes/web.recipe >/dev/full"
fails 2 'RECIPE|recipe' preseed
fails 2 'one operand too many' preseed a b
fails 2 'exclude each other' preseed -e --facts recipes/web.recipe
fails 2 '--format xml: wants' preseed --format xml recipes/web.recipe
fails 2 'unknown option' preseed --frobnicate
fails 2 'preseed file only' preseed --facts -p list recipes/web.recipe
fails 1 'Atlantis: is not in the time zone database' \
	preseed -k "$key" -s timezone=Europe/Atlantis recipes/web.recipe
if [ "$(id -u)" = 0 ]; then
	fails 1 'no ~nobody/.ssh/id_' env SUDO_USER=nobody preseed recipes/web.recipe
else
	skip "whose key it is under sudo" "needs root"
fi
is "$(ls)" "cut.pub
empty
kept
out
preseed.d
recipes" "nothing else lies about"

mkdir frag
printf 'd-i a/b string x\nd-i a/b\n\nd-i a/c string ${hostnam}\nd-i a/d string ${open\nd-i a/e string \033\n' >frag/x.preseed
fails 1 'frag/x.preseed:2: wants OWNER' preseed -k "$key" -f frag recipes/web.recipe
fails 1 'frag/x.preseed:4: .*did you mean ..hostname' preseed -k "$key" -f frag recipes/web.recipe
fails 1 'frag/x.preseed:5: ' preseed -k "$key" -f frag recipes/web.recipe
fails 1 'frag/x.preseed:6: line: a control character' preseed -k "$key" -f frag recipes/web.recipe

# The four recipes that come along, and what debconf says to them.
for r in "$SRC"/recipes/*.recipe; do
	if [ "${r##*/}" = bench.recipe ] && [ ! -e "$SRC/recipes/bench/syscost" ]; then
		skip "bench.recipe compiles" "what it carries is not made: make recipes/bench/syscost"
		continue
	fi
	runs "${r##*/} compiles" preseed -k "$key" -o cfg "$r"
	if command -v debconf-set-selections >/dev/null; then
		is "$(debconf-set-selections -c cfg 2>&1)" "" "debconf reads it"
	fi
	is "$(grep -v '^#' cfg | cut -d' ' -f1,2 | grep . | sort | uniq -d)" "" "nothing is answered twice"
	is "$(grep -cE '^d-i preseed/late_command' cfg)" 1 "one late command"
done
finish
