#!/bin/bash
# SPDX-License-Identifier: MIT
# debian/ agrees with the tree: version, packages, dependencies; and nothing of it starts
# anything.
. "${0%/*}/../lib.sh"
cd "$SRC" || exit
[ -e debian/control ] || skip_all "there is no debian/ (make dist leaves it out)"
field() { # field FILE NAME PARAGRAPH: its value, one word or alternative a line
	awk -v RS= -v want="$3" '$0 ~ "(^|\n)" want "(\n|$)"' "$1" | awk -v name="$2" '
		/^[^ #]/ { on = index($0, name ":") == 1; sub(/^[^:]*: */, "") }
		on' | tr ',' '\n' | sed 's/ *<!nocheck>//; s/^ *//; s/ *$//' | grep .
}
set_of() { # set_of SET: of mk/packages, as a control file spells it
	sed -n "s/^$1[[:space:]]*//p" mk/packages | tr -s ' \t' '\n' | sed 's/|/ | /g' | sort -u
}
not_in() { comm -23 <(sort -u <<< "$1") <(sort -u <<< "$2"); }

version=$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' debian/changelog)
is "$version" "$(cat VERSION)" "the package's version is that of VERSION"

built=$(field debian/control Build-Depends 'Source: seedbed')
is "$(not_in "$(set_of build)" "$built"$'\ngcc\nmake\nlibc6-dev')" "" "Build-Depends has what a build wants (build-essential is there)"
is "$(not_in "$(grep -x 'lib.*' <<< "$built")" "$(set_of build; set_of check)")" "" "and no library besides"

depends=$({ debian/depends run depends; debian/depends run recommends; } | sed 's/, /\n/g')
essential=$'gzip\nutil-linux'
is "$(not_in "$(set_of run)" "$depends"$'\n'"$essential")" "" "Depends and Recommends have what an appliance wants"
is "$(not_in "$depends" "$(set_of run)")" "" "and nothing besides"
is "$(comm -12 <(debian/depends run depends | sed 's/, /\n/g' | sort) <(debian/depends run recommends | sed 's/, /\n/g' | sort))" "" "each once"
if command -v dpkg-query > /dev/null; then
	is "$(for p in $essential; do dpkg-query -W -f '${Essential} ${Package}\n' "$p"; done)" $'yes gzip\nyes util-linux' "what is left out is essential"
fi
like "$(field debian/control Depends 'Package: seedbed')" '^\$\{seedbed:Depends\}$' "the package has them"
like "$(field debian/control Recommends 'Package: seedbed')" '^\$\{seedbed:Recommends\}$' "and those that start services of their own it recommends"
is "$(not_in "$(set_of check)" "$(field debian/tests/control Depends 'Tests: programs')")" "" "the tests of installed programs have what the tests want"
is "$(sed -n 's/^Tests: //p' debian/tests/control | sort)" "$(cd debian/tests && find . -type f -perm -u+x -printf '%P\n' | sort)" "each test is listed"

# --- each program is in one package ---
tools=$(sed -nE 's/^\$\(eval \$\(call tool,([a-z-]+).*/\1/p' Makefile | sort)
listed=$(for f in debian/*.install; do [ -x "$f" ] || sed -n 's|^usr/bin/||p' "$f"; done | sort)
is "$(uniq -d <<< "$listed")" "" "no program is in two packages"
is "$(not_in "$listed" "$tools")" "" "those of the small packages exist"
while read -r t; do
	f=$(grep -lx "usr/bin/$t" debian/*.install)
	grep -qx "usr/share/bash-completion/completions/$t" "$f" && grep -qx "usr/share/man/man[18]/$t\.[18]" "$f" || echo "$t"
done <<< "$listed" > "$T/lacking" 2> "$T/err"
is "$(cat "$T/lacking")" "" "with manual and completion"
# the package seedbed has the rest: as debhelper calls it, over what would be installed
mkdir "$T/tree" && cp -r debian "$T/tree/" && cd "$T/tree" || exit
mkdir -p debian/tmp/usr/bin debian/tmp/usr/share/doc/seedbed
for t in $tools; do : > "debian/tmp/usr/bin/$t"; done
: > debian/tmp/usr/share/doc/seedbed/CHANGELOG.md
is "$(debian/seedbed.install | sed 's|^usr/bin/||')" "$(not_in "$tools" "$listed")" "the package seedbed has all others"
is "$(for p in $(debian/seedbed.install); do case $p in usr/bin/grubify | usr/bin/randomart) echo "$p" ;; esac; done)" "" "and not those"

# --- nothing starts ---
is "$(cd "$SRC/debian" && find . -regex '.*\.\(service\|socket\|timer\|path\|init\|default\|cron.*\|tmpfile\|udev\|preinst\|postinst\|prerm\|postrm\|config\|triggers\)')" "" \
	"no unit, no timer, no maintainer script"
unlike "$(cat "$SRC/debian/rules")" 'systemd|installinit|installcron' "nor does debhelper make one"
finish
