#!/bin/bash
# SPDX-License-Identifier: MIT
# What an installation needs is taken from it: each time make says what was lost, ends
# with a status, and leaves nothing on the host. And a second build of the same name.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd make python3 jq

own_tree
echo '# nothing' > recipes/faulty.recipe
# A package cache and checkpoints of its own; the rest is what other builds have fetched.
shared=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seedbed}
[ -d "$shared/kit" ] || skip_all "$shared has no installer kit"
mkdir cache
for f in kit apt templates id_ed25519 id_ed25519.pub; do ln -s "$shared/$f" cache/; done
export SEEDBED_CACHE=$T/cache
make build/faulty/route SETUP=no > log 2>&1 || { ok 1 "the installer is ready"; show < log; finish; }

tool() { pgrep -f "^[^ ]*$1.* $T/"; } # not what it runs in, whose words it has, too
guest() { tool 'qemu-system[^ ]* .*'; }
no_guest() { ! guest > /dev/null; }
started() { [ -s build/faulty/console.log ] && guest > /dev/null; }
heard() { grep -q "$(printf '\tstep\t%s' "$1")" build/faulty/records; }
of() { sed -n "s|$1|\1|p" build/faulty/install.xml; }
begin() { # begin: an installation, at work; its make is $job
	rm -f build/faulty/{console.log,install.xml}
	make appliance-faulty SETUP=no > log 2>&1 &
	job=$!
	at_end "kill $job 2> /dev/null"
	until_true 600 started || { ok 1 "the installer starts"; show < log; finish; }
	work=$(of '.*<initrd>\(.*\)/initrd</initrd>.*')
	sockets=$(of '.*addr.path=\(.*\)/gate.*')
}
ended() { # ended NAME REGEX
	local got=0
	wait "$job" || got=$?
	is "$got" 2 "$1: make fails"
	like "$(cat log)" "$2" "$1: and says why"
	like "$(tail -n 3 log)" 'all of it is in build/faulty/failed-[0-9]' "$1: and where to look"
	ok "$(until_true 120 no_guest; echo $?)" "$1: no guest is left"
	is "$(ls -d "$work" "$sockets" build/faulty/*.qcow2 2> /dev/null)" "" "$1: no folder, no image"
	is "$(pgrep -f "$sockets/")" "" "$1: no gate, no cache"
	is "$(find cache/checkpoints -type f ! -name '*.lock')" "" "$1: no checkpoint"
}

begin
like "$(cat log)" '^faulty: makes checkpoint' "it begins with an installer that is to be kept"
fails 1 'faulty: another build of it is running' mk/disk.sh faulty
fails 1 'faulty: another build of it is running' mk/compile.sh faulty
ok "$(guest > /dev/null; echo $?)" "which goes on"
until_true 900 heard user-setup-udeb
ok $? "and has asked the mirror"
kill -KILL "$(tool netgate)"
ended "the gate is killed" "^keep.sh: faulty: the guest's network has ended: all"

begin
kill -KILL "$(tool pkgcache)"
ended "the cache is killed" '^keep.sh: faulty: the package cache has ended: all'

begin
kill -KILL "$(guest | head -n 1)"
ended "QEMU is killed" 'crashed|ended from outside'

begin
kill -KILL "$(tool vmrun)"
ended "vmrun is killed" '^keep.sh: faulty: vmrun was killed: all'

# Nothing answers at the proxy, so no mirror does; the cache has it from before.
http_proxy=http://127.0.0.1:9 begin
until_true 900 heard user-setup-udeb
kill "$(tool vmrun)"
ended "there is no mirror" 'faulty: http://[^ ]*: not reached; what the package cache has kept serves'

# One that goes away when debootstrap has the lists, in the middle of the first package.
# None was fetched before.
export FORK=no
make build/faulty/route SETUP=no > log 2>&1
sed -i '\|^/seedbed/archives/|d' build/faulty/prefetch build/faulty/prefetch.rest
cat > away.py <<'END'
import http.server, urllib.request, urllib.error
class Proxy(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass
    def do_GET(self):
        asked = urllib.request.Request(self.path)
        try:
            got = urllib.request.urlopen(asked, timeout=60)
        except urllib.error.HTTPError as e:
            got = e
        body = got.read()
        self.send_response(got.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if self.path.endswith(".deb") else body)
    do_HEAD = do_GET
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
open("away.port", "w").write(str(server.server_address[1]))
server.serve_forever()
END
via=$(bash -c '. mk/common.sh; . mk/guest.sh; host_proxy')
http_proxy=${via:+http://$via} python3 away.py & away=$!
at_end "kill $away 2> /dev/null"
until_true 60 test -s away.port
http_proxy=http://127.0.0.1:$(cat away.port) begin
ended "the mirror goes away" 'next: make appliance-faulty when .* answers, or with MIRROR=URL of another$'
like "$(cat log)" 'faulty: not fetched: http://.*/pool/.*\.deb.*: all of it is in' "which package it was"
is "$(grep -rla '^url=.*/pool/.*\.deb$' cache/packages) $(ls cache/packages/part)" " " "and of none is a part kept"

# What the installer itself comes to: by commands that it runs at its beginning.
echo 'answer d-i preseed/early_command string echo c > /proc/sysrq-trigger' > recipes/faulty.recipe
begin
ended "its kernel panics" "kernel panicked: sysrq triggered crash"
like "$(cat log)" '^ +\[.*\] Kernel panic - not syncing: sysrq triggered crash$' "its last words are there"
like "$(tail -n 4 log)" 'next: make debug-faulty' "and what to type next"
is "$(head -c 4 "$(ls -d build/faulty/failed-* | tail -n 1)/screen.png" | tail -c 3)" PNG "and a picture of its screen"

echo 'answer d-i preseed/early_command string echo b > /proc/sysrq-trigger' > recipes/faulty.recipe
begin
ended "it restarts" "the guest (restarted itself|ended without a word)"
like "$(cat log)" 'faulty: the log before it:$' "what it did before is there"

# With all that the installer's own screen does meanwhile.
echo 'answer d-i partman/early_command string sleep 100000' > recipes/faulty.recipe
STALL=90 begin
ended "it hangs" 'no sign of progress for 90 s \(last step: partman-base\)'
finish
