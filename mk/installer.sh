# SPDX-License-Identifier: MIT
# installer.sh - sourced after common.sh: the release's installer, in its guest. All that
# knows one of them is a folder of mk/installers/ (common.sh says which release has which),
# behind these verbs:
#
#	kit.sh SUITE ARCH MIRROR [SECURITY_HOST]	what it boots from, verified; prints where
#	answers.sh NAME FOLDER OPTION...	a recipe as its answers, checked, in FOLDER
#	prepare.sh NAME			what it will need, into BUILD/NAME
#	way.sh NAME			whether it can be forked, and from which checkpoint
#	medium.sh NAME straight|keep	what is made of that for it to boot from
#	boot.sh NAME straight|keep FOLDER [NONCE]	its guest, as options of domxml
#	rest.sh OPTION... BUILD_DIR	what it is sent while it runs
#	follow.sh NAME WAY -- COMMAND...	what its log tells, while COMMAND runs it
#	asked.sh QUESTION		the recipe's key that would have answered that
#	repositories.sh NAME...		the recipes' own repositories, as it was told of them
#	parts.sh			"HASH NAME" of what of seedbed's own is in it
#
# and the record "facts": its files, ports and the like. It may have a rules.mk.
#
#	guest_xml NAME DISK GATE MEMORY OPTION...	its guest, as libvirt's XML on stdout
#	whole_guest NAME DISK SIZE MEMORY straight|keep NONCE	with a disk of its own, from
#				its beginning on
#	run_installer MEMORY OPTION...	the guest of BUILD/NAME/install.xml, run by vmrun

guest_xml() {
	domxml --name "$1" --arch "${fact[architecture]}" --memory "$4" --cpus "${CPUS:-2}" \
		--disk "$2:qcow2" --throwaway --genid --firmware "${fact[firmware]}" --gate "$3" "${@:5}"
}

whole_guest() {
	local free boot
	qemu-img create -q -f qcow2 "$2" "$3" || die "$name: cannot create a disk of $3 bytes in ${2%/*}"
	free=$(df --output=avail -B 1 "${2%/*}" | tail -n 1)
	[ "$free" -ge "$3" ] || say "$name: the disk may grow to $3 bytes, and ${2%/*} has" \
		"room for $free: when that is full, the build ends"
	boot=$("$INSTALLER/boot.sh" "$name" "$5" "$W" "$6") || exit
	mapfile -t boot <<< "$boot"
	guest_xml "$1" "$2" "$S/gate" "$4" "${boot[@]}" ||
		die "$name: no guest can be made here; the reason is above"
}

# What it says goes to files of BUILD/NAME. within=(COMMAND...) is run around vmrun.
within=()
run_installer() {
	local memory=$1 file channel logs=()
	shift
	while read -r file channel; do
		: > "$B/$file"
		logs+=(--channel "$channel=$B/$file")
	done < <(fields "$INSTALLER/facts" log)
	run_guest "$memory" -- "$INSTALLER/follow.sh" "$name" "$way" -- "${within[@]}" \
		vmrun --quiet --result "$B/vmrun.result" --records "$B/records" --console "$B/console.log" \
		"${logs[@]}" --max-log "$max_log" --word org.seedbed.word --nonce "$nonce" \
		--screenshot "$B/screen.png" --timeout "${TIMEOUT:-10800}" --stall "${STALL:-900}" "$@"
}
