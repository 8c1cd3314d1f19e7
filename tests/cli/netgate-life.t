#!/bin/bash
# SPDX-License-Identifier: MIT
# How a gate begins and ends; what it does for a guest is tested elsewhere.
. "${0%/*}/../lib.sh"
[ "$(id -u)" != 0 ] || id seedbed >/dev/null 2>&1 || skip_all "there is no user seedbed"
[ "$(id -u)" != 0 ] || chown seedbed "$T"

up() { grep -q '^ready' out; }
begin() { # begin OPTION...: a gate; its process is $gate
	: >out
	netgate -s "$T/s" "$@" >out 2>err &
	gate=$!
	until_true 120 up || { show <err; return 1; }
}
gone() { ! kill -0 "$gate" 2>/dev/null; }
end() { # end SIGNAL
	local got=0
	kill "-$1" "$gate"
	wait "$gate" || got=$?
	return $got
}

begin -p "10.0.2.4:80=$T/p" -p 10.0.2.4:81=127.0.0.1:81 -f 0:22
is "$(stat -c '%A' s s.0 s.1 | sort -u)" srw------- "sockets for its user alone"
like "$(cat out)" '^forward 22 127.0.0.1:[0-9]+$' "the forwarded port is told"
is "$(tail -n 1 out)" ready "then it is ready"
port=$(sed -n 's/^forward 22 .*://p' out)
runs "and somebody listens there" bash -c ": </dev/tcp/127.0.0.1/$port"
kill -USR1 "$gate"
counted() { grep -q '^bytes' out; }
until_true 120 counted
is "$(tail -n 1 out)" "bytes rx=0 tx=0 connections=0 refused=0 failed=0 lost=0" "SIGUSR1"
fails 1 'in use, .*next: another --socket' netgate -s "$T/s"
[ -S s ]
ok $? "who came second took nothing away"
end TERM
ok $? "SIGTERM is a good end"
is "$(ls -d s* 2>/dev/null)" "" "no socket is left"
is "$(grep -c ^bytes out)" 2 "it counts at the end"

begin
kill -KILL "$gate"
wait "$gate" 2>/dev/null
[ -S s ]
ok $? "a killed gate leaves its socket"
begin
ok $? "which the next one takes over"
end INT
ok $? "SIGINT, too"

# Its parent dies without a chance to say so.
: >out
bash -c "netgate -s '$T/s' --parent-exit >out 2>err & echo \$! >pid; wait" &
parent=$!
until_true 120 up
gate=$(cat pid)
kill -KILL "$parent"
wait "$parent" 2>/dev/null
until_true 120 gone
ok $? "--parent-exit: it does not outlive a killed parent"
[ ! -e s ]
ok $? "--parent-exit: nor does its socket"

exec 7>fd
begin --ready-fd 7
exec 7>&-
until_true 60 test -s fd
is "$(cat fd)" ready "--ready-fd"
end HUP

if [ "$(id -u)" = 0 ]; then
	begin
	is "$(stat -c %U /proc/$gate s | sort -u)" seedbed "root's gate is somebody else's"
	end TERM
	fails 1 'user nobody-of-that-name' netgate -s "$T/s" --user nobody-of-that-name
	fails 1 'user root' netgate -s "$T/s" --user root
fi

# --- the rest of the command line inside ---
result() { sed -n "s/^$1=//p" result; }
inside() { # inside SCRIPT [OPTION...]: a gate around it; its status is $status
	local script=$1
	shift
	rm -f result
	status=0
	netgate -s "$T/s" --result "$T/result" "$@" -- sh -c "$script" sh >out 2>err </dev/null || status=$?
}
inside 'echo "$NETGATE_FORWARD_22"; test -S s && : </dev/null && exit 7' -f 0:22 -f 0:80
is "$status" 7 "the command's status is the gate's"
like "$(cat out)" '^127\.0\.0\.1:[0-9]+$' "it knows where the forwarded port is"
is "$(wc -l <out)" 1 "and standard output is its own"
is "$(head -n 2 result | tr '\n' ' ')" "tool=netgate outcome=ended " "a result: its first lines"
is "$(result status) $(result command) $(result rx) $(result tx) $(result connections) $(result lost)" "7 7 0 0 0 0" \
	"a result: the counts"
is "$(stat -c %a result)" 600 "a result: its user's alone"
[ ! -e s ]
ok $? "no socket is left"
inside 'kill -KILL $$'
is "$status" 137 "so is its signal"
is "$(netgate -s "$T/s" -f 0:22 -- bash -c ': </dev/tcp/127.0.0.1/${NETGATE_FORWARD_22#*:}' && echo up)" up \
	"the port is open while it runs"
inside 'stat -c "%F %A" "$NETGATE_FORWARD_22"; bash -c "exec 4<>/dev/null" ; [ "$NETGATE_FORWARD_80" != "$NETGATE_FORWARD_22" ]' \
	-f "$T/f22:22" -f 0:80
is "$status:$(cat out)" "0:socket srw-------" "a forward may be a socket, for its user alone"
[ ! -e f22 ]
ok $? "which goes with the gate"
is "$(netgate -s "$T/s" -f "$T/f22:22" -- python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect("'"$T"'/f22"); print("up")')" up "somebody listens there"
python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.bind("f22")'
inside true -f "$T/f22:22"
is "$status" 0 "one that was left is taken over"
echo file > f22
inside true -f "$T/f22:22"
is "$status:$(cat f22)" "125:file" "what is no socket is left as it is"
rm -f f22
fails 127 'no/such: cannot be started: No such file' netgate -s "$T/s" --result "$T/result" -- /no/such
is "$(result outcome)" failed "what cannot be started is a failure, and told"
fails 126 'cannot be started: Permission denied' netgate -s "$T/s" -- /etc/passwd
fails 125 'listen: No such file' netgate -s "$T/no/s" --result "$T/result" -- true
is "$(result outcome) $(result status)" "failed 125" "the gate's own failure"
like "$(result text)" 'no/s: listen' "and its reason, for people"
fails 125 'no/result: write: No such file' netgate -s "$T/s" --result "$T/no/result" -- touch "$T/started"
[ ! -e started ]
ok $? "nothing is started where its result could not be written"
fails 2 'a command is missing' netgate -s "$T/s" --

# What comes through the socket is no network: the gate ends, and its command with it.
if command -v python3 >/dev/null; then
	inside 'exec python3 -c "
import socket, time
s = socket.socket(socket.AF_UNIX)
s.connect(\"s\")
s.send(b\"\\xff\" * 64)
time.sleep(1000)"'
	is "$status $(result outcome) $(result command)" "125 failed 143" "a failing gate ends its command"
fi

# Signals are the command's; what it makes of them is the gate's status.
behind() { # behind SCRIPT: the gate is $gate, the command $command
	rm -f result pid
	netgate -s "$T/s" --result "$T/result" -- sh -c "$1" >out 2>err &
	gate=$!
	until_true 120 test -s pid
	command=$(cat pid)
}
behind 'trap "exit 21" TERM; echo $$ >pid.new; mv pid.new pid; while :; do sleep 0.1; done'
end TERM
is "$? $(result outcome)" "21 interrupted" "a signal goes to the command, and the gate ends after it"
behind 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000'
end HUP
is "$? $(result outcome) $(result command)" "129 interrupted 129" "and through it"
behind 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000'
kill -KILL "$gate"
wait "$gate" 2>/dev/null
no_command() { ! kill -0 "$command" 2>/dev/null; }
until_true 120 no_command
ok $? "a killed gate takes its command along"

exec 7>fd
inside 'for f in /proc/$$/fd/[3-9]; do test -e $f && exit 1; done; exit 0'
is "$status" 0 "no descriptor but 0, 1 and 2 is handed on"
exec 7>&-

fails 2 'missing' netgate
fails 2 '--net' netgate -s s --net 10.0.2.0
fails 2 'not in the network' netgate -s s --guest 10.0.3.1
fails 2 'not in the network' netgate -s s --net 192.0.2.0/24 --host 10.0.2.2
fails 2 'same address' netgate -s s --host 10.0.2.15
fails 2 'of its own' netgate -s s -p 10.0.2.2:80=/s
fails 2 'of its own' netgate -s s -p 10.0.2.15:80=/s
fails 2 'not in the network' netgate -s s -p 10.0.3.4:80=/s
fails 2 'given twice' netgate -s s -p 10.0.2.4:80=/s -p 10.0.2.4:80=/t
fails 2 '--forward' netgate -s s -f 22
fails 1 'listen' netgate -s "$T/no/s"
fails 1 'too long: it has 1[0-9]* bytes, .* 107 at most; next: a shorter --socket' netgate -s "$T/$(printf '%0120d' 0)"
finish
