#!/bin/bash
# install.sh NAME - the distribution's installer, in a guest, onto build/NAME/disk.qcow2.
# build/NAME/{install.log,debconf.log,console.log,steps,data,events} are there whatever
# happens, and in build/NAME/failed-TIME if it was no good. With DEBUG set it is for
# somebody at a terminal, who answers and looks around (make debug-NAME).
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/cache.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/lvm.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
begin "$1"
[ -n "${DEBUG:-}" ] || rm -f "$B/disk.qcow2" "$B/steps" "$B/data"
warn_of_lvm "$name" "$W" "$B"

kit=$(cat "$B/kit")
disk=$W/disk.qcow2
alone as_user qemu-img create -q -f qcow2 "$disk" "${fact[disk]}" ||
	die "$name: cannot create a disk of ${fact[disk]} bytes in $W"
free=$(df --output=avail -B 1 "$W" | tail -n 1)
[ "$free" -ge "${fact[disk]}" ] || say "$name: the disk may grow to ${fact[disk]} bytes, and $W has" \
	"room for $free: when that is full, the build ends"
mirrors=("${fact[mirror]}")
[ -z "${fact[security]}" ] || mirrors+=("http://${fact[security]}")
for host in ${SOURCES:-}; do # the operator's word on where else a recipe may fetch from
	mirrors+=("http://$host")
done
cache_up "${mirrors[@]}"
cache_word "${fact[mirror]}/dists/${fact[suite]}/InRelease"
gate_up --proxy "${fact[proxy_address]}:3142=$CACHE_TARGET"
channels=(--channel org.seedbed.log --channel org.seedbed.debconf --channel org.seedbed.word)
nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
kernel=$(lend "$kit/linux")
# The prefetched packages are compressed already, and the kernel takes archives one
# after the other. They are large and many builds share them: kept nowhere else.
initrd=$W/initrd
initrd-add --compress none --list "$B/prefetch" -o "$initrd.new" "$B/initrd.gz"
take_over "$initrd.new" "$initrd"

# Before "---" is for the installer's kernel alone: its guest has no IPv6 (the
# installer would wait for it), holds no secret to guard from itself, and under
# emulation each of these guards is paid for at every fork.
xml=$B/install.xml
if [ -n "${DEBUG:-}" ]; then # nobody listens, and nobody minds a question
	[ -t 0 ] && [ -t 1 ] || die "$name: debugging is for a terminal"
	channels=()
	nonce=
	xml=$B/debug.xml
fi
append="console=ttyS0 ipv6.disable=1 ${nonce:+seedbed_nonce=$nonce }auto=true priority=critical DEBIAN_FRONTEND=text"
append+=" mitigations=off init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off"
append+=" audit=0 lsm= cgroup_disable=memory"
alone domxml --user "$RUNAS" --name "seedbed-$name-$$" --memory "${fact[memory]}" \
	--cpus "${CPUS:-2}" --disk "$disk:qcow2" --throwaway --firmware "${fact[firmware]}" \
	--kernel "$kernel" --initrd "$initrd" \
	--cmdline "$append ---" \
	--gate "$GATE" "${channels[@]}" \
	> "$xml" || die "$name: no guest can be made here; the reason is above"
if [ -n "${DEBUG:-}" ]; then
	by_hand "$xml"
	exit
fi

say "$name: installing ${fact[suite]} (log: build/$name/install.log)"
# Both ends of the pipe are open before its name goes: who came too late for the name
# would wait for ever, or write to a file of that name.
rm -f "$B/.words"
mkfifo "$B/.words"
exec 8<> "$B/.words"
exec 4< "$B/.words" 5> "$B/.words" 8>&-
rm "$B/.words"
: > "$B/install.log"
: > "$B/debconf.log"
# In the background, so that a signal to this script is acted on at once.
vmrun --user "$RUNAS" --parent-exit --console "$B/console.log" --channel "org.seedbed.log=$B/install.log" \
	--channel "org.seedbed.debconf=$B/debconf.log" \
	--word org.seedbed.word --nonce "$nonce" \
	--max-log "$max_log" \
	--timeout "${TIMEOUT:-10800}" --stall "${STALL:-900}" "$B/install.xml" \
	2> "$B/vmrun.log" >&5 3>&- 4>&- 5>&- 6>&- 7>&- &
vm=$!
pids+=($vm)
cache_watch # a guest without its packages would wait for long
progress <&4 5>&- &
words=$!
exec 4<&- 5>&-
watch_events $vm 3>&- 6>&- 7>&- &
events=$!
pids+=("$events")
status=0
watch $vm ${cache_watch:+"$cache_watch"} || status=$?
wait $words
wait $events || true
if [ $status -ne 0 ]; then
	cat "$B/vmrun.log" >&2
	blame $status
	by_key "$B/events" >&2
	cache_mend "$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")/lists"
	evidence "$(outcome $status)" install.log debconf.log console.log vmrun.log gate.log \
		install.xml events steps
fi
gate_count > "$B/network"
take "$disk" "$B/disk.qcow2"
