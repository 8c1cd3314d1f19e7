#!/bin/bash
# SPDX-License-Identifier: MIT
# How a cache begins and ends, with its command and without; what a build may transfer;
# who goes away in the middle.
. "${0%/*}/../lib.sh"
. "$SRC/tests/pkgcache.sh"

upstream_up || { ok 1 "an upstream server"; finish; }
host=127.0.0.1:$port url=http://$host/debian
s=debian/pool/main/s
export url

# --- the command ---
with() { cache a --private-host "$host" -- "$@"; }
is "$(with echo hello)" hello "what it says is what the command says"
is "$(field a outcome)" ended "a good end"
is "$(sed -n '1,6s/=.*//p' a.result | paste -sd ' ')" "tool outcome fetched served hits misses" "the result's lines"
is "$(stat -c %a a.result)" 600 "for its user alone"
is "$([ -e a.sock ] || echo gone)" gone "no socket is left"
fails 3 '' with sh -c 'exit 3'
fails 143 '' with sh -c 'kill -TERM $$'
fails 127 'no-such-command' with no-such-command
is "$(field a outcome)" failed "one that does not start"
fails 126 '' with "$T"
is "$(with sh -c 'ls /proc/self/fd | wc -l; stat -c %a a.sock')" "$(printf '4\n600')" "the command has 0, 1 and 2; the socket is its user's alone"
echo from stdin | with cat > out
is "$(cat out)" "from stdin" "and its standard input"

# --- usage ---
fails 2 'store: missing' pkgcache --socket s --host x
fails 2 'socket: missing' pkgcache --store s --host x
fails 2 'host: missing' pkgcache --store s --socket x
for h in '' 'x y' http://x x/y x:0 x:65536 x:080 a..b -x .x '[::1]' 'x:' x:80:80; do
	fails 2 'host: .*: not of the form' pkgcache --store s --socket x --host "$h"
done
fails 2 'limit: 1x' pkgcache --store s --socket x --host h --limit 1x
fails 2 'size: -1' pkgcache --store s --socket x --host h --size -1
fails 2 'size: 99999999999T' pkgcache --store s --socket x --host h --size 99999999999T
fails 2 'connections: 0' pkgcache --store s --socket x --host h --connections 0
fails 2 'silence: 0' pkgcache --store s --socket x --host h --silence 0
fails 2 'proxy: http://x' pkgcache --store s --socket x --host h --proxy http://x
deep=$T/$(printf '%0120d' 0)
fails 125 "$deep: ${#deep} bytes, and a socket's path has at most 107: say a shorter" pkgcache --store s --socket "$deep" --host x --result r -- true
is "$(sed -n 's/^outcome=//p' r)" failed "which the result says as well"
fails 125 'no/such/folder' pkgcache --store no/such/folder --socket x --host x -- true
fails 125 'no/such/file' pkgcache --store s --socket x --host x --result no/such/file -- true

# --- signals ---
started() { [ -e started ]; }
begin() { # begin COMMAND: its cache is $pid
	rm -f started
	cache b --private-host "$host" -- bash -c "$1" 2> b.err & pid=$!
	until_true 60 started
}
ends() { local got=0; wait "$pid" || got=$?; echo $got; }
begin 'trap "echo told > told; exit 5" TERM; touch started; while :; do sleep 0.1; done'
pid=$(pgrep -P $pid pkgcache || echo $pid)
kill -TERM "$pid"
wait 2> /dev/null $! || got=$?
is "$got $(cat told)" "5 told" "a signal is the command's, and so is the status"
is "$(field b outcome)" interrupted "interrupted"
begin 'echo $$ > command; touch started; exec sleep 1000'
pid=$(pgrep -P $pid pkgcache || echo $pid)
kill -KILL "$pid"
gone() { ! kill -0 "$(cat command)" 2> /dev/null; }
until_true 60 gone
ok $? "a killed cache takes its command along"
is "$([ -S b.sock ] && echo left)" left "it leaves a socket"
begin 'touch started'
is "$(ends)" 0 "which the next one takes over"
cache_up c --private-host "$host"
fails 125 'in use' cache c --private-host "$host" -- true
kill -INT $pid; wait $pid
is "$? $(field c outcome)" "0 ended" "without a command a signal is its end"

# --- what a build may transfer ---
bytes 300000 www/$s/big_1_all.deb
bytes 30000 www/$s/small_1_all.deb
limited() { # limited BYTES COMMAND...
	local limit=$1
	shift
	cache l --private-host "$host" --limit "$limit" -- "$@"
}
begun() { ! grep -q 'GET .*big' asked; }
: > asked
fails 125 'big_1_all.deb: 300000 bytes more to be fetched, --limit is 200000' limited 200000 bash -c 'gets l.sock $url/pool/main/s/big_1_all.deb > answer; sleep 1000'
like "$(cat answer)" '^(403|000) ' "what would go beyond is not begun"
is "$(field l outcome) $(($(field l fetched) < 100000))" "limit 1" "nor counted"
is "$(find store -name "$(printf %s "priv${url#http}/pool/main/s/big_1_all.deb" | sha256sum | cut -c 1-64)")" "" "nor kept"
bytes 300000 www/$s/bare_1_all.deb
touch ctl/bare
fails 125 'more to be fetched' limited 200000 bash -c 'gets l.sock $url/pool/main/s/bare_1_all.deb > answer; sleep 1000'
is "$(($(field l fetched) <= 200000))" 1 "of an unknown length it takes no more"
rm ctl/bare
fails 0 '' limited 100000 bash -c 'for i in 1 2 3; do get l.sock $url/pool/main/s/small_1_all.deb -o /dev/null; done'
is "$(field l fetched) $(field l served) $(field l hits) $(field l misses)" "30000 90000 2 1" "both sides count"
fails 125 'small_1_all.deb: 30000 bytes more to be served, --limit is 100000' limited 100000 bash -c 'for i in 1 2 3 4; do gets l.sock $url/pool/main/s/small_1_all.deb > answer; done; sleep 1000'
like "$(cat answer)" '^(403|000) ' "served, too"
: > asked
fails 125 'more to be' limited 3000 bash -c 'while :; do gets l.sock "$url/pool/main/s/none_1_all.deb"; done'
ok $? "answers that are refused count as well"

# --- a full disk ---
full() { # a store of 100 kB
	unshare -rm bash -c 'mount -t tmpfs -o size=100k,mode=700 store full && exec "$@"' - \
		pkgcache --store full --socket f.sock --result f.result --private-host "$host" -- \
		bash -c 'gets f.sock $url/pool/main/s/big_1_all.deb; sleep 1000'
}
mkdir -m 700 full
if unshare -rm true 2> /dev/null; then
	fails 125 'full: No space left' full
	is "$(field f outcome)" failed "a full disk is the end, and said so"
else
	skip "a full disk" "no namespaces"
fi

# --- who goes away ---
bytes 3000000 www/$s/huge_1_all.deb
echo 0.02 > ctl/slow
cache_up g --private-host "$host"
getting g.sock "$url/pool/main/s/huge_1_all.deb" out
some() { [ "$(cat sent 2> /dev/null || echo 0)" -ge 100000 ] && [ -s out ]; }
until_true 60 some
no_longer
over() { [ -z "$(find store/part -type f)" ]; }
until_true 60 over
ok $? "a fetch ends when who asked for it has gone"
is "$(($(cat sent) < 2500000))" 1 "long before its end"
rm ctl/slow
touch ctl/silent
rm -f sent
getting g.sock "$url/pool/main/s/huge_1_all.deb" out
heard() { [ "$(asked huge)" -ge 2 ]; }
until_true 60 heard
no_longer
threads() { [ "$(find /proc/$pid/task -mindepth 1 -maxdepth 1 | wc -l)" -le 2 ]; }
until_true 60 threads
ok $? "while a source is silent, too"
rm ctl/silent
cache_down
is "$(($(field g fetched) < 2600000))" 1 "what did not come is not counted"

# --- connections ---
cache_up h --private-host "$host" --connections 4
cache_up i --private-host "$host"
python3 - h.sock <<'END' & crowd=$!
import socket, sys, time
held = []
for i in range(400):
    s = socket.socket(socket.AF_UNIX)
    s.setblocking(False)
    try:
        s.connect(sys.argv[1])
        s.send(b"GET http://x/")
    except OSError: pass
    held.append(s)
open("held", "w").write("x")
time.sleep(1000)
END
at_end 'kill $crowd 2> /dev/null'
until_true 60 test -e held
is "$(gets i.sock "$url/pool/main/s/small_1_all.deb")" "200 HIT 30000" "400 connections of one build are not another's affair"
is "$(find "/proc/$(pgrep -f -- '--socket h.sock' | head -n 1)/task" -mindepth 1 -maxdepth 1 | wc -l)" 6 "no more than were allowed are held"
kill $crowd; wait $crowd 2> /dev/null
is "$(gets h.sock "$url/pool/main/s/small_1_all.deb")" "200 HIT 30000" "and the first one's pass by when they have gone"
finish
