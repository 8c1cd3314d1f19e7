#!/bin/bash
# SPDX-License-Identifier: MIT
# A home whose name is too long for libvirt's sockets: told before libvirt is asked.
. "${0%/*}/../lib.sh"
need setpriv

chmod 755 "$T"
echo '<domain type="qemu"><name>a-guest-with-a-long-name</name></domain>' >d.xml
chmod 644 d.xml
long=$T/$(printf 'h%.0s' {1..70})
mkdir -m 777 "$long"
as() { # as an ordinary user, as root would go on with a home of that one's
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups env -u XDG_RUNTIME_DIR -u XDG_CONFIG_HOME \
			-u XDG_CACHE_HOME HOME="$long" "$@"
	else
		env -u XDG_RUNTIME_DIR -u XDG_CONFIG_HOME -u XDG_CACHE_HOME HOME="$long" "$@"
	fi
}
as vmrun --version >/dev/null 2>&1 || skip_all "an ordinary user can't run vmrun here"
path=$long/.config/libvirt/qemu/lib/domain-1-a-guest-with-a-long-/monitor.sock
fails 1 "^vmrun: $path: a socket's path of ${#path} bytes, and no more than 107 can be: set XDG_CONFIG_HOME" as vmrun d.xml
fails 1 "/\.cache/libvirt/libvirt-admin-sock: .*107 can be: set XDG_CACHE_HOME" as vmrun d.xml
is "$(ls -A "$long")" "" "and libvirt was not asked"
finish
