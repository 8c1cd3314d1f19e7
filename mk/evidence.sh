# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# evidence.sh - sourced after guest.sh: what happens, for files and eyes, and what is kept
# and said of a guest that came to no good end. All of it from records: vmrun's, netgate's
# and pkgcache's results, di-events' events, preseed's explanation.
#
#	failed_install STATUS	says why, which line of the recipe, and what to type next;
#				keeps all of it in BUILD/NAME/failed-TIME, and ends the script
#	failed_boot WHY STATUS	the same of the boot test
#	cache_told		what the package cache could not ask anew
#	by_hand XML		that guest, on this terminal
#
# The last FAILURES_KEPT of an appliance are kept; a disk (KEEP=1) of the last only.

FAILURES_KEPT=5

result() { field "$B/vmrun.result" "$1"; }

# event FILTER: of di-events' records the last that jq's FILTER makes words of
event() { jq -rn "last(inputs | $1) // empty" "$B/events" 2> /dev/null || true; }

recipe_lines() { # recipe_lines KEY WORD: the recipe's lines with it, or with what an address begins with
	awk -F '\t' -v key="$1" -v word="$2" '
		$1 ~ /:[0-9]+$/ && index($2 " ", key " ") == 1 {
			n = split($2, w, " ")
			for (i = 2; i <= n; i++) {
				sub("/$", "", w[i])
				if (w[i] == word || key == "repository" && index(word, w[i] "/") == 1) {
					print "  " $1 ": " $2
					next
				}
			}
		}' "$B/explain" | visible
}

of_package() { # of_package NAME TEXT
	local lines
	why="package $1: $2"
	lines=$(recipe_lines package "$1")
	note=${lines:-  the recipe does not name it: the installer or another package wants it}
	case $(event 'select(.event == "fault") | .cause') in
	disk-full) next="a larger disk: disk SIZE in the recipe" ;;
	esac
}

of_source() { # of_source URL
	local said=
	if fields "$B/cache.result" missing | grep -qxF -- "$1"; then
		said="the mirror does not have it"
	elif fields "$B/cache.result" unreachable | grep -qF -- "$1"; then
		said="the mirror does not answer"
	elif fields "$B/cache.result" refused | grep -qF -- "address $1 "; then
		said="its host's name leads into your own network; if it may: PRIVATE_SOURCES=HOST in place of SOURCES="
	elif fields "$B/cache.result" refused | grep -qF -- "$1"; then
		said="no source of this build"
	fi
	why="not fetched: $1${said:+: $said}"
	next="make appliance-$name when $(cut -d/ -f3 <<< "$1") answers, or with MIRROR=URL of another"
}

# The installer gave up at an item of its menu: what was the last that went wrong in it?
of_item() {
	local kind what text
	IFS=$'\t' read -r kind what text < <(event 'select(.event == "fault") |
		[.kind, .package // .source // "-", .text] | @tsv' | visible) || kind=
	case $kind in
	package) of_package "$what" "$text" ;;
	source|mirror|archive) of_source "$what" ;;
	signature) of_repository "$what" "$text" ;;
	esac
}

of_repository() { # of_repository URL TEXT
	why="a repository of the recipe's: $2"
	note=$(recipe_lines repository "$1")
	next="mend that line (its address, suite or key), then make appliance-$name"
}

# Which one it was the log says, and so does an event.
of_signature() {
	local source text
	IFS=$'\t' read -r source text < <(event 'select(.event == "fault" and .kind == "signature") |
		[.source // "-", .text] | @tsv' | visible) || source=
	if [ -n "$source" ]; then
		of_repository "$source" "$text"
	else
		of_repository "$(result object)" "$(result text)"
	fi
}

# A tool leaves its result whatever happens to it, unless it is killed.
has_ended() { # has_ended RESULT WHAT: it has, before what ran in it; sets why
	local text
	case $(field "$B/$1" outcome) in
	''|failed) text=$(field "$B/$1" text) ;;
	*)	return 1 ;;
	esac
	why="$2 has ended${text:+: $text}"
}

# Sets why, note (lines for the person) and next (what to type), by what ended it.
judge() {
	local outcome question
	local debug="make debug-$name, the same installer on this terminal with shells beside it"
	outcome=$(result outcome)
	why=$(result text) note='' next=''
	if [ "$(field "$B/cache.result" outcome)" = limit ] || [ "$(field "$B/gate.result" outcome)" = limit ]; then
		why="the guest wanted more than MAX_DOWNLOAD=${MAX_DOWNLOAD:-16G}" next="make appliance-$name MAX_DOWNLOAD=SIZE, if it may have more"
		return
	fi
	if [ "$outcome" = interrupted ]; then
		# by the operator, unless what it ran in has ended
		[ -n "${cache[*]:-}" ] && has_ended cache.result "the package cache" ||
			has_ended gate.result "the guest's network" || true
		next="make appliance-$name, once more"
		return
	fi
	case $outcome in
	failed)	next=$debug
		case $(result code) in
		repository) of_signature ;;
		not-fetched) of_source "$(result object)" ;;
		menu-item) of_item ;;
		esac ;;
	asked)	question=$(result question)
		why="the installer asks, and nobody is there to answer: $question"
		if [ "$(event "select(.event == \"question\" and .waits == true) | .type")" = error ]; then
			why="the installer reports an error: $question" next=$debug
		fi ;;
	disk)	next="make room for $(result object), then make appliance-$name" ;;
	log-limit) next="make appliance-$name MAX_LOG=SIZE, if it may write more" ;;
	stalled) next="make debug-$name (the same installer on this terminal); if it was only slow, STALL=SECONDS" ;;
	timeout) next="make appliance-$name TIMEOUT=SECONDS, with more of them" ;;
	no-word) next=$debug ;;
	'')	why="vmrun was killed" next="make appliance-$name, once more"
		[ -e "$B/gate.result" ] || why="the guest was not started; the reason is above" ;;
	*)	next="make appliance-$name, once more" ;;
	esac
	case $outcome in
	stalled|timeout|no-word) [ -z "$(result step)" ] || why+=" (last step: $(result step))" ;;
	esac
}

led_to_it() {
	case $(result outcome) in failed|no-word|stalled|timeout) ;; *) return 0 ;; esac
	[ -z "$(event 'select(.event == "error" or .event == "fault") | .event')" ] || return 0
	say "$name: the log before it:"
	{ grep -av -f <(fields "$INSTALLER/facts" log-noise) "$B/install.log" || true; } |
		tail -n 6 | visible | sed 's/^/    /' >&2
	# what a kernel says at its end is on its console alone
	{ tail -c 65536 "$B/console.log" | grep -a -A 3 -m 1 'Kernel panic - not syncing: ' || true; } |
		tr -d '\r' | visible | sed 's/^/    /' >&2
}

failed_install() {
	local logs
	judge
	event 'select(.event == "fault") | .lines // [] | .[]' | visible | sed 's/^/    /' >&2
	led_to_it
	say "$name: ${why:-the guest failed (vmrun ended with $1)}"
	[ -z "$note" ] || printf '%s\n' "$note" >&2
	by_key
	[ -z "$next" ] || say "$name: next: $next"
	mapfile -t logs < <(fields "$INSTALLER/facts" log | cut -d' ' -f1)
	evidence "$why" "${logs[@]}" console.log install.xml events records \
		vmrun.result gate.result cache.result
}

failed_boot() { # failed_boot WHY: verify.sh has said it, or the guest's end
	judge
	why=${1:-$why}
	say "$name: $why"
	say "$name: next: ssh into a copy of it, or read $SHOWN/$name/boot.log"
	disk= # it is BUILD/NAME/disk.qcow2, and stays there
	evidence "$why" boot.log boot-records checks boot.xml vmrun.result gate.result
}

cache_told() {
	local url
	fields "$B/cache.result" stale | sed 's|/dists/.*||' | sort -u | visible | while read -r url; do
		say "$name: $url: not reached; what the package cache has kept serves"
	done
	fields "$B/cache.result" damaged | visible | while read -r url; do
		say "$name: $url: was damaged in the package cache: fetched anew"
	done
}

evidence() {
	local why=$1 folder f old now
	shift
	printf -v now '%(%Y%m%d-%H%M%S)T' -1
	folder=$B/failed-$now
	rm -rf "$folder"
	mkdir -m 700 "$folder"
	printf '%s\n' "$name: $why" > "$folder/why"
	for f in "$@" screen.png "$(field "$INSTALLER/facts" answers)" explain facts; do
		[ ! -s "$B/$f" ] || cp --reflink=auto "$B/$f" "$folder/$f" ||
			say "$name: $SHOWN/$name/failed-$now lacks $f"
	done
	# what stood there last, without what a terminal acts on
	case " $* " in *" boot.log "*) f=boot.log ;; *) f=console.log ;; esac
	if [ -s "$B/$f" ]; then
		tail -c 65536 "$B/$f" | tr '\r' '\n' |
			sed 's/\x1b[][()#k>=][0-9;?]*[A-Za-z]\?//g; s/[^[:print:]\t]//g; /^ *$/d' |
			{ grep -av -f <(fields "$INSTALLER/facts" console-noise) || true; } |
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
	[ -z "${KEEP:-}" ] || [ ! -e "${disk:-}" ] || mv "$disk" "$folder/disk.qcow2"
	die "$name: $why: all of it is in $SHOWN/$name/failed-$now"
}

# The recipe's key that answers the question that was asked.
by_key() {
	local question key
	question=$(result question)
	[ -n "$question" ] || return 0
	key=$("$INSTALLER/asked.sh" "$question")
	preseed --keys | awk -F '\t' -v k="$key" \
		'$1 == k { print "  or by this key of the recipe: " k " " $3 }' >&2
}

# by_hand XML: the guest on this terminal, until it powers off or the person leaves. The
# installer's own screen has its shells and its log: that is all it takes.
by_hand() {
	local line
	command -v virsh > /dev/null || die "$name: virsh is not there: apt-get install libvirt-clients"
	say "$name: the installer on this terminal; Ctrl-] ends the guest."
	fields "$INSTALLER/facts" screen | while read -r line; do say "$name: $line"; done
	run_guest "$memory" -- virsh -q -c "$(hypervisor uri)" create --autodestroy --console "$1" || true
	stty sane 2> /dev/null || true
	[ -z "${KEEP:-}" ] || { mv "$disk" "$B/debug.qcow2"; say "$name: the disk is $SHOWN/$name/debug.qcow2"; }
}
