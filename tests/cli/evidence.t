#!/bin/bash
# What is kept of a build that failed: the folder, the old ones, the words.
. "${0%/*}/../lib.sh"

mkdir b
printf 'first\033[2Jsecond\033[1;31m third\r\nlast\033]0;title\007 line\r\n' > b/console.log
echo booted > b/boot.log
echo log > b/install.log
: > b/gate.log
echo cfg > b/preseed.cfg
echo disk > disk
for i in 1 2 3 4 5 6; do mkdir b/failed-2020010$i-000000; done
touch b/failed-20200106-000000/disk.qcow2
# a name with what a shell acts on is a name
fail() { # fail KEEP FILE...
	KEEP=$1 bash -c '
		. "$SRC/mk/common.sh"
		. "$SRC/mk/evidence.sh"
		name=web B=$PWD/b disk=$PWD/disk
		take() { mv "$1" "$2"; }
		evidence "$(outcome 4)" "${@:2}"' evidence "$@"
}
fails 1 'evidence: web: the guest stalled: nothing moved for 900 s: all of it is in build/web/failed-2[0-9]{7}-[0-9]{6}$' \
	fail '' install.log console.log gate.log
is "$(ls -d b/failed-* | wc -l)" 5 "the last five are kept"
[ ! -e b/failed-20200102-000000 ] && [ -e b/failed-20200103-000000 ]
ok $? "the oldest went"
[ ! -e b/failed-20200106-000000/disk.qcow2 ]
ok $? "an earlier one's disk, too"
new=$(ls -d b/failed-2* | tail -n 1)
is "$(ls "$new" | tr '\n' ' ')" "console.end console.log install.log preseed.cfg why " "what there was is in it"
is "$(stat -c %a "$new")" 700 "for its owner alone: there are password hashes in it"
is "$(cat "$new/why")" "web: the guest stalled: nothing moved for 900 s" "and why"
cmp -s b/console.log "$new/console.log"
ok $? "the console as it was"
! LC_ALL=C grep -q $'[\001-\010\013-\037]' "$new/console.end"
ok $? "and its end without escapes"
like "$(cat "$new/console.end")" '^firstsecond third$' "as text"
[ -e disk ]
ok $? "without KEEP=1 the disk stays where it is"

rm -rf b/failed-*
fails 1 'failed-' fail 1 boot.log
is "$(cat b/failed-*/disk.qcow2)" disk "with it, it is there"
is "$(cat b/failed-*/console.end)" booted "of a boot test, the end of that console"
for s in 1 3 4 5 6 7 130 99; do bash -c '. "$SRC/mk/evidence.sh"; outcome '$s; done | sort | uniq -d > same
is "$(cat same)" "" "each outcome of vmrun has words of its own"

printf '%s\n' '{"event":"question","question":"time/zone","type":"x","waits":true}' \
	'{"event":"question","question":"netcfg/get_hostname","type":"x","waits":true}' \
	'{"event":"question","question":"passwd/make-user","type":"x","waits":true}' \
	'{"event":"question","question":"mirror/suite","type":"x","waited":3,"waits":false}' > events
bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; by_key events' > keys
is "$(sed 's/.*recipe: //' keys)" "timezone ZONE
hostname NAME" "the keys that answer, where there are such"
finish
