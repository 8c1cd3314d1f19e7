#!/bin/bash
# SPDX-License-Identifier: MIT
# What di-events makes of real installations' logs: records, JSON, what a person sees,
# times learnt, a log that grows.
. "${0%/*}/../lib.sh"
need python3
D=$SRC/tests/data/di-events

# --- an installation that went well ---
out=$(di-events "$D/finished.log")
is "$?" 0 "finished: status"
is "$(awk -F '\t' '$2 == "step" { print $1, $3 }' <<<"$out" | tr '\n' ',')" \
	"1 brltty-udeb,1 ethdetect,5 netcfg,13 choose-mirror,15 user-setup-udeb,15 clock-setup,16 disk-detect,19 partman-base,26 bootstrap-base,194 apt-setup-udeb,213 pkgsel,268 seedbed-udeb,285 grub-installer,317 finish-install," \
	"its steps, with their seconds"
like "$out" $'\tpackage\tbase-passwd\tUnpacking$' "a package in work"
like "$out" $'\tdone$' "and its end"
is "$(di-events < "$D/finished.log")" "$out" "from standard input, the same"
di-events --json "$D/finished.log" |
	python3 -c 'import json, sys; sys.exit("done" not in [json.loads(s)["event"] for s in sys.stdin])'
ok $? "each record is JSON"

# --- one that asks ---
di-events -d "$D/asked.debconf" "$D/asked.log" > asked 2> err
is "$?" 3 "a question: status"
is "$(grep -P '\tquestion\t' asked | cut -f2-5)" \
	$'question\tlocalechooser/continentlist\tselect\twaits' "its record"
di-events --json -d "$D/asked.debconf" "$D/asked.log" |
	python3 -c 'if True:
		import json, sys
		q = [e for e in map(json.loads, sys.stdin) if e["event"] == "question"][0]
		print(q["title"], q["choices"].split(", ")[6], q["answer"], q["waits"], q["step"],
			len(q["log"]) > 3, sep="\n")' > json
is "$(cat json)" "Continent or region:
Europe
answer d-i localechooser/continentlist select Africa
True
localechooser
True" "title, choices and answer, from the template with its variables"
di-events -p lines -n web -d "$D/asked.debconf" "$D/asked.log" > /dev/null 2> lines
like "$(cat lines)" '^web: +1s +[0-9]+ %  language' "a line for its step"
like "$(cat lines)" '^The installer asks: localechooser/continentlist \(select\)' "and the question in full"
like "$(cat lines)" 'recipe: answer d-i localechooser/continentlist select' "with the line that answers it"

# --- how far: debconf's bars of a real installation, each twelfth of its commands ---
di-events -d "$D/base.debconf" "$D/base.log" |
	awk -F '\t' '$2 == "progress" && $4 == "bootstrap-base" { print $3 }' > bars
is "$(sort -n bars)" "$(cat bars)" "the base system's bar goes forward"
is "$(sort -n bars | tail -n 1)" 71 "as far as it goes"
is "$(di-events -p lines -d "$D/base.debconf" "$D/base.log" 2>&1 | sed 's/.*s *\([0-9]*\) %.*/\1/' | sort -nc 2>&1)" "" \
	"and all in all it never goes back"

# --- what the bars are about, by the templates of the release ---
need cpio gzip
mkdir -p rd/var/lib/dpkg/info
cat > rd/var/lib/dpkg/info/b.templates <<'END'
Template: b/info/unpack
Type: text
Description: Unpacking ${SUBST0}...

Template: b/ask
Type: string
Description: What?
END
(cd rd && find . | cpio -o -H newc --quiet) | gzip > rd.gz
preseed-index -o q.index -s trixie -a amd64 --initrd rd.gz
cat > bar.log <<'END'
Nov 24 10:00:00 main-menu[1]: INFO: Menu item 'bootstrap-base' selected
Nov 24 10:00:01 debconf: --> PROGRESS START 0 4 b/progress
Nov 24 10:00:01 debconf: --> SUBST b/info/unpack SUBST0 dpkg
Nov 24 10:00:01 debconf: --> PROGRESS INFO b/info/unpack
Nov 24 10:00:02 debconf: --> PROGRESS INFO b/no_words
Nov 24 10:00:03 debconf: --> INPUT critical b/ask
Nov 24 10:00:03 debconf: <-- 0 question will be asked
Nov 24 10:00:03 debconf: --> GO
END
di-events -i q.index bar.log > by-index
is "$(cut -f2- by-index)" $'step\tbootstrap-base\tbase system
progress\t0\tbootstrap-base\t
progress\t0\tbootstrap-base\tUnpacking dpkg...
progress\t0\tbootstrap-base\t
question\tb/ask\tstring\twaits\tWhat?' "with their variables, and questions by them as well"
is "$(di-events bar.log | tail -n 2 | cut -f5)" $'no_words\nwaits' "without it, by their names"
is "$(di-events -i bar.log bar.log 2>&1 > plain)$(cmp plain <(di-events bar.log))" \
	"di-events: bar.log: no index of questions: not used" "what is no index costs words only"

# --- debconf's traffic, in the forms that there are ---
stamp='Nov 24 10:00:00'
traffic() { # traffic ARROW BACK: a question answered after five seconds, and an error
	cat <<-END
		$stamp main-menu[1]: INFO: Menu item 'netcfg' selected
		$stamp debconf: $1 SUBST x/y what the \${answer}
		$stamp debconf: $1 DATA x/y type string
		$stamp debconf: $1 DATA x/y description Tell \${what}?
		$stamp debconf: $1 INPUT low skipped/one
		$stamp debconf: $2 30 question skipped
		$stamp debconf: $1 INPUT critical x/y
		$stamp debconf: $2 0 question will be asked
		$stamp debconf: $1 GO
		Nov 24 10:00:05 debconf: $2 0 ok
		Nov 24 10:00:06 debconf: $1 PROGRESS START 100 300 p/title
		Nov 24 10:00:06 debconf: $1 PROGRESS STEP 50
		Nov 24 10:00:07 debconf: $1 PROGRESS SET 200
		Nov 24 10:00:07 debconf: $1 PROGRESS SET 200
		Nov 24 10:00:08 debconf: $1 PROGRESS STOP
		Nov 24 10:00:09 netcfg[7]: no good
		Nov 24 10:00:10 main-menu[1]: WARNING **: Configuring 'netcfg' failed with error code 1
	END
}
traffic '-->' '<--' > cdebconf.log
traffic '(developer): <--' '(developer): -->' > debconf.log
want=$'0\tstep\tnetcfg\tnetwork
5\tquestion\tx/y\tstring\tanswered\tTell the ${answer}?
6\tprogress\t0\tnetcfg\t
6\tprogress\t25\tnetcfg\t
7\tprogress\t50\tnetcfg\t
10\terror\tnetcfg\tConfiguring \'netcfg\' failed with error code 1'
is "$(di-events cdebconf.log)" "$want" "as cdebconf logs it"
is "$(di-events debconf.log)" "$want" "as debconf logs it, with the arrows the other way"
di-events cdebconf.log > /dev/null
is "$?" 4 "the installer gave up: status"
grep ' debconf: ' cdebconf.log > t
grep -v ' debconf: ' cdebconf.log > l
is "$(di-events -d t l)" "$want" "as two files"
head -n 9 cdebconf.log > cut.log
di-events cut.log > cut.out
is "$?" 3 "a log that ends at a question"
like "$(cat cut.out)" $'question\tx/y\tstring\twaits' "which then waits"
: > empty
di-events empty
is "$?" 5 "an empty log is of no finished installation"

# --- nothing of it reaches a terminal raw ---
printf '%s in-target: Setting up a\033]0;b\007c (1) ...\n%s main-menu[1]: INFO: Menu item %s selected\n' \
	"$stamp" "$stamp" $'\'\033[2J\xc2\x9bx\'' > evil.log
printf '%s main-menu[1]: WARNING **: Configuring \047\033c\047 failed with error code 1\n' "$stamp" >> evil.log
for how in '' --json '-p lines' '-p bar'; do
	# shellcheck disable=SC2086
	di-events $how evil.log > raw 2>&1
	tr -d '\r' < raw | sed $'s/\033\\[K//g' > seen
	! LC_ALL=C grep -q $'[\001-\010\013-\037\177]\|\xc2\x9b' seen
	ok $? "no escapes: ${how:-records}"
done
head -c 300000 /dev/zero | tr '\0' x > long.log
printf '\n%s main-menu[1]: INFO: Menu item '\''netcfg'\'' selected\n\0\0\n' "$stamp" >> long.log
is "$(di-events long.log)" $'0\tstep\tnetcfg\tnetwork' "a line of any length, and NULs"

# --- times ---
di-events -l learnt "$D/finished.log" > /dev/null
like "$(cat learnt)" $'^168.0\tbootstrap-base$' "what was learnt"
printf '68.0\tbootstrap-base\n' > half
di-events -t half -l half "$D/finished.log" > /dev/null
like "$(cat half)" $'^118.0\tbootstrap-base$' "half of what was known, half of what was seen"
di-events -p lines -t learnt "$D/finished.log" 2>&1 > /dev/null | awk '/packages/' > percent
like "$(cat percent)" '^ *213s +6[0-9] %  packages, [0-9.]+ (min|s) left$' "percent and time left by it"
di-events -l kept "$D/asked.log" > /dev/null
[ ! -e kept ]
ok $? "an installation that did not end teaches nothing"
echo junk > junk
is "$(di-events -t junk "$D/finished.log" 2>&1 > /dev/null)" \
	"di-events: junk: not times of steps: not used" "other files are no times"

# --- a log that grows ---
head -n 40 "$D/finished.log" > live
sleep 1000 & # what is waited for
pid=$!
at_end "kill $pid 2> /dev/null"
di-events -f --pid $pid -o rec -d /dev/null live & 
di=$!
at_end "kill $di 2> /dev/null"
until_true 60 grep -q brltty rec
ok $? "follow: what is there"
tail -n +41 "$D/finished.log" >> live
until_true 60 grep -q 'done' rec
ok $? "follow: what comes"
kill $pid
wait $di
is "$?" 0 "and it ends with the process"
is "$(cat rec)" "$out" "with the same records"
timeout -s INT 2 di-events -f live > /dev/null
is "$?" 124 "SIGINT ends it, too"

# --- forked from an installer that stood still for an hour: time begins there ---
cat > forked <<'END'
Nov 24 10:00:00 kernel: [  447.572271] random: crng reseeded due to virtual machine fork
Nov 24 11:00:07 main-menu[377]: INFO: Menu item 'pkgsel' selected
Nov 24 11:00:17 main-menu[377]: INFO: Menu item 'grub-installer' selected
END
is "$(di-events forked | cut -f 1,2,3 | tr '\t' ' ')" "0 step pkgsel
10 step grub-installer" "the hour is none of the fork's"

# --- a step that failed: the menu's own question about it says nothing new ---
cat > gaveup <<'END'
Nov 24 20:28:10 main-menu[366]: INFO: Menu item 'pkgsel' selected
Nov 24 20:28:13 in-target:  breaks^M
Nov 24 20:28:14 main-menu[366]: WARNING **: Configuring 'pkgsel' failed with error code 100
END
cat > gaveup.debconf <<'END'
Nov 24 20:28:14 debconf: --> INPUT critical debian-installer/main-menu/item-failure
Nov 24 20:28:14 debconf: <-- 0 question will be asked
Nov 24 20:28:14 debconf: --> GO 
END
out=$(di-events -d gaveup.debconf gaveup)
is "$? $(cut -f 1,2,3 <<< "$out" | tr '\t' ' ')" "4 0 step pkgsel
4 error pkgsel" "a step that failed is one error"
like "$(di-events --json -d gaveup.debconf gaveup)" '"in-target:  breaks"' "the log before it without a carriage return's name"

# --- a step's own word, before anybody has left the dialog about it; the first cause ---
t='Apr 25 22:27:1'
cat > own <<END
${t}0 main-menu[785]: INFO: Menu item 'base-installer' selected
${t}1 in-target: Setting up linux-image-6.1 (1) ...
${t}1 in-target: run-parts: /etc/kernel/postinst.d/x exited with return code 1
${t}1 in-target: mkinitramfs: missing dm- root
${t}1 in-target: dpkg: error processing linux-image-6.1 (--configure):
${t}1 in-target:  subprocess post-installation script returned error exit status 2
${t}2 base-installer: error: exiting on error base-installer/kernel/failed-install
END
out=$(di-events own)
is "$? $(tail -n 1 <<< "$out" | tr '\t' ' ')" \
	"4 2 error base-installer exiting on error base-installer/kernel/failed-install" "the step's own error"
{ head -n 6 own; for i in $(seq 40); do echo "${t}1 in-target:  follower $i depends on linux-image-6.1"; done; tail -n 1 own
	echo "${t}9 main-menu[785]: WARNING **: Configuring 'base-installer' failed with error code 1"; } > gone
di-events -j gone | tail -n 1 > last
like "$(cat last)" '"log":\["in-target: run-parts: [^"]*","in-target: mkinitramfs: missing dm- root","in-target: dpkg: error processing linux-image-6.1' \
	"the log begins where it went wrong"
like "$(cat last)" 'follower 1 depends.*"\.\.\.".*follower 40 depends.*failed with error code 1"\]' "and goes to the end"
di-events -p lines gone > /dev/null 2> lines
is "$(grep -c 'dpkg: error processing' lines)" 1 "a person sees it once"
like "$(cat lines)" '^The installer gave up: Configuring .base-installer. failed' "and what the menu says"
is "$(di-events <(sed 's/INFO: Menu/DEBUG: Menu/' own))" "$out" "as the menu of 2009 logs"
is "$(di-events <(sed 's/INFO: Menu/(process:785): DEBUG: Menu/' own))" "$out" "and that before it"
is "$(di-events <(grep -v main-menu own) | tail -n 1 | cut -f 2-3)" $'error\tbase-installer' "without any menu, by who says so"
grep -v 'exiting on error' own > menu-item
echo "${t}9 main-menu[785]: WARNING **: Menu item 'base-installer' failed." >> menu-item
is "$(di-events menu-item | tail -n 1 | cut -f 2-4)" $"error	base-installer	Menu item 'base-installer' failed." "another word of the menu's"
cat > succeeded <<END
${t}0 main-menu[785]: INFO: Menu item 'netcfg' selected
${t}1 main-menu[785]: INFO: Menu item 'netcfg' succeeded but requested to be left unconfigured.
END
is "$(di-events succeeded | wc -l)" 1 "an item that has succeeded is no step"
cat > loader <<END
${t}0 main-menu[785]: INFO: Menu item 'grub-installer' selected
${t}1 grub-installer: info: Running chroot /target grub-install  --force "/dev/sda"
${t}2 grub-installer: grub-install: error: embedding is not possible
${t}3 grub-installer: error: Running 'grub-install  --force "/dev/sda"' failed.
END
di-events -j loader | tail -n 1 > last
like "$(cat last)" '"event":"error","step":"grub-installer".*grub-install: error: embedding' "the boot loader's"
sed "s/^${t}3.*/&\n${t}4 main-menu[785]: INFO: Menu item 'grub-installer' selected/" loader > again
di-events again > /dev/null
is "$?" 5 "a step that is tried again has not failed yet"

# --- a line a minute, though the bar stands still ---
{
	echo "Nov 24 10:00:00 main-menu[1]: INFO: Menu item 'pkgsel' selected"
	echo "Nov 24 10:00:01 debconf: --> PROGRESS START 0 100 pkgsel/progress"
	echo "Nov 24 10:00:01 debconf: --> PROGRESS SET 10"
	for m in 01 02 03 04 05 06 07 08 09 10; do
		for s in 05 25 45; do echo "Nov 24 10:$m:$s in-target: Setting up package-$m-$s (1) ..."; done
	done
} > still
printf '%s\t%s\n' 5 start 3000 pkgsel 40 grub-installer > times
di-events -p lines -t times still > /dev/null 2> lines
is "$(sed -n 's/^ *\([0-9]*\)s .*/\1/p' lines | awk 'NR > 1 && $1 - last > 90 { print last, $1 } { last = $1 }')" "" \
	"never more than a minute and a half between two"
is "$(wc -l < lines)" 11 "and no more than one a minute"
like "$(tail -n 1 lines)" '^ *6[0-9][0-9]s +[0-9]+ %  packages: Setting up package-10' "with what is being done"
is "$(sed 's/.*s *\([0-9]*\) %.*/\1/' lines | sort -nu | wc -l | awk '{ print ($1 > 5) }')" 1 "by the clock it goes on"
# --- the time left is told where it is known only ---
like "$(sed -n 2p lines)" 'min left' "by its own times"
sed 's/^3000/60/' times > short
di-events -p lines -t short still > /dev/null 2> lines
like "$(head -n 2 lines)" 'left' "at first"
unlike "$(tail -n 1 lines)" 'left' "not where it has long taken more than that"
di-events -p lines -t times -l mine still > /dev/null 2> lines
unlike "$(cat lines)" 'left' "nor by the times of another, whose own are to be learnt"
like "$(tail -n 1 lines)" '[1-9][0-9]* %' "whose percent is shown"

# --- a bar, on terminals of some widths ---
cat > terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execvp("di-events", ["di-events", "-f", "--pid", "999999999", "-p", "auto", "-n", "web"] + sys.argv[2:])
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
END
printf '%s\t%s\n' 100 pkgsel 100 grub-installer 3000 finish-install > slow
for width in 200 80 60 40 30 12 6; do
	TERM=xterm python3 terminal.py $width --timings slow "$D/finished.log" | tr '\r' '\n' | sed $'s/\033\\[K//' > term
	is "$(awk -v w=$width 'length >= w' term | wc -l)" 0 "$width columns: no wider than the terminal"
	case $width in
	40|60|80) like "$(cat term)" '^web: \[[#.]{6,}\] +[0-9]+ %, [0-9]+ min left' "$width columns: a bar, percent, time left" ;;
	6) ;;
	*) like "$(cat term)" '^web:.* [0-9]+ %' "$width columns: percent" ;;
	esac
done
TERM=dumb python3 terminal.py 80 "$D/finished.log" | tr -d '\r' > term
is "$(grep -c $'\033' term)" 0 "a terminal that redraws nothing has lines"
like "$(cat term)" '^web: +[0-9]+s +[0-9]+ %  packages' "a step each"

# --- made narrower while it draws, then left by Ctrl-C ---
cat > resized.py <<'END'
import fcntl, os, pty, select, struct, sys, termios, time
def size(fd, n):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, n, 0, 0))
pid, fd = pty.fork()
if pid == 0:
    size(2, 100)
    os.execvp("di-events", ["di-events", "-f", "-p", "bar", "-n", "web", sys.argv[1]])
seen = b""
def until(what, seconds=60):
    global seen
    end = time.monotonic() + seconds
    while not what(seen):
        if time.monotonic() > end:
            sys.exit("nothing came: %r" % seen[-200:])
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            data = os.read(fd, 4096)
        except OSError:
            return
        if not data:
            return
        seen += data
until(lambda s: b"language" in s)
size(fd, 30)
before = len(seen)
# that of then may still have been on its way
until(lambda s: s.count(b"\r", before) >= 4)
drawn = seen.replace(b"\x1b[K", b"").split(b"\r")
print(max(map(len, drawn)) > 40, max(map(len, drawn[-3:])) < 30)
os.write(fd, b"\x03")
until(lambda s: False)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.endswith(b"\n"))
END
is "$(TERM=xterm python3 resized.py "$D/asked.log" 2>&1)" "True True
5 True" "a terminal that changes its width; Ctrl-C ends the line"

# --- a fork: the clock of who stood still is set, and that took no time ---
cat > fork.log <<'END2'
Nov 24 19:46:22 kernel: [  447.2] random: crng reseeded due to virtual machine fork
Nov 24 19:54:01 main-menu[270]: INFO: Menu item 'pkgsel' selected
Nov 24 19:54:11 main-menu[270]: INFO: Menu item 'grub-installer' selected
END2
is "$(di-events fork.log | grep -c '^0.*pkgsel')$(di-events fork.log | grep -c '^10.*grub-installer')" 11 \
	"a fork begins at nought"

# --- programs in the target stamp their lines by its own time zone ---
cat > zone.log <<'END'
Nov 25 00:07:00 main-menu[389]: INFO: Menu item 'pkgsel' selected
Nov 25 00:07:07 in-target: Setting up openssh-client (1:10.0p1-7) ...
Nov 25 01:07:07 groupadd[15179]: new group: name=_ssh, GID=102
Nov 25 00:07:10 in-target: Setting up grub-pc (2.12-9) ...
Nov 25 00:07:30 main-menu[389]: INFO: Menu item 'finish-install' selected
Nov 24 19:07:31 usermod[16450]: change user 'root' password
Nov 25 00:07:40 finish-install: info: Running /usr/lib/finish-install.d/94save-logs
END
cat > zone.debconf <<'END'
Nov 25 00:07:00 debconf: --> PROGRESS START 0 4 pkgsel/progress
Nov 25 00:07:20 debconf: --> PROGRESS STEP 1
Nov 25 00:07:35 debconf: --> PROGRESS STEP 1
END
want='0 step
0 progress
7 package
10 package
20 progress
30 step
35 progress
40 progress
40 done'
is "$(di-events -d zone.debconf zone.log | cut -f 1,2 | tr '\t' ' ')" "$want" "which is no time that went by"

# --- refusals ---
fails 1 'none: open: No such file' di-events none
fails 1 'none: open: No such file' di-events -d none live
fails 1 'no/dir: open: No such file' di-events -o no/dir live
fails 2 'not auto, bar or lines' di-events -p yes live
fails 2 '--pid goes with --follow' di-events --pid 1 live
fails 2 'one operand too many' di-events live live
fails 1 'standard output: No space' sh -c "di-events '$D/finished.log' > /dev/full"
finish
