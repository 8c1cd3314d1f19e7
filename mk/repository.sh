#!/bin/bash
# SPDX-License-Identifier: MIT
# repository.sh [-s SOCKET | -p PROXY] URL SUITE ARCH FOLDER [COMPONENT...] - the lists of a
# repository of a recipe's own into FOLDER, laid out as they are there, for apt to verify
# (outdated.sh). They come by the package cache's socket or by a proxy. Nothing in them is
# believed here.
. "${BASH_SOURCE[0]%/*}/common.sh"

usage() { say "usage: $ME [-s SOCKET | -p PROXY] URL SUITE ARCH FOLDER [COMPONENT...]"; exit 2; }
not_root
way=()
while getopts s:p: o; do
	case $o in
	s) way=(--unix-socket "$OPTARG" --proxy '') ;;
	p) way=(--proxy "$OPTARG" --noproxy '') ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 4 ] || usage
url=$1 suite=$2 arch=$3 folder=$4
shift 4
[[ $url =~ ^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~+%/-]*)?$ ]] || die "$(visible <<<"$url"): is not a repository address: must be http://HOST/PATH or https://HOST/PATH"
for word in "$suite" "$@"; do # they become names of files
	[[ $word =~ ^[A-Za-z0-9._/+~-]+$ && /$word/ != */../* && $word != /* ]] || die "$url: $word: is not a suite or component name"
done
case $suite in
*/) base=${suite%/} ;;
*) base=dists/$suite ;;
esac
get() { # get FILE
	mkdir -p "$folder/$base/${1%/*}"
	curl -q -g -sS -f --proto =http,https --max-redirs 0 --max-time 300 --max-filesize 200M "${way[@]}" -o "$folder/$base/$1.tmp" -- "$url/$base/$1" &&
		mv "$folder/$base/$1.tmp" "$folder/$base/$1"
}
mkdir -p "$folder/$base"
rm -f "$folder/$base"/{InRelease,Release,Release.gpg}
release=$folder/$base/InRelease
if ! (get ./InRelease) 2> "$folder/why"; then
	release=$folder/$base/Release
	(get ./Release && get ./Release.gpg) 2> /dev/null || die "$url: $(head -n 1 "$folder/why" | visible)"
fi
listed() { LC_ALL=C awk -v name="$1" '$3 == name && length($1) == 64 { found = 1 } END { exit !found }' "$release"; }
any() { # any LIST: in the first of the forms that there are
	local form
	for form in .xz .gz ''; do
		if listed "$1$form"; then
			rm -f "$folder/$base/$1"{,.xz,.gz}
			get "$1$form"
			return
		fi
	done
}
if [ $# -eq 0 ]; then
	any Packages
fi
for word; do
	any "$word/binary-$arch/Packages"
	any "$word/binary-all/Packages"
done
