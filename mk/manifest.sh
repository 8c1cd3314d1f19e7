#!/bin/bash
# SPDX-License-Identifier: MIT
# manifest.sh NAME - BUILD/NAME/manifest: what the appliance is and how it was made,
# key=value lines; its host keys' pictures and its steps' timeline beside it; and the
# last word to the person.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
not_root
B=$BUILD/$name
data() { awk -F'\t' -v key="$1" '$2 == "data" && $3 == key { print $4 }' "$B/records"; }
# as many as a machine has, however many the guest tells of: each is a process here
hostkeys() { data hostkey | awk 'NR <= 20'; }
{
	grep -E '^(name|hostname|release|suite|architecture|firmware|layout|filesystem|disk|memory|address|gateway)=' "$B/facts"
	echo "image=$name.qcow2"
	echo "image-bytes=$(stat -c '%b * %B' "$B/disk.qcow2" | xargs -I{} bash -c 'echo $(({}))')"
	data used | sed 's/^/filesystem-used-kib=/'
	field "$B/network" rx | sed 's/^/received-bytes=/'
	echo "built=$(date -u +%FT%TZ)"
	sed 's/^/way=/' "$B/way"
	cat "$B/installer"
	{ cat "$B/inputs"; "$ROOT/mk/inputs.sh" --installer "$name"; } | sed 's/^/input=/'
	sed 's/^/answers=/' "$B/answers"
	sed 's/^/list=/' "$B/releases"
	while read -r type blob; do
		echo "hostkey=$(ssh-keygen -lf - <<<"$type $blob" | awk '{ print $1, $2, $NF }')"
	done < <(hostkeys)
	sed 's/^/check=/' "$B/checks"
	sed 's/\t/ /; s/^/step=/' "$B/steps"
	awk -F'\t' '$2 == "step" { print "step=" $1 " boot: " $3 }' "$B/boot-records"
	data package | sed 's/^/package=/'
} > "$B/manifest.tmp"
mv "$B/manifest.tmp" "$B/manifest"

# So that the first login by ssh can be checked at a glance.
hostkeys | randomart - > "$B/hostkeys"
hostkeys | randomart --svg -o "$B/hostkeys.svg" -
appliance-report --timeline -o "$B/timeline.svg" "$B"
cat "$B/hostkeys"
