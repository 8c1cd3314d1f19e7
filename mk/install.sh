#!/bin/bash
# install.sh NAME - the distribution's installer, in a guest, onto build/NAME/disk.qcow2.
# build/NAME/{install.log,debconf.log,console.log,steps,data,events} are there whatever
# happens, and in build/NAME/failed-TIME if it was no good. With DEBUG set it is for
# somebody at a terminal, who answers and looks around (make debug-NAME).
#
# By one of three ways (fork.sh): straight; as the parent of a checkpoint, which is
# straight but for a moment in the middle, when it is saved; or forked from one.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/cache.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/fork.sh"
. "$ROOT/mk/lvm.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
begin "$1"
[ -n "${DEBUG:-}" ] || rm -f "$B/disk.qcow2" "$B/steps" "$B/data" "$B/screen.png"
warn_of_lvm "$name" "$W" "$B"

# choose_way: WAY is straight, parent or child
choose_way() {
	local how told
	read -r how key why < "$B/route"
	# the ramdisk may have been made when another way was asked for
	told=$(told_straight) || told=
	case $how:$key:$told in
	fork:*:?*|straight:FORK=no:|straight:NETWORK=*:)
		"$ROOT/mk/ramdisk.sh" "$name"
		read -r how key why < "$B/route" ;;
	esac
	if [ "$how" = straight ]; then
		WAY=straight
		say "$name: built straight ($key${why:+ $why})"
	elif checkpoint "$key"; then
		WAY=child
	else
		WAY=parent
		[ -s "$B/initrd.gz" ] || "$ROOT/mk/ramdisk.sh" "$name"
	fi
}

boot_installer() { # for straight and parent: $xml
	local initrd=$W/initrd lists=(--list "$B/prefetch") more='' free size=${fact[disk]}
	if [ $WAY = parent ]; then
		size=$(fork_disk)
		more=seedbed_fork
	else
		lists+=(--list "$B/prefetch.rest")
	fi
	alone as_user qemu-img create -q -f qcow2 "$disk" "$size" ||
		die "$name: cannot create a disk of ${fact[disk]} bytes in $W"
	free=$(df --output=avail -B 1 "$W" | tail -n 1)
	[ "$free" -ge "${fact[disk]}" ] || say "$name: the disk may grow to ${fact[disk]} bytes, and $W has" \
		"room for $free: when that is full, the build ends"
	# The prefetched packages are compressed already, and the kernel takes archives one
	# after the other. They are large and many builds share them: kept nowhere else.
	initrd-add --compress none "${lists[@]}" -o "$initrd.new" "$B/initrd.gz" &&
		take_over "$initrd.new" "$initrd" || die "$name: the installer's ramdisk cannot be made"
	guest_xml "$guest" "$disk" "$GATE" "$(lend "$(cat "$B/kit")/linux")" "$initrd" \
		"$memory" "$nonce" $more > "$xml" ||
		die "$name: no guest can be made here; the reason is above"
}

fork_installer() { # for a child: $B/install.xml, and what vmrun restores it from
	as_user qemu-img create -q -f qcow2 -b "$CHECKPOINT/vda.qcow2" -F qcow2 "$disk" || return
	vmfork spawn --user "$RUNAS" --name "$guest" --disk "vda=$disk" --gate "$GATE" \
		"$CHECKPOINT" > "$B/install.xml" 3>&- 6>&- 7>&- 9>&- || return
	rest "$W/rest" "$nonce" || return
	as_user mkfifo -m 600 "$W/image"
	vmfork stream "$CHECKPOINT" "$B/install.xml" > "$W/image" 2> "$B/fork.log" 3>&- 6>&- 7>&- 9>&- &
	pids+=($!)
	feed=$W/rest
	restore=(--restore "$W/image")
}

# A checkpoint did not serve, and another guest has started: it was not this host.
unserving=
drop_unserving() {
	[ -n "$unserving" ] || return 0
	unserving=
	! flock -n 9 || as_user rm -rf "$CHECKPOINT"
	flock -u 9
}

# In the parent, at the fork: keep it, let the others have it, go on.
on_step() {
	drop_unserving
	case $1 in
	forked) grow_disk "$guest" 2>> "$B/fork.log" || sed 's/^/  /' "$B/fork.log" >&2 ;; # the guest waits, and says it
	fork)	keep_installer ;;
	esac
}

keep_installer() {
	if vmfork save --user "$RUNAS" "$guest" "$CHECKPOINT" 2> "$B/fork.log"; then
		say "$name: kept as checkpoint $key, from which others like it will be forked"
		about
		checkpoint_done
	else
		sed 's/^/  /' "$B/fork.log" >&2
		say "$name: the checkpoint could not be kept; the build goes on"
		flock -u 9
	fi
	# A guest that has gone meanwhile leaves nobody at the pipe's other end.
	rest "$W/rest" "$nonce" && timeout 60 dd if="$W/rest" of="$W/feed" bs=64k status=none
}

run_installer() {
	local words events
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
		--channel "org.seedbed.debconf=$B/debconf.log" --max-log "$max_log" \
		--word org.seedbed.word --nonce "$nonce" ${feed:+--feed "org.seedbed.rest=$feed"} "${restore[@]}" \
		--screenshot "$B/screen.png" \
		--timeout "${TIMEOUT:-10800}" --stall "${STALL:-900}" "$B/install.xml" \
		2> "$B/vmrun.log" >&5 3>&- 4>&- 5>&- 6>&- 7>&- 9>&- &
	vm=$!
	pids+=("$vm")
	cache_watch # a guest without its packages would wait for long
	progress <&4 5>&- &
	words=$!
	exec 4<&- 5>&-
	watch_events $vm 3>&- 6>&- 7>&- 9>&- &
	events=$!
	pids+=("$events")
	status=0
	watch $vm ${cache_watch:+"$cache_watch"} || status=$?
	[ -s "$B/screen.png" ] || rm -f "$B/screen.png"
	wait $words
	wait $events || true
}

# Whole and standing alone, whatever it was built on, and no larger than what is in use:
# what the guest gave back left holes.
finished_disk() {
	local last=$disk
	[ ! -e "$disk.after" ] || last=$disk.after
	alone as_user qemu-img convert -O qcow2 "$last" "$W/whole.qcow2" ||
		die "$name: the disk cannot be put together"
	take "$W/whole.qcow2" "$B/disk.qcow2"
}

build() {
	disk=$W/disk.qcow2 guest=seedbed-$name-$$ feed='' restore=() memory=$FORK_MEMORY
	nonce=
	# nobody listens where somebody looks on
	[ -n "${DEBUG:-}" ] || nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	case $WAY in
	straight) echo straight ;;
	parent) echo "kept as checkpoint $key" ;;
	child)	echo "forked from checkpoint $key" ;;
	esac > "$B/way"
	[ $WAY != straight ] || memory=${fact[memory]}
	room "$memory"
	case $WAY in
	straight) boot_installer ;;
	parent)
		mkfifo "$W/feed"
		feed=$W/feed
		boot_installer ;;
	child)	fork_installer || return ;;
	esac
	if [ -n "${DEBUG:-}" ]; then
		by_hand "$xml"
		exit
	fi
	say "$name: installing ${fact[suite]} (log: build/$name/install.log)"
	run_installer
}

xml=$B/install.xml
if [ -n "${DEBUG:-}" ]; then
	[ -t 0 ] && [ -t 1 ] || die "$name: debugging is for a terminal"
	xml=$B/debug.xml
	FORK=no
	export FORK
fi
choose_way
mirrors=("${fact[mirror]}")
[ -z "${fact[security]}" ] || mirrors+=("http://${fact[security]}")
for host in ${SOURCES:-}; do # the operator's word on where else a recipe may fetch from
	mirrors+=("http://$host")
done
cache_up "${mirrors[@]}"
cache_word "${fact[mirror]}/dists/${fact[suite]}/InRelease"
gate_up --proxy "${fact[proxy_address]}:3142=$CACHE_TARGET"
status=0
build || status=$?

# A checkpoint that does not serve is no reason not to build.
if [ $WAY = child ] && ! grep -q $'\tforked$' "$B/steps" 2> /dev/null; then
	sed 's/^/  /' "$B/fork.log" "$B/vmrun.log" >&2 || true
	say "$name: checkpoint $key does not serve: built straight"
	flock -u 9
	kill "$gate" 2> /dev/null || true # nobody has come to it
	wait "$gate" || true
	rm -f "$W"/* "$B/steps"
	WAY=straight
	FORK=no "$ROOT/mk/ramdisk.sh" "$name"
	gate_up --proxy "${fact[proxy_address]}:3142=$CACHE_TARGET"
	unserving=yes
	build || status=$?
fi

if [ $status -ne 0 ]; then
	cat "$B/vmrun.log" >&2
	blame $status
	at_fault $status
	led_to_it $status
	by_key "$B/events" >&2
	[[ $fault = "package "* ]] || cache_mend "$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")/lists"
	what_next $status
	evidence "$(reason $status)" install.log debconf.log console.log vmrun.log gate.log \
		install.xml events steps
fi
gate_count > "$B/network"
finished_disk
[ $WAY != parent ] || prune
