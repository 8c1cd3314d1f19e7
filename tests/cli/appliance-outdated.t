#!/bin/bash
# SPDX-License-Identifier: MIT
# appliance-outdated: manifests against lists of packages; the order of versions against
# dpkg's own.
. "${0%/*}/../lib.sh"
need dpkg jq

fails 2 'wants|operand|PLAN' appliance-outdated
fails 1 'none: No such file' appliance-outdated none

# --- what is said of three appliances ---
mkdir web db old
cat > web/manifest <<'END'
name=web
architecture=amd64
answers=a1
input=recipe r1 web.recipe
input=fragment f1 10-language.preseed
input=kit k1 trixie-amd64
input=setting - MIRROR
package=nginx amd64 1.26.3-3
package=tzdata all 2025b-4
package=own amd64 1.0
package=wine i386 1.0
package=same amd64 1:1.0-1
END
cat > db/manifest <<'END'
name=db
architecture=amd64
package=nginx amd64 1.26.3-3+deb13u11
package=gone amd64 3.0-1
package=later amd64 2.0-1
END
sed 's/ 2025b-4/ 2026a-1/; s/ 1.26.3-3/&+deb13u11/' web/manifest > old/manifest
cat > main <<'END'
Package: nginx
Architecture: amd64
Version: 1.26.3-3

Package: tzdata
Version: 2025b-4
Description: a field
 with more

Package: later
Version: 1.0-1

Package: wine
Version: 9.0

Package: same
Version: 1:1.0-1
END
printf 'Package: tzdata\nVersion: 2026a-1\n' > updates
printf 'Package: nginx\nVersion: 1.26.3-3+deb13u11\n\nPackage: tzdata\nVersion: 2025a\n' > security
printf 'Package: tzdata\nVersion: 2099\n\nPackage: own\nVersion: 1.0\n' > backports
plan() {
	printf 'lists\tdebian\t%s\n' "trixie	500	-	main" "trixie-updates	500	-	updates" "trixie-security	500	security	security" \
		"trixie-backports	100	-	backports"
	printf 'appliance\tweb\tweb\tdebian\nanswers\tweb\ta1\n'
	printf 'appliance\tdb\tdb\tdebian\nappliance\told\told\tdebian\n'
	printf 'now\t%s\n' "recipe	r1	web.recipe" "fragment	f1	10-language.preseed" "kit	k1	trixie-amd64" "setting	-	MIRROR"
}
plan > plan
want='web nginx 1.26.3-3 1.26.3-3+deb13u11 trixie-security
db later 2.0-1 1.0-1 trixie
web tzdata 2025b-4 2026a-1 trixie-updates'
got=$(appliance-outdated plan 2> err); status=$?
is "$got" "$want" "security first; what was withdrawn; not what no list has, nor of a lower priority"
is "$status:$(cat err)" 4: "status 4: there is a security update"
is "$(appliance-outdated --names plan)" "web
db" "--names: who is out of date"
is "$(appliance-outdated --security plan)" web "--security: who lacks a security update"
appliance-outdated --json-file=out.json plan > out
is "$(jq -c '[.appliances, .outdated, .security, .unknown]' out.json)" "[3,2,1,3]" "--json-file: how many; of how many packages no list knows"
is "$(jq -r '.findings[] | [.appliance, .package, .installed, .candidate, .origin] | join(" ")' out.json)" "$want" "and the same findings"
is "$(appliance-outdated --json plan)" "$(cat out.json)" "--json: to standard output"
is "$(cat out)" "$want" "beside the lines"
grep -v security plan > without
appliance-outdated without > out; is "$?" 3 "status 3: out of date, without security"
sed 's/ 2025b-4/ 2026a-1/; s/ 1.26.3-3$/&+deb13u11/' -i web/manifest
grep -v $'^appliance\tdb' plan > current
appliance-outdated current > out; is "$?:$(cat out)" 0: "status 0, and nothing said, where all is as it would be"

# --- what else changed ---
sed 's/\tr1\t/\tr2\t/; s/\tk1\t/\tk2\t/; s/\t-\tMIRROR/\tm\tMIRROR/' current > changed
printf 'now\tfragment\tf2\t95-own.preseed\n' >> changed
all='web - - - fragment:95-own.preseed
web - - - kit:trixie-amd64
web - - - recipe:web.recipe
web - - - setting:MIRROR'
is "$(appliance-outdated changed | grep ^web)" "$all" "recipe, kit, setting; a fragment that is new"
is "$(appliance-outdated --json changed | jq -c '.findings[] | select(.appliance == "web" and .what == "kit")')" \
	'{"kind":"changed","appliance":"web","what":"kit","which":"trixie-amd64"}' "in JSON"
printf '%s\n' 'recipe r2 web.recipe' 'fragment f1 10-language.preseed' 'fragment f2 95-own.preseed' 'setting m MIRROR' > web/inputs
is "$(appliance-outdated changed | grep ^web)" 'web - - - kit:trixie-amd64' \
	"a recipe that was compiled since to the same answers is no change"
sed 's/^answers\tweb\ta1/answers\tweb\ta2/' changed > other
is "$(appliance-outdated other | grep ^web)" "$all" "one that was compiled to others is"
grep -v recipe web/manifest > m && mv m web/manifest
echo 'input=recipe r1 gone.recipe' >> web/manifest
unlike "$(appliance-outdated changed)" '^web - - - recipe:' "nor is one that it no longer needs"
rm web/inputs
like "$(appliance-outdated changed)" '^web - - - recipe:gone.recipe$' "which is one where nobody has compiled it"

# --- what is no plan, no list ---
for line in 'lists	a' 'lists	a	b	x	-	main' 'lists	a	b	500	odd	main' 'appliance	x' 'now	a' 'answers	nobody	1' 'else'; do
	printf '# a comment\n\n%s\n' "$line" > bad
	fails 1 '^bad:3: ' appliance-outdated bad
done
printf 'Package: x\nno field\n' > broken
printf 'lists\ts\tx\t500\t-\tbroken\n' > bad
fails 1 '^broken:2: ' appliance-outdated bad
printf 'appliance\tx\tnowhere\ts\n' > bad
fails 1 'nowhere/manifest: No such file' appliance-outdated bad
printf 'Package: nginx\nVersion: \033[2J9\n' > main
unlike "$(appliance-outdated plan | tr -d '\n' | tr '\033' '!')" '!' "a list's bytes do not act on a terminal"

# --- the order of versions is dpkg's: of what is installed here, of odd ones, and by chance ---
{
	dpkg-query -W -f '${Version}\n' | sort -u
	printf '%s\n' 0 0~ 1.0 01.0 1.0-0 1.0-00 0:1.0 1:1.0 1.0~~ 1.0~ 1.0+ 1.0a 1.0-1~bpo12+1 1.0-1+b1 1.0-a-1 1.0-1-1 \
		2.0+really1.0 99999999999999999999 1:0~ 1.0-~ 7.6.q-36 1.8+ds-1 0.0~git20240101.abc-1
} > versions
awk 'BEGIN { srand(21) }
	{ v[NR] = $0 }
	function any(s) { return substr(s, int(rand() * length(s)) + 1, 1) }
	function odd(	s, n) { s = any("0123"); for (n = int(rand() * 7); n > 0; n--) s = s any("001259aAzZ~~++.--"); return s }
	END {
		for (i = 1; i <= 500; i++) print v[int(rand() * NR) + 1], v[int(rand() * NR) + 1]
		for (i = 1; i <= 400; i++) {
			a = v[int(rand() * NR) + 1]; at = int(rand() * length(a)) + 1
			if (at > 3) print a, substr(a, 1, at - 1) any("09a~+.") substr(a, at + int(rand() * 2))
		}
		for (i = 1; i <= 600; i++) print odd(), odd()
	}' versions | grep -v '[-:.+~] \|:.*:.* \|- ' > pairs
while read -r a b; do
	if ! err=$(dpkg --compare-versions "$a" lt "$b" 2>&1); then
		if dpkg --compare-versions "$a" gt "$b" 2> /dev/null; then r=withdrawn; else r=same; fi
	else
		r=update
	fi
	case $err in '') echo "$a $b $r" ;; esac
done < pairs > by-dpkg
mkdir -p many
{ echo architecture=amd64; awk '{ print "package=p" NR " amd64 " $1 }' by-dpkg; } > many/manifest
awk '{ print "Package: p" NR "\nVersion: " $2 "\n" }' by-dpkg > many/list
printf 'lists\ts\tx\t500\t-\tmany/list\nappliance\tmany\tmany\ts\n' > plan
appliance-outdated --json plan | jq -r '.findings[] | .package + " " + .kind' > found
awk 'NR == FNR { kind[$1] = $2; next } { k = ("p" FNR in kind) ? kind["p" FNR] : "same"; if (k != $3) print $0, k }' found by-dpkg > differ
is "$(head -n 5 differ)" "" "$(wc -l < by-dpkg) pairs of versions are ordered as dpkg orders them"
[ "$(wc -l < by-dpkg)" -gt 1000 ] && [ "$(cut -d' ' -f3 by-dpkg | sort -u | wc -l)" = 3 ]
ok $? "which are many, of each kind"
finish
