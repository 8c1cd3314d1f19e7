#!/bin/bash
# SPDX-License-Identifier: MIT
# seedbed(7) has each variable of the operator's, with its default, and each goal; what it
# names exists.
. "${0%/*}/../lib.sh"
need make mandoc
page=$SRC/tools/seedbed.7
is "$(mandoc -Tlint -W warning "$page")" "" "seedbed.7 is clean mdoc"

# --- names: those of root.mk, and of the makefiles' own "?=" ---
variables() { # variables PAGE: the names in VARIABLES
	sed -n '/^\.Sh VARIABLES/,/^\.Sh LIMITS/p' "$1" | sed -n 's/^\.It Va //p' | sed 's/ Ns = .*//; s/ , /\n/g' | sort
}
cp -r "$SRC"/{Makefile,VERSION,mk,preseed.d,udeb,tools,recipes} .
unset MAKEFLAGS MFLAGS MAKELEVEL
cat > print.mk <<'END'
print:
	@printf '%s\n' $(OPERATOR) CC CPPFLAGS CFLAGS LDFLAGS WERROR JOBS
END
# what the environment of this test says is not the operator's
env=(env -i PATH="$PATH" HOME="$T" LC_ALL="$LC_ALL")
defined=$("${env[@]}" make -s -f Makefile -f print.mk print SETUP=no
	grep -ohE '^[A-Z_]+[[:space:]]*\?=' Makefile mk/*.mk | grep -oE '^[A-Z_]+'
	printf '%s\n' SETUP DESTDIR SEEDBED_USER SIGN_KEY SIGNERS)
is "$(variables "$page")" "$(sort -u <<< "$defined")" "VARIABLES has the names that the makefiles have, and no others"
kinds() { # kinds SECTION: the names of a subsection
	sed -n "/^\.Ss $1/,/^\.S[sh] /p" "$page" | sed -n 's/^\.It Va \([A-Z_]*\).*/\1/p' | sort | paste -sd ' '
}
echo 'print: ; @echo $(sort $(ANSWERS)); echo $(sort $(WAYS))' > print.mk
is "$(kinds 'What goes into'; kinds 'How it is built')" "$("${env[@]}" make -s -f Makefile -f print.mk print SETUP=no)" \
	"a variable that is a reason to build again is listed as one"

# --- defaults: those that the scripts and makefiles fall back to ---
defaults() { # defaults PAGE: NAME VALUE
	awk '/^\.Sh/ { name = "" }
		/^\.It Va/ { name = $3 }
		/^The default is$/ { at = NR + 1 }
		NR == at && $1 == ".Li" && name { print name, $2 }' "$1" | sort -u
}
code() {
	{
		grep -ohE '\$\{[A-Z_]+:-[^}$]+\}' mk/*.sh mk/installers/*/*.sh | sed -E 's/^\$\{([A-Z_]+):-(.*)\}$/\1 \2/'
		grep -ohE '\bbytes [A-Z_]+ [0-9]+[A-Za-z]' mk/*.sh mk/installers/*/*.sh | sed 's/^bytes //'
		sed -nE 's/^(O|PREFIX|RECIPES|FUZZ_SECONDS)[[:space:]]*\?= *([^ ]+)$/\1 \2/p' Makefile mk/appliance.mk mk/check.mk
	} | grep -E "^($(variables "$page" | paste -sd '|')) " | sort -u
}
is "$(defaults "$page")" "$(code)" "each default is the one that is used"
is "$(cut -d' ' -f1 <<< "$(code)" | uniq -d)" "" "a variable has one default"
is "$(sed -n '/^\.Sh LIMITS/,/^\.Sh FILES/s/^\.It Va //p' "$page" | sort)" \
	"$(awk '/^\.It Va/ { list = list $3 "\n"; next } /^\.Sx LIMITS/ { printf "%s", list } !/^See$/ { list = "" }' "$page" | sort)" \
	"LIMITS has the variables that are said to be there"

# --- goals, programs, files ---
is "$(sed -n '/^\.Sh GOALS/,/^\.Sh VARIABLES/p' "$page" | sed -n 's/^\.It Cm \([a-z-]*\).*/\1/p' | sort)" \
	"$(sed -n 's/^\(# \)*\([a-z][a-z-]*\)[A-Z]*:.*##.*/\2/p' mk/appliance.mk mk/installers/*/rules.mk mk/seedbed.mk | sort)" \
	"GOALS has the goals of a folder of recipes"
is "$(sed -n '/^\.Sh SEE ALSO/,$s/^\.It Xr //p' "$page" | sed 's/ /./' | sort)" \
	"$(find tools -name '*.[1-8]' ! -name seedbed.7 -printf '%f\n' | sort)" "SEE ALSO is the index of all manuals"
for p in $(sed -n '/^\.Sh FILES/,/^\.Sh EXIT/p' "$page" | sed -n 's/^\.It Pa //p' | tr -d ,); do
	case $p in
	build/NAME/*) grep -qE -- "${p##*/NAME/}|/${p##*/}\b" <(sed 's/{\([^}]*\)}/\1/g' mk/*.sh mk/*.mk mk/installers/*/*.sh) ||
			case $p in */NAME.qcow2 | */files/ | */failed-TIME/) ;; *) echo "$p" ;; esac ;;
	esac
done > absent
is "$(cat absent)" "" "the files of a build are named by its scripts"

# --- it can fail ---
sed 's/^\.Li 64G \./.Li 65G ./; s/^\.It Va STALL Ns.*/.It Va STAL Ns = x/' "$page" > other.7
like "$(defaults other.7)" '^MAX_DISK 65G$' "another default shows"
like "$(variables other.7)" '^STAL$' "and another name"
finish
