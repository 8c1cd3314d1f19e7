#!/bin/bash
# SPDX-License-Identifier: MIT
# shared-cases.sh [-v] [KIND...] - runs the cases that lie beside this checkout, in
# ../shared/cases (or $CASES): small inputs of faults that users met, each with what must
# come of it. Prints a table, kind by kind; with -v each want that is not met, and what
# was said in its place. 0: all are as wanted, or stand in tests/data/shared-cases.refuted
# with the reason why not; 1: some are not; 77: there are no cases here. What cannot be run
# here is said in a line "# left out".
ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
export PATH="$ROOT/build/bin:$PATH:/usr/sbin:/sbin" LC_ALL=C.UTF-8
cases=$(cd "${CASES:-$ROOT/../shared/cases}" 2> /dev/null && pwd)
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

# left_out WHAT: in the table, with the reason
left_out() { echo "# left out: $1"; }

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
	printf '%-37s %5d %5d %8d  %s\n' "$1" $wants $met $refuted "$state"
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
	preseed-check -r 13 /dev/null > /dev/null 2>&1 || { left_out "preseed: no index of trixie's questions here (make templates)"; return; }
	for d in "$cases"/preseed/*/; do
		[ $# -eq 0 ] || [[ " $* " == *" $(basename "$d") "* ]] || continue
		[ ! -e "$d/expect" ] || preseed_kind "${d%/}"
	done
}

# The images: what each kind's make.sh makes, and what tests/data/shared-cases.image wants of
# it. A menu may be inside a core image, so grubify is given a grub-mkimage that keeps what
# it is called with.
image_tools() {
	local tree=$scratch/grub/lib/grub bin=$scratch/grub/bin
	mkdir -p "$scratch/bin" "$tree" "$bin"
	ln -s /usr/lib/grub/* "$tree/"
	ln -s "$(command -v grub-fstest)" "$bin/"
	cat > "$bin/grub-mkimage" <<-EOF
		#!/bin/sh
		last=
		for a; do
			[ "\$last" != -m ] || tar -xOf "\$a" grub.cfg > "$scratch/menu"
			last=\$a
		done
		exec $(command -v grub-mkimage) "\$@"
	EOF
	printf '#!/bin/sh\nexec "%s" --grub-dir "%s" "$@"\n' "$ROOT/build/bin/grubify" "$tree" > "$scratch/bin/grubify"
	# An xfsprogs of before 6.10 does not know -n parent: the feature's bits are set then.
	cat > "$scratch/bin/mkfs.xfs" <<-EOF
		#!/bin/bash
		$(command -v mkfs.xfs) "\$@" 2> "$scratch/xfs" && exit
		[[ \$* == *'-n parent=1'* ]] || { cat "$scratch/xfs" >&2; exit 1; }
		a=" \$*"
		$(command -v mkfs.xfs) \${a/ -n parent=1/} || exit
		printf '\313' | dd of="\${@: -1}" bs=1 seek=219 conv=notrunc status=none
	EOF
	chmod 755 "$scratch" "$scratch"/bin/* "$bin/grub-mkimage"
}

# unprivileged COMMAND...: what root would not do as root, as nobody
unprivileged() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}
export -f unprivileged

# unsound IMAGE: what e2fsck says against the ext filesystems of its partitions
unsound() {
	local start
	for start in $(sfdisk -d "$1" 2> /dev/null | sed -n 's/.*start= *\([0-9]*\).*/\1/p'); do
		[[ $(blkid -p -o value -s TYPE -O $((start * 512)) "$1" 2> /dev/null) == ext* ]] || continue
		e2fsck -fn "$PWD/$1?offset=$((start * 512))" > "$scratch/fsck" 2>&1 || { echo "$1: e2fsck: $(grep -v '^e2fsck\|^Pass' "$scratch/fsck" | head -n 1)"; return; }
	done
}

menu() { # menu IMAGE: the menu's lines, of a file or of the core image, without indentation
	local label path n
	{
		for label in msdos gpt; do
			for path in /boot/grub/grub.cfg /grub/grub.cfg; do
				for n in 1 2 3; do
					grub-fstest "$PWD/$1" cat -- "(loop0,$label$n)$path" 2> /dev/null
				done
			done
		done
		cat "$scratch/menu" 2> /dev/null
	} | tr -d '\r' | sed 's/^[ \t]*//'
}

# image_want WORD REGEX: why it is not met, if it is not
image_want() {
	local text=$scratch/said line
	case $1 in
	menu*)	text=$scratch/menu-lines
		[ "$1" != menu-first ] || { grep -m 1 "^${2%%\[*}" "$text" > "$scratch/first"; text=$scratch/first; } ;;
	esac
	line=$(grep -E -m 1 -e "$2" "$text")
	case $1$? in
	*not0)	echo "$line" ;;
	*not1)	;;
	*0)	;;
	*)	echo "no such line: $(head -n 3 "$text" | tr '\n' '|')" ;;
	esac
}

# image_do COMMAND: run where the kind's inputs are
image_do() {
	local image before=''
	image=$(grep -o '[^ ]*\.img' <<< "$1" | tail -n 1)
	rm -f "$scratch/menu"
	[[ $1 != grubify* ]] || before=$(unsound "$image")
	PATH=$scratch/bin:$PATH bash -c "$1" > "$scratch/out" 2>&1 < /dev/null
	status=$?
	sed "s|$PWD/||g" "$scratch/out" > "$scratch/said"
	harm=
	[[ $1 != grubify* || -n $before ]] || harm=$(unsound "$image")
	: > "$scratch/menu-lines"
	[[ $1 != grubify* || $1 == *' -n '* ]] || menu "$image" > "$scratch/menu-lines"
}

image_kind() { # image_kind NAME: all blocks of it
	local kind='' cmd='' word rest end=: status=0 harm=''
	mkdir "$scratch/image"
	cd "$scratch/image" || exit 1
	PATH=$scratch/bin:$PATH bash "$cases/image/$1/make.sh" > "$scratch/make" 2>&1
	count "$1" make.sh "makes its inputs" "$([ $? -eq 0 ] || tail -n 1 "$scratch/make")"
	while read -r word rest; do
		[ "$word" != kind ] || kind=$rest
		[ "$kind" = "$1" ] || continue
		case $word in
		do)	cmd=$rest
			image_do "$cmd"
			[[ $cmd != grubify* ]] || count "$1" "$cmd" "the filesystems are as sound as before" "$harm" ;;
		status)	count "$1" "$cmd" "status $rest" "$(grep -Eqx -e "$rest" <<< "$status" || echo "$status: $(head -n 1 "$scratch/said")")" ;;
		has | not | menu | menu-not | menu-first)
			count "$1" "$cmd" "$word $rest" "$(image_want "$word" "$rest")" ;;
		end)	bash -c "$rest" ;;
		esac
	done < "$ROOT/tests/data/shared-cases.image"
	cd "$ROOT" || exit 1
	rm -rf "$scratch/image"
	row "$1"
}

image_cases() {
	local d kind missing=''
	for d in sfdisk mke2fs e2fsck mkfs.vfat mcopy mkfs.xfs mkfs.btrfs mksquashfs lz4 qemu-img cpio python3 grub-mkimage grub-fstest; do
		command -v $d > /dev/null || missing+=" $d"
	done
	[ -z "$missing" ] || { left_out "image: not installed:$missing"; return; }
	image_tools
	for d in "$cases"/image/*/; do
		kind=$(basename "$d")
		[ $# -eq 0 ] || [[ " $* " == *" $kind "* ]] || continue
		image_kind "$kind"
	done
}

[ -n "$cases" ] || { echo "${0##*/}: no cases in ${CASES:-$ROOT/../shared/cases}" >&2; exit 77; }
printf '%-37s %5s %5s %8s\n' kind wants met refuted
preseed_cases "$@"
image_cases "$@"
[ ! -s "$scratch/told" ] || cat "$scratch/told"
exit $ended
