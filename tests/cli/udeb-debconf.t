#!/bin/bash
# What the installer's own end does with debconf's traffic: passed on whole, noted
# without answers, and a word when nobody replies.
. "${0%/*}/../lib.sh"
need busybox

mkdir lib bin cdebconf
for applet in tail awk grep cat rm mknod sleep; do ln -s "$(command -v busybox)" bin/$applet; done
PATH=$T/bin:$PATH
for s in overhear debconf; do
	sed "s|/var/lib/seedbed|$T/lib|g; s|/var/lib/cdebconf|$T/cdebconf|g; s|/usr/lib/seedbed|$T|g
		s|/var/lib/lowmem|$T/lowmem|g; s|/proc/cmdline|$T/cmdline|; s|-t 10|-t 1|" \
		"$SRC/udeb/usr/lib/seedbed/$s" > $s
done
printf '#!/bin/sh\necho %s/port.out\n' "$T" > port
chmod +x port
echo 0123abcd > lib/nonce
: > cmdline

# --- overhear ---
commands='INPUT critical a/b
GO 
SET a/password secret
GET a/password
SUBST a/b V  two  blanks\
PROGRESS SET 5
INPUTS none'
replies='0 question will be asked
0 ok
0 secret
30 question skipped
0 OK'
is "$(busybox sh overhear '-->' <<< "$commands")" "$commands" "commands pass as they are"
is "$(busybox sh overhear '<--' <<< "$replies")" "$replies" "so do replies"
is "$(cut -c17- lib/traffic)" 'debconf: --> INPUT critical a/b
debconf: --> GO 
debconf: --> SUBST a/b V  two  blanks\
debconf: --> PROGRESS SET 5
debconf: <-- 0 question will be asked
debconf: <-- 0 ok
debconf: <-- 30 question skipped' "what is noted has no answers"

# --- the watch ---
printf 'Name: a/b\nType: string\nDescription: A\n\nName: lowmem/low\nType: note\n\n' > cdebconf/templates.dat
watch() { # watch: runs until a word has come, or for some seconds
	rm -f lib/words port.out heard
	: > port.out
	mkfifo lib/words
	exec 8<> lib/words
	setsid busybox sh debconf > /dev/null 2>&1 &
	local pid=$!
	at_end "kill -- -$pid 2> /dev/null"
	timeout "$1" head -n 1 <&8 > heard
	kill -- -$pid
	wait $pid 2> /dev/null
}
printf '%s\n' 'Nov 24 10:00:00 debconf: --> REGISTER a/b c/d' 'Nov 24 10:00:00 debconf: --> INPUT high c/d' \
	'Nov 24 10:00:00 debconf: <-- 0 question will be asked' 'Nov 24 10:00:00 debconf: --> GO' > lib/traffic
watch 60
is "$(cat heard)" "0123abcd asks c/d" "a GO without a reply: the word"
is "$(sed -n 's/.*debconf: template: //p' port.out)" $'Name: a/b\nType: string\nDescription: A' "after its template"
di-events port.out > records
is "$?" 3 "and di-events sees that it waits"
noted() { [ -s port.out ]; }
: > port.out
{ until_true 30 noted; echo fedc9876 > lib/nonce; } &
watch 60
is "$(cat heard)" "fedc9876 asks c/d" "after a fork, by the nonce of that one"
echo 0123abcd > lib/nonce
echo seedbed_debug > cmdline
watch 6
is "$(cat heard)" "" "none when there is somebody at the terminal"
: > cmdline
echo 'Nov 24 10:00:09 debconf: <-- 0 ok' >> lib/traffic
watch 6
is "$(cat heard)" "" "none after a reply"
rm lib/traffic
watch 6
is "$(cat heard)" "" "none where nothing is asked"
echo 1 > lowmem
rm -f lib/traffic
watch 60
is "$(cat heard)" "0123abcd asks lowmem/low" "the note of little memory, before the menu"
finish
