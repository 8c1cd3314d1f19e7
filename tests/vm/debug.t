#!/bin/bash
# SPDX-License-Identifier: MIT
# make debug-NAME: the installer on a terminal, a shell beside it, and nothing left.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd virsh make python3

own_tree
echo '# nothing' > recipes/by-hand.recipe
make build/by-hand/route SETUP=no > log 2>&1 || { ok 1 "the ramdisk"; show < log; finish; }

fails 2 'debugging is for a terminal' make debug-by-hand SETUP=no

# Types when the installer's own screen is there, reads until the shell has answered.
cat > typist <<'END'
import os, pty, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "vt100"
    os.execvp("make", ["make", "debug-by-hand", "SETUP=no", "KEEP=1"])
seen, step, end = b"", 0, time.monotonic() + 600
steps = [(b"1*installer", b"\x012"), (b"2*shell", b"\r"),
         (b"~ #", b"echo SHELL-$((40+2))\r"), (b"SHELL-42", b"\x1d")]
while time.monotonic() < end:
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    seen += data
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    while step < len(steps) and steps[step][0] in seen:
        os.write(fd, steps[step][1])
        seen, step = b"", step + 1
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if step == len(steps) else 100 + step)
END
python3 typist > seen 2>&1
is "$?" 0 "the installer, its shell, and back"
{ tail -c 2000 seen | tr -d '\r' | cat -v; echo; } | show 15
like "$(tr -d '\r' < seen)" 'Ctrl-A 2 and Ctrl-A 3 are shells' "it is said which keys do what"
ok "$([ -s build/by-hand/debug.qcow2 ]; echo $?)" "KEEP=1: the disk is there"
no_guest() { ! pgrep -f "^[^ ]*qemu-system.*$T/" > /dev/null; }
ok "$(until_true 60 no_guest; echo $?)" "no guest is left"
is "$(sed -n 's|.*<source file="\(.*\)/disk.qcow2".*|\1|p' build/by-hand/install.xml | xargs ls -d 2> /dev/null)" "" \
	"nor its folder"
is "$(pgrep -f "$(sed -n 's|.*addr.path=\(.*\)/gate.*|\1|p' build/by-hand/install.xml)/")" "" "nor its gate, nor its cache"
finish
