#!/bin/bash
# SPDX-License-Identifier: MIT
# follow.sh NAME WAY -- COMMAND... - COMMAND (vmrun), with what the installer's log tells
# shown meanwhile, and as records in BUILD/NAME/events.
#
# Of builds side by side (make -j) each writes whole lines, with its name: bars that
# redraw one line of a terminal would overwrite each other. How long the steps took is
# kept with the cache; a build that has no times of its own goes by those of whichever was
# last that went the same way.
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

[ $# -ge 4 ] && [ "$3" = -- ] || { say "usage: $ME NAME WAY -- COMMAND..."; exit 2; }
not_root
name=$1 way=$2
shift 3
B=$BUILD/$name
read_facts "$B/facts"
how=auto times=$CACHE/timings 
index=$CACHE/templates/$(archive_name "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")/index
mine=$times/$name.$way
mkdir -p "$times"
if [ ! -s "$mine" ]; then
	times=$(find "$times" -type f -name "*.$way" -size +0 -printf '%T@ %p\n' | sort -rn | sed -n '1s/^[^ ]* //p')
else
	times=$mine
fi
case " ${MAKEFLAGS:-} " in *jobserver*|*' -j'*) how=lines ;; esac
events=(--follow --debconf "$B/debconf.log" --json --output "$B/events"
	--progress "$how" --name "$name" --learn "$mine")
[ -z "$times" ] || events+=(--timings "$times")
[ ! -r "$index" ] || events+=(--index "$index")
exec di-events "${events[@]}" "$B/install.log" -- "$@"
