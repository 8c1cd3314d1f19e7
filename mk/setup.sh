#!/bin/bash
# SPDX-License-Identifier: MIT
# setup.sh SET...		the packages that a fresh machine lacks (mk/packages), and
#				for a build by root the ordinary user who meets the guests
# setup.sh --undo-services	starts and enables what noservices.sh has held back
#
# With root or sudo it installs them; without, it prints the commands and fails.
. "${BASH_SOURCE[0]%/*}/common.sh"

umask 022 # what it writes is the machine's

usage() { say "usage: $ME SET... | --undo-services"; exit 2; }
[ $# -gt 0 ] || usage
no_services=$ROOT/mk/noservices.sh
if [ "$(id -u)" -eq 0 ]; then
	as_root() { "$@"; }
elif command -v sudo > /dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	as_root() { sudo "$@"; }
else
	as_root() { return 126; }
fi
case $1 in
--undo-services)
	[ $# -eq 1 ] || usage
	status=0
	as_root "$no_services" --undo || status=$?
	[ $status -ne 126 ] || die "wants root: $no_services --undo"
	exit $status ;;
-*)	usage ;;
esac
. /etc/os-release
case " ${ID:-} ${ID_LIKE:-} " in
*" debian "*) ;;
*) die "${PRETTY_NAME:-this system}: not Debian: install what $ROOT/mk/packages names, then say SETUP=no" ;;
esac

wanted=$(for set; do awk -v s="$set" '$1 == s { $1 = ""; print }' "$ROOT/mk/packages"; done)
# Of A|B either will do, and A is what is installed where there is neither.
# dpkg-query fails by what it does not know, and that is what is asked for here.
# shellcheck disable=SC2086
missing=$({ dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' ${wanted//|/ } 2>/dev/null || true; } |
	awk -v wanted="$wanted" '
		$1 == "ii" { have[$2] = 1 }
		END {
			n = split(wanted, word)
			for (i = 1; i <= n; i++) {
				m = split(word[i], either, "|")
				for (j = 1; j <= m && !(either[j] in have); j++) ;
				if (j > m)
					print either[1]
			}
		}' | sort -u)

# QEMU's TCG before 8 miscomputes under the kernels of Debian 13 and later. Where
# KVM runs a guest it does not matter, but where it does not, it is what there is.
backports=
source='deb http://deb.debian.org/debian bookworm-backports main'
list=/etc/apt/sources.list.d/seedbed-backports.list
if [ "${VERSION_CODENAME:-}" = bookworm ] && grep -q qemu <<<"$wanted"; then
	v=$(dpkg-query -W -f '${Version}' qemu-system-x86 2>/dev/null || echo 0)
	if dpkg --compare-versions "$v" lt 1:8; then
		backports=/bookworm-backports
		missing=$(printf '%s\n' "$missing" | grep -vx 'qemu-.*\|seabios' || true)
		missing="$missing qemu-system-x86$backports qemu-system-common$backports
			qemu-system-data$backports qemu-utils$backports seabios$backports"
	fi
fi

user=
if [ "$(id -u)" -eq 0 ] && ! id -u "$RUNAS" > /dev/null 2>&1; then
	user=$RUNAS
fi
missing=$(printf '%s ' $missing)
if [ -e /var/lib/seedbed-setup/before ]; then # killed
	as_root "$no_services" --finish || 
		die "an earlier set-up is at work or was killed; as root: $no_services --finish"
fi
[ -n "${missing// /}$user" ] || exit 0

if ! as_root true; then
	say "$ME: packages are missing; install them as root, then try again:"
	[ -z "$backports" ] || say "  echo '$source' > $list"
	say "  apt-get update"
	say "  $no_services apt-get install --no-install-recommends --no-remove $missing"
	say "$ME: ($no_services keeps their services from starting, now and at the next boot; apt-get alone would not)"
	exit 1
fi

# why LOG: which package it was, in apt's and dpkg's own words, and what to do
why() {
	local p
	if grep -q '^E: Could not get lock\|^E: Unable to acquire the dpkg' "$1"; then
		echo "another program installs packages (above): wait for it, then: make setup"
	elif grep -q '^E: .*remove is disabled' "$1"; then
		p=$(sed -n '/will be REMOVED:/,/^[^ ]/p' "$1" | sed -n 's/^  *//p' | tr '\n' ' ')
		echo "${p:-packages (above) }would have to go for it, which is yours to decide:" \
			"as root: $no_services apt-get install --no-install-recommends $missing; then: make setup"
	elif grep -q '^E: dpkg was interrupted' "$1"; then
		echo "packages were left half installed: as root: dpkg --configure -a; then: make setup"
	elif p=$(sed -n "s/^E: Unable to locate package //p; s/^E: Package '\(.*\)' has no installation candidate/\1/p
			s/^E: \(Release\|Version\) '.*' for '\(.*\)' was not found/\2/p" "$1" | sort -u | tr '\n' ' ') && [ -n "$p" ]; then
		echo "${p}not in apt's lists: see /etc/apt/sources.list*, as root: apt-get update; then: make setup"
	elif p=$(sed -n 's/^dpkg: error processing \(package\|archive\) \([^ ]*\) .*/\2/p' "$1" | sort -u | tr '\n' ' ') && [ -n "$p" ]; then
		echo "${p}cannot be installed: the reason is above; mend it, as root: dpkg --configure -a; then: make setup"
	elif p=$(sed -n 's/^E: Failed to fetch \([^ ]*\) .*/\1/p' "$1" | head -n 1) && [ -n "$p" ]; then
		echo "$p: cannot be fetched: check the network and /etc/apt/sources.list*; then: make setup"
	elif p=$(sed -n "s/^E: You don't have enough free space in \(.*\)\.\$/\1/p" "$1") && [ -n "$p" ]; then
		echo "$p too small: make room there; then: make setup"
	elif p=$(sed -n 's/^ \([^ ]*\) : Depends: .*/\1/p' "$1" | sort -u | tr '\n' ' ') && [ -n "$p" ]; then
		echo "${p}wants what cannot be installed here (above): as root: apt-get -f install; then: make setup"
	else
		echo "what it said is above; then: make setup"
	fi
}

if [ -n "${missing// /}" ]; then
	say "$ME: installing $missing"
	if [ -n "$backports" ] && ! apt-cache policy | grep 'n=bookworm-backports' > /dev/null && [ ! -e "$list" ]; then
		say "$ME: Debian 12's QEMU is too old: $list is new"
		echo "$source" | as_root tee "$list" > /dev/null
	fi
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	as_root apt-get -q update > "$log" 2>&1 || say "$ME: apt-get update: $(grep -m1 '^[EW]:' "$log")"
	# shellcheck disable=SC2086
	if ! as_root "$no_services" apt-get -q -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends --no-remove $missing > "$log"; then
		tail -n 20 "$log" >&2
		die "apt-get install: $(why "$log")"
	fi
fi
if [ -n "$user" ]; then
	say "$ME: new system user $user: guests of a build by root belong to it"
	kvm=()
	! getent group kvm > /dev/null || kvm=(--groups kvm)
	useradd --system --user-group --create-home --home-dir "/var/lib/$user" \
		--shell /usr/sbin/nologin "${kvm[@]}" "$user" ||
		die "useradd $user: the reason is above; or say SEEDBED_USER=NAME, an ordinary user of this machine"
	chmod 700 "/var/lib/$user" # what is built there is nobody else's
fi
