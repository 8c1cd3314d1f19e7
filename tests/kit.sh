# SPDX-License-Identifier: MIT
# tests/kit.sh - sourced after lib.sh: the installer's own shell and tools.
#
#	installer_tools DIR	fills DIR with them, to be put before PATH: those of the
#				kit SEEDBED_KIT, or this machine's busybox where there is none
#	udeb_of PACKAGE DIR	unpacks that udeb of the kit; fails where there is none

installer_tools() {
	local applet run
	mkdir -p "$1"
	if [ -n "${SEEDBED_KIT:-}" ]; then
		need cpio
		mkdir "$1.x"
		(cd "$1.x" && zcat "$SEEDBED_KIT/initrd.gz" 2> /dev/null |
			cpio -idm --quiet '*bin/busybox' '*lib*/libc.so*' '*lib*/ld-linux*' '*lib*/libresolv.so*' 2> /dev/null)
		run="$(find "$T/$1.x" -name 'ld-linux*' -type f | head -n 1) --library-path $(dirname "$(find "$T/$1.x" -name 'libc.so*' | head -n 1)") $(find "$T/$1.x" -name busybox)"
	else
		need busybox
		run=$(command -v busybox)
	fi
	for applet in $($run --list); do
		printf '#!/bin/sh\nexec %s %s "$@"\n' "$run" "$applet" > "$1/$applet"
	done
	chmod +x "$1"/*
}

udeb_of() {
	local udeb
	udeb=$(compgen -G "${SEEDBED_KIT:-/nowhere}/udebs/$1_*.udeb" | head -n 1)
	[ -n "$udeb" ] && dpkg-deb -x "$udeb" "$2"
}
