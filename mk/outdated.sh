#!/bin/bash
# SPDX-License-Identifier: MIT
# outdated.sh [-n any|security] [NAME...] - which of these appliances, or of all that there are
# recipes for, would come out different today: a line each, "NAME PACKAGE INSTALLED CANDIDATE
# ORIGIN", of what the release, its updates, its security archive and the recipe's own
# repositories have now, verified by apt; of recipe, fragments, settings and kit as well.
# BUILD/outdated.json has the same.
# -n: only the names, of those that a line is about, or one of security.
# Exit status: 0 none, 3 some, 4 some lack a security update; 1 something could not be looked up.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"

usage() { say "usage: $ME [-n any|security] [NAME...]"; exit 2; }
not_root
only=()
while getopts n: o; do
	case $o:$OPTARG in
	n:any) only=(--names) ;;
	n:security) only=(--security) ;;
	n:*) die "$OPTARG: is neither any nor security" ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ]; then
	mapfile -t all < <("$ROOT/mk/list.sh" "$RECIPES" 2> /dev/null)
	set -- "${all[@]}"
fi
mkdir -p "$BUILD"
T=$(mktemp -d)
S=$(mktemp -d /tmp/seedbed.XXXXXX)
trap 'rm -rf "$T" "$S"' EXIT

names=() facts=()
for name; do
	[[ $name =~ ^[a-z0-9-]+$ && -e $BUILD/$name/manifest && -e $BUILD/$name/facts ]] || continue
	names+=("$name")
	facts+=("$BUILD/$name/facts")
done
[ ${#names[@]} -gt 0 ] || say "$ME: none of them has been built here"
lacks=
failed() { say "$ME: $*"; lacks=yes; }

# --- the release's lists ---
# What each was installed from: SUITE ARCH MIRROR SECURITY (or -) NAME.
: > "$T/from"
[ ${#names[@]} -eq 0 ] || awk -F= -v from="$BUILD/" '
	FNR == 1 { if (name != "") out(); name = substr(FILENAME, length(from) + 1); sub(/\/.*/, "", name); split("", f) }
	{ f[$1] = substr($0, length($1) + 2) }
	END { out() }
	function out() { print f["suite"], f["architecture"], f["mirror"], f["security"] == "" ? "-" : f["security"], name }' "${facts[@]}" > "$T/from"
release_lists() { # release_lists SET SUITE ARCH MIRROR SECURITY
	local list origin kind any=
	private_apt "$2" "$3" "$4" "${5#-}" || return
	while IFS= read -r list; do
		origin=${list##*_dists_}
		origin=${origin%%_*}
		kind=-
		case $origin in *-security) kind=security ;; esac
		printf 'lists\t%s\t%s\t500\t%s\t%s\n' "$1" "$origin" "$kind" "$list"
		any=yes
	done < <(package_lists "$3")
	[ -n "$any" ]
}
while read -r suite arch mirror security; do
	set=$(basename "$(apt_dir "$suite" "$arch" "$mirror" "${security#-}")")
	(release_lists "$set" "$suite" "$arch" "$mirror" "$security") >> "$T/lists" ||
		failed "$mirror: $suite: no lists: what was installed from them cannot be judged"
	echo "$suite $arch $mirror $security $set" >> "$T/sets"
done < <(cut -d' ' -f 1-4 "$T/from" | sort -u)

# --- the recipes' own repositories ---
# As the hosts that they are on may be asked: by the package cache, which knows no others.
own_lists() { # own_lists SET NAME KEY URL SUITE [COMPONENT...]
	local set=$1 name=$2 key=$3 url=$4 suite=$5 dir host by=() keyring=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
	shift 5
	dir=$CACHE/apt/$set
	mkdir -p "$dir"/{lists/partial,archives/partial,etc/preferences.d,mirror}
	read_facts "$BUILD/$name/facts"
	host=${url#*://}
	host=${host%%/*}
	case " ${SOURCES:-} ${PRIVATE_SOURCES:-} ${fact[mirror]#*://} ${fact[security]} " in
	*" $host "*|*" $host/"*) ;;
	*) die "$name: repository: $host: is the operator's to allow: SOURCES=$host" ;;
	esac
	exec 9> "$dir/lock"
	flock 9
	if [ -z "$(find "$dir/fresh" -mmin -60 2> /dev/null)" ]; then
		if [ -n "$key" ]; then
			keyring=$dir/key.gpg
			base64 -d <<<"$key" > "$keyring"
			if grep -q -a 'BEGIN PGP PUBLIC KEY BLOCK' "$keyring"; then
				mv "$keyring" "$dir/key.asc"
				keyring=$dir/key.asc
			fi
		fi
		B=$BUILD/$name R=$S max_download=$(bytes MAX_DOWNLOAD 16G)
		cache=() proxy=()
		[ -n "${PROXY:-}" ] || case $url in
		http://*) ;;
		*) die "$name: repository: $url: https is not supported by the package cache: use http://$host, or say PROXY=URL of a proxy that fetches it" ;;
		esac
		cache_for "http://$host"
		if [ -n "${PROXY:-}" ]; then by=(-p "$PROXY"); else by=(-s "$S/cache"); fi
		sed "s|\"$APT_DIR\([\"/]\)|\"$dir\1|g" "$APT_DIR/apt.conf" > "$dir/apt.conf"
		: >> "$dir/status"
		printf 'deb [signed-by=%s arch=%s by-hash=no] file:%s %s %s\n' "$keyring" "${fact[architecture]}" "$dir/mirror" "$suite" "$*" \
			> "$dir/etc/sources.list"
		if run "${cache[@]}" "$ROOT/mk/repository.sh" "${by[@]}" "$url" "$suite" "${fact[architecture]}" "$dir/mirror" "$@" &&
			(ulimit -f $((1 << 20)); APT_CONFIG=$dir/apt.conf exec apt-get -q update) > "$dir/update.log" 2>&1 && ! grep -q '^[EW]:' "$dir/update.log"; then
			touch "$dir/fresh"
		elif [ -e "$dir/fresh" ]; then
			say "$ME: $url: cannot fetch newer package lists; using those of $(date -r "$dir/fresh" '+%F %R')"
		else
			sed -n 's/^[EW]: //p' "$dir/update.log" 2> /dev/null | head -n 2 | visible >&2
			return 1
		fi
	fi
	priority=500
	if grep -qsi '^NotAutomatic: yes' "$dir"/lists/*Release; then
		priority=1
		! grep -qsi '^ButAutomaticUpgrades: yes' "$dir"/lists/*Release || priority=100
	fi
	for list in "$dir"/lists/*_Packages; do
		[ ! -e "$list" ] || printf 'lists\t%s\t%s\t%s\t-\t%s\n' "$set" "$host/${suite%/}" "$priority" "$list"
	done
}
declare -A own=() done_with=()
for INSTALLER in "$ROOT"/mk/installers/*; do
	[ ! -e "$INSTALLER/facts" ] || "$INSTALLER/repositories.sh" "${names[@]}"
done > "$T/own"
while IFS=$'\t' read -r name line key; do
	set=own-$(printf '%s\n' "$line" "$key" "$(sed -n 's/^architecture=//p' "$BUILD/$name/facts")" | sha256sum | cut -c1-12)
	case ${done_with[$set]:-} in
	yes) own[$name]+=$'\t'$set ;&
	no) continue ;;
	esac
	done_with[$set]=no
	read -ra words <<<"$line"
	read -r suite arch mirror security _ < <(grep " $name\$" "$T/from")
	(
		APT_DIR=$(apt_dir "$suite" "$arch" "$mirror" "${security#-}")
		own_lists "$set" "$name" "$key" "${words[@]}"
	) > "$T/lists.own" || {
		failed "$name: repository ${words[0]}: no lists: what came from there cannot be judged"
		continue
	}
	cat "$T/lists.own" >> "$T/lists"
	own[$name]+=$'\t'$set done_with[$set]=yes
done < "$T/own"

# --- all of it compared ---
touch "$T/lists" "$T/sets"
{
	cat "$T/lists"
	awk 'FILENAME == ARGV[1] { set[$1, $2, $3, $4] = $5; next } { print $5, set[$1, $2, $3, $4] }' "$T/sets" "$T/from" |
		while read -r name set; do
			printf 'appliance\t%s\t%s\t%s%s\n' "$name" "$BUILD/$name" "$set" "${own[$name]:-}"
		done
	"$ROOT/mk/inputs.sh" --now "${names[@]:-none}"
} > "$T/plan"
status=0
appliance-outdated "${only[@]}" --json-file "$BUILD/outdated.json" "$T/plan" || status=$?
[ -z "$lacks" ] || status=1
exit $status
