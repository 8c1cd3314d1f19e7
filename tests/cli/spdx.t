#!/bin/bash
# SPDX-License-Identifier: MIT
# Each source file says its licence, in its first line or after #!, as its kind's comment.
. "${0%/*}/../lib.sh"

# in the tree that is tested: all but data, and what has no comments
cd "$SRC" || exit
lacking() { # the files on stdin that do not say it: FILE
	local f first
	while read -r f; do
		case $f in
		*.c|*.h|*.S|*.mjs) first='// ' ;;
		*.[1-9]) first='.\" ' ;;
		*.vim) first='" ' ;;
		*)	first='# ' ;;
		esac
		want="${first}SPDX-License-Identifier: MIT" awk '
			NR == 1 && /^#!/ || /^$/ { next }
			{ found = $0 == ENVIRON["want"]; exit }
			END { exit !found }' "$f" || echo "$f"
	done
}
mapfile -t files < <(find tools tests mk udeb examples docs Makefile -type f -size +0 ! -path 'tests/data/*' ! -path 'tests/fuzz/corpus/*' \
	! -path udeb/DEBIAN/control ! -path 'docs/*.svg' ! -name '.*' ! -name '*~' | sort)
is "$(printf '%s\n' "${files[@]}" | grep -cx 'Makefile\|mk/setup.sh\|tools/dmdisk.c\|tools/dmdisk.8\|tools/lib/diag.h\|udeb/DEBIAN/postinst\|tests/lib.sh')" 7 \
	"all kinds of file are looked at"
is "$(printf '%s\n' "${files[@]}" | lacking)" "" "each says its licence"

cd "$T" || exit
printf '/* x */\n' > none.c
printf '# SPDX-License-Identifier: MIT\n' > other.c
printf '#!/bin/sh\necho\n# SPDX-License-Identifier: MIT\n' > late.sh
printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\n' > good.sh
printf '.\\" SPDX-License-Identifier: MIT\n' > good.8
is "$(printf '%s\n' none.c other.c late.sh good.sh good.8 | lacking)" "none.c
other.c
late.sh" "a file without it is named"
finish
