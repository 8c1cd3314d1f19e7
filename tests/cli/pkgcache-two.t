#!/bin/bash
# SPDX-License-Identifier: MIT
# Two builds and one store: who fetches, who reads along, and that neither can delay,
# spoil or take away what the other reads.
. "${0%/*}/../lib.sh"
. "$SRC/tests/pkgcache.sh"

upstream_up || { ok 1 "an upstream server"; finish; }
host=127.0.0.1:$port url=http://$host/debian/pool/main/s
s=www/debian/pool/main/s
cache_up a --private-host "$host" || { ok 1 "a cache"; finish; }
a=$pid
cache_up b --private-host "$host" || { ok 1 "another"; finish; }
b=$pid
same() { cmp -s "$1" "$s/$2"; }
some() { [ "$(stat -c %s "$1" 2> /dev/null || echo 0)" -ge "${2:-1}" ]; }
parts() { find store/part -type f | wc -l; }
no_parts() { [ "$(parts)" = 0 ]; }

# --- one fetches, the other reads along ---
bytes 600000 $s/one_1_all.deb
echo 200000 > ctl/hold
getting a.sock "$url/one_1_all.deb" a.out; ra=$reader
until_true 60 some a.out 200000
getting b.sock "$url/one_1_all.deb" b.out; rb=$reader
until_true 60 some b.out 200000
ok $? "what has come is there for the other, too"
rm ctl/hold
wait $ra && wait $rb && same a.out one_1_all.deb && same b.out one_1_all.deb
ok $? "both have all of it"
is "$(asked one_1)" 1 "it was asked for once"
is "$(gets a.sock "$url/one_1_all.deb") $(gets b.sock "$url/one_1_all.deb")" "200 HIT 600000 200 HIT 600000" "and is kept"

# both at the same moment, of many files
for i in $(seq 20); do bytes 20000 "$s/m${i}_1_all.deb"; done
for x in a b; do
	for i in $(seq 20); do get $x.sock "$url/m${i}_1_all.deb" -o "$x.m$i" || echo "$x $i" >> lost; done &
	workers+=($!)
done
wait "${workers[@]}"
for i in $(seq 20); do same a.m$i "m${i}_1_all.deb" && same b.m$i "m${i}_1_all.deb" || echo "$i" >> lost; done
is "$(cat lost 2> /dev/null)" "" "twenty files at the same moment"

# --- a slow reader holds nobody up ---
bytes 8000000 $s/wide_1_all.deb
sluggish a.sock "$url/wide_1_all.deb" a.out; ra=$reader
until_true 60 some a.out
get b.sock "$url/wide_1_all.deb" -o b.out && same b.out wide_1_all.deb
ok $? "who is slow keeps it from nobody"
get b.sock "$url/wide_1_all.deb" -o b.out && same b.out wide_1_all.deb
ok $? "it is kept while the first one still reads"
is "$(asked wide)" 1 "asked for once"
kill $ra; wait $ra 2> /dev/null

# --- who fetches goes away ---
bytes 900000 $s/left_1_all.deb
echo 300000 > ctl/hold
getting a.sock "$url/left_1_all.deb" a.out; ra=$reader
until_true 60 some a.out 300000
getting b.sock "$url/left_1_all.deb" b.out; rb=$reader
until_true 60 some b.out 300000
kill $ra; wait $ra 2> /dev/null
rm ctl/hold
wait $rb && same b.out left_1_all.deb
ok $? "its client leaves: it goes on for the other"
is "$(asked left)" 1 "with the same fetch"

for signal in TERM KILL; do
	f=dead${signal}_1_all.deb
	bytes 900000 "$s/$f"
	echo 300000 > ctl/hold
	cache_up c --private-host "$host"
	getting c.sock "$url/$f" c.out
	until_true 60 some c.out 300000
	getting b.sock "$url/$f" b.out; rb=$reader
	until_true 60 some b.out 300000
	kill -$signal $pid; wait $pid 2> /dev/null
	again() { [ "$(asked "$f")" = 2 ]; }
	until_true 60 again
	ok $? "SIG$signal ends its cache: the other takes over"
	rm ctl/hold
	wait $rb && same b.out "$f"
	ok $? "and has all of it"
	is "$(gets a.sock "$url/$f")" "200 HIT 900000" "so has the store"
done

# what comes anew is not what some have read of
bytes 900000 $s/turned_1_all.deb
echo 300000 > ctl/hold
cache_up c --private-host "$host"
getting c.sock "$url/turned_1_all.deb" c.out
until_true 60 some c.out 300000
getting b.sock "$url/turned_1_all.deb" b.out; rb=$reader
until_true 60 some b.out 300000
touch ctl/damage
kill -KILL $pid; wait $pid 2> /dev/null
wait $rb
is $? 18 "another file by now: it breaks off"
rm -f ctl/damage ctl/hold
get b.sock "$url/turned_1_all.deb" -o b.out && same b.out turned_1_all.deb
ok $? "and comes whole when asked for again"

# --- one that has stopped, and brings nothing ---
bytes 900000 $s/stopped_1_all.deb
echo 300000 > ctl/hold
cache_up c --private-host "$host"
getting c.sock "$url/stopped_1_all.deb" c.out; rc=$reader
until_true 60 some c.out 300000
kill -STOP $pid
cache_up d --private-host "$host" --silence 1
d=$pid
getting d.sock "$url/stopped_1_all.deb" d.out; rd=$reader
rm ctl/hold
wait $rd && same d.out stopped_1_all.deb
ok $? "a cache that has stopped is waited for as long as a silent source"
pid=$(pgrep -f -- '--socket c.sock' | head -n 1)
kill -CONT "$pid"
wait $rc && same c.out stopped_1_all.deb
ok $? "which goes on when it may"
cache_down "$d"
kill "$pid"; wait "$pid"

# --- a source that breaks off, for both ---
bytes 900000 $s/cut_1_all.deb
echo 400000 > ctl/cut
getting a.sock "$url/cut_1_all.deb" a.out; ra=$reader
get b.sock "$url/cut_1_all.deb" -o b.out
is $? 18 "a source that breaks off: so it does for the reader"
wait $ra
is $? 18 "and the other"
rm ctl/cut
until_true 60 no_parts
ok $? "no part is left"
get a.sock "$url/cut_1_all.deb" -o a.out && same a.out cut_1_all.deb
ok $? "it comes whole when the source is well"

# --- what is being read is not taken away ---
sluggish a.sock "$url/wide_1_all.deb" a.out; ra=$reader
until_true 60 some a.out
cache c --private-host "$host" --size 1 -- true
find store -type f ! -name lock -delete # and were it
touch a.out.go
wait $ra && same a.out wide_1_all.deb
ok $? "what is being read is read to its end"

# --- each has its own sources ---
cache_up e --private-host elsewhere:1
is "$(gets e.sock "$url/one_1_all.deb")" "403  0" "what another build may have is not everybody's"
cache_down

# --- killed ones leave nothing that matters ---
bytes 900000 $s/stale_1_all.deb
echo 300000 > ctl/hold
cache_up c --private-host "$host"
getting c.sock "$url/stale_1_all.deb" c.out
until_true 60 some c.out 300000
kill -KILL $pid; wait $pid 2> /dev/null
rm ctl/hold
is "$(parts)" 1 "one that was killed leaves a part"
get a.sock "$url/stale_1_all.deb" -o a.out && same a.out stale_1_all.deb
ok $? "which is in nobody's way"
bytes 900000 $s/swept_1_all.deb
echo 300000 > ctl/hold
cache_up c --private-host "$host"
getting c.sock "$url/swept_1_all.deb" c.out
until_true 60 some c.out 300000
kill -KILL $pid; wait $pid 2> /dev/null
rm ctl/hold
cache c --private-host "$host" -- true
is "$(parts)" 0 "and the next one sweeps it away"
cache_down "$a"
cache_down "$b"
is "$(field a outcome) $(field b outcome)" "ended ended" "both end well"
finish
