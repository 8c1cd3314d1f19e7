#!/bin/bash
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
fails 1 'in use' netgate -s "$T/s"
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
is "$(cat fd)" ready "--ready-fd"
end HUP

if [ "$(id -u)" = 0 ]; then
	begin
	is "$(stat -c %U /proc/$gate s | sort -u)" seedbed "root's gate is somebody else's"
	end TERM
	fails 1 'user nobody-of-that-name' netgate -s "$T/s" --user nobody-of-that-name
	fails 1 'user root' netgate -s "$T/s" --user root
fi

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
fails 1 'too long' netgate -s "$T/$(printf '%0120d' 0)"
finish
