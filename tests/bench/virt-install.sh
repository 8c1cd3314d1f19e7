#!/bin/bash
# SPDX-License-Identifier: MIT
# virt-install.sh [--only peer|seedbed|report] [--results FOLDER] [NAME] - how long the
# appliance NAME (web) takes by virt-install and an untouched installer, and by seedbed.
#
# Both get the same recipe's answers, kernel, mirror, package cache, processors,
# memory, disk size and accelerator; the rest is what each does by itself.
# virt-install's time is from its start to its end: the guest is off and the disk is
# done. seedbed's is that of `make appliance-NAME` in a copy of this tree in which no
# appliance has been built: the answers, the ramdisk, the installation, and the boot
# test, which virt-install has none of.
#
# The packages and the programs are on this machine before either clock starts.
#
# Where floor.sh has been run, its time is printed beside theirs.
#
# A side's results stay in FOLDER (build/bench/NAME), so that the sides may be run
# one by one, and the report once more. Run it on a machine that does nothing else.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
HERE=$ROOT/tests/bench

not_root
usage() { say "usage: $ME [--only peer|seedbed|report] [--results FOLDER] [NAME]"; exit 2; }
only='' results='' name=web
while [ $# -gt 0 ]; do
	case $1 in
	--only) only=${2:-}; shift 2 || usage ;;
	--results) results=${2:-}; shift 2 || usage ;;
	-*) usage ;;
	*) name=$1; shift; [ $# -eq 0 ] || usage ;;
	esac
done
case $only in ''|peer|seedbed|report) ;; *) usage ;; esac
results=${results:-$ROOT/build/bench/$name}
mkdir -p "$results"
results=$(cd "$results" && pwd)
R=$results

now() { printf '%s\n' "$EPOCHREALTIME"; }
wait_minutes=$(((${TIMEOUT:-10800} + 59) / 60))

# What a side found: both must find the packages and the kit already there.
cache_state() { # cache_state SIDE WHEN
	printf '%s %s: %s files, %s KiB in the package cache; load %s\n' "$1" "$2" \
		"$(find "$CACHE/packages" -type f -path '*/??/*' 2> /dev/null | wc -l)" \
		"$(du -sk "$CACHE/packages" 2> /dev/null | cut -f1)" \
		"$(cut -d' ' -f1-3 /proc/loadavg)" | tee -a "$R/$1/state"
}

# The session's own daemon takes seconds to start: neither side pays for that.
daemon() { virsh -q -c qemu:///session version > /dev/null; }

# The log that the installer left in what it installed: SIDE/syslog.
keep_syslog() { # keep_syslog SIDE
	local raw=$R/$1/.raw at
	qemu-img convert -f qcow2 -O raw "$R/$1/disk.qcow2" "$raw"
	at=$(sfdisk -d "$raw" | sed -n 's/.* start= *\([0-9]*\),.*type=83.*/\1/p' | head -n 1)
	"$ROOT/build/tests/ext-list" --offset $((${at:-2048} * 512)) --cat /var/log/installer/syslog \
		"$raw" > "$R/$1/syslog" || true
	rm -f "$raw"
	[ -s "$R/$1/syslog" ] || die "$1: disk.qcow2: no /var/log/installer/syslog"
}

# Kit, package lists and packages are fetched before the clock starts, for either side:
# into apt's archives, where seedbed takes them from, and into the package cache.
prepare() {
	make -s -C "$ROOT" "build/$name/route" || die "$name: the answers cannot be made"
}

warm() { # warm PROXY: what the installer will ask for, once through the package cache
	[ -z "${PROXY:-}" ] || return 0
	private_apt "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
	sed -n 's|.*/\(.*\)_\(.*\)_.*\.deb$|\1=\2|p' "$B/prefetch" | sed 's/%3a/:/g' | sort -u |
		xargs -r apt-get -q download --print-uris 2> /dev/null |
		sed -n "s|^'\([^']*\)'.*|url = \"\1\"\noutput = \"/dev/null\"|p" > "$R/peer/urls"
	say "virt-install: $(grep -c '^url' "$R/peer/urls") packages go through the cache, so that it has them"
	curl -sS -x "$1" -K "$R/peer/urls" || say "$ME: the package cache could not be filled"
	rm "$R/peer/urls"
}

# --- virt-install ---

forget() { # the guest, whatever became of it
	[ -n "${guest:-}" ] || return 0
	[ ! -e "$W/console.log" ] || [ ! -L "$R/peer/console.log" ] || mv "$W/console.log" "$R/peer/console.log"
	virsh -q -c qemu:///session destroy "$guest" > /dev/null 2>&1 || true
	virsh -q -c qemu:///session undefine --nvram "$guest" > /dev/null 2>&1 || true
	# virt-install makes a pool of a disk's folder
	virsh -q -c qemu:///session pool-destroy "${W##*/}" > /dev/null 2>&1 || true
	virsh -q -c qemu:///session pool-undefine "${W##*/}" > /dev/null 2>&1 || true
	guest=''
}

# virt-install may know of no release as new as this one.
osinfo() {
	virt-install --osinfo list |
		tr -d , | tr ' ' '\n' | grep -E '^debian[0-9]+$' | sort -V |
		awk -v want="debian${fact[release-number]}" '{ v = $0 } v == want { exit } END { print v }'
}

# Which of QEMU's accelerators seedbed would take here.
virt_type() { # virt_type KERNEL
	domxml --name probe --memory 64 --kernel "$1" |
		sed -n "s/^<domain.* type=[\"']\([a-z]*\)[\"'].*/\1/p"
}

peer_up() { # the package cache at the guest's own host: PEER_PROXY
	local port to
	cache_for "${fact[mirror]}" "http://${fact[security]}"
	to=TCP:${proxy[1]#*=}
	if [ ${#cache[@]} -gt 0 ]; then
		unset 'cache[-1]' # with nothing to run in it, it goes on until it is ended
		setpriv --pdeathsig TERM -- "${cache[@]}" > "$R/peer/cache.log" 2>&1 &
		pids+=($!)
		to=UNIX-CONNECT:$S/cache
		for _ in $(seq 100); do
			[ ! -S "$S/cache" ] || break
			sleep 0.1
		done
		[ -S "$S/cache" ] || die "pkgcache does not start: $(tail -n 1 "$R/peer/cache.log")"
	fi
	for _ in 1 2 3 4 5 6 7 8; do
		port=$((20000 + RANDOM % 12000))
		socat "TCP-LISTEN:$port,bind=127.0.0.1,fork,backlog=64" "$to" 2> "$R/peer/socat.log" 7>&- &
		sleep 0.3
		if kill -0 $! 2> /dev/null; then
			pids+=($!)
			export PEER_PROXY=http://10.0.2.2:$port
			return
		fi
	done
	die "no port for the package cache: $(cat "$R/peer/socat.log")"
}

peer() {
	local kit job status=0
	prepare
	B=$BUILD/$name
	lock_build
	begin "$name"
	R=$results
	pids=()
	trap 'forget; [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2> /dev/null; wait; rm -rf "$W" "$S" "$note"' EXIT
	[ "${fact[firmware]}" = bios ] || die "$name: firmware ${fact[firmware]}: only BIOS guests are compared"
	rm -rf "$R/peer" && mkdir -p "$R/peer"
	peer_up
	warm "http://127.0.0.1:${PEER_PROXY##*:}"
	kit=$("$HERE/peer-initrd.sh" "$name" "$R/peer")
	sed "s/^/virt-install: /" "$R/peer/note" >&2
	daemon
	local kernel=$kit/linux initrd=$R/peer/initrd.gz
	qemu-img create -q -f qcow2 "$W/disk.qcow2" "${fact[disk]}"
	touch "$W/console.log"
	ln -sf "$W/console.log" "$R/peer/console.log"
	guest=seedbed-bench-$$
	local words=(--connect qemu:///session --virt-type "$(virt_type "$kernel")" --name "$guest"
		--osinfo "$(osinfo)" --memory "${fact[memory]}" --vcpus "${CPUS:-2}"
		--install "kernel=$kernel,initrd=$initrd,kernel_args=console=ttyS0 auto=true priority=critical ---"
		--disk "path=$W/disk.qcow2,format=qcow2" --network user --graphics none
		--serial "file,path=$W/console.log" --noautoconsole --noreboot --wait "$wait_minutes")
	printf 'virt-install' > "$R/peer/command"
	printf ' %q' "${words[@]}" >> "$R/peer/command"
	cache_state peer before
	now > "$R/peer/start"
	# in the background, so that a signal is acted on at once, and so is a question:
	# the installer would wait for an answer until virt-install's time is up
	(
		virt-install "${words[@]}" > "$R/peer/log" 2>&1 || status=$?
		now > "$R/peer/end.new"
		exit $status
	) &
	job=$!
	while kill -0 $job 2> /dev/null; do
		! grep -aqE '\[!!?\]' "$W/console.log" ||
			die "the installer asks something: $R/peer/console.log has it"
		sleep 3 &
		wait $! || true
	done
	wait $job || status=$?
	[ $status -eq 0 ] || die "virt-install failed: $(tail -n 3 "$R/peer/log")"
	case $(virsh -q -c qemu:///session domstate "$guest") in
	"shut off") ;;
	*) die "virt-install: the guest still runs after $wait_minutes minutes" ;;
	esac
	cache_state peer after
	mv "$W/disk.qcow2" "$R/peer/disk.qcow2"
	forget
	keep_syslog peer
	mv "$R/peer/end.new" "$R/peer/end"
}

# --- seedbed ---

seedbed() {
	local line status=0
	prepare
	rm -rf "$R/seedbed" && mkdir -p "$R/seedbed/tree"
	tar -C "$ROOT" --exclude=./build --exclude=./.git -c . | tar -C "$R/seedbed/tree" -x
	make -s -C "$R/seedbed/tree" tools build/seedbed.udeb > /dev/null
	daemon
	cache_state seedbed before
	now > "$R/seedbed/start"
	set +e
	make -C "$R/seedbed/tree" "appliance-$name" FORK=no 2>&1 |
		while IFS= read -r line; do
			printf '%s %s\n' "$EPOCHREALTIME" "$line"
		done | tee "$R/seedbed/log"
	status=${PIPESTATUS[0]}
	set -e
	now > "$R/seedbed/end.new"
	[ "$status" -eq 0 ] || die "make appliance-$name failed: $R/seedbed/log"
	cache_state seedbed after
	sed -n "s/^\([0-9.]*\) $name: installing .*/\1/p" "$R/seedbed/log" > "$R/seedbed/guest"
	sed -n "s/^\([0-9.]*\) $name: booting .*/\1/p" "$R/seedbed/log" > "$R/seedbed/installed"
	ln -f "$R/seedbed/tree/build/$name/disk.qcow2" "$R/seedbed/disk.qcow2"
	keep_syslog seedbed
	mv "$R/seedbed/end.new" "$R/seedbed/end"
}

# --- the report ---

at() { cat "$R/$1/$2"; }
span() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.0f", b - a }'; }

floor() { # floor SEEDBED PEER: beside the same packages without an installer (floor.sh)
	[ -e "$R/floor/end" ] || return 0
	awk -v floor="$(span "$(at floor start)" "$(at floor end)")" -v seedbed="$1" -v peer="$2" 'BEGIN {
		printf "ratio to the floor of %s s: %.2f seedbed, %.2f virt-install, to the installed disk\n",
			floor, seedbed / floor, peer / floor }'
	cat "$R/floor/note"
	echo
}

report() {
	local s p
	for s in peer seedbed; do
		[ -e "$R/$s/end" ] || { say "$ME: $s has not been run yet: no report"; return 0; }
	done
	awk -v start="$(at peer start)" -v end="$(at peer end)" -f "$HERE/steps.awk" "$R/peer/syslog" \
		> "$R/peer/steps"
	# until the guest starts it is seedbed's own work, which the peer has none of
	awk -v start="$(at seedbed guest)" -v end="$(at seedbed installed)" -f "$HERE/steps.awk" \
		"$R/seedbed/syslog" > "$R/seedbed/steps"
	p=$(span "$(at peer start)" "$(at peer end)")
	s=$(span "$(at seedbed start)" "$(at seedbed end)")
	{
		printf '%s: seconds of wall-clock time, and share of all of it\n\n' "$name"
		awk -F'\t' -v peer="$p" -v seedbed="$s" \
			-v made="$(span "$(at seedbed start)" "$(at seedbed guest)")" \
			-v installed="$(span "$(at seedbed start)" "$(at seedbed installed)")" '
			function row(what, a, b) {
				printf "%-42s %8s %6s %8s %6s\n", what, a, share(a, peer), b, share(b, seedbed)
			}
			function share(n, all) { return n == "-" ? "" : sprintf("%.1f%%", 100 * n / all) }
			function got(list, k) { return k in list ? list[k] : "-" }
			!($2 in seen) { seen[$2] = 1; order[++n] = $2 }
			FNR == NR { a[$2] = $1; next }
			{ b[$2] = $1 }
			END {
				printf "%-42s %15s %15s\n", "step", "virt-install", "seedbed"
				row("answers, ramdisk", "-", made)
				for (i = 1; i <= n; i++)
					row(order[i], got(a, order[i]), got(b, order[i]))
				row("= installed", peer, installed)
				row("boot test", "-", seedbed - installed)
				row("= all", peer, seedbed)
				printf "\nratio, seedbed to virt-install: %.2f to the installed disk, %.2f with the boot test\n", \
					installed / peer, seedbed / peer
			}' "$R/peer/steps" "$R/seedbed/steps"
		echo
		floor "$(span "$(at seedbed start)" "$(at seedbed installed)")" "$p"
		cat "$R/peer/note" "$R/peer/state" "$R/seedbed/state"
		"$HERE/same-system.sh" "$R/peer/disk.qcow2" "$R/seedbed/disk.qcow2" || true
	} | tee "$R/report"
}

for p in virt-install virsh socat sfdisk qemu-img; do
	command -v $p > /dev/null || die "$p is not installed: mk/setup.sh run bench"
done
make -s -C "$ROOT" testtools

# Each side is a shell and a process group of its own: what it starts ends with it.
side() {
	local status=0 side
	set -m
	("$1") < /dev/null &
	side=$!
	set +m
	trap 'kill -- -$side 2> /dev/null || true' INT TERM HUP
	while kill -0 $side 2> /dev/null; do
		wait $side || status=$?
	done
	[ "$status" -eq 0 ] || exit "$status"
}
case $only in ''|peer) side peer ;; esac
case $only in ''|seedbed) side seedbed ;; esac
report
