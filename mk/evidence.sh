# evidence.sh - sourced after guest.sh: what is kept of a guest that came to no good end.
#
#	outcome STATUS		vmrun's, in a few words
#	evidence WHY FILE...	keeps them in build/NAME/failed-TIME, dies with WHY and where
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

evidence() {
	local why=$1 now folder f old
	shift
	now=$(date -u +%Y%m%d-%H%M%S)
	folder=$B/failed-$now
	mkdir -m 700 -p "$folder"
	printf '%s\n' "$name: $why" > "$folder/why"
	for f in "$@" preseed.cfg explain facts; do
		[ ! -s "$B/$f" ] || cp --reflink=auto "$B/$f" "$folder/$f" ||
			say "$name: build/$name/failed-$now lacks $f"
	done
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
			case $question in
			localechooser/continentlist|localechooser/countrylist*|localechooser/shortlist*)
				question=debian-installer/country ;;
			localechooser/*) question=debian-installer/language ;;
			esac
			key=$(awk -v q="$question" '$2 == q && match($0, /\${[a-z-]+}$/) {
				print substr($0, RSTART + 2, RLENGTH - 3); exit }' "$ROOT"/preseed.d/*.preseed)
			preseed --keys | awk -F '\t' -v k="$key" -v name="$name" \
				'$1 == k { print "  or by this key of the recipe: " k " " $2 }'
		done
}
