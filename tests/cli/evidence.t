#!/bin/bash
# SPDX-License-Identifier: MIT
# What is kept of a build that failed, and what is said of it: by the records that its
# tools leave, whatever sentences they say.
. "${0%/*}/../lib.sh"
need jq

mkdir b
printf 'first\033[2Jsecond\033[1;31m third\r\nlast\033]0;title\007 line\r\n' > b/console.log
echo booted > b/boot.log
echo log > b/install.log
: > b/gate.result
echo cfg > b/preseed.cfg
echo disk > disk
for i in 1 2 3 4 5 6; do mkdir b/failed-2020010$i-000000; done
touch b/failed-20200106-000000/disk.qcow2
sourced() { # sourced COMMAND...: as install.sh has it
	SEEDBED_BUILD=$T bash -c '
		. "$SRC/mk/common.sh"
		. "$SRC/mk/evidence.sh"
		name=web B=$PWD/b disk=$PWD/disk INSTALLER=$ROOT/mk/installers/di
		"$@"' evidence "$@"
}
fails 1 'evidence: web: it stalled: all of it is in build/web/failed-2[0-9]{7}-[0-9]{6}$' \
	sourced evidence "it stalled" install.log console.log gate.result
is "$(ls -d b/failed-* | wc -l)" 5 "the last five are kept"
[ ! -e b/failed-20200102-000000 ] && [ -e b/failed-20200103-000000 ]
ok $? "the oldest went"
[ ! -e b/failed-20200106-000000/disk.qcow2 ]
ok $? "an earlier one's disk, too"
new=$(ls -d b/failed-2* | tail -n 1)
is "$(ls "$new" | tr '\n' ' ')" "console.end console.log install.log preseed.cfg why " "what there was is in it"
is "$(stat -c %a "$new")" 700 "for its owner alone: there are password hashes in it"
is "$(cat "$new/why")" "web: it stalled" "and why"
cmp -s b/console.log "$new/console.log"
ok $? "the console as it was"
! LC_ALL=C grep -q $'[\001-\010\013-\037]' "$new/console.end"
ok $? "and its end without escapes"
like "$(cat "$new/console.end")" '^firstsecond third$' "as text"
[ -e disk ]
ok $? "without KEEP=1 the disk stays where it is"

rm -rf b/failed-*
KEEP=1 fails 1 'failed-' sourced evidence why boot.log
is "$(cat b/failed-*/disk.qcow2)" disk "with it, it is there"
is "$(cat b/failed-*/console.end)" booted "of a boot test, the end of that console"
rm -rf b/failed-* b/boot.log

# --- why, which line of the recipe, and what to type next ---
printf '%s\t%s\n' recipes/base.recipe:2 'package apple pear' recipes/web.recipe:7 'package plum' \
	preseed.d/60-packages.preseed:9 'd-i pkgsel/include string apple pear plum' \
	recipes/web.recipe:3 'repository http://localhost:80/debian trixie main key=web/a.asc' > b/explain
: > b/events
debug='web: next: make debug-web, the same installer on this terminal with shells beside it'
vmrun() { # vmrun KEY=VALUE...: its result
	printf '%s\n' tool=vmrun "$@" > b/vmrun.result
}
fault() { # fault KIND KEY VALUE TEXT: an event of di-events
	jq -cn --arg kind "$1" --arg key "$2" --arg value "$3" --arg text "$4" \
		'{t: 4, event: "fault", kind: $kind, text: $text} + {($key): $value}' >> b/events
}
says() { # says: all that is said, but for where it is kept
	rm -rf b/failed-*
	sourced failed_install 1 2>&1 | grep -v ': all of it is in build/web/failed-[0-9-]*$'
}
item=(outcome=failed code=menu-item object=pkgsel "text=Configuring 'pkgsel' failed with error code 100")

vmrun "${item[@]}"
fault package package apple 'it asked and nobody answered'
fault package package pear 'installed pear package post-installation script subprocess returned error exit status 3'
is "$(says)" "web: package pear: installed pear package post-installation script subprocess returned error exit status 3
  recipes/base.recipe:2: package apple pear
$debug" "a package that does not configure: it, its words, the recipe's line"
: > b/events
fault package package worm 'none of its sources has it'
is "$(says | sed -n 2p)" "  the recipe does not name it: the installer or another package wants it" "or that there is none"
fault source source http://deb.debian.org/debian/pool/p/plum_1.deb '502  Bad Gateway'
is "$(says)" "web: not fetched: http://deb.debian.org/debian/pool/p/plum_1.deb
web: next: make appliance-web when deb.debian.org answers, or with MIRROR=URL of another" "a mirror that does not answer apt"
vmrun outcome=failed code=not-fetched object=http://deb.debian.org/debian/pool/p/plum_1.deb text=x
printf '%s\n' tool=pkgcache outcome=ended missing=http://deb.debian.org/debian/pool/p/plum_1.deb > b/cache.result
like "$(says)" '^web: not fetched: http://.*/plum_1.deb: the mirror does not have it$' "nor debootstrap, and what the cache was told"
rm b/cache.result
vmrun outcome=failed code=not-fetched object=- text='not fetched'
like "$(says)" '^web: not fetched' "one that cannot be named"
vmrun outcome=failed code=repository object=http://localhost:80/debian 'text=The repository is not signed.'
is "$(says)" "web: a repository of the recipe's: The repository is not signed.
  recipes/web.recipe:3: repository http://localhost:80/debian trixie main key=web/a.asc
web: next: mend that line (its address, suite or key), then make appliance-web" "a repository of the recipe's"

vmrun outcome=failed code=repository object=- "text=a repository of the recipe's does not verify"
fault signature source http://localhost:80/debian 'http://localhost:80/debian trixie InRelease: Missing key 28E9.'
is "$(says)" "web: a repository of the recipe's: http://localhost:80/debian trixie InRelease: Missing key 28E9.
  recipes/web.recipe:3: repository http://localhost:80/debian trixie main key=web/a.asc
web: next: mend that line (its address, suite or key), then make appliance-web" "which is the log's to say"
: > b/events

vmrun outcome=disk object=/w/disk.qcow2 'text=a write on the host failed'
like "$(says)" '^web: next: make room for /w/disk.qcow2, then make appliance-web$' "the host's disk is full"
vmrun outcome=interrupted 'text=interrupted by signal 15'
like "$(says)" "^web: the guest's network has ended$" "a gate that was killed leaves no result, and is the reason"
printf '%s\n' tool=netgate outcome=ended > b/gate.result
is "$(says | head -n 1)" "web: interrupted by signal 15" "else who was interrupted is"
like "$(says)" '^web: next: make appliance-web, once more$' "whoever looks on"
printf '%s\n' tool=netgate outcome=limit > b/gate.result
is "$(says)" "web: the guest wanted more than MAX_DOWNLOAD=16G
web: next: make appliance-web MAX_DOWNLOAD=SIZE, if it may have more" "the gate's limit"
printf '%s\n' tool=netgate outcome=failed 'text=no Ethernet' > b/gate.result
like "$(says)" "^web: the guest's network has ended: no Ethernet$" "a gate that ended is the reason"
rm b/vmrun.result
like "$(says)" '^web: vmrun was killed$' "who is killed leaves no record"
rm b/gate.result
like "$(says)" '^web: the guest was not started; the reason is above$' "nor who was not started"

# --- what led to it ---
{ for i in 1 2 3 4 5 6 7; do echo "Nov 24 10:00:0$i main-menu[377]: line $i"; done
	echo 'Nov 24 10:00:08 kernel: [    9.1] not this'
	echo 'Nov 24 10:00:09 main-menu[377]: DEBUG: nor this'
	printf 'Nov 24 10:00:10 in-target: \033[2Jred\n'; } > b/install.log
printf 'x\r\n[  22.7] Kernel panic - not syncing: one\r\n[  22.8] CPU: 1\r\nafter\r\n' > b/console.log
: > b/events
vmrun outcome=no-word code=panic step=netcfg 'text=the kernel panicked: one'
is "$(says)" "web: the log before it:
    Nov 24 10:00:03 main-menu[377]: line 3
    Nov 24 10:00:04 main-menu[377]: line 4
    Nov 24 10:00:05 main-menu[377]: line 5
    Nov 24 10:00:06 main-menu[377]: line 6
    Nov 24 10:00:07 main-menu[377]: line 7
    Nov 24 10:00:10 in-target: ?[2Jred
    [  22.7] Kernel panic - not syncing: one
    [  22.8] CPU: 1
    after
web: the kernel panicked: one (last step: netcfg)
$debug" "the log before it, a panic, what to type next"
echo '{"t":4,"event":"error","step":"pkgsel"}' > b/events
is "$(says | grep -c 'the log before')" 0 "nothing where di-events has shown the error"
for outcome in stalled timeout daemon log-limit no-word not-started command; do
	vmrun outcome=$outcome text=x
	like "$(says)" '^web: next: make [ad]' "$outcome: something to type"
done

# --- a question ---
vmrun outcome=asked question=netcfg/get_hostname text=x
echo '{"event":"question","question":"netcfg/get_hostname","type":"string","waits":true}' > b/events
is "$(says)" "web: the installer asks, and nobody is there to answer: netcfg/get_hostname
  or by this key of the recipe: hostname NAME" "a question is named, and the key that answers it"
vmrun outcome=asked question=time/zone text=x
like "$(says)" 'by this key of the recipe: timezone ZONE$' "by the fragments"
vmrun outcome=asked question=netcfg/bad_ipaddress text=x
echo '{"event":"question","question":"netcfg/bad_ipaddress","type":"error","waits":true}' > b/events
like "$(says)" '^web: the installer reports an error: netcfg/bad_ipaddress$' "an error is no question"

# --- what acts on a terminal, in whatever came from a guest ---
: > b/events
fault package package $'pe\033[2Jar' $'\033[2J\033]0;x\007'
vmrun "${item[@]}"
says > raw
! LC_ALL=C grep -q $'[\001-\010\013-\037]' raw
ok $? "none of it acts on the terminal"
finish
