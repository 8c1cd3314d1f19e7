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

# --- why ---
why() { bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; name=web B=$PWD/b; reason $1' why "$1"; }
printf '%s\n' 'vmrun: 2 lines without the nonce were ignored' \
	"vmrun: /b/install.xml: the guest says: Configuring 'x' (y) failed (after 9.1 s, last step: packages)" > b/vmrun.log
is "$(why 1)" "the guest says: Configuring 'x' (y) failed" "why is what vmrun says"
echo 'vmrun: /b/install.xml: the guest waits for an answer: netcfg/get_hostname (after 9.1 s, last step: netcfg)' > b/vmrun.log
is "$(why 7)" "the installer asks, and nobody is there to answer: netcfg/get_hostname" "a question is named"
printf '%s\n' '{"event":"question","question":"netcfg/get_hostname","type":"string","waited":3,"waits":false}' \
	'{"event":"question","question":"netcfg/bad_ipaddress","type":"error","waits":true}' > b/events
sed -i s/get_hostname/bad_ipaddress/ b/vmrun.log
is "$(why 7)" "the installer reports an error: netcfg/bad_ipaddress" "an error is no question"
rm b/events
like "$(why 4)" '^the guest stalled' "where that is more than its status"
: > b/vmrun.log
like "$(why 1)" '^the installation failed' "and where there is something"

# --- who ended it: not whoever looks on ---
ended() { # ended STATUS LOG-OF-GATE GATE-IS-UP
	printf '%s' "$2" > b/gate.log
	bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/guest.sh"; . "$SRC/mk/evidence.sh"; name=web B=$PWD/b up=$2
		gate_failed() { [ -z "$up" ]; }
		blame "$1" 2> /dev/null; reason "$1"; what_next "$1" 2>&1' ended "$1" "${3:-}"
}
is "$(ended 143 '')" "the guest's network ended before it
web: next: make appliance-web, once more" "a gate that ended is the reason"
is "$(ended 143 $'netgate: /x/gate: the guest wanted more than the 61440 bytes that it may receive\n')" \
	"the guest wanted more than MAX_DOWNLOAD=16G
web: next: make appliance-web MAX_DOWNLOAD=SIZE, if it may have more" "or its limit"
is "$(ended 143 '' up)" interrupted "whoever looks on"
like "$(ended 137 '' up)" '^vmrun was killed$' "vmrun's end"
: > b/gate.log

# --- what led to it, and what to type ---
{ for i in 1 2 3 4 5 6 7; do echo "Nov 24 10:00:0$i main-menu[377]: line $i"; done
	echo 'Nov 24 10:00:08 kernel: [    9.1] not this'
	echo 'Nov 24 10:00:09 main-menu[377]: DEBUG: nor this'
	printf 'Nov 24 10:00:10 in-target: \033[2Jred\n'; } > b/install.log
printf 'x\r\n[  22.7] Kernel panic - not syncing: one\r\n[  22.8] CPU: 1\r\nafter\r\n' > b/console.log
said() { bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; name=web B=$PWD/b; led_to_it $1; what_next $1' said "$1" 2>&1; }
is "$(said 3)" 'web: the log before it:
    Nov 24 10:00:03 main-menu[377]: line 3
    Nov 24 10:00:04 main-menu[377]: line 4
    Nov 24 10:00:05 main-menu[377]: line 5
    Nov 24 10:00:06 main-menu[377]: line 6
    Nov 24 10:00:07 main-menu[377]: line 7
    Nov 24 10:00:10 in-target: ?[2Jred
    [  22.7] Kernel panic - not syncing: one
    [  22.8] CPU: 1
    after
web: next: make debug-web, the same installer on this terminal with shells beside it' "the log before it, a panic, what to type next"
is "$(said 7)$(said 130)" "" "nothing where it was said already, or by who ended it"
echo '{"t":4,"event":"error","step":"pkgsel"}' > b/events
is "$(said 1 | wc -l)" 1 "nor where di-events has shown the error"
for s in 4 5 6 137; do said $s | tail -n 1; done > next
is "$(grep -c '^web: next: make [ad]' next)" 4 "something to type for each end that asks for it"

# --- the package or source that it gave up at, and who named it ---
gave_up() { # gave_up WORDS: of the guest; its log on standard input
	sed 's/^/Nov 24 10:00:01 /' > b/install.log
	printf 'vmrun: /b/install.xml: the guest says: %s (after 9.1 s, last step: packages)\n' "$1" > b/vmrun.log
	bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; . "$SRC/mk/cache.sh"; name=web B=$PWD/b
		at_fault 1; what_next 1; echo "$(reason 1)" >&2' gave_up 2>&1
}
rm b/events
printf '%s\t%s\n' recipes/base.recipe:2 'package apple pear' recipes/web.recipe:7 'package plum' \
	preseed.d/60-packages.preseed:9 'd-i pkgsel/include string apple pear plum' \
	recipes/web.recipe:3 'repository http://localhost:80/debian trixie main key=web/a.asc' > b/explain
pkgsel="Configuring 'pkgsel' failed with error code 100"
status='installed pear package post-installation script subprocess returned error exit status 3'
{ echo 'in-target: dpkg: error processing package pear (--configure):^M'
	echo "in-target:  $status^M"
	echo 'in-target: dpkg: error processing package orchard:amd64 (--configure):'
	echo 'in-target:  dependency problems - leaving unconfigured'
	echo 'in-target: Errors were encountered while processing:'
	echo 'in-target:  pear'; } > log
is "$(gave_up "$pkgsel" < log)" "web: package pear: $status
  recipes/base.recipe:2: package apple pear
web: next: make debug-web, the same installer on this terminal with shells beside it
package pear: $status" "a package that does not configure: it, its words, the recipe's line"
is "$(sed 's/pear/worm/g' log | gave_up "$pkgsel" | sed -n 2p)" "  the recipe does not name it: the installer or another package wants it" \
	"or that there is none"
like "$(echo 'in-target: dpkg: error processing archive /tmp/apt-dpkg-install-a1B2/12-plum_1%3a2_all.deb (--unpack):
in-target:  trying to overwrite /etc/passwd' | gave_up "$pkgsel")" '^package plum: trying to overwrite /etc/passwd$' "one that does not unpack"
like "$(echo 'in-target: dpkg: error processing archive /var/cache/apt/archives/plum_1_all.deb (--unpack):
in-target:  cannot copy extracted data for ./usr/plum to /usr/plum.dpkg-new: failed to write (No space left on device)' | gave_up "$pkgsel")" \
	'^web: next: a larger disk: disk SIZE' "one that finds no room"
is "$(echo 'in-target: E: Unable to locate package plum' | gave_up "$pkgsel" | head -n 2)" "web: package plum: none of its sources has it
  recipes/web.recipe:7: package plum" "one that is not there"
is "$(gave_up 'Configuring x failed' < log | head -n 1)" "web: next: make debug-web, the same installer on this terminal with shells beside it" \
	"what failed before is no reason for something else"
is "$(echo 'in-target: E: Failed to fetch http://deb.debian.org/debian/pool/p/plum_1.deb  502  Bad Gateway [IP: 10.0.2.254 3142]' |
	gave_up "$pkgsel")" "web: next: make appliance-web when deb.debian.org answers, or with MIRROR=URL of another
not fetched: http://deb.debian.org/debian/pool/p/plum_1.deb: 502 Bad Gateway" "a mirror that does not answer apt"
like "$(gave_up 'not fetched: http://deb.debian.org/debian/pool/p/plum_1.deb' < /dev/null)" 'next: make appliance-web when deb.debian.org answers' \
	"nor debootstrap"
is "$(gave_up "a repository of the recipe's: The repository 'http://localhost:80/debian trixie InRelease' is not signed." < /dev/null | head -n 2)" \
	"  recipes/web.recipe:3: repository http://localhost:80/debian trixie main key=web/a.asc
web: next: mend that line (its address, suite or key), then make appliance-web" "a repository of the recipe's"
for said in 'Failed to fetch http://localhost:80/debian/dists/trixie/InRelease Hash Sum mismatch' 'not reached, or not as its key says'; do
	like "$(gave_up "a repository of the recipe's: $said" < /dev/null)" '^  recipes/web.recipe:3: repository' "whatever is wrong: ${said%% *}"
done
printf 'vmrun: /b/install.xml: /w/disk.qcow2: a write on the host failed: enospc (after 9.1 s)\n' > host.log
like "$(bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; name=web B=$PWD/b; cp host.log b/vmrun.log; at_fault 1; what_next 1' x 2>&1)" \
	'^web: next: make room for /w/disk.qcow2, then make appliance-web$' "the host's disk is full"
printf 'in-target: dpkg: error processing package pe\033[2Jar (--configure):\nin-target:  \033[2J\033]0;x\007\n' | gave_up "$pkgsel" > raw
! LC_ALL=C grep -q $'[\001-\010\013-\037]' raw
ok $? "none of it acts on the terminal"

printf '%s\n' '{"event":"question","question":"time/zone","type":"x","waits":true}' \
	'{"event":"question","question":"netcfg/get_hostname","type":"x","waits":true}' \
	'{"event":"question","question":"passwd/make-user","type":"x","waits":true}' \
	'{"event":"question","question":"mirror/suite","type":"x","waited":3,"waits":false}' > events
bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/evidence.sh"; by_key events' > keys
is "$(sed 's/.*recipe: //' keys)" "timezone ZONE
hostname NAME" "the keys that answer, where there are such"
finish
