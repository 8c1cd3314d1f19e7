#!/bin/bash
# SPDX-License-Identifier: MIT
# What a real guest reaches through a gate, and what it does not.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready
need python3

# One server answers on a unix socket, and would on the loopback's port.
cat >server.py <<'E2'
import http.server, os, socketserver, sys
open(sys.argv[2] + ".pid", "w").write(f"{os.getpid()}\n")
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"x" * 5000000 if self.path == "/big" else b"answered " + self.path.encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
    def address_string(self):
        return "guest"
    def log_message(self, *args):
        pass
class Unix(socketserver.ThreadingUnixStreamServer):
    def handle_error(self, request, address):
        pass  # who is cut off hangs up
if sys.argv[1] == "unix":
    server = Unix(sys.argv[2], Answer)
else:
    server = http.server.ThreadingHTTPServer((sys.argv[3], 0), Answer)
    open(sys.argv[2], "w").write(str(server.server_address[1]))
server.serve_forever()
E2
as_guests python3 server.py unix "$T/proxy" &
python3 server.py tcp "$T/port" 127.0.0.1 &
at_end 'kill $(cat proxy.pid port.pid outer.pid) 2>/dev/null'
# The host's own address in its networks, where something listens, too.
outer=$(hostname -I | tr ' ' '\n' | grep -m 1 -F .) || outer=
if [ -n "$outer" ]; then
	python3 server.py tcp "$T/outer" "$outer" &
	until_true 120 test -s outer || exit 1
	outer_port=$(cat outer)
fi
until_true 120 test -s port && until_true 120 test -S proxy || exit 1
port=$(cat port)
resolver=$(sed -n 's/^nameserver //p' /etc/resolv.conf | grep -m 1 -F .) || resolver=192.0.2.53
# Another guest, of which only the gate is there: the port that leads to it.
netgate -s "$T/s2" -f 0:7 --parent-exit >gate2.out 2>gate2.err &
ready2() { grep -q '^ready' gate2.out; }
until_true 120 ready2 || exit 1
other=$(sed -n 's/^forward 7 127.0.0.1://p' gate2.out)

netgate -s "$T/s" -p "10.0.2.4:3142=$T/proxy" -p "10.0.2.5:80=127.0.0.1:$port" -f 0:7 \
	--parent-exit >gate.out 2>gate.err &
gate=$!
ready() { grep -q '^ready' gate.out; }
until_true 120 ready || exit 1

tiny_initrd net.gz net <<END
get() { printf 'GET %s HTTP/1.0\r\n\r\n' "\$3" | nc -w 5 "\$1" "\$2" 2>/dev/null | tr -d '\r'; }
tries() { get \$1 \$2 /x | grep -q answered && say data \$1:\$2 reached || say data \$1:\$2 no; }
for m in failover net_failover virtio_net; do insmod /mod/\$m.ko; done
ifconfig lo 127.0.0.1 up
ifconfig eth0 up
say data dhcp \$(udhcpc -i eth0 -s /dhcp -n -q -t 10 2>/dev/null | grep 'dhcp bound')
for i in 1 2 3 4 5; do say data proxy \$(get 10.0.2.4 3142 /\$i | tail -n 1); done
say data big \$(get 10.0.2.4 3142 /big | tail -n 1 | wc -c)
say data tcp \$(get 10.0.2.5 80 /t | tail -n 1)
tries 10.0.2.2 $port
tries 10.0.2.4 $port
tries 127.0.0.1 $port
route add default gw 10.0.2.2
tries 127.0.0.2 $port
tries ${outer:-192.0.2.1} ${outer_port:-80}
for at in 10.0.2.2 ${outer:-192.0.2.1}; do
	nc -w 5 \$at $other </dev/null >/dev/null 2>&1 && say data other:\$at reached || say data other:\$at no
done
for at in 10.0.2.2 10.0.2.3 $resolver; do
	nslookup deb.debian.org \$at >/dev/null 2>&1 && say data dns:\$at reached || say data dns:\$at no
done
ping -c 1 -W 2 ${outer:-192.0.2.1} >/dev/null 2>&1 && say data ping reached || say data ping no
ifconfig eth0 add fec0::15/64
for at in fec0::2 ::ffff:127.0.0.1; do
	get \$at $port /x | grep -q answered && say data v6:\$at reached || say data v6:\$at no
done
nc -l -p 7 -e /bin/cat &
until netstat -ltn | grep -q ':7 '; do sleep 1; done
say step listening
# until the host has been served, however slow it is
i=0
while kill -0 \$! 2>/dev/null && [ \$i -lt 120 ]; do sleep 1; i=\$((i + 1)); done
say done
poweroff -f
END
guest_xml net.gz --gate "$T/s" >net.xml
vmrun --word $PORT --nonce "$NONCE" --console net.log --timeout 300 net.xml >net.out 2>net.err &
: >>net.out
run=$!
listening() { grep -q 'step.listening' net.out || ! kill -0 $run 2>/dev/null; }
until_true 200 listening
fwd=$(sed -n 's/^forward 7 127.0.0.1://p' gate.out)
echo="" tries=0
while [ -z "$echo" ] && [ $((tries += 1)) -lt 20 ]; do
	exec 5<>"/dev/tcp/127.0.0.1/$fwd" || break
	echo hello >&5
	read -r -t 3 echo <&5
	exec 5>&-
done
wait $run
is $? 0 "the guest finished"
got=0
wait $gate || got=$?
is $got 0 "and the gate ended with it"

value() { sed -n "s/^[0-9.]*\tdata\t$1\t//p" net.out; }
is "$(value dhcp)" "dhcp bound ip=10.0.2.15 router= dns=" "an address, no router, no name server"
is "$(value proxy)" "$(printf 'answered /%d\n' 1 2 3 4 5)" "the proxy, any number of times"
is "$(value big)" 5000000 "megabytes through it"
is "$(value tcp)" "answered /t" "a proxy by TCP"
is "$(grep -c 'reached' net.out)" 0 "nothing else"
is "$(grep -c '	no$' net.out)" 13 "which was tried"
is "$echo" hello "the host reaches the forwarded port"
like "$(tail -n 1 gate.out)" '^bytes rx=5[0-9]{6} tx=[0-9]+ connections=7 refused=0 failed=0' "the count"

# --- what an operator may allow, and how much of it ---
netgate -s "$T/s3" --open --limit 3000000 -p "10.0.2.4:3142=$T/proxy" --parent-exit >gate3.out 2>gate3.err &
gate=$!
ready3() { grep -q '^ready' gate3.out; }
until_true 120 ready3 || exit 1
tiny_initrd open.gz net <<END
get() { printf 'GET %s HTTP/1.0\r\n\r\n' "\$3" | nc -w 5 "\$1" "\$2" 2>/dev/null | tr -d '\r'; }
for m in failover net_failover virtio_net; do insmod /mod/\$m.ko; done
ifconfig eth0 up
say data dhcp \$(udhcpc -i eth0 -s /dhcp -n -q -t 10 2>/dev/null | grep 'dhcp bound')
route add default gw 10.0.2.2
say data outer \$(get ${outer:-192.0.2.1} ${outer_port:-80} /o | tail -n 1)
say data proxy \$(get 10.0.2.4 3142 /p | tail -n 1)
say data loopback \$(get 10.0.2.2 $port /l | tail -n 1)
say step asks for too much
say data big \$(printf "GET /big HTTP/1.0\\r\\n\\r\\n" | timeout 20 nc 10.0.2.4 3142 | wc -c)
say done
poweroff -f
END
guest_xml open.gz --gate "$T/s3" >open.xml
vmrun --word $PORT --nonce "$NONCE" --console open.log --timeout 300 open.xml >net.out 2>open.err
got=0
wait $gate || got=$?
is "$(value dhcp)" "dhcp bound ip=10.0.2.15 router=10.0.2.2 dns=10.0.2.3" "--open: a router and a name server"
if [ -n "$outer" ]; then
	is "$(value outer)" "answered /o" "--open: the host's networks are reached"
else
	skip "--open: the host's networks are reached" "the host has no network"
fi
is "$(value proxy)" "answered /p" "--open: a proxy is, too"
is "$(value loopback)" "" "--open: its loopback is not"
is $got 3 "--limit: the gate ends with a status of its own"
like "$(cat gate3.err)" 'more than the 3000000 bytes' "--limit: and says why"
ok "$([ "$(value big)" -lt 3000000 ]; echo $?)" "--limit: no more came to the guest"

# --- the whole command line: the gate around the guest, ended with it and by its limit ---
result() { sed -n "s/^$1=//p" "$2"; }
inside() { # inside NAME [GATE OPTION...]: the guest's script on stdin
	local name=$1
	shift
	tiny_initrd "$name.gz" net
	guest_xml "$name.gz" --gate "$T/s4" >"$name.xml"
	got=0
	netgate -s "$T/s4" --result "$T/$name.gate" "$@" -- vmrun --word $PORT --nonce "$NONCE" \
		--console "$T/$name.log" --result "$T/$name.vmrun" --timeout 300 "$name.xml" \
		>"$name.out" 2>"$name.err" </dev/null || got=$?
}
prepare=$(cat <<'END'
get() { printf 'GET %s HTTP/1.0\r\n\r\n' "$3" | nc -w 5 "$1" "$2" 2>/dev/null | tr -d '\r'; }
for m in failover net_failover virtio_net; do insmod /mod/$m.ko; done
ifconfig eth0 up
udhcpc -i eth0 -s /dhcp -n -q -t 10 >/dev/null 2>&1
say data proxy $(get 10.0.2.4 3142 /c | tail -n 1)
END
)
inside whole -p "10.0.2.4:3142=$T/proxy" <<<"$prepare
say done
poweroff -f"
is "$got" 0 "with vmrun inside it, a gate ends as that does"
is "$(sed -n 's/^[0-9.]*\tdata\tproxy\t//p' whole.out)" "answered /c" "and the guest had its network"
is "$(result outcome whole.gate) $(result connections whole.gate) $(result outcome whole.vmrun)" "ended 1 finished" \
	"which both results tell"
[ ! -e s4 ]
ok $? "no socket is left"
inside greedy -p "10.0.2.4:3142=$T/proxy" --limit 1000000 <<<"$prepare
get 10.0.2.4 3142 /big >/dev/null
sleep 1000"
is "$got $(result outcome greedy.gate) $(result command greedy.gate)" "125 limit 143" "at its limit it ends vmrun"
is "$(result outcome greedy.vmrun) $(result status greedy.vmrun)" "interrupted 143" "which ends the guest"
is "$(guests_left)" "" "no guest is left"
finish
