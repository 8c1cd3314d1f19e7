#!/bin/bash
# SPDX-License-Identifier: MIT
# The part of apt's lists that it can come to: what is in it, and that apt decides by it
# as by the whole.
. "${0%/*}/../lib.sh"

reach() { # reach FOLDER LIST...: to FOLDER, of those in "roots"
	rm -rf "$1" && mkdir "$1"
	awk -v out="$1" -f "$SRC/mk/installers/di/reach.awk" roots "${@:2}" "${@:2}"
}
of() { sed -n 's/^Package: //p' "$1" | paste -sd ' '; }

cat > one_Packages <<'END'
Package: far
Depends: root

Package: root
Pre-Depends: first (>= 1) [amd64]
Depends: left | right:any, virtual (= 2),
 folded
Recommends: nice
Suggests: maybe

Package: left

Package: first
Version: 1

Package: maybe

Package: giver
Provides: something, virtual (= 2), other
Depends: deep
END
cat > two_Packages <<'END'
Package: first
Version: 2
Depends: newer

Package: newer

Package: deep

Package: nice
Conflicts: foe

Package: foe
END
printf '%s\n' root nobody > roots
is "$(reach part one_Packages two_Packages | sort | paste -sd ' ')" \
	"deep first folded giver left newer nice nobody right root virtual" \
	"what is depended on and recommended, alternatives, who provides it; unknown names too"
is "$(of part/one_Packages)" "seedbed-order root left first giver" "in each list's own part, in its order"
is "$(of part/two_Packages)" "seedbed-order first newer deep nice" "every version"
is "$(sed -n 's/^Suggests: //p' part/one_Packages | head -n 1)" \
	"root, first, left, right, virtual, folded, nice, giver, deep" "after the names, as apt comes upon them"
is "$(sed -n '/^Package: root$/,/^$/p' part/one_Packages)" "$(sed -n '/^Package: root$/,/^$/p' one_Packages)" "whole stanzas"
reach single two_Packages > /dev/null
is "$(ls single)" "" "of one list alone, nothing of it"
echo first > roots
is "$(reach single two_Packages | paste -sd ' '):$(of single/two_Packages)" "first newer:seedbed-order first newer" "of one list, a part"
: > roots
is "$(reach none one_Packages two_Packages)$(ls none)" "" "of nothing, nothing"

# --- apt itself, over archives of a chance's making ---
command -v apt-get > /dev/null || { skip "apt decides the same" "apt-get is not installed"; finish; }
mkdir -p archive etc/preferences.d cache/archives/partial whole/partial
cat > apt.conf <<END
Dir "$T";
Dir::State "$T";
Dir::State::status "$T/status";
Dir::Cache "$T/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Etc "$T/etc";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::trustedparts "/dev/null";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "";
Acquire::Languages "none";
END
export APT_CONFIG=$T/apt.conf
echo "deb [trusted=yes] copy:$T/archive ./" > etc/sources.list
packages() { # packages SEED: 500 of them
	awk -v seed="$1" '
		function any(n) { return int(rand() * n) }
		function name(    n) { n = any(560); return n < 500 ? "p" n : "v" n % 40 } # some exist only as provided
		function names(most, or,    i, s, n) {
			n = any(most + 1)
			for (i = 0; i < n; i++)
				s = s (i ? (rand() < or ? " | " : ", ") : "") name()
			return s
		}
		function field(what, text) { if (text != "") print what ": " text }
		BEGIN {
			srand(seed)
			for (i = 0; i < 500; i++) {
				print "Package: p" i
				print "Version: 1\nArchitecture: amd64\nMaintainer: nobody <nobody@localhost>\nDescription: p"
				field("Depends", names(2, 0.4))
				field("Pre-Depends", rand() < 0.1 ? name() : "")
				field("Recommends", rand() < 0.3 ? names(2, 0.5) : "")
				field("Suggests", rand() < 0.3 ? name() : "")
				field("Provides", rand() < 0.3 ? "v" any(40) : "")
				field("Conflicts", rand() < 0.1 ? name() : "")
				field("Breaks", rand() < 0.1 ? "p" any(500) : "")
				field("Replaces", rand() < 0.1 ? "p" any(500) : "")
				print "Filename: ./p" i ".deb\nSize: 1000\nMD5sum: 00000000000000000000000000000000\n"
			}
		}'
}
there() { sed -n 's/^Package: //p' status; }
decide() { # decide LISTS PACKAGE...: what apt would do, or why not
	apt-get -s -q -o Debug::pkgProblemResolver=yes -o Dir::State::lists="$1/" install "${@:2}" > said 2>&1
	grep -E '^(Inst|Conf|Remv|E:)|^ .*(Depends|Conflicts|Breaks):|newly installed' said
}
seed=${SEED:-$(od -An -N2 -tu2 /dev/urandom)}
RANDOM=$seed
same=0 did=0 asked=0 smaller=0 resolved=0
for round in 1 2 3; do
	packages $((seed + round)) > archive/Packages
	: > status
	apt-get -q -o Dir::State::lists=whole/ update > update.log 2>&1 || cat update.log >&2
	apt-get -s -q -o Dir::State::lists=whole/ install p1 p2 p3 p4 2> /dev/null | sed -n 's/^Inst \([^ ]*\) .*/\1/p' > installed
	awk 'NR == FNR { want[$1] = 1; next }
		/^Package: / { on = $2 in want; if (on) print $0 "\nStatus: install ok installed"; next }
		/^$/ { if (on) print ""; on = 0 }
		on && !/^(Filename|Size|MD5sum): /' installed archive/Packages > status
	list=$(cd whole && ls ./*_Packages)
	for _ in {1..25}; do
		request=("p$((RANDOM % 500))" "p$((RANDOM % 500))")
		{ there; printf '%s\n' "${request[@]}"; } > roots
		reach part "whole/$list" > names
		for f in whole/*Release; do
			[ ! -e "$f" ] || cp "$f" part/
		done
		mkdir part/partial
		decide part "${request[@]}" > by-part
		decide whole "${request[@]}" > by-whole
		# one that its problem resolver has to look at may depend on all the others
		! grep -q '^Investigating' said || { resolved=$((resolved + 1)); continue; }
		asked=$((asked + 1))
		if cmp -s by-whole by-part; then
			same=$((same + 1))
		else
			echo "# round $round: ${request[*]}:" >&2
			diff by-whole by-part | show
		fi
		! grep -q '^Inst' by-whole || did=$((did + 1))
		[ "$(grep -c . "part/$list")" -ge "$(grep -c . "whole/$list")" ] || smaller=$((smaller + 1))
	done
done
is "$same" "$asked" "apt decides the same, $asked times (SEED=$((seed)))"
ok $((did < 10)) "($did times with something to install)"
ok $((resolved < 1)) "($resolved times there was a conflict to resolve)"
ok $((smaller < 10)) "(by a part that is smaller $smaller times)"
finish
