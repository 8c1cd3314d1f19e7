#!/bin/bash
# SPDX-License-Identifier: MIT
# Two authors who do not trust each other, with a user each (SEEDBED_USER): what can that of
# one, after a guest of his has got out, read, write, delay or delete of the other's?
# In a mount namespace with users of its own, so that the host has no new ones.
if [ "$(id -u)" = 0 ] && [ -z "${AUTHORS_INSIDE:-}" ] && unshare -m true 2> /dev/null; then
	AUTHORS_INSIDE=yes exec unshare -m --propagation private bash "$0"
fi
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
[ "$(id -u)" = 0 ] || skip_all "is about root"
[ -n "${AUTHORS_INSIDE:-}" ] || skip_all "no mount namespace is to be had here"
need setpriv python3 curl make
unset AUTHORS_INSIDE http_proxy MAKEFLAGS MFLAGS MAKELEVEL
chmod 755 "$T"
umask 022
archive_ready

# --- two users, in this namespace alone ---
for f in passwd group shadow; do cp "/etc/$f" "$T/$f"; done
mkdir homes
for who in anne:64001 bert:64002; do
	name=${who%:*} id=${who#*:}
	echo "$name:x:$id:$id::$T/homes/$name:/bin/bash" >> passwd
	echo "$name:x:$id:" >> group
	echo "$name:*:19000::::::" >> shadow
	install -d -m 755 -o "$id" -g "$id" "homes/$name" # as useradd may make it
done
for f in passwd group shadow; do mount --bind "$T/$f" "/etc/$f"; done
at_end 'for f in passwd group shadow; do umount "/etc/$f"; done'
is "$(id -u anne) $(id -u bert)" "64001 64002" "two users, each with a home"

# --- the programs, where both can read them ---
mkdir -p theirs/build/bin
cp -r "$SRC"/{mk,preseed.d,udeb} theirs/
for p in preseed preseed-check preseed-index guestslot pkgcache netgate; do
	if [ -x "$SRC/build/bin/$p" ]; then
		cp "$SRC/build/bin/$p" theirs/build/bin/
	else
		make -s -C "$SRC" SETUP=no O="$T/built" "$T/built/bin/$p" > make.out 2>&1 && cp "$T/built/bin/$p" theirs/build/bin/
	fi
done
is "$(ls theirs/build/bin | wc -l)" 6 "the programs are there" 
[ ! -s make.out ] || show < make.out
chmod -R a+rX theirs
mkdir -p www/debian/pool/main/s
for p in openssh-server linux-image-cloud-amd64 linux-image-amd64; do
	make_deb $p "www/debian/pool/main/s/${p}_1.0_all.deb"
done
archive
mirror_up || { ok 1 "the test's mirror starts"; finish; }

# --- each has one appliance built by root's make, with what the stages leave ---
for name in anne bert; do
	mkdir -p root-$name/recipes
	chmod 700 root-$name
	printf 'security none\nfile secret /etc/secret\n' > root-$name/recipes/web.recipe
	echo "secret of $name" > root-$name/recipes/secret
	cp "$SRC/tests/data/preseed/key.pub" root-$name/key.pub
	cat > root-$name/Makefile <<END2
export SEEDBED_BUILD := \$(CURDIR)/build
export SEEDBED_RECIPES := \$(CURDIR)/recipes
export MIRROR KEYRING KEY
export SEEDBED_BIN := $T/theirs/build/bin
appliance-web:
	@mkdir -p build && $T/theirs/mk/compile.sh web
	@umask 077; echo "image of $name" > build/web/web.qcow2; echo made > build/web/manifest
	@. $T/theirs/mk/common.sh; . $T/theirs/mk/fork.sh; umask 077; name=web; mkdir -p "\$\$CHECKPOINTS/0123456789abcdef01234567"; \\
		echo memory > "\$\$CHECKPOINTS/0123456789abcdef01234567/memory"; used 0123456789abcdef01234567
END2
	sed -i '1i SHELL := /bin/bash' root-$name/Makefile
	(cd root-$name && umask 077 && OPERATOR='MIRROR KEYRING KEY' MIRROR=http://127.0.0.1:$port/debian KEYRING=$T/keyring.gpg \
		KEY=key.pub SEEDBED_USER=$name "$SRC/mk/handover.sh" "$PWD" appliance-web < /dev/null) > out 2>&1
	is "$?:$(cat root-$name/build/web/web.qcow2)" "0:image of $name" "$name: built by a user, published by root"
	[ -e root-$name/build/web/web.qcow2 ] || show < out
done
is "$(cat homes/bert/trees/*/build/web/payload.d/0)" "secret of bert" "what bert's compile stage left has a secret"

# --- a build of bert's is at work: cache, slot and gate as a guest has them ---
cat > live.sh <<END2
cd "\$(echo ~/trees/*/src-*)"
export SEEDBED_BUILD=\$(echo ~/trees/*/build) SEEDBED_BIN=$T/theirs/build/bin
. $T/theirs/mk/common.sh
. $T/theirs/mk/apt.sh
. $T/theirs/mk/guest.sh
name=web B=\$BUILD/web
lock_build
begin web
cache_for http://127.0.0.1:$port/debian
run_guest 64 --forward "\$S/port22:22" -- sh -c 'echo "\$1" > ~/up; exec sleep 1000' sh "\$S"
END2
as() { # as NAME COMMAND...
	local name=$1
	shift
	setsid -w setpriv --reuid="$name" --regid="$name" --init-groups --inh-caps=-all --no-new-privs --pdeathsig TERM \
		--reset-env -- env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}
as bert bash live.sh > live.out 2>&1 & live=$!
at_end 'pkill -TERM -u 64002; pkill -TERM -u 64001; kill $live 2> /dev/null'
up() { [ -s homes/bert/up ]; }
until_true 120 up || show < live.out
S=$(cat homes/bert/up)
rm homes/bert/up
is "$(ls "$S" | sort | paste -sd ' ')" "cache gate gate.0 port22" "a build of bert's has its cache, its gate and its guest's port"
like "$(stat -c '%A %U' "$S")" '^drwx------ bert$' "in a folder that is his alone, of a name that nobody can guess"

# --- what anne's user can do about it ---
cat > tries.py <<'END2'
import os, socket, stat, sys
them, places, more = int(sys.argv[1]), sys.argv[2].split(), sys.argv[3].split()
def can(what, path, f):
    try: f()
    except OSError: return
    print(what, path)
def close(fd): os.close(fd)
def connect(path):
    s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(path)
def peek(path): # of a process that has ended there is nothing
    if not os.read(os.open(path, os.O_RDONLY), 1): raise OSError
def create(path):
    p = path + "/tried"; os.close(os.open(p, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)); os.unlink(p)
def move(path):
    os.rename(path, path + ".tried"); os.rename(path + ".tried", path)
def tries(path, mode):
    if stat.S_ISDIR(mode):
        can("list", path, lambda: os.listdir(path)); can("create in", path, lambda: create(path))
    elif stat.S_ISSOCK(mode): can("connect to", path, lambda: connect(path))
    elif stat.S_ISREG(mode):
        can("read", path, lambda: close(os.open(path, os.O_RDONLY | os.O_NONBLOCK)))
        can("write", path, lambda: close(os.open(path, os.O_WRONLY | os.O_NONBLOCK)))
    can("move", path, lambda: move(path))
    can("own", path, lambda: os.chmod(path, stat.S_IMODE(mode)))
seen = 0
def walk(path):
    global seen
    try: st = os.lstat(path)
    except OSError: return
    if st.st_uid == them:
        seen += 1; tries(path, st.st_mode)
    if stat.S_ISDIR(st.st_mode):
        try: names = os.listdir(path)
        except OSError: return
        for n in names: walk(path + "/" + n)
for p in places: walk(p)
for p in more:
    try: mode = os.lstat(p).st_mode
    except OSError: mode = stat.S_IFSOCK if p.rsplit("/", 1)[1] in ("cache", "gate", "gate.0", "port22") else stat.S_IFREG
    tries(p, mode)
# processes
for pid in filter(str.isdigit, os.listdir("/proc")):
    try: theirs = os.stat("/proc/" + pid).st_uid == them
    except OSError: continue
    if not theirs or int(pid) == os.getpid(): continue
    seen += 1
    can("signal", pid, lambda: os.kill(int(pid), 0))
    can("slow", pid, lambda: os.setpriority(os.PRIO_PROCESS, int(pid), 19))
    can("stop", pid, lambda: os.sched_setaffinity(int(pid), {0}))
    for f in "environ", "mem", "maps", "io", "stack":
        can("read", "/proc/%s/%s" % (pid, f), lambda: peek("/proc/%s/%s" % (pid, f)))
    for f in "cwd", "root", "exe", "fd/1": can("follow", "/proc/%s/%s" % (pid, f), lambda: os.readlink("/proc/%s/%s" % (pid, f)))
# what listens on a port
for t in "tcp", "tcp6", "udp", "udp6":
    for line in list(open("/proc/net/" + t))[1:]:
        w = line.split()
        if int(w[7]) == them and w[3] in ("0A", "07"): print("reach", t, int(w[1].split(":")[1], 16))
print("seen", seen, file=sys.stderr)
END2
places="$T /tmp /var/tmp /dev/shm /run"
more="$(find homes/bert -type f | sed "s|^|$T/|" | head -n 400 | tr '\n' ' ') $S/cache $S/gate $S/gate.0 $S/port22 $(find "$S" root-bert/build -type f | sed "s|^root|$T/root|" | tr '\n' ' ')"
as anne python3 tries.py 64002 "$places" "$more" > can 2> seen
is "$(sort -u can)" "list $T/homes/bert" "she lists a home that is open, and neither reads, writes, moves, reaches nor signals anything of his"
is "$(grep -c '^seen' seen)" 1 "all of it was tried"
# the same by himself, so that it would have shown
as bert python3 tries.py 64002 "$T/homes/bert $S" "" > he.can 2> /dev/null
is "$(cut -d' ' -f1 he.can | sort -u | paste -sd ' ')" "connect create follow list move own read signal slow stop write" \
	"where he tries the same, all of it can be done"
is "$(cat root-bert/build/web/web.qcow2)" "image of bert" "what was published is as it was"

# --- delays: she takes all that she can ---
as anne bash -c "mkdir -p ~/.cache/seedbed/slots; exec $T/theirs/build/bin/guestslot --dir ~/.cache/seedbed/slots --guests 1 --memory 64 --name hers -- sleep 1000" \
	> hers 2>&1 & hers=$!
at_end 'kill $hers 2> /dev/null'
runs "her guests take none of his places" as bert timeout 60 bash -c \
	"$T/theirs/build/bin/guestslot --dir ~/.cache/seedbed/slots --guests 2 --memory 64 --name his -- true"
as anne python3 - > /dev/null 2>&1 <<'END2'
import os
for n in ("seedbed-cache", "seedbed", "seedbed.lock", "seedbed-cache-000000000000") + tuple("seedbed.%06d" % i for i in range(300)):
    try: os.symlink("/nonexistent", "/tmp/" + n)
    except OSError: pass
END2
at_end 'find /tmp -maxdepth 1 -user 64001 -name "seedbed*" -delete'
runs "names that she takes in /tmp are in nobody's way" as bert bash -c \
	'd=$(mktemp -d /tmp/seedbed.XXXXXX) && [ -O "$d" ] && [ ! -L "$d" ] && rmdir "$d"'
pkill -TERM -u 64002
wait $live
ends() { [ ! -e "$S" ]; }
until_true 60 ends
ok $? "his build ends, and leaves nothing there"

# --- root, between them ---
# The user of one lays names for the other's into his own folders: root takes them for nobody.
as anne bash -c 'cd ~/trees/*/build && ln -s ~bert/trees other && ln -s '"$T"'/root-bert/build/web/web.qcow2 web/stolen && ln -sfn ~bert/trees/*/build/web web2' 2> /dev/null
(cd root-anne && OPERATOR='MIRROR KEYRING KEY' MIRROR=http://127.0.0.1:$port/debian KEYRING=$T/keyring.gpg KEY=key.pub \
	SEEDBED_USER=anne "$SRC/mk/handover.sh" "$PWD" appliance-web < /dev/null) > out 2>&1
is "$?:$(grep -rl bert root-anne/build | head -n 3)" "0:" "root publishes nothing of his as hers"
is "$(find root-bert/build homes/bert -newer can -user root | head -n 3)" "" "and writes nothing into his"
finish
