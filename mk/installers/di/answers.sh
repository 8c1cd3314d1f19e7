#!/bin/bash
# SPDX-License-Identifier: MIT
# answers.sh NAME FOLDER OPTION... - NAME's recipe as answers of debian-installer, in FOLDER,
# where its facts are; OPTION... are the operator's, for preseed(1).
#
#	preseed.cfg		all answers
#	early.cfg, rest.cfg	in two parts, for an installer that is forked (fork.sh)
#	payload, payload.d/	the recipe's files: a list, and as they were when they were checked
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

[ $# -ge 2 ] || { say "usage: $ME NAME FOLDER OPTION..."; exit 2; }
not_root
name=$1 folder=$2
shift 2
B=$BUILD/$name
recipe=$RECIPES/$name.recipe
recipe=${recipe#"$PWD"/}
read_facts "$folder/facts"

# The recipe's files are read once, here.
mkdir "$folder/payload.d"
copies=(--payload "$folder/payload" --copies "$folder/payload.d")
preseed "$@" "${copies[@]}" -o "$folder/preseed.cfg" "$recipe"
preseed "$@" --format early -o "$folder/early.cfg" "$recipe"
preseed "$@" --format rest "${copies[@]}" -o "$folder/rest.cfg" "$recipe"
sed -i "s|\t$folder/|\t$B/|" "$folder/payload" # where they will be

# Answers that the installer would not understand, questions that it would stop at,
# started as install.sh does it, and packages that the release does not have are found
# now, not in half an hour.
suite=${fact[suite]}
private_apt "$suite" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
checked() { # checked INDEX
	local status=0
	preseed-check --index "$1" --arch "${fact[architecture]}" --level error \
		--cmdline 'auto=true priority=critical' --disk "${fact[disk]}" --memory "${fact[memory]}M" \
		--origins "$B/explain" "$folder/preseed.cfg" > "$folder/findings" || status=$?
	sed "s|^$folder/preseed.cfg:[0-9]*:[0-9]*:|$recipe:|" "$folder/findings" >&2
	rm -f "$folder/findings"
	[ $status -ne 1 ] || exit 1
}
if templates=$("$DI/templates.sh" "$suite" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"); then
	checked "$templates"
	# The questions of packages that it answers are fetched now that the rest of it is
	# right, for this recipe alone.
	mapfile -t owners < <(sed -n 's/^\([a-z0-9][a-z0-9+.-]*\)[ \t].*/\1/p' "$folder/preseed.cfg" | grep -vx d-i | sort -u)
	if [ ${#owners[@]} -gt 0 ] && "$DI/templates.sh" -o "$folder/templates.index" "$suite" "${fact[architecture]}" \
		"${fact[mirror]}" "${fact[security]}" "${owners[@]}" > "$folder/findings"; then
		checked "$(cat "$folder/findings")"
	fi
else
	# Without what the mirror has of the release's questions, by the package lists alone.
	say "$name: its answers are not checked: ${templates:-there is no list of questions of $suite}"
	for p in $(comm -23 <(sed -n 's/^package=//p' "$folder/facts" | sort -u) <(apt-cache pkgnames | sort -u)); do
		# a name that others provide will do, and so may one of the recipe's repositories
		if apt-cache showpkg -- "$p" 2>/dev/null | sed '1,/^Reverse Provides/d' | grep -q . ||
			grep -q '^d-i apt-setup/local0/repository ' "$folder/preseed.cfg"; then continue; fi
		say "$recipe: package $p: not in $suite"
		bad=yes
	done
	[ -z "${bad:-}" ] || exit 1
fi
rm -f "$folder/templates.index" "$folder/findings"
