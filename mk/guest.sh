# guest.sh - sourced: what installing and boot-testing an appliance share.
#
#	begin NAME	B=build/NAME, the facts of its recipe, the appliance's lock,
#			W a folder that the guest's QEMU may use, S one for sockets
#	room MIB	waits until a guest of that much memory has its place beside the others
#	gate_up [--forward ...]	GATE is the socket of the guest's only network
#	gate_failed		whether that has ended though the guest had not
#	accel		the words for domxml, once for all
# What begin made goes when the script ends, whatever ends it.

declare -A fact=()
declare -a package=() expect=() key=()

read_facts() {
	local k v
	while IFS='=' read -r k v; do
		case $k in
		package) package+=("$v") ;;
		expect) expect+=("$v") ;;
		key) key+=("$v") ;;
		*) fact[$k]=$v ;;
		esac
	done < "$1"
}

begin() {
	name=$1
	B=$ROOT/build/$name
	[ -r "$B/facts" ] || die "$name: $B/facts is missing: make appliance-$name makes it"
	lock_build
	read_facts "$B/facts"
	# the limits may be other ones than when the recipe was compiled
	[ "${fact[disk]}" -le "$(bytes MAX_DISK 64G)" ] ||
		die "$name: disk: ${fact[disk]} bytes: the operator allows MAX_DISK=${MAX_DISK:-64G}"
	[ $((fact[memory] << 20)) -le "$(bytes MAX_MEMORY 8G)" ] ||
		die "$name: memory: ${fact[memory]}M: the operator allows MAX_MEMORY=${MAX_MEMORY:-8G}"
	max_log=$(bytes MAX_LOG 64M)
	max_download=$(bytes MAX_DOWNLOAD 16G)
	trap end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	pids=()
	if [ "$(id -u)" -eq 0 ]; then
		W=$(getent passwd "$RUNAS" | cut -d: -f6)/work/$name-$(printf '%s' "$B" | sha256sum | cut -c1-8)
	else
		W=$B/work
	fi
	sweep
	rm -rf "$W"
	as_user mkdir -p "${W%/*}"
	as_user mkdir -m 700 "$W"
	S=$(as_user mktemp -d /tmp/seedbed.XXXXXX)
	running=$CACHE/running/$$
	printf '%s\n' "$B" "$W" "$S" > "$running"
}

# What a build that was killed left behind; its lock says that it is no more.
sweep() {
	local f b w s
	mkdir -p "$CACHE/running"
	for f in "$CACHE"/running/*; do
		[ -e "$f" ] || continue
		{ read -r b && read -r w && read -r s; } < "$f" || continue
		if [ "$b" = "$B" ] || [ ! -d "$b" ]; then
			rm -rf "$w" "$s" "$f"
		else
			flock -n "$b/.lock" rm -rf "$w" "$s" "$f" || true
		fi
	done
}

end() {
	local status=$? p
	trap '' INT TERM HUP
	for p in "${pids[@]}"; do
		kill "$p" 2> /dev/null || true
	done
	for p in "${pids[@]}"; do
		wait "$p" 2> /dev/null || true
	done
	rm -rf "$W" "$S" "$running"
	exit "$status"
}

# Memory is counted as it was promised: a guest takes it bit by bit, and by then it is
# too late. And more guests than keep the processors at work only take them from each
# other: under emulation, ten at once on two take twice as long as three at a time.
# What is promised stands in what a build notes of itself while it runs.
promised() { # "GUESTS MIB" of the other builds
	local f b mib n=0 sum=0
	for f in "$CACHE"/running/*; do
		[ -e "$f" ] && [ "$f" != "$running" ] || continue
		{ read -r b && read -r _ && read -r _ && read -r mib; } < "$f" || continue
		[ ! -d "$b" ] || flock -n "$b/.lock" true || n=$((n + 1)) sum=$((sum + mib))
	done
	echo $n $sum
}

available() { awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo; }

room() { # room MIB
	local most guests others have lock said='' why
	most=$(awk '$1 == "MemTotal:" { print int($2 / 1024 * 3 / 4) }' /proc/meminfo)
	most=$(bytes GUESTS_MEMORY "${most}M") || exit
	most=$((most >> 20))
	guests=${GUESTS:-$((($(nproc) * 3 + 1) / 2))}
	[[ $guests =~ ^[1-9][0-9]{0,3}$ ]] || die "GUESTS=$guests: is no number of guests"
	exec {lock}>> "$CACHE/running/.room"
	held "$lock" # who has waited longest is next
	while read -r others have < <(promised) && [ "$others" -gt 0 ]; do
		if [ "$others" -ge "$guests" ]; then
			why="for a processor: $others guests are at work (GUESTS=$guests)"
		elif [ $((have + $1)) -gt "$most" ] || [ "$(available)" -lt "$1" ]; then
			why="for memory: its guest wants $1 MiB, those of other builds have $have of $most (GUESTS_MEMORY=)"
		else
			break
		fi
		[ -n "$said" ] || say "$name: waits $why"
		said=yes
		sleep 1
	done
	[ "$1" -le "$most" ] || say "$name: its guest has $1 MiB, more than the $most that guests are to have"
	echo "$1" >> "$running"
	exec {lock}>&-
}

# What a tool may leave running behind it (libvirt's daemon) keeps no lock of ours.
# Not for the background: the process would be a shell's, and a signal not the tool's.
alone() { "$@" 3>&- 4>&- 6>&- 7>&- 9>&-; }

# The file itself, where it lies on the same filesystem as W and everybody may read it; a
# guest's QEMU has no right to write to it.
lend() { # lend FILE: its name in W, where the guest's QEMU can read it
	local to=$W/${1##*/} file
	if [ "$(id -u)" -eq 0 ]; then
		file=$(readlink -f "$1")
		if ! { ln "$file" "$to" 2> /dev/null && as_user test -r "$to"; }; then
			rm -f "$to"
			cp --reflink=auto "$file" "$to"
			chown "$RUNAS" "$to"
		fi
	else
		ln -sf "$(readlink -f "$1")" "$to"
		to=$(readlink -f "$1")
	fi
	printf '%s\n' "$to"
}

take_over() { # take_over FILE TO: both in W, for the guest's QEMU to read
	if [ "$(id -u)" -eq 0 ]; then chown "$RUNAS:$RUNAS" "$1"; fi
	mv "$1" "$2"
}

take() { # take FILE TO: out of W, for whoever runs make
	mv "$1" "$2.new"
	if [ "$(id -u)" -eq 0 ]; then chown "$(id -u):$(id -g)" "$2.new"; fi
	mv "$2.new" "$2"
}

gate_up() {
	local net=()
	GATE=$S/gate
	if [ -n "${fact[address]:-}" ]; then
		net=(--net "${fact[network_cidr]}" --guest "${fact[address]}" --host "${fact[gateway]}")
	fi
	case ${NETWORK:-closed} in
	closed) ;;
	open)	net+=(--open)
		say "$name: NETWORK=open: the guest may reach what this host can" ;;
	*)	die "NETWORK=$NETWORK: is neither closed nor open" ;;
	esac
	net+=(--limit "$max_download")
	rm -f "$B/.gate"
	mkfifo "$B/.gate"
	netgate --user "$RUNAS" --parent-exit --socket "$GATE" "${net[@]}" "$@" > "$B/.gate" \
		2> "$B/gate.log" 3>&- 4>&- 6>&- 7>&- 9>&- &
	gate=$!
	pids+=("$gate")
	exec 3< "$B/.gate"
	rm "$B/.gate"
	forward=()
	while read -r -u 3 word a b; do
		case $word in
		ready) return ;;
		forward) forward[a]=$b ;;
		esac
	done
	cat "$B/gate.log" >&2
	die "$name: the guest's network did not start"
}

# What went through the gate, when it has ended with its guest.
gate_count() {
	local word rest
	while read -r -t 10 -u 3 word rest; do
		[ "$word" != bytes ] || printf '%s\n' "$rest"
	done
}

# The gate ends well when its guest has gone.
gate_failed() { ! kill -0 "$gate" 2> /dev/null && ! wait "$gate"; }

# watch VM [PID...]: vmrun's status, when it has ended; a guest is ended when its
# network fails, or one of the other processes ends.
watch() {
	local who='' status=0
	wait -n -p who "$@" "$gate" || status=$?
	if [ "$who" != "$1" ]; then
		[ "$who" = "$gate" ] && [ $status -eq 0 ] || kill "$1" 2> /dev/null || true
		status=0
		wait "$1" || status=$?
	fi
	return $status
}

# What there is to say of a guest that failed besides vmrun's own words; what has ended it
# is in cause.
blame() { # blame STATUS: vmrun's
	cause=''
	if [ "$1" -eq 137 ]; then cause="vmrun was killed"; fi
	if gate_failed; then cause="the guest's network ended before it"; fi
	if [ -n "${CACHE_RUN:-}" ] && ! cache_lives; then cause="the package cache has ended"; fi
	[ -z "$cause" ] || say "$name: $cause"
	cat "$B/gate.log" >&2
	if grep -q ': the guest wanted more than the [0-9]* bytes that it may receive$' "$B/gate.log"; then
		cause="the guest wanted more than MAX_DOWNLOAD=${MAX_DOWNLOAD:-16G}"
	fi
}

# What the installer calls its steps, in the files of it (di-events has its own).
declare -A called=(
	[brltty-udeb]='start' [ethdetect]='network hardware' [netcfg]='network'
	[choose-mirror]='mirror' [user-setup-udeb]='users' [clock-setup]='clock'
	[disk-detect]='disks' [partman-base]='partitions' [bootstrap-base]='base system'
	[apt-setup-udeb]='package sources' [pkgsel]='packages' [seedbed-udeb]='initramfs'
	[grub-installer]='boot loader' [finish-install]='last steps'
)

# vmrun's records, for the files; the person has di-events.
progress() {
	local secs what text
	while IFS=$'\t' read -r secs what text; do
		case $what in
		step)	text=${called[$text]:-$text}
			printf '%s\t%s\n' "$secs" "$text" >> "$B/steps"
			if declare -F on_step > /dev/null; then on_step "$text"; fi ;;
		data)	printf '%s\n' "$text" >> "$B/data" ;;
		esac
	done
}
