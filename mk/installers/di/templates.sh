#!/bin/bash
# SPDX-License-Identifier: MIT
# templates.sh [SUITE ARCH MIRROR [SECURITY_HOST]] - what preseed-check knows of a release:
# all questions of its installer and of some packages, verified and in the cache; prints
# the index's name. Without operands, of what an empty recipe would be.
# templates.sh -o INDEX SUITE ARCH MIRROR SECURITY_HOST PACKAGE... - the same and the
# questions of PACKAGE..., in an index of its own, if it has none of them already.
#
# Packages once fetched stay beside the index, so that a new list costs only what is
# new. That of the host's own mirror is where preseed-check looks for it. What the mirror lists but does not have is named in the index as not seen.
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

not_root
own=
if [ "${1:-}" = -o ]; then
	own=$2
	shift 2
fi
if [ $# -eq 0 ]; then
	read_empty
	set -- "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
fi
[ $# -ge 3 ] || { say "usage: $ME [-o INDEX] [SUITE ARCH MIRROR [SECURITY_HOST [PACKAGE...]]]"; exit 2; }
suite=$1 arch=$2 mirror=$3
extra=("${@:5}")

here=$CACHE/templates
archive=$(archive_name "$suite" "$arch" "$mirror" "${4:-}")
store=$here/$archive
final=$store/index
hold "templates/$archive"
mkdir -p "$store"
exec 8> "$store/.lock"
run flock 8

private_apt "$suite" "$arch" "$mirror" "${4:-}"
kit=$(readlink -f "$CACHE/kit/$archive" || true)
words() { sed -n "s/^$1[ \t]*//p" "$DI/templates.list" | tr -s ' \t' '\n'; }
# What the release's own index has already, or the archive has not, is nothing to fetch.
if [ -n "$own" ]; then
	mapfile -t extra < <(printf '%s\n' "${extra[@]}" | grep -xE '[a-z0-9][a-z0-9+.-]+' | sort -u |
		comm -23 - <(words deb | sort -u) | comm -12 - <(apt-cache pkgnames | sort -u))
	if [ ${#extra[@]} -eq 0 ]; then
		echo "$final"
		exit
	fi
	size=$({ apt-cache show --no-all-versions "${extra[@]}" 2> /dev/null || true; } | awk '/^Size: / { n += $2 } END { print n + 0 }')
	[ "$size" -le "$(bytes MAX_DOWNLOAD 16G)" ] ||
		die "${extra[*]}: $size bytes to fetch for their questions: the operator allows MAX_DOWNLOAD=${MAX_DOWNLOAD:-16G}"
	final=$own
fi
# of the format of this version (clones of others may share the cache), and newer than
# all that it is made of?
format=$(preseed-index --format)
if [ -z "$own" ] && [ -z "${REFRESH:-}" ] && [ -e "$final" ] && [ "$(head -c 8 "$final" | tr -d '\0')" = "$format" ] &&
	[ "$final" -nt "$APT_DIR/fresh" ] && [ "$final" -nt "$DI/templates.list" ] &&
	[ "$final" -nt "$(command -v preseed-index)" ]; then
	echo "$final"
	exit
fi

scratch=$(mktemp -d "$here/.new.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

mapfile -t lists < <(apt-get indextargets --format '$(FILENAME)' 'Created-By: Packages')
: > "$scratch/udebs"
packages=()
for l in "${lists[@]}"; do
	case $l in
	*debian-installer*)
		/usr/lib/apt/apt-helper cat-file "$l" > "$scratch/udebs" ;;
	*)	/usr/lib/apt/apt-helper cat-file "$l" > "$scratch/packages.${#packages[@]}"
		packages+=(--packages "$scratch/packages.${#packages[@]}") ;;
	esac
done

# The names of the other components' packages. A mirror may be without them; nothing but
# names is taken from there, verified as all lists are.
others=$APT_DIR/components
mkdir -p "$others/partial"
sed -n 's/^\(deb .*\) main$/\1 contrib non-free non-free-firmware/p' "$APT_DIR/etc/sources.list" > "$scratch/sources.list"
component_apt() {
	apt-get -q -o Dir::Etc::sourcelist="$scratch/sources.list" -o Dir::State::lists="$others" "$@"
}
if component_apt update > "$scratch/log" 2>&1; then
	while read -r l; do
		# a component that the release has not yet, or the mirror not at all
		/usr/lib/apt/apt-helper cat-file "$l" > "$scratch/packages.${#packages[@]}" 2> /dev/null || continue
		packages+=(--packages "$scratch/packages.${#packages[@]}")
	done < <(component_apt indextargets --format '$(FILENAME)' 'Created-By: Packages')
else
	say "$ME: $suite: the lists of contrib and non-free were not to be had"
fi

# NAME FILE of each udeb that may ask; kernel modules ask nothing.
file_names() { # of the stanzas on stdin, as apt names what it downloads
	awk -v RS= -v end="$1" '!/\nKernel-Version: / {
		p = v = a = ""
		n = split($0, line, "\n")
		for (i = 1; i <= n; i++) {
			if (line[i] ~ /^Package: /) p = substr(line[i], 10)
			if (line[i] ~ /^Version: /) v = substr(line[i], 10)
			if (line[i] ~ /^Architecture: /) a = substr(line[i], 15)
		}
		gsub(/:/, "%3a", v)
		print p, p "_" v "_" a end
	}'
}
set -f
skip=$(words skip | sed 's/[.+]/\\&/g; s/\*/.*/g' | paste -sd'|')
set +f
file_names .udeb < "$scratch/udebs" | grep -vE "^($skip) " | sort -u > "$scratch/wanted"
mapfile -t debs < <({ words deb; printf '%s\n' "${extra[@]}"; } | sed '/^$/d' | sort -u)
{ apt-cache show --no-all-versions "${debs[@]}" 2> /dev/null || true; } |
	awk -v RS= -v ORS='\n\n' 1 | file_names .deb | sort -u >> "$scratch/wanted"

# What was fetched for a recipe stays for the next one, as long as there is room.
mapfile -t files < <(cut -d' ' -f2 "$scratch/wanted" | sed "s|^|templates/$archive/|")
hold "${files[@]}"
while read -r name file; do
	[ ! -s "$store/$file" ] || continue
	# what the kit has need not be fetched again, unless the kit made it
	if [ -s "$kit/udebs/$file" ] && grep -q "^udeb $name .* archive\$" "$kit/manifest"; then
		cp "$kit/udebs/$file" "$store/$file.tmp" && mv "$store/$file.tmp" "$store/$file"
		continue
	fi
	echo "$name"
done < "$scratch/wanted" > "$scratch/missing"
if [ -s "$scratch/missing" ]; then
	say "$ME: $suite: fetching $(wc -l < "$scratch/missing") packages for their questions"
	mkdir "$scratch/get"
	(cd "$scratch/get" && xargs -a "$scratch/missing" apt-get -q download > "$scratch/log" 2>&1) || true
	find "$scratch/get" -type f -name "*deb" -exec mv {} "$store/" \;
fi

: > "$scratch/files"
: > "$scratch/unseen"
while read -r name file; do
	if [ -s "$store/$file" ]; then
		echo "$store/$file" >> "$scratch/files"
	else
		echo "$name" >> "$scratch/unseen"
	fi
done < "$scratch/wanted"
# Versions that no list names any more go.
[ -n "$own" ] || (cd "$store" && ls | grep 'deb$' | awk 'NR == FNR { keep[$2] = 1; next } !($1 in keep)' "$scratch/wanted" - | xargs -r rm -f)

field() { { sed -n "s/^$2: //p" "$APT_DIR"/lists/*_dists_"$1"_*Release 2> /dev/null || true; } | head -n 1; }
number=$(field "$suite" Version)
initrd=()
[ ! -e "$kit/initrd.gz" ] || initrd=(--initrd "$kit/initrd.gz")
preseed-index --suite "$suite" --arch "$arch" --number "${number%%.*}" --alias "$(field "$suite" Suite)" \
	"${packages[@]}" "${initrd[@]}" --unseen "$scratch/unseen" --files "$scratch/files" --output "$final"
if [ -z "$own" ]; then
	own_mirror=$(read_empty && archive_name "$suite" "$arch" "${fact[mirror]}" "${fact[security]}")
	[ "$archive" != "$own_mirror" ] || ln -sfn "$archive/index" "$here/$suite-$arch.index"
fi
prune_cache
[ -n "$own" ] || say "$ME: $suite: the questions of $(wc -l < "$scratch/files") packages, $(wc -l < "$scratch/unseen") not on the mirror, in $final"
echo "$final"
