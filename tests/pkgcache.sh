# SPDX-License-Identifier: MIT
# tests/pkgcache.sh - sourced: a server of packages that can be told to misbehave, and
# caches in front of it.
#
#	upstream_up [PORT]	serves www on 127.0.0.1: $port, $up=http://127.0.0.1:$port
#	upstream_down
#	asked PATTERN		how often it was asked for that
#	cache NAME OPTION... -- COMMAND...	one build's cache at NAME.sock, store "store"
#	cache_up NAME OPTION...	the same without a command, in the background: $pid
#	get SOCKET URL [OPTION...]	by curl
#	getting SOCKET URL FILE [OPTION...]	in the background: $reader; no_longer ends that
#	sluggish SOCKET URL FILE	one that reads on when there is FILE.go
#	raw SOCKET TEXT		what it answers to that
#	field NAME KEY		of NAME.result
#
# The server looks at files in ctl/ when it is asked:
#	status	answer with that number		location	and lead there
#	cut	break off after so many bytes	hold	stop there while it exists
#	slow	seconds between 10000 bytes	bare	neither length nor validators
#	silent	accept, and say nothing		damage	change a byte
#	more	further lines of the header

# shellcheck shell=bash
need python3 curl
mkdir -p www/debian/pool/main/s www/debian/dists/trixie/main ctl
upstream=
at_end upstream_down

upstream_up() { # upstream_up [PORT]
	[ -e upstream.py ] || upstream_program > upstream.py
	rm -f port
	python3 -B upstream.py "${1:-0}" & upstream=$!
	until_true 60 test -s port || return
	port=$(cat port) up=http://127.0.0.1:$port
}
upstream_down() { [ -n "$upstream" ] && kill "$upstream" && wait "$upstream" 2> /dev/null; upstream=; }
asked() { grep -c "^[A-Z]* .*$1" asked; }

cache() { # cache NAME OPTION... -- COMMAND...
	local name=$1
	shift
	pkgcache --store store --socket "$name.sock" --result "$name.result" "$@"
}
cache_up() { # cache_up NAME OPTION...: in the background
	local name=$1
	shift
	pkgcache --store store --socket "$name.sock" --result "$name.result" "$@" 2> "$name.err" &
	pid=$!
	at_end "kill $pid 2> /dev/null && wait $pid"
	until_true 60 listens "$name.sock" || { show < "$name.err"; return 1; }
}
listens() { [ -S "$1" ] && curl -s -o /dev/null --unix-socket "$1" http://nobody/; }
cache_down() { # cache_down [PID]
	kill "${1:-$pid}"
	wait "${1:-$pid}"
}
get() { # get SOCKET URL [OPTION...]
	local socket=$1
	shift
	curl -s -f -g --unix-socket "$socket" "$@"
}
# The status, X-Cache and number of bytes.
gets() { get "$@" -o /dev/null -w '%{http_code} %header{x-cache} %{size_download}' || true; }
# The same in the background: $reader is curl itself.
getting() {
	local socket=$1 out=$3
	rm -f "$out"
	curl -s -f -g -N --unix-socket "$socket" -o "$out" "$2" "${@:4}" & reader=$!
}
# One that reads a little, and the rest when there is a file FILE.go.
sluggish() {
	rm -f "$3" "$3.go"
	python3 - "$@" <<'END' & reader=$!
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % sys.argv[2].encode())
data = b""
while not data.partition(b"\r\n\r\n")[2]: data += s.recv(1000)
with open(sys.argv[3], "wb") as f:
    f.write(data.split(b"\r\n\r\n", 1)[1])
    f.flush()
    while not os.path.exists(sys.argv[3] + ".go"): time.sleep(0.05)
    while data:
        data = s.recv(65536)
        f.write(data)
END
}
no_longer() { kill "$reader" && wait "$reader" 2> /dev/null; }
export -f get gets # for what a cache runs
field() { sed -n "s/^$2=//p" "$1.result"; }

raw() { # raw SOCKET TEXT: \r\n and the like are read as in printf %b; what it answers
	python3 - "$1" "$(printf '%bx' "$2")" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.argv[2][:-1].encode("latin-1", "surrogateescape"))
s.settimeout(60)
answer = b""
while True:
    part = s.recv(65536)
    if not part: break
    answer += part
sys.stdout.buffer.write(answer)
END
}

# Bytes that are not all alike, the same each time.
bytes() { # bytes COUNT FILE
	python3 -c 'import random, sys; random.seed(sys.argv[2]); open(sys.argv[2], "wb").write(random.randbytes(int(sys.argv[1])))' "$1" "$2"
}

upstream_program() {
	cat <<'END'
import http.server, os, sys, threading, time, email.utils, hashlib
def ctl(name):
    try: return open("ctl/" + name).read().strip()
    except FileNotFoundError: return None
class Up(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *args): pass
    def do_HEAD(self): self.reply(False)
    def do_GET(self): self.reply(True)
    def reply(self, with_body):
        with open("asked", "a") as f:
            f.write(self.requestline + "\n" + "".join("\t%s: %s\n" % h for h in self.headers.items()))
        while ctl("silent") is not None: time.sleep(0.05)
        path = self.path
        if "://" in path: path = "/" + path.split("/", 3)[3]
        import urllib.parse
        path = "www" + urllib.parse.unquote(path)
        status = ctl("status")
        if status is None and not os.path.isfile(path): status = "404"
        if status:
            self.send_response(int(status))
            if ctl("location"): self.send_header("Location", ctl("location"))
            text = b"upstream says " + status.encode() + b"\n"
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if with_body: self.wfile.write(text)
            return
        data = open(path, "rb").read()
        if ctl("damage") is not None: data = bytes([data[0] ^ 1]) + data[1:]
        etag = '"%s"' % hashlib.sha1(data).hexdigest()
        if self.headers.get("If-None-Match") == etag and ctl("bare") is None:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        if ctl("bare") is None:
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", etag)
            self.send_header("Last-Modified", email.utils.formatdate(os.stat(path).st_mtime, usegmt=True))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        for line in (ctl("more") or "").splitlines():
            self.send_header(*line.split(": ", 1))
        self.end_headers()
        if not with_body: return
        cut = ctl("cut")
        for at in range(0, len(data), 10000):
            part = data[at:at + 10000]
            if cut and at + len(part) > int(cut):
                self.wfile.write(data[at:int(cut)])
                self.close_connection = True
                return
            self.wfile.write(part)
            self.wfile.flush()
            own = "sent.%d" % threading.get_ident()
            with open(own, "w") as f: f.write(str(at + len(part)))
            os.rename(own, "sent")
            while ctl("hold") and at + len(part) >= int(ctl("hold") or 0): time.sleep(0.02)
            if ctl("slow"): time.sleep(float(ctl("slow")))
class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    def handle_error(self, *args): pass
server = Server(("127.0.0.1", int(sys.argv[1])), Up)
open("port.new", "w").write(str(server.server_address[1]))
os.rename("port.new", "port")
server.serve_forever()
END
}
