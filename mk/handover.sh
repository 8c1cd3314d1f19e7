#!/bin/bash
# SPDX-License-Identifier: MIT
# handover.sh FOLDER GOAL... - called by root: has an ordinary user (SEEDBED_USER) make the
# goals, in a copy of FOLDER, and takes over what came out.
# handover.sh FOLDER --clean - removes that copy, and what was made there.
#
# Root reads its own folder and writes to its own build folder, and nothing else: it opens
# no file that the other may have laid, runs no program of theirs and reads nothing of
# theirs but names (matched by a pattern), numbers and bytes that go to a file. The other
# has a session of its own, none of root's groups, and no terminal but a pseudo-terminal:
# no descriptor of root's terminal is ever a process's of theirs.
#
# Their copy lies in HOME/trees/ID: src-HASH is FOLDER as it was then, recipes-HASH the
# recipes where they are elsewhere, build what is made.
set -eu -o pipefail
umask 077
ME=${0##*/}
HERE=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
say() { printf '%s\n' "$*" | LC_ALL=C tr -c ' -~\n' '?' >&2; }
die() { say "$ME: $*"; exit 1; }

[ $# -ge 2 ] || { say "usage: $ME FOLDER GOAL... | FOLDER --clean"; exit 2; }
[ "$(id -u)" -eq 0 ] || die "is for root"
folder=$1
shift
o=${SEEDBED_O:-build}
user=${SEEDBED_USER:-seedbed}
case $o in /*) out=$o ;; *) out=$folder/$o ;; esac
# what is published there takes the place of what has its name
case $(readlink -f "$folder")/ in
"$(readlink -m "$out")"/*) die "O=$o: this folder is in it, and what $user makes would take the place of its files" ;;
esac
for p in mk tools udeb preseed.d recipes tests; do
	case $(readlink -m "$out")/ in
	"$(readlink -f "$folder")/$p"/*) die "O=$o: is for what is made, and that is a part of what it is made of" ;;
	esac
done
id -u "$user" > /dev/null 2>&1 || [ "$1" != --clean ] || exit 0
uid=$(id -u "$user" 2> /dev/null) || die "user $user: there is none: make setup makes seedbed; for another, useradd --system --create-home $user"
[ "$uid" -ne 0 ] || die "SEEDBED_USER=$user: is root"
gid=$(id -g "$user")
home=$(getent passwd "$user" | cut -d: -f6)
[ -d "$home" ] || die "user $user: its home $home is not there"

# as COMMAND...: by the other user. Nothing of root's environment but what is named.
path=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
carried=()
for v in LANG LC_ALL TZ TERM COLUMNS; do
	[ -z "${!v:-}" ] || carried+=("$v=${!v}")
done
as() {
	exec setsid -w setpriv --reuid="$uid" --regid="$gid" --init-groups --inh-caps=-all --no-new-privs \
		--pdeathsig TERM --reset-env -- env -C "$home" PATH="$path" "${carried[@]}" "$@"
}
does() { # does COMMAND...: with what comes in; what it says is shown if it fails
	local said
	said=$( (as "$@" 2>&1) ) || { say "$said"; return 1; }
}

# --- their copy ---
packed=
trap '[ -z "$packed" ] || rm -f "$packed"' EXIT
pack() { # pack FOLDER: of a checkout what git would have; of recipes all but what is hidden
	local parts=() p
	for p in "$1"/*; do
		p=${p##*/}
		[ "$1/$p" != "$out" ] && [ "$p" != build ] && [ -e "$1/$p" ] || continue
		case $p in *$'\n'*) ;; *) parts+=("$p") ;; esac
	done
	[ ! -e "$1/mk/handover.sh" ] || for p in .ci .clang-format .clang-tidy .pre-commit-hooks.yaml; do
		[ ! -e "$1/$p" ] || parts+=("$p")
	done
	tar -C "$1" -c --sort=name --owner=0 --group=0 --mode=u+rwX,go= --format=gnu -- "${parts[@]}"
}
trees=$home/trees/$(printf '%s\n' "$folder" "$out" | sha256sum | cut -c1-12)
copy() { # copy FOLDER KIND: sets copy to where theirs is
	local status=0
	# once, so that it is what its name says, also where the folder is another's
	packed=$(mktemp)
	pack "$1" > "$packed" || { rm -f "$packed"; die "$1: cannot be read whole"; }
	copy=$trees/$2-$(sha256sum < "$packed" | cut -c1-16)
	# shellcheck disable=SC2016 # their shell's
	does bash -c 'set -eu; umask 077
		if [ -d "$1" ]; then touch "$1"; cat > /dev/null; exit; fi
		mkdir -p "$2"
		rm -rf "$1.new"
		mkdir "$1.new"
		tar -x -C "$1.new"
		mv -T "$1.new" "$1"
		find "$2" -mindepth 1 -maxdepth 1 -name "$3-*" -mmin +2880 -exec rm -rf {} +' - "$copy" "$trees" "$2" < "$packed" || status=$?
	rm -f "$packed"
	[ $status -eq 0 ] || die "$user: cannot make its copy of $1 in $trees"
}
if [ "$1" = --clean ]; then
	does rm -rf -- "$trees" < /dev/null
	exit
fi
copy "$folder" src
src=$copy
# What is made lies beside it, under the same name.
build=$trees/build
case $o in
/*|*/*|.*) o=$build ;;
*)	does bash -c 'mkdir -p -m 700 "$1"; ln -sfn "$1" "$2"' - "$build" "$src/$o" < /dev/null ;;
esac

# --- what the operator has said ---
said=("SETUP=no" "O=$o" "SEEDBED_SHOWN=${SEEDBED_O:-build}" "SEEDBED_VERSION=$("$HERE/version.sh")")
given() { # given FILE NAME: a copy of a file of root's, which the other may not be able to read
	does bash -c 'umask 077; rm -f "$1"; cat > "$1"' - "$trees/$2" < "$1" || die "$1: cannot be handed to $user"
}
for v in ${OPERATOR:-}; do
	[ -n "${!v:-}" ] || continue
	case $v in
	SHARE) "$HERE/share.sh" ;; # what is published is shared, by root
	KEY|KEYRING)
		given "${!v}" "operator.$v"
		said+=("$v=$trees/operator.$v") ;;
	*)	said+=("$v=${!v}") ;;
	esac
done
if [ -n "${RECIPES:-}" ] && [ "$(readlink -f "$RECIPES")" != "$(readlink -f "$folder")" ]; then
	case $(readlink -f "$RECIPES")/ in
	"$(readlink -f "$folder")"/*) # by its place in their copy
		inner=$(readlink -f "$RECIPES")
		said+=("RECIPES=${inner#"$(readlink -f "$folder")"/}") ;;
	*)	copy "$RECIPES" recipes
		said+=("RECIPES=$copy") ;;
	esac
fi
# Who gets in is who called: root, or by sudo somebody else.
if [ -z "${KEY:-}" ]; then
	person=$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)
	if compgen -G "$person/.ssh/id_*.pub" > /dev/null; then
		cat "$person"/.ssh/id_*.pub | does bash -c 'umask 077; rm -f "$1"; cat > "$1"' - "$trees/operator.KEY"
		said+=("KEY=$trees/operator.KEY")
	fi
fi
# make's own -j, -k, -n, -B and so on, but not the descriptors of its jobs
for f in ${MAKEFLAGS:-}; do
	case $f in
	--) break ;;
	--jobserver*|--no-builtin-rules|*=*) ;;
	-j*|--output-sync*) said+=("$f") ;;
	-*) ;;
	*)	f=${f//[!Bikn]/}
		[ -z "$f" ] || said+=("-$f") ;;
	esac
done

# --- their make ---
# The terminal itself is not theirs: who has it could read what root types.
make=(setpriv --no-new-privs --inh-caps=-all --pdeathsig TERM --reset-env -- env -C "$src" PATH="$path"
	"${carried[@]}" sh -c 'umask 022; exec "$@"' - make --no-print-directory "${said[@]}" "$@")
status=0
child=
trap '[ -z "$child" ] || kill -TERM "$child" 2> /dev/null' TERM HUP INT
# Nor is what they say for it to act on, but for somebody who looks at an installer (debug).
filters=()
out_fd=1 err_fd=2
case " $*" in
*' debug-'*) ;;
*)	[ ! -t 1 ] || { exec {out_fd}> >(exec "$HERE/shown.pl"); filters+=($!); }
	[ ! -t 2 ] || { exec {err_fd}> >(exec "$HERE/shown.pl" >&2); filters+=($!); } ;;
esac
theirs() {
	local o=$out_fd e=$err_fd
	if [ -t 0 ] && [ -t 1 ]; then
		exec >&"$o"
		[ "$o" = 1 ] || exec {o}>&-
		[ "$e" = 2 ] || exec {e}>&-
		exec runuser -u "$user" --pty -- "${make[@]}"
	fi
	exec >&"$o" 2>&"$e"
	[ "$o" = 1 ] || exec {o}>&-
	[ "$e" = 2 ] || exec {e}>&-
	if [ -t 1 ] || [ -t 2 ]; then
		as "${make[@]}" < /dev/null > >(exec cat) 2> >(exec cat >&2)
	else
		as "${make[@]}" < /dev/null
	fi
}
theirs <&0 &
child=$!
wait "$child" || status=$?
while kill -0 "$child" 2> /dev/null; do # a signal has only been passed on
	status=0
	wait "$child" || status=$?
done
# what they have left behind says no more
[ "$out_fd" = 1 ] || exec {out_fd}>&-
[ "$err_fd" = 2 ] || exec {err_fd}>&-
for f in "${filters[@]}"; do
	kill -TERM "$f" 2> /dev/null || true
	wait "$f" 2> /dev/null || true
done
trap - TERM HUP INT

# --- what came out ---
"$HERE/publish.sh" "$user" "$build" "$out" || status=$((status ? status : 1))
if [ -n "${SIGN_KEY:-}" ]; then
	SEEDBED_BUILD=$out "$HERE/sign.sh" || status=$((status ? status : 1))
fi
exit "$status"
