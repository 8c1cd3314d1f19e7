#!/bin/bash
# SPDX-License-Identifier: MIT
# inputs.sh NAME - BUILD/NAME/inputs: what its answers have been compiled of, a line
# "KIND HASH NAME" each; BUILD/NAME/answers: the hash of what came out.
# inputs.sh --installer NAME - the same lines of what installed it: the kit and seedbed's own.
# inputs.sh --lists NAME - BUILD/NAME/releases: "HASH ADDRESS" of the signed files that the
# archives' lists are by, just after apt has looked at them.
# inputs.sh --now NAME... - all of these as they are now, for appliance-outdated's plan.
#
#	recipe NAME	a file beneath the folder of recipes, by its place there
#	fragment NAME	of preseed.d
#	setting NAME	what the operator said, - for nothing; of a file its bytes
#	kit NAME	the mirror's installer, by its manifest
#	installer NAME	a part of seedbed's own in the installer
. "${BASH_SOURCE[0]%/*}/common.sh"

. "$ROOT/mk/apt.sh"

usage() { say "usage: $ME NAME | --installer NAME | --lists NAME | --now NAME..."; exit 2; }
[ $# -ge 1 ] || usage
not_root

hashes() { # hashes KIND PREFIX: of the files whose names come, each named without PREFIX
	# what has become a link or a pipe since is none that was compiled
	while IFS= read -r f; do
		[ ! -f "$f" ] || [ -L "$f" ] || printf '%s\n' "$f"
	done | timeout 600 xargs -r -d '\n' sha256sum -- 2> /dev/null |
		awk -v kind="$1" -v prefix="$2" '{
			name = substr($0, 67)
			if (index(name, prefix) == 1) name = substr(name, length(prefix) + 1)
			print kind, $1, name }' || true
}
fragments() { printf '%s\n' "$ROOT"/preseed.d/*.preseed | hashes fragment "$ROOT/preseed.d/"; }
settings() {
	local v hash
	for v in ${SEEDBED_SETTINGS:-}; do
		case $v:${!v:-} in
		*:) hash=- ;;
		KEY:*|KEYRING:*) hash=$(sha256sum < "${!v}" | cut -d' ' -f1) ;;
		*) hash=$(printf '%s' "${!v}" | sha256sum | cut -d' ' -f1) ;;
		esac
		echo "setting $hash $v"
	done
}
# Its folder has its manifest's hash in its name, and each mirror's is a link (kit.sh).
kit() { # kit FOLDER NAME
	echo "kit ${1##*-} $2"
}
installer() {
	"$INSTALLER/parts.sh" | sed 's/^/installer /'
}
# Where a recipe and its files are is no matter.
depends() { # depends FACTS...
	sed -n 's/^depends=//p' "$@" | while read -r f; do
		case $f in
		/*) printf '%s\n' "$f" ;;
		*) printf '%s\n' "$PWD/$f" ;;
		esac
	done | sort -u
}

case $1 in
--installer)
	[ $# -eq 2 ] || usage
	read_facts "$BUILD/$2/facts"
	dir=$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
	kit "$(cat "$BUILD/$2/kit")" "${dir##*/}"
	installer ;;
--lists)
	[ $# -eq 2 ] || usage
	B=$BUILD/$2
	read_facts "$B/facts"
	dir=$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")
	for f in "$dir"/lists/*InRelease; do
		[ ! -e "$f" ] || echo "$(sha256sum < "$f" | cut -d' ' -f1) $(basename "$f" | sed 's|^|http://|; s|_|/|g')"
	done > "$B/releases.tmp"
	mv "$B/releases.tmp" "$B/releases" ;;
--now)
	shift
	facts=() answers=()
	for name; do
		[ ! -e "$BUILD/$name/facts" ] || facts+=("$BUILD/$name/facts")
		[ ! -e "$BUILD/$name/answers" ] || answers+=("$BUILD/$name/answers")
	done
	{
		[ ${#facts[@]} -eq 0 ] || depends "${facts[@]}" | hashes recipe "$RECIPES/"
		fragments
		settings
		for f in "$CACHE"/kit/*; do
			[ ! -L "$f" ] || kit "$(readlink -f "$f")" "${f##*/}"
		done
		for INSTALLER in "$ROOT"/mk/installers/*; do
			[ ! -e "$INSTALLER/facts" ] || installer
		done
	} | awk '{ kind = $1; hash = $2; sub(/^[^ ]* [^ ]* /, ""); print "now\t" kind "\t" hash "\t" $0 }'
	[ ${#answers[@]} -eq 0 ] || awk -v from="$BUILD/" '
		FNR == 1 { name = substr(FILENAME, length(from) + 1); sub(/\/.*/, "", name); print "answers\t" name "\t" $1 }' "${answers[@]}" ;;
-*)	usage ;;
*)	[ $# -eq 1 ] || usage
	B=$BUILD/$1
	{
		depends "$B/facts" | hashes recipe "$RECIPES/"
		fragments
		settings
	} > "$B/inputs.tmp"
	mv "$B/inputs.tmp" "$B/inputs"
	{
		grep -v '^depends=' "$B/facts"
		cat "$B"/{preseed,early,rest}.cfg
		{ find "$B/payload.d" -type f -printf '%f\n' 2> /dev/null || true; } | sort -n | while read -r f; do
			sha256sum < "$B/payload.d/$f"
		done
	} | sha256sum | cut -d' ' -f1 > "$B/answers.tmp"
	mv "$B/answers.tmp" "$B/answers" ;;
esac
