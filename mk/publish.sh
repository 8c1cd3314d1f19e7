#!/bin/bash
# SPDX-License-Identifier: MIT
# publish.sh USER FROM TO - called by root: copies what USER has built in FROM to root's
# folder TO, what is new or another. USER reads, root writes; see handover.sh.
#
# TO/.published has a line a file: its size, time and inode there, and its name. A file
# that is published is never written to again: a new one takes its place. All of them have
# MAX_PUBLISHED bytes at most, or nine tenths of what there is room for: who has got out of
# a guest is not to fill root's disk. What cannot be taken is said, and is status 1.
set -eu -o pipefail
umask 077
ME=${0##*/}
say() { printf '%s\n' "$*" | LC_ALL=C tr -c ' -~\n' '?' >&2; }
die() { say "$ME: $*"; exit 1; }

[ $# -eq 3 ] || { say "usage: $ME USER FROM TO"; exit 2; }
user=$1 from=$2 to=$3
bytes() { # bytes VARIABLE DEFAULT
	local text=${!1:-$2}
	numfmt --from=iec -- "${text^^}" 2> /dev/null || die "$1=$text: is no size, such as 512M or 4G"
}
most=$(bytes MAX_DISK 64G) # of a file
files=20000 # of all appliances

mkdir -p "$to"
to=$(readlink -f "$to")
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
cd / # where both may be
exec 7> "$to/.publishing"
flock 7
touch "$to/.published"
# What one user made is no other's to replace or to remove.
by=$(cat "$to/.published-by" 2> /dev/null) || by=$user
[ "$by" = "$user" ] || die "$to: was published by user $by: say another O= for $user"
printf '%s\n' "$user" > "$to/.published-by"
list=$(mktemp "$to/.list.XXXXXX")
trap 'rm -f "$list" "$list".*' EXIT

as() {
	setsid -w setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --inh-caps=-all \
		--no-new-privs --pdeathsig TERM --reset-env -- "$@"
}

# NAME is one word of harmless letters, level by level; what is not is left there. Scratch
# files, what can be made again, and what is of no use but to the next make are not wanted:
# it is what an appliance is made of, and what tells of them all; the rest of a build folder
# root's own make reads, runs or installs. A size is one that a shell can reckon with.
# Where find fails (a folder that is closed, a build beside this one that tidies up) the rest
# is there all the same.
{ as find "$from" -mindepth 1 -type f -printf '%s %T@ %i %P\n' < /dev/null 2> /dev/null || true; } |
	{ head -c 16M; cat > /dev/null; } |
	LC_ALL=C awk -v files=$files '
		NF != 4 || $1 !~ /^(0|[1-9][0-9]*)$/ || length($1) > 15 || $2 !~ /^[0-9]+(\.[0-9]+)?$/ || $3 !~ /^[0-9]+$/ { next }
		$4 !~ /^[A-Za-z0-9][A-Za-z0-9_+%@=,.-]*(\/[A-Za-z0-9_+%@=,][A-Za-z0-9_+%@=,.-]*)*$/ { next }
		$4 !~ /^(report\.html|outdated\.json|[a-z0-9-]+\/.+)$/ { next }
		$4 ~ /^(bin|obj|tests|fuzz|share|completions)\// || $4 ~ /\.provenance\.json\.sig(\/|$)/ { next }
		$4 ~ /^[^\/]*\/(work|index|lists|payload\.d|patches)\// { next }
		$4 ~ /^[^\/]*\/(disk\.qcow2|initrd\.gz|prefetch|prefetch\.rest|patches\.list|inputs\.mk)$/ { next }
		$4 ~ /\.(tmp|new)(\/|$)/ { next }
		++n <= files { print }' | sort -k 4 > "$list"

beneath() { # beneath NAME: no link of root's own leads it out of there
	local folder=$to/$1
	folder=${folder%/*}
	[ "$(readlink -m -- "$folder")" = "$folder" ]
}

# What is gone there goes here, if it was published.
cut -d' ' -f4 "$to/.published" | sort > "$list.old"
cut -d' ' -f4 "$list" | sort > "$list.now"
comm -23 "$list.old" "$list.now" | while read -r name; do
	beneath "$name" || continue
	rm -rf "${to:?}/$name"
	case $name in */*) rmdir -p --ignore-fail-on-non-empty "$to/${name%/*}" 2> /dev/null || true ;; esac
done

# Bytes that the files of these names have on the disk.
on_disk() { (cd "$to" && tr '\n' '\0' | xargs -0 -r stat -c '%b %B' -- 2> /dev/null || true) | awk '{ n += $1 * $2 } END { printf "%d\n", n }'; }
room() { df --output=avail -B 1 "$to" | tail -n 1; }
all=$(($(room) + $(cut -d' ' -f4 "$to/.published" | on_disk)))
all=$(bytes MAX_PUBLISHED $((all / 10 * 9)))
has=$(LC_ALL=C comm -12 <(LC_ALL=C sort "$to/.published") <(LC_ALL=C sort "$list") | cut -d' ' -f4 | on_disk)

# What cannot be taken is tried again the next time, so it is not in the list.
left_out() { # left_out NAME REASON
	[ -z "$2" ] || { say "$ME: $1: $2: left out"; status=1; }
	rm -f "$to/$1.new" 2> /dev/null || true
	printf '%s\n' "$1" >> "$list.out"
}
status=0 full=
: > "$list.out"
while read -r size time inode name; do
	if [ "$size" -gt "$most" ]; then
		left_out "$name" "has $size bytes, over MAX_DISK"
	elif [ $((has + size)) -gt "$all" ] && [ "$size" -lt "$(room)" ]; then
		left_out "$name" "has $size bytes, and MAX_PUBLISHED is $all in total"
		full=yes
	elif [ "$size" -ge "$(room)" ]; then
		left_out "$name" "has $size bytes, and there is no room for them in $to"
	elif ! beneath "$name"; then
		left_out "$name" "a link leads out of $to"
	elif ! mkdir -p "$(dirname "$to/$name")" 2> /dev/null; then
		left_out "$name" "something else is in its place"
	# as many bytes as were listed, by one who may read no more than the other user
	elif ! as head -c "$size" -- "$from/$name" < /dev/null 2> /dev/null |
		cp --sparse=always /dev/stdin "$to/$name.new"; then
		left_out "$name" "" # it has gone meanwhile, or is closed
	elif ! touch -d "@$time" "$to/$name.new" || ! mv -T "$to/$name.new" "$to/$name" 2> /dev/null; then
		left_out "$name" "something else is in its place"
	else
		has=$((has + $(stat -c '%b * %B' "$to/$name")))
	fi
done < <(LC_ALL=C comm -13 <(LC_ALL=C sort "$to/.published") <(LC_ALL=C sort "$list"))

[ -z "$full" ] || say "$ME: what was left out is in $from: make room, or say MAX_PUBLISHED=SIZE and make it once more"

awk 'FILENAME == ARGV[1] { out[$1] = 1; next } !($4 in out)' "$list.out" "$list" > "$list.new"
mv "$list.new" "$to/.published"

if [ -n "${SHARE:-}" ]; then
	for name in $(cut -d' ' -f4 "$to/.published" | sed -n 's|/manifest$||p'); do
		SHARE=$SHARE "$here/share.sh" "$to/$name"
	done
fi
exit $status
