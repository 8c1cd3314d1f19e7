#!/bin/bash
# SPDX-License-Identifier: MIT
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
mkfifo lib/to
busybox sh overhear '-->' < lib/to > passed &
exec 7> lib/to
while IFS= read -r line; do # each waits for its reply
	echo "$line" >&7
	passed() { [ "$(tail -n 1 passed)" = "$line" ]; }
	until_true 60 passed
done <<< "$commands"
exec 7>&-
wait $!
is "$(cat passed)" "$commands" "commands pass as they are"
is "$(busybox sh overhear '<--' <<< "$replies")" "$replies" "so do replies"
is "$(cut -c17- lib/traffic)" 'debconf: --> INPUT critical a/b
debconf: --> GO 
debconf: --> SUBST a/b V  two  blanks\
debconf: --> PROGRESS SET 5
debconf: <-- 0 question will be asked
debconf: <-- 0 ok
debconf: <-- 30 question skipped' "what is noted has no answers"

# A text of several lines is one command: it comes at once, and debconf, which reads
# what there is, has to get it at once.
if command -v python3 > /dev/null; then
	rm -f lib/traffic
	cat > ends.py <<'END'
import os, subprocess, sys, time
hears = subprocess.Popen(["busybox", "sh", "overhear", "-->"], stdin=os.open("lib/to", os.O_RDWR),
    stdout=subprocess.PIPE)
client = os.open("lib/to", os.O_WRONLY)
for said in [b"SUBST a/b ITEMS one:\n two\n\n three\n", b"GO \n", b"SUBST a/b V w\n", b"SET a/b GO\nGO\n"] * 50:
    os.write(client, said)
    got = os.read(hears.stdout.fileno(), 4096)
    if got != said:
        print("sent", said, "got", got)
hears.terminate()
END
	is "$(timeout 60 python3 ends.py 2>&1)" "" "several lines stay together"
	is "$(cut -c17- lib/traffic | sort | uniq -c | sed 's/^ *//')" "50 debconf: --> GO 
50 debconf: --> SUBST a/b ITEMS one:
50 debconf: --> SUBST a/b V w" "and are noted as the command that they are"
else
	skip "several lines stay together" "python3 is not installed"
fi

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
