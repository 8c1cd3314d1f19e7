# SPDX-License-Identifier: MIT
# cache.sh - sourced after common.sh: what is kept in SEEDBED_CACHE for later builds, and how
# it goes.
#
#	hold PATH...	these stay until this script, and all that it has started, have ended
#	prune_cache	of what nobody holds goes what has not been used for KEEP_CACHE days (30)
#			and then, the longest unused first, as much as is over CACHE_SIZE
#
# PATH is a way in SEEDBED_CACHE. ARCHIVE is a release at a mirror (apt.sh: archive_name).
#
#	apt/ARCHIVE/		apt's root: lists, what is derived of them, archives/*.deb
#	kit/KIT/, kit/ARCHIVE	installers by content; which of them is that archive's
#	templates/ARCHIVE/	packages, and the index of their questions
#	held/*			paths, in a file that who holds them has locked
#
# Each of these folders goes as a whole; each package in one also alone. Times are of the
# last use (touch). What pkgcache keeps (packages/) it bounds itself.

held_in= # that file
hold() {
	local lock
	[ $# -gt 0 ] || return 0
	mkdir -p "$CACHE/held"
	exec {lock}>> "$CACHE/held/.lock"
	flock -s "$lock" # not while somebody prunes
	if [ -z "$held_in" ]; then
		held_in=$(mktemp "$CACHE/held/XXXXXXXX")
		exec {held_by}>> "$held_in" # for children, too
		flock "$held_by"
	fi
	printf '%s\n' "$@" >> "$held_in"
	(cd "$CACHE" && printf '%s\0' "$@" | xargs -0 touch -c --)
	exec {lock}>&-
}

# Names that others may have made are nothing to act on: they are of these letters or left.
cache_units() { # what can go, as "TIME BYTES FOLDER NAME"; NAME is - for the whole folder
	local top folder
	for top in apt templates kit; do
		[ -d $top ] && [ ! -L $top ] || continue # a link: somebody else's, who prunes it
		for folder in $top/*; do
			[ -d "$folder" ] && [ ! -L "$folder" ] || continue
			case $top in
			kit) printf '%s %s %s -\n' "$(stat -c %Y "$folder")" "$(du -sb "$folder" | cut -f1)" "$folder" ;;
			*)	printf '%s %s %s -\n' "$(stat -c %Y "$folder")" \
					"$(du -sb --exclude='*deb' "$folder" | cut -f1)" "$folder"
				# while others fetch and remove
				find "$folder" -mindepth 1 -maxdepth 2 -type f -name '*deb' -printf '%Ts %s %H %P\n' || true ;;
			esac
		done
	done | { grep -xE '[0-9]+ [0-9]+ [a-z]+/[A-Za-z0-9][A-Za-z0-9._+-]* [A-Za-z0-9._+%~:/-]+' || true; }
}

prune_cache() {
	local most days
	most=$(bytes CACHE_SIZE 20g)
	days=${KEEP_CACHE:-30}
	[[ $days =~ ^[0-9]{1,5}$ ]] || die "KEEP_CACHE=$days: must be a number of days, such as 30"
	mkdir -p "$CACHE/held"
	(
		flock 9
		cd "$CACHE"
		for f in held/*; do
			[ ! -f "$f" ] || flock -n "$f" rm -f -- "$f" || cat -- "$f"
		done > held/.now
		cache_units | sort -n | awk -v now="$(date +%s)" -v days="$days" -v most="$most" '
			FILENAME == ARGV[1] {
				held[$0] = 1
				if (match($0, "^[^/]*/[^/]*"))
					held[substr($0, 1, RLENGTH)] = 1 # the folder that it is in
				next
			}
			{ time[++n] = $1; size[n] = $2; folder[n] = $3; name[n] = $4; total += $2 }
			function go(i) { left[i] = 1; total -= size[i] }
			END {
				for (i = 1; i <= n; i++) {
					path = folder[i] (name[i] == "-" ? "" : "/" name[i])
					if (i in left || path in held || now - time[i] <= days * 86400 && total <= most)
						continue
					go(i)
					print path
					for (j = 1; name[i] == "-" && j <= n; j++) # what is in it
						if (folder[j] == folder[i] && !(j in left))
							go(j)
				}
			}' held/.now - | while read -r path; do
			rm -rf -- "$path" || say "$ME: $CACHE/$path: cannot be removed"
		done
		find kit/ -maxdepth 1 -xtype l -delete 2> /dev/null || true
	) 9>> "$CACHE/held/.lock"
}
