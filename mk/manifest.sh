#!/bin/bash
# manifest.sh NAME - build/NAME/manifest: what the appliance is and how it was made,
# key=value lines; its host keys' pictures and its steps' timeline beside it; and the
# last word to the person.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
B=$ROOT/build/$name
{
	grep -E '^(name|hostname|release|suite|architecture|firmware|layout|filesystem|disk|memory|address|gateway)=' "$B/facts"
	echo "image=$name.qcow2"
	echo "image-bytes=$(stat -c '%b * %B' "$B/disk.qcow2" | xargs -I{} bash -c 'echo $(({}))')"
	sed -n 's/^used\t/filesystem-used-kib=/p' "$B/data"
	sed -n 's/^rx=\([0-9]*\) .*/received-bytes=\1/p' "$B/network" 2> /dev/null || true
	echo "built=$(date -u +%FT%TZ)"
	sed 's/^/way=/' "$B/way"
	sed -n 's/^images /installer=/p; s/^kernel /installer-kernel=/p; s/^\(udeb .*filled from.*\)/kit=\1/p' "$(cat "$B/kit")/manifest"
	while read -r word type blob; do
		[ "$word" = hostkey ] || continue
		echo "hostkey=$(ssh-keygen -lf - <<<"$type $blob" | awk '{ print $1, $2, $NF }')"
	done < "$B/data"
	sed 's/^/check=/' "$B/checks"
	cat "$B/steps" "$B/boot-steps" | sed 's/\t/ /; s/^/step=/'
	sed -n 's/^package\t/package=/p' "$B/data"
} > "$B/manifest.tmp"
mv "$B/manifest.tmp" "$B/manifest"

# So that the first login by ssh can be checked at a glance.
hostkeys() { awk 'sub(/^hostkey\t/, "") && n++ < 20' "$B/data"; }
hostkeys | randomart - > "$B/hostkeys"
hostkeys | randomart --svg -o "$B/hostkeys.svg" -
appliance-report --timeline -o "$B/timeline.svg" "$B"
cat "$B/hostkeys"
