#!/bin/bash
# SPDX-License-Identifier: MIT
# No part of a tool needs one that needs it: neither by headers that include each other,
# nor by functions that are called.
. "${0%/*}/../lib.sh"
need nm tsort cc

# Pairs "A B": A includes B, B a header of the same folder; A calls what B defines.
included() { # included FOLDER
	local f h
	for f in "$1"/*.[ch]; do
		sed -n 's/^#include "\([^"/]*\)".*/\1/p' "$f" | while read -r h; do
			[ ! -e "$1/$h" ] || echo "${f##*/} $h"
		done
	done
}
called() { # called OBJECT...
	nm -A -P -g "$@" | awk '{
			sub(/:$/, "", $1); sub(/.*\//, "", $1)
			if ($3 == "U") needs[$1, $2] = 1; else home[$2] = $1
		}
		END {
			for (k in needs) {
				split(k, p, SUBSEP)
				if (p[2] in home && home[p[2]] != p[1])
					print p[1], home[p[2]]
			}
		}' | sort -u
}
circle() { tsort 2>&1 > /dev/null | sed -n 's/^tsort: \([^:]*\)$/\1/p' | tr '\n' ' '; }

# What is no circle and what is.
mkdir one two
printf 'int b(void);\nint a(void);\nint a(void) { return b(); }\n' | tee one/a.c > two/a.c
printf 'int b(void);\nint b(void) { return 1; }\n' > one/b.c
printf 'int a(void);\nint b(void);\nint b(void) { return a(); }\n' > two/b.c
for d in one two; do
	(cd $d && cc -c a.c b.c)
done
is "$(called one/*.o)" "a.o b.o" "who calls whom"
is "$(called one/*.o | circle)" "" "one way is no circle"
is "$(called two/*.o | circle)" "a.o b.o " "both ways is one"
echo '#include "b.h"' > two/a.h
echo '#include "a.h"' > two/b.h
like "$(included two | circle)" '^[ab].h [ab].h $' "of headers, too"

objects=$SRC/build/obj/tools
for dir in "$SRC"/tools/*/; do
	dir=${dir%/}
	tool=${dir##*/}
	is "$(included "$dir" | circle)" "" "$tool: no header needs one that includes it"
	parts=()
	for f in "$dir"/*.c; do # what was built of a file that is no more does not count
		f=$objects/$tool/$(basename "$f" .c).o
		[ ! -e "$f" ] || parts+=("$f")
	done
	if [ ${#parts[@]} -gt 0 ]; then
		is "$(called "${parts[@]}" | circle)" "" "$tool: no file needs one that calls it"
	else
		skip "$tool: no file needs one that calls it" "its objects are not in build/obj"
	fi
done
finish
