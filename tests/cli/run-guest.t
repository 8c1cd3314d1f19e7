#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line that every guest runs in (mk/guest.sh), around something that is none:
# each of its parts killed, all of it has ended when run_guest returns, results are there,
# and evidence.sh knows whose end it was.
. "${0%/*}/../lib.sh"
need jq curl
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"

mkdir -p build/web
printf '%s\n' name=web suite=trixie architecture=amd64 mirror=http://localhost:9/debian security= memory=64 cpus=1 disk=1 \
	proxy_address=10.0.2.253 > build/web/facts
export SEEDBED_CACHE=$T/cache SEEDBED_BUILD=$T/build GUESTS=9
cat > build.sh <<'END'
. "$SRC/mk/common.sh"
. "$SRC/mk/apt.sh"
. "$SRC/mk/guest.sh"
. "$SRC/mk/evidence.sh"
B=$BUILD/web name=web
lock_build
begin web
cache_for "${fact[mirror]}"
rm -f "$B"/{ended,pid}
status=0
run_guest 64 -- "$T/guest.sh" "$S" || status=$?
[ -e "$B/ended" ] || echo "it still runs"
judge
echo "$status: $why"
END
# vmrun's part: takes its time to end the guest, and says how it went
cat > guest.sh <<'END'
#!/bin/bash
end() {
	sleep 1
	printf '%s\n' tool=vmrun outcome=interrupted 'text=interrupted by signal 15' > "$SEEDBED_BUILD/web/vmrun.result"
	touch "$SEEDBED_BUILD/web/ended"
	kill $!
	exit 143
}
trap end TERM
echo "$1" > "$SEEDBED_BUILD/web/sockets.new"
mv "$SEEDBED_BUILD/web/sockets.new" "$SEEDBED_BUILD/web/sockets"
sleep 1000 > /dev/null 2>&1 & wait
END
chmod +x guest.sh
export T
tool() { pgrep -f "^$1 .*$T/"; }
begin() {
	rm -f build/web/sockets
	bash build.sh > out 2>&1 &
	job=$!
	until_true 60 test -s build/web/sockets || { show < out; finish; }
	S=$(cat build/web/sockets)
}
left() { pgrep -f "$S/"; ls -d "$S" build/web/work 2> /dev/null; }
for part in "pkgcache:the package cache has ended" "netgate:the guest's network has ended" "guestslot:interrupted by signal 15"; do
	begin
	kill -KILL "$(tool "${part%%:*}")"
	wait $job
	is "$(cat out)" "137: ${part#*:}" "${part%%:*} is killed: all have ended, and whose end it was"
	is "$(left)" "" "${part%%:*} is killed: nothing is left"
done
begin
kill -TERM $job
got=0
wait $job || got=$?
is "$got $(ls build/web/ended)" "143 build/web/ended" "a signal to the build ends all of it"
is "$(left)" "" "and nothing is left"
begin
kill -KILL $job
wait $job 2> /dev/null
until_true 60 test -e build/web/ended
ok $? "so does its own end"
until_true 60 eval '[ -z "$(pgrep -f "$S/")" ]'
ok $? "whoever is told"
old=$S
[ -d "$old" ]
ok $? "but nobody clears up"
begin
[ ! -e "$old" ]
ok $? "the next build does"
kill -TERM $job
wait $job
is "$(left)" "" "and after itself"
finish
