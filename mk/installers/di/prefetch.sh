#!/bin/bash
# SPDX-License-Identifier: MIT
# prefetch.sh NAME - the packages that the installer will want, fetched now, all at
# once; BUILD/NAME/prefetch lists them for initrd-add, and BUILD/NAME/prefetch.rest those
# that are this one's alone. The installer looks for each
# in apt's own archive folder before it asks a mirror, and verifies it there: one
# that is missing or stale it downloads as ever. So this is for speed alone, and
# whatever fails here is said and passed over.
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
read_facts "$B/facts"
packages=("${package[@]}")

: > "$B/prefetch.tmp"
rm -rf "$B/lists"
passed_over() {
	say "$name: $*: the installer will fetch its packages itself"
	: > "$B/prefetch.tmp"
	: > "$B/prefetch.rest"
	mv "$B/prefetch.tmp" "$B/prefetch"
	exit 0
}
private_apt "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"

archives=$APT_DIR/archives
empty=$(mktemp -d)
trap 'rm -rf "$empty"' EXIT
mkdir "$empty/partial"
wanted() { # wanted SET OPTION... PACKAGE...: "SET FILE PATH BYTES" of each package needed
	local set=$1
	shift
	apt-get -q -y --print-uris -o Dir::Cache::archives="$empty" "$@" |
		sed -n "s|^'[^']*/\(pool/[^']*\)' \([^ ]*\.deb\) \([0-9]*\) .*|$set \2 \1 \3|p" |
		sed 's/%2b/+/g; s/%7e/~/g; s/%3a\([^ ]* [0-9]*\)$/:\1/'
}
known() { comm -12 <(printf '%s\n' "$@" | sort -u) <(apt-cache pkgnames | sort -u); }

# Which lists all this is by: a fork brings along those that its installer does not have
# yet (fork.sh).
mapfile -t lists < <(compgen -G "$APT_DIR/lists/*_main_binary-${fact[architecture]}_Packages" | grep -v debian-installer)
mkdir "$B/lists"
[ ${#lists[@]} -eq 0 ] || sha256sum "${lists[@]}" | sed 's|  .*/|  |' > "$B/lists/sums"

# What is the same for all recipes as long as the lists are: worked out once.
common_to_all() { # common_to_all DIR
	local base own loader index
	# debootstrap takes what the archive calls required and important, of the release
	# itself; the rest comes by apt, newest first, with what is recommended.
	apt-cache dumpavail | awk -v RS= '
		/\nPriority: (required|important)\n/ && !/\nSection: [a-z\/]*debian-installer/ {
			sub(/\n.*/, ""); print $2 }' | sort -u > "$1/base-names"
	# What the installer adds by itself; a name that a release does not have is no matter.
	own=(initramfs-tools busybox locales console-setup keyboard-configuration pciutils
		laptop-detect popularity-contest installation-report qemu-guest-agent os-prober
		grub-common openssh-server "${fact[kernel-package]}")
	read -ra loader <<< "${fact[bootloader-packages]}"
	own+=("${loader[@]}")
	known "${own[@]}" > "$1/own-names"
	mapfile -t base < "$1/base-names"
	mapfile -t own < "$1/own-names"
	wanted base --no-install-recommends -t "${fact[suite]}" install "${base[@]}" > "$1/base" || return
	wanted more install "${base[@]}" "${own[@]}" > "$1/more" || return

	# The part of the release's index that debootstrap will ask about, over and over: what
	# is required and important, and all that any of it may need (udeb: seedbed/pkgdetails).
	# A name that the archive does not have is known as well, as one that it does not have.
	mkdir "$1/index"
	index=$(compgen -G "$APT_DIR/lists/*_dists_${fact[suite]}_main_binary-${fact[architecture]}_Packages" | head -n 1) || return 0
	awk -v names="$1/index/names" -f "$DI/needed.awk" "$index" "$index" > "$1/index/Packages"
	sha256sum < "$index" | cut -d' ' -f1 > "$1/index/sum"
}
derived=$APT_DIR/derived/$({
	cat "$B/lists/sums" 2> /dev/null || true
	printf '%s\n' "${fact[suite]}" "${fact[firmware]}" "${fact[kernel-package]}"
	cat "$DI/prefetch.sh" "$DI/needed.awk"
} | sha256sum | cut -c1-24)
if [ ! -d "$derived" ]; then
	mkdir "$empty/derived" && mkdir -p "${derived%/*}"
	common_to_all "$empty/derived" 2> "$empty/why" || passed_over "$(head -n 1 "$empty/why")"
	find "${derived%/*}" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
	mv "$empty/derived" "$derived.$$" && { mv -T "$derived.$$" "$derived" 2> /dev/null || rm -rf "$derived.$$"; }
fi
cp "$derived/base" "$derived/more" "$empty"
mapfile -t base < "$derived/base-names"
mapfile -t own < "$derived/own-names"
asked=${#packages[@]}
mapfile -t packages < <(known "${packages[@]}") # others are from a repository of the recipe's
plain=(--no-install-recommends -t "${fact[suite]}" install "${base[@]}")
common=(install "${base[@]}" "${own[@]}")
full=("${common[@]}" "${packages[@]}")
# What is the recipe's own comes on top of that, and takes nothing from it.
if ! wanted rest -o Debug::pkgProblemResolver=yes "${full[@]}" > "$empty/rest" 2> "$empty/why"; then
	say "$name: $({ grep '^E:' "$empty/why" || true; } | head -n 1 | visible): the installer will fetch the recipe's packages itself"
	full=("${common[@]}")
	: > "$empty/rest"
	asked=-1
fi

size=$(cat "$empty"/{base,more,rest} | sort -u -k 2,2 | awk '{ n += $4 } END { print n + 0 }')
[ "$size" -le "$(bytes MAX_DOWNLOAD 16G)" ] ||
	die "$name: its packages are $size bytes: the operator allows MAX_DOWNLOAD=${MAX_DOWNLOAD:-16G}"

# Of what lies there apt looks at the size alone, here and in the guest.
cat "$empty/base" "$empty/more" "$empty/rest" > "$empty/asked"
awk 'FILENAME == ARGV[1] { file[$3] = $2; next }
	/^Filename: / { path = $2 }
	/^SHA256: / && path in file { print $2 "  " file[path]; delete file[path] }' \
	"$empty/asked" "$APT_DIR"/lists/*_Packages > "$empty/sums"
damaged() { (cd "$archives" && sha256sum -c "$empty/sums" 2> /dev/null) | sed -n 's/: FAILED$//p'; }
there() { # all of them, before the whole of apt has looked twice
	local file
	while read -r _ file _; do
		[ -e "$archives/$file" ] || return
	done < "$empty/asked"
}
fetch() { apt-get -q -y -d "${plain[@]}" && apt-get -q -y -d "${full[@]}"; }
mapfile -t files < <(awk -v folder="apt/${APT_DIR##*/}/archives/" '{ print folder $2 }' "$empty/asked")
hold "${files[@]}"
(
	flock 9
	there || fetch || exit
	damaged > "$empty/damaged"
	[ -s "$empty/damaged" ] || exit 0
	while read -r file; do
		echo "$name: $archives/$file: damaged: fetching it anew" >&8
		rm -f "$archives/$file"
	done < "$empty/damaged"
	fetch
) 8>&2 > "$empty/log" 2>&1 9>> "$APT_DIR/archives.lock" || passed_over "$(grep -m1 '^E:' "$empty/log")"
prune_cache

awk '!seen[$2]++' "$empty/base" "$empty/more" "$empty/rest" | while read -r set file _; do
	[ ! -e "$archives/$file" ] ||
		printf '%s\t/seedbed/archives/%s/%s\t0644\t%s\n' "$set" "${set/rest/more}" "$file" "$archives/$file"
done > "$empty/all"
sed -n 's/^rest\t//p' "$empty/all" > "$B/prefetch.rest"

# The part of them that apt can come to. Not with packages from elsewhere, whose needs are
# not known here. And where two of them are in each other's way, apt's choice may depend on
# packages that it cannot come to: then it reads all lists.
if [ "$asked" -eq ${#packages[@]} ] && [ ${#lists[@]} -gt 0 ] && ! grep -q '^ *Investigating' "$empty/why"; then
	for f in "${lists[@]}"; do
		: > "$B/lists/${f##*/}"
	done
	printf '%s\n' "${base[@]}" "${own[@]}" "${packages[@]}" > "$empty/roots"
	awk -v out="$B/lists" -f "$DI/reach.awk" "$empty/roots" "${lists[@]}" "${lists[@]}" > "$B/lists/names"
	for f in "$B"/lists/*; do
		printf '/seedbed/lists/%s\t0644\t%s\n' "${f##*/}" "$f"
	done >> "$B/prefetch.rest"
fi
sed '/^rest\t/d; s/^[a-z]*\t//' "$empty/all" > "$B/prefetch.tmp"

if [ -s "$derived/index/sum" ]; then
	rm -rf "$B/index"
	cp -r "$derived/index" "$B/index"
	for f in Packages names sum; do
		printf '/seedbed/index/%s\t0644\t%s\n' "$f" "$B/index/$f"
	done >> "$B/prefetch.tmp"
fi
mv "$B/prefetch.tmp" "$B/prefetch"
