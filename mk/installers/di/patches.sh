#!/bin/bash
# SPDX-License-Identifier: MIT
# patches.sh KIT DIR [yes|no] - what is changed in the installer's own files, patched in DIR:
# a list for initrd-add (--list), on standard output.
#
# Each patch (mk/installers/di/patches/NN-NAME.patch) has one purpose, and says it in lines
# before the first of its files:
#
#	Purpose: in a line
#	Class: needed, or faster: with the same outcome without it
#	Package: the udeb whose files it changes
#
# One of the same name in a folder there that is named for the release is for that one
# instead. A patch that does not apply to this kit, with all of its context, is said and
# left out, whole. With "no" all that is marked as faster is left out, too: patches, and
# those hooks of seedbed's own udeb that have a line "# Class: faster".
. "${BASH_SOURCE[0]%/*}/di.sh"

usage() { say "usage: $ME KIT DIR [yes|no]"; exit 2; }
[ $# -eq 2 ] || [ $# -eq 3 ] || usage
kit=$(realpath -- "$1") fast=${3:-yes}
case $fast in yes | no) ;; *) usage ;; esac
suite=$(sed -n 's/^release //p' "$kit/manifest")
[ -n "$suite" ] || die "$kit/manifest: names no release"
mkdir -p "$2"
dir=$(cd "$2" && pwd)
rm -rf "$dir/from" "$dir/tree"
mkdir "$dir/from" "$dir/tree"

said() { sed -n "/^--- /q; s/^$2: //p" "$1"; }	# said PATCH KEY
files_of() { sed -n 's|^--- a/\([^\t]*\).*|\1|p' "$1"; }

patches=()
for patch in "$DI"/patches/[0-9]*.patch "$DI/patches/$suite"/[0-9]*.patch; do
	[ -e "$patch" ] || continue
	own=${patch%/*}/$suite/${patch##*/}
	[ ! -e "$own" ] || continue
	case $(said "$patch" Class) in
	needed) ;;
	faster) [ "$fast" = yes ] || continue ;;
	*) die "$patch: has no line \"Class: needed\" or \"Class: faster\"" ;;
	esac
	[ -n "$(said "$patch" Package)" ] && [ -n "$(said "$patch" Purpose)" ] ||
		die "$patch: has no line \"Purpose: ...\" or \"Package: ...\""
	patches+=("$patch")
done
mapfile -t patches < <([ ${#patches[@]} -eq 0 ] || printf '%s\n' "${patches[@]}" |
	awk -F/ '{ print $NF "\t" $0 }' | LC_ALL=C sort | cut -f2)

# Where a package's files are: in a udeb of the kit, or in the ramdisk.
ramdisk() {
	local path wanted=('*var/lib/dpkg/status')
	mkdir "$dir/from/ramdisk"
	while read -r path; do
		wanted+=("$path" "${path#usr/}" "./$path" "./${path#usr/}")
	done < <(for path in "${patches[@]}"; do files_of "$path"; done)
	# the archive may have others after it
	(cd "$dir/from/ramdisk" && zcat "$kit/initrd.gz" 2> /dev/null |
		cpio -idm --quiet "${wanted[@]}" 2> /dev/null) || true
}
origin() { # origin PACKAGE: sets from and version
	local udeb
	udeb=$(compgen -G "$kit/udebs/$1_*.udeb" | head -n 1) || udeb=
	if [ -n "$udeb" ]; then
		from=$dir/from/$1
		[ -d "$from" ] || dpkg-deb -x "$udeb" "$from"
		version=${udeb##*/"$1"_}
		version=${version%%_*}
		version=${version//%3a/:}
	else
		from=$dir/from/ramdisk
		[ -d "$from" ] || ramdisk
		version=$(awk -v RS= -v p="Package: $1\n" 'index($0 "\n", p) == 1' "$from/var/lib/dpkg/status" 2> /dev/null |
			sed -n 's/^Version: //p')
	fi
}

declare -A target
bring() { # bring PATH: into the tree, if it is not there yet
	local path=$1
	[ ! -e "$dir/tree/$path" ] || return 0
	# before bin and lib were merged into usr
	[ -f "$from/$path" ] || path=${path#usr/}
	[ -f "$from/$path" ] && mkdir -p "$dir/tree/${1%/*}" && cp -p "$from/$path" "$dir/tree/$1" || return
	target[$1]=$path
}
apply() { # apply PATCH
	local path
	while read -r path; do
		bring "$path" || return
	done < <(files_of "$1")
	patch -d "$dir/tree" -p1 -F0 -f -s --dry-run < "$1" > /dev/null &&
		patch -d "$dir/tree" -p1 -F0 -f -s --no-backup-if-mismatch < "$1" > /dev/null
}

declare -A changed
for patch in "${patches[@]}"; do
	package=$(said "$patch" Package)
	origin "$package"
	name=${patch##*/}
	if apply "$patch"; then
		while read -r path; do changed[$path]=yes; done < <(files_of "$patch")
	else
		say "installer: patch ${name%.patch} does not apply to $package ${version:-(which is not there)}: left out"
	fi
done
{
	for path in "${!changed[@]}"; do
		mode=0644
		[ ! -x "$dir/tree/$path" ] || mode=0755
		printf '/%s\t%s\t%s\n' "${target[$path]}" $mode "$dir/tree/$path"
	done
	if [ "$fast" = no ]; then
		printf '#!/bin/sh\n# left out: it makes the installer faster\nexit 0\n' > "$dir/tree/.nothing"
		(cd "$ROOT/udeb" && grep -rlx '# Class: faster' .) | while read -r path; do
			printf '%s\t0755\t%s\n' "${path#.}" "$dir/tree/.nothing"
		done
	fi
} | LC_ALL=C sort
