# shellcheck shell=bash disable=SC2154
# evidence.sh - sourced after guest.sh: what is kept of a guest that came to no good end.
#
#	outcome STATUS		vmrun's, in a few words
#	reason STATUS		that, or vmrun's own words where they say more
#	led_to_it STATUS	the end of the log, where nobody has said what was wrong
#	what_next STATUS	what there is to type
#	evidence WHY FILE...	keeps them in build/NAME/failed-TIME, dies with WHY and where
#	watch_events PID	what happens, for files and eyes
#	by_hand XML		that guest, on this terminal
#	by_key FILE		the keys of the recipe that answer what was asked
#
# The last FAILURES_KEPT of an appliance are kept; a disk (KEEP=1) of the last only.

FAILURES_KEPT=5

outcome() {
	case $1 in
	1)	echo "the installation failed, or broke a limit" ;;
	3)	echo "the guest ended before its time (restart, panic, or ended from outside)" ;;
	4)	echo "the guest stalled: nothing moved for ${STALL:-900} s" ;;
	5)	echo "the guest was not ready in time" ;;
	6)	echo "the hypervisor's daemon went away" ;;
	7)	echo "the installer asks, and nobody is there to answer" ;;
	129|130|143) echo "interrupted" ;;
	*)	echo "vmrun ended with $1" ;;
	esac
}

# What vmrun said where its status says less; it has made that fit for a terminal.
reason() {
	local said=
	case $1 in
	1|3)	said=$(sed -n 's/^vmrun: [^:]*: \(.*\) (after [0-9.]* s.*)$/\1/p' "$B/vmrun.log" | tail -n 1 | cut -c1-300) ;;
	esac
	printf '%s\n' "${said:-$(outcome "$1")}"
}

led_to_it() {
	case $1 in 1|3|4|5) ;; *) return 0 ;; esac
	! grep -qs '"event":"error"' "$B/events" || return 0
	say "$name: the log before it:"
	{ grep -av -e 'DEBUG:' -e '^[A-Z][a-z]* [0-9 :]* kernel:' "$B/install.log" || true; } |
		tail -n 6 | visible | sed 's/^/    /' >&2
	# what a kernel says at its end is on its console alone
	{ tail -c 65536 "$B/console.log" | grep -a -A 3 -m 1 'Kernel panic - not syncing: ' || true; } |
		tr -d '\r' | visible | sed 's/^/    /' >&2
}

what_next() {
	case $1 in
	4)	say "$name: next: make debug-$name (the same installer on this terminal); if it was only slow, STALL=SECONDS" ;;
	5)	say "$name: next: make appliance-$name TIMEOUT=SECONDS, with more of them" ;;
	6|137)	say "$name: next: make appliance-$name, once more" ;;
	1|3)	say "$name: next: make debug-$name, the same installer on this terminal with shells beside it" ;;
	esac
}

evidence() {
	local why=$1 now folder f old
	shift
	now=$(date -u +%Y%m%d-%H%M%S)
	folder=$B/failed-$now
	rm -rf "$folder"
	mkdir -m 700 "$folder"
	printf '%s\n' "$name: $why" > "$folder/why"
	for f in "$@" screen.png preseed.cfg explain facts; do
		[ ! -s "$B/$f" ] || cp --reflink=auto "$B/$f" "$folder/$f" ||
			say "$name: build/$name/failed-$now lacks $f"
	done
	# what stood there last, without what a terminal acts on
	case " $* " in *" boot.log "*) f=boot.log ;; *) f=console.log ;; esac
	if [ -s "$B/$f" ]; then
		tail -c 65536 "$B/$f" | tr '\r' '\n' |
			sed 's/\x1b[][()#k>=][0-9;?]*[A-Za-z]\?//g; s/[^[:print:]\t]//g; /^ *$/d' |
			tail -n 60 > "$folder/console.end"
	fi
	# names by time, so the oldest come first
	old=("$B"/failed-[0-9]*/)
	for f in "${old[@]}"; do
		[ "$f" = "$folder/" ] || rm -f "$f/disk.qcow2"
	done
	for f in "${old[@]:0:${#old[@]} > FAILURES_KEPT ? ${#old[@]} - FAILURES_KEPT : 0}"; do
		rm -rf "$f"
	done
	if [ -n "${KEEP:-}" ] && [ -e "${disk:-}" ]; then
		take "$disk" "$folder/disk.qcow2"
	fi
	die "$name: $why: all of it is in build/$name/failed-$now"
}

# by_key FILE: the recipe's keys that answer the questions in di-events' records, by
# the fragments that ask for them.
by_key() {
	local question key
	sed -n 's/.*"event":"question".*"question":"\([a-z0-9/._-]*\)".*"waits":true.*/\1/p' "$1" |
		while read -r question; do
			# what another question, or a key of another name, answers
			key=
			case $question in
			localechooser/continentlist|localechooser/countrylist*|localechooser/shortlist*) key=country ;;
			localechooser/*) key=language ;;
			partman-auto/*) key=layout ;;
			lowmem/*) key=memory ;;
			netcfg/get_ipaddress|netcfg/get_netmask|netcfg/get_gateway|netcfg/get_nameservers) key=network ;;
			esac
			[ -n "$key" ] || key=$(awk -v q="$question" '$2 == q && match($0, /\${[a-z-]+}$/) {
				print substr($0, RSTART + 2, RLENGTH - 3); exit }' "$ROOT"/preseed.d/*.preseed)
			preseed --keys | awk -F '\t' -v k="$key" \
				'$1 == k { print "  or by this key of the recipe: " k " " $3 }'
		done
}

# watch_events PID: what the installer does, to build/NAME/events and before the eyes of
# the operator, until vmrun has ended. Of builds side by side (make -j) each writes
# whole lines, with its name: bars that redraw one line of a terminal would overwrite
# each other. How long the steps took is kept with the cache; a build that has no times
# of its own goes by those of whichever was last that began where it does.
watch_events() {
	local how=auto times=$CACHE/timings mine=$name alike=(! -name '*.forked')
	local index=$CACHE/templates/${fact[suite]}-${fact[architecture]}.index
	[ -r "$index" ] || index=
	# what is forked begins in the middle
	if [ "${WAY:-}" = child ]; then
		mine=$name.forked
		alike=(-name '*.forked')
	fi
	case " ${MAKEFLAGS:-} " in *jobserver*|*' -j'*) how=lines ;; esac
	mkdir -p "$times"
	if [ ! -s "$times/$mine" ]; then
		times=$(find "$times" -type f "${alike[@]}" -size +0 -printf '%T@ %p\n' | sort -rn | sed -n '1s/^[^ ]* //p')
	else
		times=$times/$mine
	fi
	exec di-events --follow --pid "$1" --debconf "$B/debconf.log" --json --output "$B/events" \
		--progress "$how" --name "$name" ${times:+--timings "$times"} ${index:+--index "$index"} \
		--learn "$CACHE/timings/$mine" "$B/install.log"
}

# by_hand XML: the guest on this terminal, until it powers off or the person leaves. The
# installer's own screen has its shells and its log: that is all it takes.
by_hand() {
	command -v virsh > /dev/null || die "$name: virsh is not there: apt-get install libvirt-clients"
	say "$name: the installer on this terminal. Ctrl-A 2 and Ctrl-A 3 are shells, Ctrl-A 4 is the log,"
	say "$name: Ctrl-A 1 the installer again; Ctrl-] ends the guest."
	as_user tee "$W/debug.xml" < "$1" > /dev/null
	alone as_user env TERM="${TERM:-vt100}" virsh -q -c qemu:///session create --autodestroy --console "$W/debug.xml" || true
	stty sane 2> /dev/null || true
	[ -z "${KEEP:-}" ] || { take "$disk" "$B/debug.qcow2"; say "$name: the disk is build/$name/debug.qcow2"; }
}
