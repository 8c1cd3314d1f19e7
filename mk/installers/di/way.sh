#!/bin/bash
# SPDX-License-Identifier: MIT
# way.sh NAME - whether NAME can be forked from an installer that is kept, as a record:
# "way=fork" with key= (of the checkpoint), disk= (bytes, until the fork), memory= (MiB) and
# about= (a line for people), or "way=straight" with why=. What is answered before the fork
# is in BUILD/NAME/before.cfg, the guest that is kept in BUILD/NAME/fork.xml.
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$DI/fork.sh"
. "$ROOT/mk/installer.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
read_facts "$B/facts"
if why=$(not_forked); then
	printf '%s\n' way=straight "why=$why"
	exit
fi
before_cfg > "$B/before.cfg"
mapfile -t boot < <(boot_options /linux /initrd '' 'seedbed_fork seedbed_rest')
guest_xml fork /disk /gate $FORK_MEMORY "${boot[@]}" > "$B/fork.xml"
of=$(key)
printf '%s\n' way=fork "key=$of" "disk=$(fork_disk)" memory=$FORK_MEMORY "about=$(about)"
