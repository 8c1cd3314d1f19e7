#!/bin/bash
# SPDX-License-Identifier: MIT
# What the boot test looks at from outside: sockets of this test's own stand for those that
# lead to the guest's ports. Where the guest refuses a connection its gate ends it.
. "${0%/*}/../lib.sh"
need python3 nc curl ssh-keygen
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"

cat > ports.py <<'END2'
import http.server, os, socket, socketserver, threading, time
class Pages(http.server.BaseHTTPRequestHandler):
    def address_string(self): return "-"
    def do_GET(self):
        self.send_response(200 if self.path == "/there" else 404); self.end_headers()
class Silent(socketserver.BaseRequestHandler):
    def handle(self): self.request.recv(1)
class Speaks(socketserver.BaseRequestHandler):
    def handle(self): self.request.sendall(b"220 hello\r\n")
class Floods(socketserver.BaseRequestHandler):
    def handle(self):
        if self.server.server_address.endswith("2222"): self.request.sendall(b"SSH-2.0-x\r\n")
        try:
            while True: self.request.sendall(b"x" * 65536)
        except OSError: pass
class Refuses(socketserver.BaseRequestHandler):
    def handle(self): pass
class Notes(Refuses):
    def handle(self): open("knocked", "w").write("yes")
class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer): daemon_threads = True
for port, how in ("80", Pages), ("5432", Silent), ("25", Speaks), ("7", Refuses), ("22", Notes), ("99", Floods):
    threading.Thread(target=Server("port" + port, how).serve_forever, daemon=True).start()
open("ready", "w").write("yes")
time.sleep(1000)
END2
python3 ports.py 2> /dev/null & ports=$!
at_end 'kill $ports 2> /dev/null'
ready() { [ -s ready ]; }
until_true 60 ready
for p in 80 5432 25 7 22 99; do export NETGATE_FORWARD_$p="$T/port$p"; done
mkdir -p bin build/x keys
printf '#!/bin/sh\n[ "$1" = 3 ] || exec /bin/sleep "$@"\n' > bin/sleep # no pause between the tries
chmod +x bin/sleep
ssh-keygen -q -t ed25519 -N '' -f keys/id
printf '1\tdata\thostkey\tssh-ed25519 AAAA\n' > build/x/records
: > build/x/boot-records
export SEEDBED_BUILD=$T/build SEEDBED_CACHE=$T/cache HOME=$T PATH=$T/bin:$PATH
look() { # look EXPECTATION...: what is recorded
	{ echo name=x; printf 'expect=%s\n' "$@"; } > build/x/facts
	rm -f record
	"$SRC/mk/outside.sh" x keys/id nonce record 2> err
	cat record
}
is "$(look 'http 80 /there' 'tcp 5432' 'tcp 25' | head -n 3)" "check=expect http 80 /there
check=expect tcp 5432
check=expect tcp 25" "a page, a port that waits, one that speaks"
like "$(tail -n 1 record)" '^failed=ssh does not get in: .*(closed|reset|identification|Broken pipe)' "then ssh, which this guest refuses"
ls knocked > /dev/null 2>&1
ok $? "ssh has come to its port"
rm -f knocked
(export SHELL=/usr/sbin/nologin; look 'tcp 25' > /dev/null)
ok $((! $(ls knocked 2> /dev/null | wc -l))) "so it does for a user who has no login shell"
like "$(look 'http 80 /not-there')" '^failed=expect http 80 /not-there: .*404' "a page that is not there"
is "$(look 'tcp 7')" "failed=expect tcp 7: nobody listens" "a port that the guest refuses"
is "$(look 'tcp 99' | head -n 1):$(stat -c %s keys/said)" "check=expect tcp 99:1" "of a port that floods a byte is enough"
like "$(look 'http 80 /[1-9999999]')" '^failed=expect http 80 /.1-9999999.: .*404' "a path is one page's, whatever curl would make of it"
# a program in the way of ssh, that says much
printf '#!/bin/sh\nhead -c 8M /dev/zero\n' > bin/ssh
chmod +x bin/ssh
look 'tcp 25' > /dev/null
is "$(find keys -size +1M)" "" "what a guest says to ssh fills no disk"
rm bin/ssh
is "$(cat keys/known)" "guest ssh-ed25519 AAAA" "the host key is the installer's own"
finish
