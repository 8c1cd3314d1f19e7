#!/bin/bash
# SPDX-License-Identifier: MIT
# Called by root: what the ordinary user gets of root's, and what root takes from them. A
# Makefile of the test's stands for the build; it does what somebody would who has got out
# of a guest, or has written a recipe that did.
. "${0%/*}/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all "is about root"
id seedbed > /dev/null 2>&1 || skip_all "there is no user seedbed"
need setpriv runuser python3

umask 077
mkdir -p root/sub secrets
echo secret > secrets/key
echo data > root/sub/file
echo hidden > root/.hidden
cat > root/Makefile <<'END'
.ONESHELL:
appliance-who:
	@id -un; id -G | wc -w
	echo "session $$(ps -o sid= -p $$$$ | tr -d ' ') tty $$(ps -o tty= -p $$$$)"
	grep -E '^(NoNewPrivs|CapEff|CapInh)' /proc/self/status
	env | sort; pwd; ls -A
	cat sub/file; cat $(ROOTS)/secrets/key; ls -la /proc/self/fd | sed 's/.* -> //'
appliance-steal:
	@python3 "$(ROOTS)/push.py"
	(exec 9<> /dev/tty) 2> /dev/null && echo "has a terminal" || echo "no terminal"
appliance-web:
	@mkdir -p build/web/files build/web/work build/far
	echo image > build/web/web.qcow2; echo made > build/web/manifest
	echo x > build/web/work/scratch; echo x > build/web/disk.qcow2
	echo out > build/web/files/out
	ln -sf $(ROOTS)/secrets/key build/web/linked
	ln -sfn $(ROOTS)/secrets build/web/folder
	ln -sfn / build/slash
	mkfifo build/web/pipe
	echo x > 'build/web/a b'; echo x > "$$(printf 'build/web/new\nline')"; echo x > 'build/web/$$(touch pwned)'
	echo x > build/web/-rf; mkdir -p build/..x; echo x > build/..x/y; true
appliance-less:
	@rm build/web/manifest; echo other > build/web/web.qcow2
appliance-fails:
	@mkdir -p build/web; echo why > build/web/why; exit 7
appliance-odd:
	@mkdir -p build/web/closed; echo x > build/web/closed/f; chmod 0 build/web/closed
	rm -r build/web/files; echo "a file now" > build/web/files
appliance-huge:
	@chmod 700 build/web/closed; rm -r build/web/closed; truncate -s $(ROOM) build/web/huge
appliance-large:
	@truncate -s $(ROOM) build/web/huge
appliance-names:
	@rm -f build/web/huge; echo 1 > build/web/pid; echo $(ROOTS) > build/.published; echo x > build/.list.x
	mkdir -p 'build/a[$$(touch pwned)]' build/bin build/obj build/web/.hidden build/..; echo x > 'build/a[$$(touch pwned)]/f'
	echo x > build/bin/preseed; echo x > build/obj/main.o; echo 'all: ; touch pwned' > build/web/inputs.mk
	echo x > build/web/.hidden/f; echo x > 'build/web/--help'; true
appliance-speaks:
	@printf 'a\033]0;owned\007b\033[1mc\033[6n\n\r\033[Kbar\n'
	(sleep 3; echo late) & true
appliance-signed:
	@mkdir -p build/web; echo made > build/web/manifest; echo signed > build/web/web.qcow2
	printf '{"subject": [{"name": "web.qcow2", "digest": {"sha256": "%s"}}, {"name": "manifest", "digest": {"sha256": "%s"}}]}\n' \
		"$$(sha256sum < build/web/web.qcow2 | cut -d' ' -f1)" "$$(sha256sum < build/web/manifest | cut -d' ' -f1)" > build/web/web.provenance.json
	env | grep -c SIGN_KEY; cat "$(ROOTS)/secrets/sign" || true
appliance-lies:
	@echo other > build/web/web.qcow2; echo >> build/web/web.provenance.json
appliance-waits:
	@echo $$$$ > build/pid; exec sleep 1000
END
cat > push.py <<'END'
import fcntl, termios
for fd in range(0, 20):
    try:
        fcntl.ioctl(fd, termios.TIOCSTI, b"x"); print("pushed", fd)
    except OSError: pass
END
chmod 755 "$T" && chmod 644 push.py
at_end 'runuser -u seedbed -- rm -rf ~seedbed/trees/"$(printf "%s\n" "$T/root" "$T/root/build" | sha256sum | cut -c1-12)"'
trees=~seedbed/trees/$(printf '%s\n' "$T/root" "$T/root/build" | sha256sum | cut -c1-12)
hand() { OPERATOR='ROOTS KEY MAX_DISK MAX_PUBLISHED' ROOTS=$T SECRET=1 "$SRC/mk/handover.sh" "$T/root" "$@" < /dev/null; }

out=$(hand appliance-who 2>&1)
is "$(head -n 2 <<< "$out")" "seedbed
1" "the goals are made by the ordinary user, who has none of root's groups"
like "$out" '^session [0-9]+ tty \?$' "in a session without a terminal"
unlike "$out" "^session $(ps -o sid= -p $$ | tr -d ' ') " "which is not root's"
is "$(grep -E '^(NoNewPrivs|Cap)' <<< "$out" | tr -s '\t ' ' ' | paste -sd ' ')" \
	"CapInh: 0000000000000000 CapEff: 0000000000000000 NoNewPrivs: 1" "with no capability, nor a way to one"
unlike "$out" '^(SECRET|SUDO|SSH|OLDPWD=/root|HOME=/root)' "nor root's environment"
like "$out" "^HOME=$(getent passwd seedbed | cut -d: -f6)$" "but their own"
like "$out" "^data$" "they have a copy of the folder"
unlike "$out" '^(secret|\.hidden)$' "and of nothing beyond it"
like "$out" 'secrets/key: Permission denied' "which they cannot read"

printf 'appliance-list:\n\t@ls $(RECIPES)\n' >> root/Makefile
mkdir root/own && : > root/own/x.recipe
for r in own "$T/root/own"; do
	like "$(RECIPES=$r; export RECIPES; cd root && OPERATOR= "$SRC/mk/handover.sh" "$T/root" appliance-list 2>&1 < /dev/null)" '^x.recipe$' "recipes in a folder of the same tree, by ${r##*/}"
done

# --- what root takes ---
runs "what is built is published" hand appliance-web
cd root
is "$(find build -mindepth 1 ! -name '.*' | sort | paste -sd ' ')" \
	"build/web build/web/files build/web/files/out build/web/manifest build/web/web.qcow2" \
	"plain files by plain names: no link, pipe or scratch file, nor what a shell would read"
is "$(find build ! -uid 0 | wc -l) $(find build -perm /077 | wc -l)" "0 0" "they are root's, and nobody else's to read"
is "$(cat build/web/web.qcow2 build/web/files/out)" "image
out" "as they were"
exec 5< build/web/web.qcow2
hand appliance-web > /dev/null 2>&1
is "$(stat -c %s build/.published | head -n 1)$(find . -name pwned)" "$(stat -c %s build/.published)" "and nothing was run"
hand appliance-less > /dev/null 2>&1
is "$(cat build/web/web.qcow2) $(ls build/web/manifest 2> /dev/null)" "other " "what has changed is taken anew, what is gone goes"
is "$(cat <&5)" image "as a file of its own: who reads the old one reads on"
exec 5<&-

# Links that the user would have root write through: root's folders are root's alone.
is "$(cat ../secrets/key)" secret "nothing of root's was written to"
hand appliance-fails > out 2>&1
is "$?:$(cat build/web/why)" "2:why" "of what fails, the reason is published, and make's status passed on"
MAX_DISK=2 hand appliance-web > out 2>&1
like "$(cat out)" 'web.qcow2: has 6 bytes, over MAX_DISK: left out' "no file larger than a disk may be"
hand appliance-web > out 2>&1
is "$(cat build/web/web.qcow2)" image "but when it may be, it is taken after all"

# What they have made so that it cannot be taken, or lies where something else was.
hand appliance-odd > out 2>&1
is "$?:$(cat build/web/web.qcow2):$(cat build/web/files)" "0:image:a file now" "a closed folder keeps nothing from the rest; a folder may become a file"
room=$(($(df --output=avail -B 1 . | tail -n 1) + (1 << 30)))
OPERATOR='ROOTS MAX_DISK ROOM' ROOTS=$T MAX_DISK=16T ROOM=$room "$SRC/mk/handover.sh" "$PWD" appliance-huge < /dev/null > out 2>&1
like "$(cat out)" 'huge: has [0-9]+ bytes, and there is no room for them in .*: left out' "a file that would fill root's disk is left"
is "$(ls build/web/huge 2> /dev/null)" "" "not in part, either"
# All together have their limit, too, so that who has got out cannot fill root's disk.
printf 'appliance-many:\n\t@for i in 1 2 3 4; do head -c 40000 /dev/urandom > build/web/many$$i; done; rm -f build/web/huge\n' >> Makefile
MAX_PUBLISHED=100K hand appliance-many > out 2>&1
is "$? $(ls build/web | grep -c many)" "1 2" "what is published has MAX_PUBLISHED in all, and make says that it failed"
like "$(cat out)" 'web/many3: has 40000 bytes, and MAX_PUBLISHED is 102400 in total: left out' "which file was not taken"
like "$(cat out)" "what was left out is in .*/build: make room, or say MAX_PUBLISHED=SIZE and make it once more" "where it is, and what to type"
MAX_PUBLISHED=100K hand appliance-web > out 2>&1
is "$? $(ls build/web | grep -c many)" "1 2" "what is there already counts"
MAX_PUBLISHED=1M hand appliance-web > out 2>&1
is "$? $(ls build/web | grep -c many)" "0 4" "with more of it, they are taken after all"
room=$(($(df --output=avail -B 1 . | tail -n 1) / 100 * 95))
OPERATOR='ROOTS MAX_DISK ROOM' ROOTS=$T MAX_DISK=16T ROOM=$room "$SRC/mk/handover.sh" "$PWD" appliance-large < /dev/null > out 2>&1
like "$(cat out)" 'huge: has [0-9]+ bytes, and MAX_PUBLISHED is [0-9]+ in total: left out' "a tenth of what there is room for stays free by itself"
MAX_PUBLISHED=much hand appliance-web > out 2>&1
like "$(cat out)" 'MAX_PUBLISHED=much: is no size' "a limit that is none"
runuser -u seedbed -- sh -c "rm -f $trees/build/web/many* $trees/build/web/huge"
hand appliance-names > out 2>&1
is "$(find build -mindepth 1 ! -name '.publish*' | sort | paste -sd ' ')" "build/web build/web/files build/web/manifest build/web/pid build/web/web.qcow2 build/web/why" \
	"names that are options, expressions or of root's own making are left"
is "$(kill -0 $$; echo $?)" 0 "a process that a file names is nobody's to end"
cd ..

# --- the terminal ---
# terminal COMMAND...: on a terminal of its own, what comes out there, without its returns
terminal() { timeout 120 python3 -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' "$@" < /dev/null | tr -d '\r'; }
# what is left to be read there when it has ended is what root would have typed
leaves() { printf '%s; read -r -t 2 -n 9 left; echo "left: [$left]"' "$1"; }
on=$(terminal bash -c "$(leaves "OPERATOR=ROOTS ROOTS='$T' '$SRC/mk/handover.sh' '$T/root' appliance-steal")")
like "$on" '^has a terminal$' "on a terminal they have one of their own"
like "$on" '^left: \[\]$' "and what they push into it does not come out at root's"
off=$(terminal bash -c "$(leaves "OPERATOR=ROOTS ROOTS='$T' '$SRC/mk/handover.sh' '$T/root' appliance-steal < /dev/null")")
like "$off" '^no terminal$' "without root at its keys they have none"
unlike "$off" pushed "and push nothing"

for in in /dev/tty /dev/null; do
	said=$(terminal bash -c "OPERATOR= '$SRC/mk/handover.sh' '$T/root' appliance-speaks < $in; sleep 5" | cat -v)
	like "$said" '^a\?.0;owned\?b\^\[\[1mc\?\[6n$' "what they say is text there ($in)"
	like "$said" '^\^\[\[Kbar$' "or a bar"
	unlike "$said" late "and who is left behind says nothing"
done

# What makes their copy, and takes a key, has no descriptor of it either: who is them already
# could take it from there, read what root types and write what a terminal acts on.
mkfifo slow
exec 6<> slow
terminal "$SRC/mk/handover.sh" "$T/root" appliance-who > out 2>&1 6>&- & job=$!
wait $job
like "$(cat out)" '^seedbed$' "all goes through a terminal"
OPERATOR='ROOTS KEY' ROOTS=$T KEY=$T/slow terminal "$SRC/mk/handover.sh" "$T/root" appliance-who > out 2>&1 6>&- & job=$!
taker() { pgrep -u seedbed -f "cat .*$T|- $trees/operator.KEY" > taker; }
until_true 60 taker
is "$(for p in $(pgrep -u seedbed -s "$(ps -o sid= -p "$(head -n 1 taker)" | tr -d " ")"); do readlink /proc/"$p"/fd/*; done | grep '/dev/\(pts\|tty\)')" "" "none of theirs has root's terminal"
echo key >&6
exec 6>&-
wait $job

# --- names ---
fails 1 'O=\.: this folder is in it' env SEEDBED_O=. "$SRC/mk/handover.sh" "$T/root" appliance-web
fails 1 'O=mk/x: is for what is made' env SEEDBED_O=mk/x "$SRC/mk/handover.sh" "$T/root" appliance-web
mkdir hostile && cp -r "$SRC"/{Makefile,VERSION,mk,preseed.d,udeb,tools} hostile/
hostile() { make -C hostile SETUP=no SEEDBED_USER=nobody-here "$@"; }
mkdir "hostile/x';touch\${IFS}pwned;'"
for given in 'appliance-$(touch${IFS}pwned)' 'appliance-x;touch${IFS}pwned'; do
	fails 2 'a goal has .* in its name' hostile "$given"
done
for given in "x';touch\${IFS}pwned;'" '$(shell touch pwned)' 'x`touch${IFS}pwned`' 'a#b'; do
	fails 2 'RECIPES: has .* in its name' hostile RECIPES="$given" appliance-web
	fails 2 'RECIPES: has .* in its name' env RECIPES="$given" make -C hostile SETUP=no list
	fails 2 'O: has .* in its name' hostile O="$given" appliance-web
done
is "$(find . -name pwned)" "" "no name of a folder or goal is run by root"

# --- who signs ---
ssh-keygen -q -t ed25519 -N '' -f secrets/sign
export SIGN_KEY=$T/secrets/sign
out=$(hand appliance-signed 2>&1)
is "$(grep -vE '^web: signed' <<< "$out" | head -n 1)" 0 "whose key signs what was built is nothing that they hear of"
unlike "$out" 'OPENSSH PRIVATE KEY' "nor do they get at it"
like "$out" '^web: signed: ' "root signs what has come out"
echo "op $(cat secrets/sign.pub)" > signers
ssh-keygen -Y verify -q -f signers -I op -n provenance@seedbed -s root/build/web/web.provenance.json.sig \
	< root/build/web/web.provenance.json > /dev/null 2>&1
ok $? "and the signature holds"
before=$(sha256sum < root/build/web/web.provenance.json.sig)
out=$(hand appliance-lies 2>&1)
like "$out" 'does not name exactly this image and manifest: not signed' "but no statement about another image"
is "$(sha256sum < root/build/web/web.provenance.json.sig)" "$before" "which gets none"
unset SIGN_KEY

# --- the end ---
mkdir -p root/build
(exec "$SRC/mk/handover.sh" "$T/root" appliance-waits < /dev/null > out 2>&1) &
job=$!
# what they say is theirs to end, by their own power
pid() { runuser -u seedbed -- head -c 20 "$trees/build/pid" | grep -xE '[0-9]+'; }
pid_there() { [ -s "$trees/build/pid" ]; }
until_true 60 pid_there
left=$(pid)
kill -TERM $job
wait $job
gone() { ! [ -d "/proc/$left" ]; }
until_true 30 gone
ok $? "a signal to root's make ends theirs"
runuser -u seedbed -- rm "$trees/build/pid"
(exec "$SRC/mk/handover.sh" "$T/root" appliance-waits < /dev/null > out 2>&1) &
job=$!
until_true 60 pid_there
left=$(pid)
kill -KILL $job
make_gone() { ! pgrep -u seedbed -f "make .*appliance-waits" > /dev/null; }
until_true 30 make_gone
ok $? "so does its death"
runuser -u seedbed -- kill "$left" 2> /dev/null

runs "make clean is theirs, too" "$SRC/mk/handover.sh" "$T/root" --clean
is "$(ls -d "$trees" 2> /dev/null)" "" "nothing is left there"

fails 1 'user nobody-here: there is none: .*useradd' env SEEDBED_USER=nobody-here "$SRC/mk/handover.sh" "$T/root" appliance-web
fails 1 'SEEDBED_USER=root: is root' env SEEDBED_USER=root "$SRC/mk/handover.sh" "$T/root" appliance-web
fails 1 'KEY|absent' env OPERATOR=KEY KEY=absent "$SRC/mk/handover.sh" "$T/root" appliance-web

# Of an ordinary user's own make nothing is handed over, and root itself runs no stage.
for stage in "$SRC"/mk/{compile,route,disk,install,keep,verify,outside,manifest,kit,checkpoints,inputs,outdated,repository,sbom,provenance}.sh \
	"$SRC"/mk/installers/di/{kit,answers,prepare,templates,prefetch,way,medium,boot,rest,follow}.sh; do
	"$stage" a b c d > out 2>&1
	like "$(cat out)" 'not for root|usage' "${stage#"$SRC/mk/"}: not for root"
done
finish
