#!/bin/bash
# SPDX-License-Identifier: MIT
# same-system.sh [--allow FILE] [--verbose] FIRST SECOND - whether two disk images have
# the same system installed: packages and versions, every file's kind, mode, owner,
# links, attributes and contents, the filesystem's make, partitions, boot loader.
#
# Images are qcow2 or raw, with one ext filesystem, in a partition or alone. They are
# read as they lie: no mount, no guest, no root. What may differ and why is in
# tests/data/same-system.allow; all of it is counted, with its reason, and what is not
# in there is printed, and the exit status is 1. Times, inode numbers and places on
# the disk are not compared.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"
HERE=$ROOT/tests/bench
PATH=$ROOT/build/tests:$PATH
export LC_ALL=C

usage() { say "usage: $ME [--allow FILE] [--verbose] FIRST SECOND"; exit 2; }
allow=$ROOT/tests/data/same-system.allow verbose=0
while [ $# -gt 0 ]; do
	case $1 in
	--allow) allow=${2:-}; shift 2 || usage ;;
	--verbose) verbose=1; shift ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -eq 2 ] || usage
for p in ext-list initrd-list; do
	command -v $p > /dev/null || die "$p is not built: make testtools"
done
[ -r "$allow" ] || die "$allow: cannot be read"

x=$(mktemp -d "${TMPDIR:-/tmp}/same-system.XXXXXX")
trap 'rm -rf "$x"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tab=$'\t'

# raw SIDE IMAGE: $x/SIDE.raw, and where its filesystem begins in $x/SIDE.at
raw() {
	local side=$1 image=$2 at
	[ -r "$image" ] || die "$image: cannot be read"
	if [ "$(head -c 4 "$image" | od -An -tx1 | tr -d ' ')" = 514649fb ]; then
		qemu-img convert -f qcow2 -O raw "$image" "$x/$side.raw" || die "$image: cannot be converted"
	else
		ln -s "$(readlink -f "$image")" "$x/$side.raw"
	fi
	sfdisk -d "$x/$side.raw" > "$x/$side.table" 2> /dev/null || : > "$x/$side.table"
	mapfile -t at < <(sed -n 's/.* start= *\([0-9]*\),.*type=\(83\|0FC63DAF\).*/\1/p' "$x/$side.table")
	[ ${#at[@]} -le 1 ] || die "$image: has ${#at[@]} Linux partitions; only one can be compared"
	[ ! -s "$x/$side.table" ] || [ ${#at[@]} -eq 1 ] || die "$image: has no Linux partition"
	echo $((${at[0]:-0} * 512)) > "$x/$side.at"
}
read_file() { ext-list --offset "$(cat "$x/$1.at")" --cat "$2" "$x/$1.raw"; } # SIDE PATH

# facts SIDE: what is no file, "NAME<TAB>VALUE" lines
facts() {
	local side=$1 at
	at=$(cat "$x/$side.at")
	# dumpe2fs -h would do, but the one of 1.47.2 takes no offset
	tune2fs -l "$x/$side.raw?offset=$at" > "$x/$side.super" 2> "$x/why" ||
		die "${image[$side]}: tune2fs: $(head -n 1 "$x/why")"
	! grep -q '^Filesystem features:.* needs_recovery' "$x/$side.super" ||
		die "${image[$side]}: was not unmounted: what its journal holds is not read"
	sed -n -E 's/^(Filesystem (features|flags|revision #)|Default mount options|(Inode|Block|Reserved block) count|(Block|Inode|Fragment) size|Default directory hash|Total journal size):[[:space:]]*(.*)/filesystem: \1\t\5/p' \
		"$x/$side.super"
	[ -s "$x/$side.table" ] || return 0
	grep -E '^(label|unit|sector-size):' "$x/$side.table" | sed 's/: /\t/; s/^/partition table: /'
	sed -n 's/^.* : start=/start=/p' "$x/$side.table" |
		sed 's/, uuid=[^,]*//' | awk '{ print "partition " NR "\t" $0 }'
	printf 'boot sector\t%s\n' "$(head -c 440 "$x/$side.raw" | sha256sum | cut -d' ' -f1)"
	printf 'before the first partition\t%s\n' \
		"$(head -c "$at" "$x/$side.raw" | tail -c +513 | sha256sum | cut -d' ' -f1)"
}

packages() { # packages SIDE: "package NAME:ARCH<TAB>VERSION, STATUS" lines
	read_file "$1" /var/lib/dpkg/status 2> /dev/null | awk '
		function put() { if (p != "") print "package " p ":" a "\t" v ", " s }
		/^Package: / { put(); p = $2; a = v = s = "" }
		/^Architecture: / { a = $2 }
		/^Version: / { v = $2 }
		/^Status: / { s = substr($0, 9) }
		END { put() }' | sort
}

# Differences are lines "HOW<TAB>WHAT<TAB>DETAIL".
differ_facts() { # differ_facts FIRST SECOND
	join -t "$tab" -a 1 -a 2 -e '(nothing)' -o 0,1.2,2.2 <(sort "$1") <(sort "$2") |
		awk -F'\t' '$2 != $3 { print "fact\t" $1 "\t" $2 " | " $3 }'
}
differ_files() { # differ_files FIRST SECOND [PREFIX]: of records
	awk -F'\t' -v prefix="${3:-}" '
		BEGIN { split("path type mode owner group links target attributes content", name, " ") }
		FNR == 1 { file++ }
		file == 1 { one[$1] = $0; next }
		!($1 in one) { print "second\t" prefix $1 "\t" $2; next }
		{
			split(one[$1], f, "\t")
			delete one[$1]
			for (i = 2; i <= NF; i++)
				if (f[i] != $i)
					print name[i] "\t" prefix $1 "\t" (i == NF ? "" : f[i] " | " $i)
		}
		END {
			for (p in one) {
				split(one[p], f, "\t")
				print "first\t" prefix p "\t" f[2]
			}
		}' "$1" "$2"
}

# Contents that are compared otherwise than byte by byte.
numbered_uuids() { # each by the order in which it first comes
	awk 'BEGIN {
		x = "[0-9a-f]"
		x = x x x x
		uuid = x x "-" x "-" x "-" x "-" x x x
	}
	{
		out = ""
		while (match($0, uuid)) {
			u = substr($0, RSTART, RLENGTH)
			if (!(u in n))
				n[u] = ++count
			out = out substr($0, 1, RSTART - 1) "UUID" n[u]
			$0 = substr($0, RSTART + RLENGTH)
		}
		print out $0
	}'
}
# In any order, without translations (what the installer's own templates leave behind
# depends on whether it had them) and packages that may differ.
stanzas() {
	grep -v '^[A-Za-z_]*-[A-Za-z_@]*\.[Uu][Tt][Ff]-8: ' |
		awk -v RS= -v may="$x/may" '
			BEGIN { RS = "\n"; while ((getline p < may) > 0) { sub(/:.*/, "", p); skip[p] = 1 } RS = "" }
			$1 == "Package:" && $2 in skip { next }
			{ gsub(/\n/, "\001"); print }' | sort
}

compare() { # compare WAY PATH: nothing where it comes out alike
	local way=$1 path=$2 s
	for s in first second; do
		read_file $s "$path" > "$x/$s.file"
		case $way in
		uuid)	without_outdated < "$x/$s.file" | numbered_uuids > "$x/$s.way" ;;
		lines)	sort "$x/$s.file" > "$x/$s.way" ;;
		stanzas) stanzas < "$x/$s.file" > "$x/$s.way" ;;
		initrd)	initrd-list "$x/$s.file" > "$x/$s.way" || die "$path: not an initrd" ;;
		esac
	done
	if [ "$way" = initrd ]; then
		differ_files "$x/first.way" "$x/second.way" "$path:"
	elif ! cmp -s "$x/first.way" "$x/second.way"; then
		printf 'content\t%s\t%s\n' "$path" \
			"$(diff "$x/first.way" "$x/second.way" | grep -c '^[<>]') lines beyond that"
	fi
}

raw first "$1"
raw second "$2"
declare -A image=([first]=$1 [second]=$2)
for s in first second; do
	ext-list --offset "$(cat "$x/$s.at")" "$x/$s.raw" > "$x/$s.list" || die "${image[$s]}: cannot be listed"
	facts $s > "$x/$s.facts"
	packages $s > "$x/$s.packages" || die "${image[$s]}: /var/lib/dpkg/status: cannot be read"
done

{
	differ_facts "$x/first.facts" "$x/second.facts"
	differ_facts "$x/first.packages" "$x/second.packages"
	differ_files "$x/first.list" "$x/second.list"
} > "$x/all"

# A kernel that one side has besides the newer one that both have: it, what is made for
# it, and its entries in the boot loader's menu.
newer_on_both() { # newer_on_both NAME:ARCH EXPRESSION
	local s version
	version=$(grep -h "^package $1$tab" "$x/first.packages" "$x/second.packages" | head -n 1)
	version=${version#*"$tab"}
	for s in first second; do
		awk -F'\t' -v re="$2" '{
			name = substr($1, 9)
			sub(/:.*/, "", name)
			if (name ~ re) { sub(/,.*/, "", $2); print $2 }
		}' "$x/$s.packages" | {
			while read -r other; do
				if dpkg --compare-versions "$other" gt "${version%%,*}"; then exit 0; fi
			done
			exit 1
		} || return
	done
}
awk -F'\t' -v mode=kernels -f "$HERE/same-system.awk" "$allow" "$x/all" |
	while IFS=$tab read -r pkg re; do
		if newer_on_both "$pkg" "$re"; then printf '%s\n' "$pkg"; fi
	done > "$x/outdated"
made_for() { # made_for VERSION: patterns
	printf '%s\n' "/boot/*-$1" "/usr/lib/modules/$1" "/usr/lib/modules/$1/**" \
		"/var/lib/initramfs-tools/$1" /vmlinuz.old /initrd.img.old
}
without_outdated() { # a grub.cfg without their entries
	awk -v outdated="$x/outdated" '
		BEGIN {
			while ((getline p < outdated) > 0) {
				sub(/:.*/, "", p)
				sub(/^[a-z]+-image-/, "", p)
				old[p] = 1
			}
		}
		/^[ \t]*menuentry / { for (v in old) if (index($0, v)) drop = 1 }
		!drop { print }
		/^[ \t]*}$/ { drop = 0 }'
}

# The files of a package that may be there on one side only are there on that side only.
awk -F'\t' -v mode=packages -v outdated="$x/outdated" -f "$HERE/same-system.awk" "$allow" "$x/all" > "$x/may"
while read -r pkg; do
	for s in first second; do
		read_file $s "/var/lib/dpkg/info/$pkg.list" 2> /dev/null ||
			read_file $s "/var/lib/dpkg/info/${pkg%%:*}.list" 2> /dev/null || true
	done | sed "s|^|$pkg$tab|"
	printf '%s\t/var/lib/dpkg/info/%s.*\n' "$pkg" "${pkg%%:*}" "$pkg" "$pkg"
done < "$x/may" > "$x/owned"
while read -r pkg; do
	version=${pkg%%:*}
	made_for "${version#*-image-}" | sed "s|^|$pkg$tab|"
done < "$x/outdated" >> "$x/owned"

# Contents that the list says how to compare are looked into.
: > "$x/looked"
awk -F'\t' -v mode=ways -f "$HERE/same-system.awk" "$allow" "$x/all" |
	while IFS=$'\t' read -r way path; do
		compare "$way" "$path" >> "$x/looked"
	done

awk -F'\t' -v mode=judge -v outdated="$x/outdated" -v verbose=$verbose -v owned="$x/owned" -v looked="$x/looked" \
	-v files="$(wc -l < "$x/first.list") and $(wc -l < "$x/second.list")" \
	-v packages="$(wc -l < "$x/first.packages") and $(wc -l < "$x/second.packages")" \
	-f "$HERE/same-system.awk" "$allow" <(sort "$x/all")
