#!/bin/bash
# shared-cases.sh [-v] [KIND...] - runs the cases that lie beside this checkout, in
# ../shared/cases (or $CASES): small inputs of faults that users met, each with what must
# come of it. Prints a table, kind by kind; with -v each want that is not met, and what
# was said in its place. 0: all are as wanted, or stand in tests/data/shared-cases.refuted
# with the reason why not; 1: some are not; 77: there are no cases here, or no index.
ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
export PATH="$ROOT/build/bin:$PATH" LC_ALL=C.UTF-8
cases=${CASES:-$ROOT/../shared/cases}
verbose=
[ "${1:-}" != -v ] || { verbose=yes; shift; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
wants=0 met=0 refuted=0 ended=0

# refuted KIND COMMAND WANT: the reason why a want is wrong, if it is
refuted() {
	awk -F '\t' -v kind="$1" -v cmd="$2" -v want="$3" '!/^#/ && $1 == kind && index(cmd, $2) && index(want, $3) {
		print $4; found = 1; exit } END { exit !found }' "$ROOT/tests/data/shared-cases.refuted"
}

# count KIND COMMAND WANT WHY: WHY is empty if the want is met
count() {
	wants=$((wants + 1))
	if [ -z "$4" ]; then
		met=$((met + 1))
	elif reason=$(refuted "$1" "$2" "$3"); then
		refuted=$((refuted + 1))
		[ -z "$verbose" ] || printf '%s: %s\n\twant:    %s\n\trefuted: %s\n' "$1" "$2" "$3" "$reason" >> "$scratch/told"
	else
		printf '%s: %s\n\twant: %s\n\tbut:  %s\n' "$1" "$2" "$3" "$4" >> "$scratch/told"
	fi
}

row() { # row KIND: what was counted since the last one
	local state=ok
	[ $((met + refuted)) -eq $wants ] || { state=not ended=1; }
	printf '%-28s %5d %5d %8d  %s\n' "$1" $wants $met $refuted "$state"
	wants=0 met=0 refuted=0
}

# recipe_want WANT STATUS OUT ERR: of a recipe that preseed was given: taken, or refused
recipe_want() {
	local quoted
	case $1 in
	*'or refused with "'*)
		quoted=$(sed 's/.*or refused with "\([^"]*\)".*/\1/' <<<"$1")
		[ "$2" -eq 0 ] || grep -qF -e "$quoted" "$4" || { head -n 1 "$4"; return; } ;;
	taken*)
		[ "$2" -eq 0 ] || head -n 1 "$4" ;;
	*': refused'*)
		[ "$2" -ne 0 ] && grep -qF -e "${1%%: refused*}:" "$4" && return
		quoted=$(sed -n 's/.*or written as \([^ ;]*\).*/\1/p' <<<"$1")
		[ "$2" -eq 0 ] && [ -n "$quoted" ] && grep -qF -e "$quoted" "$3" && return
		echo "taken as it is, or refused elsewhere: $(head -n 1 "$4")" ;;
	*)	echo "the want is not understood" ;;
	esac
}

preseed_kind() { # preseed_kind FOLDER: all wants of its file "expect"
	local kind cmd='' line argv want before='' why n s
	kind=$(basename "$1")
	while IFS= read -r line; do
		case $line in
		cmd:*)
			cmd=$(sed 's/^cmd:[ \t]*//' <<<"$line")
			rm -rf "$scratch/in"
			cp -r "$1" "$scratch/in"
			mapfile -t argv < <(xargs -n 1 printf '%s\n' <<<"$cmd")
			for n in "${!argv[@]}"; do
				case ${argv[n]} in
				key.pub)	argv[n]=$ROOT/tests/data/preseed/key.pub ;;
				preseed.d)	argv[n]=$ROOT/preseed.d ;;
				esac
			done
			(cd "$scratch/in" && "${argv[@]}" > "$scratch/out" 2> "$scratch/err" < /dev/null)
			s=$?
			if [ "${argv[0]}" = preseed-check ]; then
				(cd "$scratch/in" && "${argv[@]}" --fix && cat "${argv[-1]}") > "$scratch/fixed" 2> /dev/null < /dev/null
				(cd "$scratch/in" && cat "${argv[-1]}") >> "$scratch/fixed" 2> /dev/null
				[ ! -s "$scratch/err" ] || cat "$scratch/err" >> "$scratch/out"
			fi ;;
		want:*)
			want=$(sed 's/^want:[ \t]*//' <<<"$line")
			case $cmd in
			preseed-check*)
				why=$(awk -v want="${want//\\/\\\\}" -v before="${before//\\/\\\\}" -v cmdline="$(grep -c -- ' -c ' <<<"$cmd" | sed 's/0//')" \
					-v fixed="$scratch/fixed" -f "$ROOT/tests/shared-cases.awk" "$scratch/out") ;;
			*)	why=$(recipe_want "$want" "$s" "$scratch/out" "$scratch/err") ;;
			esac
			count "$kind" "$cmd" "$want" "$why"
			[[ $want == *'the same'* || $want == not:* ]] || before=$want ;;
		esac
	done < "$1/expect"
	row "$kind"
}

preseed_cases() {
	local d
	preseed-check -r 13 /dev/null > /dev/null 2>&1 || { echo "${0##*/}: no index of trixie's questions here (make templates)" >&2; exit 77; }
	for d in "$cases"/preseed/*/; do
		[ $# -eq 0 ] || [[ " $* " == *" $(basename "$d") "* ]] || continue
		[ ! -e "$d/expect" ] || preseed_kind "${d%/}"
	done
}

# The images' cases belong here: made by make.sh, judged by their own "expect".
image_cases() {
	:
}

[ -d "$cases/preseed" ] || { echo "${0##*/}: no cases in $cases" >&2; exit 77; }
printf '%-28s %5s %5s %8s\n' kind wants met refuted
preseed_cases "$@"
image_cases "$@"
[ ! -s "$scratch/told" ] || cat "$scratch/told"
exit $ended
