#!/bin/bash
# SPDX-License-Identifier: MIT
# The scripts inside the installer: its own shell can read each, and runs the hooks.
. "${0%/*}/../lib.sh"
. "$SRC/tests/kit.sh"

installer_tools installer
for f in $(cd "$SRC/udeb" && grep -rlI '^#' . | sort) mk/installers/di/become.sh; do
	case $f in
	*/control) continue ;;
	mk/*) file=$SRC/$f ;;
	*) file=$SRC/udeb/$f ;;
	esac
	runs "$f is a script" env PATH="$T/installer" sh -n "$file"
done
for f in "$SRC"/udeb/usr/lib/*.d/* "$SRC"/udeb/usr/lib/apt-setup/generators/* "$SRC"/udeb/lib/partman/*.d/* "$SRC/udeb/DEBIAN/postinst"; do
	[ -x "$f" ]
	ok $? "${f##*/} is run"
done
# Scripts that others call are there, whatever their name was before.
for called in $(grep -rhoE '/usr/lib/seedbed/[a-z-]+' "$SRC/udeb" "$SRC/mk/installers/di/become.sh" | sort -u); do
	[ "$called" = /usr/lib/seedbed/kmod ] && continue # made with the package
	[ -e "$SRC/udeb$called" ]
	ok $? "$called is there"
done
for hook in $(grep -rhoE '\b[0-9S]+seedbed-[a-z-]+' "$SRC/udeb" "$SRC/mk" "$SRC/HACKING.md" | sort -u); do
	[ -n "$(find "$SRC/udeb" -name "$hook")" ]
	ok $? "$hook, which is spoken of, is there"
done
# Their order is that of their names.
order() { (cd "$SRC/udeb/$1" && LC_ALL=C ls | paste -sd ' '); }
is "$(order usr/lib/pre-pkgsel.d)" "00seedbed-repository 01seedbed-keep-caches 01seedbed-sources 02seedbed-initramfs 98seedbed-fork 98seedbed-rest 99seedbed-boot-loader 99seedbed-packages" \
	"kept, then made an appliance's, then what that changes"
is "$(order usr/lib/post-base-installer.d)" "04seedbed-archives 04seedbed-hold-initramfs 04seedbed-interim-sources 04seedbed-packages" \
	"packages come after where they come from"
finish
