#!/bin/bash
# SPDX-License-Identifier: MIT
# The manuals say what the program does, no more and no less.
. "${0%/*}/../lib.sh"
page=$SRC/tools/preseed/preseed.1 recipe=$SRC/tools/recipe/seedbed-recipe.5

options=$(preseed --help | grep -oE -- '--[a-z]+' | sort -u)
is "$(grep -oE 'Fl Fl [a-z]+' "$page" | sed 's/Fl Fl /--/' | sort -u)" "$options" \
	"preseed(1) has the options of --help"
is "$(sed -n '1,/^\.Sh UBUNTU/s/^\.It Ic \([a-z]*\).*/\1/p' "$recipe" | sort -u)" \
	"$(preseed --keys | cut -f1 | sort)" "seedbed-recipe(5) has the keys of --keys"
is "$(preseed --keys | cut -f1)" "$(preseed --keys | cut -f1 | LC_ALL=C sort)" \
	"the keys are in order"
is "$(preseed --keys | grep -vcE '^[a-z]+	(single|list|operator)	[^	]+	[^	]+$')" 0 \
	"--keys has four columns"

# Each name that a fragment can use is in the manual, and the other way round.
echo 'd-i a/b string ${zz}' >x.preseed
: >a.recipe
named=$(sed -n '/^Besides the keys/,/^\.Ss/s/^\.Li \([a-z-]*\).*/\1/p' "$page")
for name in $named; do
	echo "d-i a/$name string \${$name}"
done >x.preseed
runs "the names for fragments exist" \
	preseed -f . -k "$SRC/tests/data/preseed/key.pub" a.recipe
used=$(grep -ohE '\$\{[a-z-]+\}' "$SRC"/preseed.d/*.preseed | tr -d '${}' | sort -u)
known=$({ echo "$named"; preseed --keys | cut -f1; } | sort -u)
is "$(comm -23 <(echo "$used") <(echo "$known"))" "" "the fragments use known names"

# facts: each name is in the manual.
facts=$(preseed --facts -k "$SRC/tests/data/preseed/key.pub" "$SRC/recipes/lvm.recipe" |
	cut -d= -f1 | sort -u)
section=$(sed -n '/^\.Sh FACTS/,/^\.Sh ENV/p' "$page")
for name in $facts; do
	grep -qw -- "$name" <<<"$section" || echo "$name"
done >missing
is "$(cat missing)" "" "the facts are in the manual"

# The architectures are those of the table.
echo 'architecture vax' >vax.recipe
is "$(sed -n '/^\.It Ic architecture/,/^\.It Ic country/s/^\.Cm \([a-z0-9]*\( , [a-z0-9]*\)*\)\( ;\)*$/\1/p' "$recipe" | sed '/^amd64$/d; s/ , /\n/g')" \
	"$(preseed vax.recipe 2>&1 | sed -n 's/.*known are //p' | sed 's/, /\n/g')" "the architectures are in the manual"

if command -v mandoc >/dev/null; then
	for m in "$page" "$recipe"; do
		is "$(mandoc -Tlint -W warning "$m")" "" "${m##*/} is clean mdoc"
	done
else
	skip "clean mdoc" "mandoc is not installed"
fi
finish
