#!/bin/bash
# SPDX-License-Identifier: MIT
# rest.sh [-n NONCE -h HOSTNAME] [-d BYTES] [-w FOLDER] BUILD_DIR - what a running installer
# needs to become one appliance's, as it takes it through its port (udeb: seedbed/receive),
# on standard output: two parts, each of which is a line with its size and a tar archive of
# so many bytes, with names that are ways in the installer.
#
#	seedbed/rest/		answers, name, nonce, disk's size, become.sh
#	seedbed/lists/		the part of apt's lists that it can come to
#
#	target/var/cache/apt/archives/	packages
#	target/.seedbed/	the recipe's files, by number, for the late command
#	target/var/cache/seedbed/	newer package lists
#
# It reads BUILD_DIR/prefetch.rest and BUILD_DIR/payload, lists of "WAY MODE FILE" with tabs
# between; names may be of any length, and packages of any size. Without NONCE it is for an
# installer that has its answers: packages, files and lists alone. With it:
#
#	-n NONCE	what its words to the host begin with from then on
#	-h HOSTNAME	its name
#	-d BYTES	how large its disk becomes, if that is another size
#	-w FOLDER	package lists that are newer than those that it has
#	BUILD_DIR/rest.cfg	its answers
#
# Either list may be left out; a FILE of the payload may be relative to the working directory.
. "${BASH_SOURCE[0]%/*}/di.sh"

usage() { say "usage: $ME [-n NONCE -h HOSTNAME] [-d BYTES] [-w FOLDER] BUILD_DIR"; exit 2; }
nonce='' hostname='' disk='' newer=''
while getopts n:h:d:w: o; do
	case $o in
	n) nonce=$OPTARG ;;
	h) hostname=$OPTARG ;;
	d) disk=$OPTARG ;;
	w) newer=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -eq 1 ] && [ "${nonce:+yes}" = "${hostname:+yes}" ] || usage
[ -z "$disk$newer" ] || [ -n "$nonce" ] || usage
[ ! -t 1 ] || die "a terminal is no place for it: redirect the output"
B=$1

# A tree of links has each file under the name that it gets, whatever it is called here.
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
archives=target/var/cache/apt/archives
newer_lists=target/var/cache/seedbed
mkdir -p "$tree"/first/seedbed/{rest,lists} "$tree"/second/{$archives,target/.seedbed,$newer_lists}
place() { # place FILE WAY: a link of that name
	[ -r "$1" ] || die "$1: cannot be read"
	case $1 in
	/*) ln -s -- "$1" "$tree/$2" ;;
	*) ln -s -- "$PWD/$1" "$tree/$2" ;;
	esac
}

if [ -n "$nonce" ]; then
	place "$DI/become.sh" first/seedbed/rest/become
	place "$B/rest.cfg" first/seedbed/rest/answers
	printf '%s\n' "$nonce" > "$tree/first/seedbed/rest/nonce"
	printf '%s\n' "$hostname" > "$tree/first/seedbed/rest/hostname"
	[ -z "$disk" ] || printf '%s\n' "$disk" > "$tree/first/seedbed/rest/disk"
	if [ -n "$newer" ]; then
		for list in "$newer"/*; do
			[ ! -e "$list" ] || place "$list" "second/$newer_lists/${list##*/}"
		done
	fi
fi
if [ -e "$B/prefetch.rest" ]; then
	while IFS=$'\t' read -r way _ file; do
		case $way in
		/seedbed/lists/*) place "$file" "first${way}" ;;
		*.deb)
			if [ -r "$file" ]; then
				printf '%s\0' "$file"
			else
				say "$ME: $file: cannot be read: the installer will fetch it"
			fi ;;
		*) die "$B/prefetch.rest: $way: neither a package nor a list" ;;
		esac
	done < "$B/prefetch.rest" | xargs -0 -r ln -s -t "$tree/second/$archives" --
fi
if [ -e "$B/payload" ]; then
	while IFS=$'\t' read -r way _ file; do
		place "$file" "second/target/.seedbed/${way##*/}"
	done < "$B/payload"
fi

# No folders: those of the target have their own modes. GNU's kind has long names in a way
# that busybox knows, and is filled up to the block that is read at once.
pack() { # pack PART
	(cd "$tree/$1" && find . ! -type d -printf '%P\0' | LC_ALL=C sort -z |
		tar -c -h --format=gnu --blocking-factor=128 --null --verbatim-files-from --no-recursion \
			--owner=0 --group=0 --numeric-owner --mode=u=rw,go=r -T - -f -)
}
for part in first second; do
	size=$(pack $part | wc -c) || die "its size is not known"
	echo "$size"
	pack $part | head -c "$size" || die "the rest is not whole"
done
