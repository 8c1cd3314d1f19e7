#!/bin/bash
# SPDX-License-Identifier: MIT
# By the release's real questions: no false alarm on its own example file and on our
# recipes, and each misspelt question found with the right name.
. "${0%/*}/../lib.sh"
preseed-check --release trixie --arch amd64 /dev/null 2>/dev/null ||
	skip_all "no index of trixie's questions here (make templates)"
key=$SRC/tests/data/preseed/key.pub

cache=${SEEDBED_CACHE:-}
[ -n "$cache" ] || { [ "$(id -u)" -eq 0 ] && cache=/var/cache/seedbed; } || cache=${XDG_CACHE_HOME:-$HOME/.cache}/seedbed
for suite in trixie bookworm; do
	example=$cache/templates/example-preseed-$suite.txt
	if [ -s "$example" ] && preseed-check -r $suite -a amd64 /dev/null 2>/dev/null; then
		# trixie's own example names a time zone that trixie's tzdata has not
		is "$(preseed-check -r $suite -a amd64 "$example" | grep -v 'US/Eastern.*\[time-zone\]$')" \
			"" "$suite's example file"
		# with all that it shows as comments, the names are still right
		sed 's/^#d-i /d-i /' "$example" >all.cfg
		is "$(preseed-check -r $suite -a amd64 all.cfg | grep -E '\[(unknown|deprecated|owner|choice|boolean|localised)\]')" \
			"" "$suite's example file with all its lines"
		# and so are its recipes, each with its method
		for m in regular raid; do
			case $m in
			regular) from='^#d-i partman-auto\/expert_recipe string' to='^# The full recipe'
				echo "d-i partman-auto/method string regular" >recipe.cfg ;;
			raid)	from='^#d-i partman-auto\/method string raid' to='^# For additional'
				: >recipe.cfg ;;
			esac
			sed -n "/$from/,\$p" "$example" | sed "/$to/q" | sed -n '/^#d-i/s/^#//p; /^#    *[^< ]/s/^#//p' >>recipe.cfg
			like "$(cat recipe.cfg)" 'mountpoint\{ / \}|1 2 0 ext3 / ' "$suite's example recipe of method $m"
			is "$(preseed-check -r $suite -a amd64 -l note -c 'auto=true priority=critical' recipe.cfg | grep -E '\[(recipe|choice|disk)\]|no_swap|no_boot|no_mount')" \
				"" "it is right"
		done
	else
		skip "$suite's example file" "it was not fetched (make check does)"
	fi
done

# lines that are right, though they look odd
cat >odd.cfg <<'EOF'
debconf debconf/frontend select Noninteractive
d-i pkgsel/include string openssh-server,curl linux-headers-$(uname -r) build-essential
d-i partman-auto/disk string /dev/nvme0n1 /dev/sda
EOF
is "$(preseed-check -r trixie -a amd64 odd.cfg)" "" "right, though odd"

for r in minimal web db lvm; do
	preseed --key "$key" --set release=trixie --set proxy=http://10.0.2.254:3142 -o $r.cfg "$SRC/recipes/$r.recipe"
	is "$(preseed-check -r trixie -a amd64 -l note --disk 8G --cmdline 'auto=true priority=critical' $r.cfg)" "" "recipe $r"
done

printf 'package nginx\npackage curl ngnix\n' > misspelt.recipe
preseed --key "$key" --set release=trixie -o misspelt.cfg misspelt.recipe
preseed --key "$key" --set release=trixie --explain -o misspelt.explain misspelt.recipe
like "$(preseed-check -r trixie -a amd64 --origins misspelt.explain misspelt.cfg)" \
	'^misspelt.recipe:2: error: ngnix: .*did you mean nginx\?' "a recipe's misspelt package, by its own line"

preseed --key "$key" --set release=trixie --set mirror=https://deb.debian.org/debian -o https.cfg "$SRC/recipes/minimal.recipe"
is "$(preseed-check -r trixie -a amd64 --cmdline 'auto=true priority=critical' https.cfg)" "" "a mirror by https"
checked=0
for d in "$SRC"/tests/data/preseed/*/; do
	[ ! -e "$d/err" ] && cd "$d" || continue
	preseed --key "$key" --fragments "$SRC/preseed.d" -o "$T/x.cfg" in.recipe 2>/dev/null &&
		preseed --key "$key" --fragments "$SRC/preseed.d" --facts in.recipe >"$T/x.facts" || continue
	grep -qx release=trixie "$T/x.facts" && grep -qx architecture=amd64 "$T/x.facts" || continue
	checked=$((checked + 1))
	alarms+=$(preseed-check -r trixie -a amd64 -l error --cmdline 'auto=true priority=critical' "$T/x.cfg" | sed "s|^|$d |")
done
cd "$T"
is "${alarms:-}" "" "all recipes of preseed's own tests ($checked)"
ok $((checked < 8)) "which are many"

# Findings are traced to the line of the recipe that made the answer.
printf 'package nginx\npackage ngnix\nanswer d-i pkgsel/upgrade select safe_upgrade\n' >bad.recipe
preseed --key "$key" --fragments "$SRC/preseed.d" --set release=trixie -o bad.cfg bad.recipe
preseed --key "$key" --fragments "$SRC/preseed.d" --set release=trixie --explain -o explain bad.recipe
is "$(preseed-check -r trixie -a amd64 --origins explain bad.cfg | sort)" \
	"bad.recipe:2: error: ngnix: trixie has no such package; did you mean nginx? [package]
bad.recipe:3: error: safe_upgrade is none of the choices of pkgsel/upgrade: did you mean safe-upgrade? [choice]" "by the recipe's lines"

mkdir mutants
awk -v OUT=mutants -f "$SRC/tests/mutate.awk" minimal.cfg >wanted
preseed-check -r trixie -a amd64 -f gcc mutants/* >got
awk 'NR == FNR { split($1, a, ":"); if (/\[(unknown|deprecated|not-known-here)\]$/) said[a[1], a[2]] = $0; next }
	{ n++; s = said[$1, $2] }
	s == "" { missed++; print "# missed: " $0; next }
	index(s, "did you mean " $3 "?") { right++ }
	END { print n, missed + 0, right + 0 }' got wanted >result
read -r all missed right < <(tail -n 1 result)
ok $((all < 4000)) "there are thousands of single-character mutations ($all)"
is "$missed" 0 "each of them is found"
ok $((right * 100 < all * 95)) "the right name comes first in 95 % ($right of $all)" || head -n 20 result
finish
