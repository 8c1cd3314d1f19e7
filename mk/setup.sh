#!/bin/bash
# setup.sh SET... - the packages that a fresh machine lacks (mk/packages), and for
# a build by root the ordinary user who meets the guests. With root or sudo it
# installs them; without, it prints the command and fails.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -gt 0 ] || { say "usage: $ME SET..."; exit 2; }
. /etc/os-release
case " ${ID:-} ${ID_LIKE:-} " in
*" debian "*) ;;
*) die "${PRETTY_NAME:-this system}: not Debian: install what $ROOT/mk/packages names, then say SETUP=no" ;;
esac

wanted=$(for set; do awk -v s="$set" '$1 == s { $1 = ""; print }' "$ROOT/mk/packages"; done)
# dpkg-query fails by what it does not know, and that is what is asked for here.
# shellcheck disable=SC2086
missing=$({ dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' $wanted 2>/dev/null || true; } |
	awk '$1 == "ii" { print $2 }' | sort -u |
	comm -13 - <(printf '%s\n' $wanted | sort -u))

# QEMU's TCG before 8 miscomputes under the kernels of Debian 13 and later. Where
# KVM runs a guest it does not matter, but where it does not, it is what there is.
backports=
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
[ -n "${missing// /}$user" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
	as_root() { "$@"; }
elif command -v sudo > /dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
	as_root() { sudo "$@"; }
else
	say "$ME: packages are missing; install them as root, then try again:"
	[ -z "$backports" ] ||
		say "  echo 'deb http://deb.debian.org/debian bookworm-backports main' > /etc/apt/sources.list.d/bookworm-backports.list"
	say "  apt-get update && apt-get install --no-install-recommends $missing"
	exit 1
fi

if [ -n "${missing// /}" ]; then
	say "$ME: installing $missing"
	if [ -n "$backports" ] && ! apt-cache policy | grep -q 'n=bookworm-backports'; then
		say "$ME: Debian 12's QEMU is too old: /etc/apt/sources.list.d/bookworm-backports.list is new"
		echo 'deb http://deb.debian.org/debian bookworm-backports main' |
			as_root tee /etc/apt/sources.list.d/bookworm-backports.list > /dev/null
	fi
	# The builds start a cache of their own, on a socket of their own; the
	# package's service, which listens on the network, stays off.
	if grep -q apt-cacher-ng <<<"$missing" && [ -d /etc/systemd/system ] &&
		[ ! -e /etc/systemd/system/apt-cacher-ng.service ]; then
		say "$ME: apt-cacher-ng.service is masked: builds start the program themselves"
		as_root ln -s /dev/null /etc/systemd/system/apt-cacher-ng.service
	fi
	log=$(mktemp)
	trap 'rm -f "$log"' EXIT
	as_root apt-get -q update > "$log" 2>&1 || say "$ME: apt-get update: $(grep -m1 '^[EW]:' "$log")"
	# shellcheck disable=SC2086
	if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends $missing > "$log" 2>&1; then
		tail -n 20 "$log" >&2
		die "apt-get install failed; what it said is above"
	fi
fi
if [ -n "$user" ]; then
	say "$ME: new system user $user: guests of a build by root belong to it"
	useradd --system --user-group --create-home --home-dir "/var/lib/$user" \
		--shell /usr/sbin/nologin "$user"
	if getent group kvm > /dev/null; then usermod -a -G kvm "$user"; fi
fi
