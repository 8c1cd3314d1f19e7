# guest.sh - sourced: what installing and boot-testing an appliance share.
#
#	begin NAME	B=build/NAME, the facts of its recipe, the appliance's lock,
#			W a folder that the guest's QEMU may use, S one for sockets
#	gate_up [--forward ...]	GATE is the socket of the guest's only network
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
	exec 7>> "$B/.lock"
	flock -n 7 || die "$name: another build of it is running"
	read_facts "$B/facts"
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

# What a tool may leave running behind it (libvirt's daemon) keeps no lock of ours.
# Not for the background: the process would be a shell's, and a signal not the tool's.
alone() { "$@" 3>&- 4>&- 6>&- 7>&- 9>&-; }

lend() { # lend FILE: its name in W, where the guest's QEMU can read it
	local to=$W/${1##*/}
	if [ "$(id -u)" -eq 0 ]; then
		cp --reflink=auto "$1" "$to"
		chown "$RUNAS" "$to"
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
	rm -f "$B/.gate"
	mkfifo "$B/.gate"
	netgate --user "$RUNAS" --parent-exit --socket "$GATE" "${net[@]}" "$@" > "$B/.gate" \
		2> "$B/gate.log" 3>&- 4>&- 6>&- 7>&- 9>&- &
	pids+=($!)
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

# What the installer calls its steps, for who does not know it.
declare -A called=(
	[brltty-udeb]='start' [ethdetect]='network hardware' [netcfg]='network'
	[choose-mirror]='mirror' [user-setup-udeb]='users' [clock-setup]='clock'
	[disk-detect]='disks' [partman-base]='partitions' [bootstrap-base]='base system'
	[apt-setup-udeb]='package sources' [pkgsel]='packages' [seedbed-udeb]='initramfs'
	[grub-installer]='boot loader' [finish-install]='last steps'
)

# vmrun's records: a line a step for the person, all of them for the files.
progress() {
	local secs what text
	while IFS=$'\t' read -r secs what text; do
		case $what in
		step)	text=${called[$text]:-$text}
			printf '%s\t%s\n' "$secs" "$text" >> "$B/steps"
			if declare -F on_step > /dev/null; then on_step "$text"; fi
			case $text in finish-install:*) continue ;; esac # many, and short
			printf '%s: %5ds  %s\n' "$name" "${secs%.*}" "$text" ;;
		data)	printf '%s\n' "$text" >> "$B/data" ;;
		esac
	done
}
