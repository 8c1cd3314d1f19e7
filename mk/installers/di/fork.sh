# SPDX-License-Identifier: MIT
# fork.sh - sourced after di.sh: which recipes' installers can be kept and forked, and what
# is decided by then.
#
#	not_forked		the reason why this recipe's cannot be forked; 1: it can be
#	fork_disk		how large the disk is until the fork
#	before_cfg, key		what is answered before the fork; its hash with all else
#				that is decided by then
#	about			such an installer, in a line for people

# The installer's memory does not depend on the recipe's where it is shared: forks have
# the saved one for their own, but for what they write.
FORK_MEMORY=1024

not_forked() {
	if [ "${fact[firmware]}" != bios ]; then
		echo "firmware ${fact[firmware]}"
	elif [ "${fact[filesystem]}" != ext4 ]; then
		echo "filesystem ${fact[filesystem]}"
	elif grep -qE '/(choose|default)_label ' "$B/early.cfg"; then
		echo "a partition table of its own"
	else
		case ${fact[layout]} in
		regular|home|multi) return 1 ;;
		*) echo "layout ${fact[layout]%% *}" ;;
		esac
	fi
}

# A disk grows at the fork, so that its size is nothing that appliances differ in before:
# where one partition fills what the others leave, and no larger than the filesystem
# comes out the same as if it had been made so. That is 16 GiB: from there on mke2fs
# takes another size for the journal, and below the default size, too.
FORK_DISK=$((4 << 30)) FORK_DISK_MOST=$((16 << 30))
fork_disk() {
	if [ "${fact[layout]}" = regular ] && [ "${fact[disk]}" -ge $FORK_DISK ] &&
		[ "${fact[disk]}" -le $FORK_DISK_MOST ] && [ $((fact[disk] % (1 << 20))) -eq 0 ]; then
		echo $FORK_DISK
	else
		echo "${fact[disk]}"
	fi
}

# What is answered before the fork: the installer's own questions, and those of packages
# that are installed by then, which come as an answer of a recipe's. So is where the boot
# loader goes: its files and the disk's first sectors are written before (udeb: loader).
before_cfg() {
	cat "$B/early.cfg"
	awk 'FILENAME == ARGV[1] {
			if (sub("^/seedbed/archives/[a-z]*/", "") && sub(/_.*/, ""))
				there[$0] = any = 1
			next
		}
		$1 == "d-i" && $2 ~ "^grub-installer/(bootdev|skip)$"
		$1 != "d-i" && $1 != "tasksel" && (!any || $1 in there)' "$B/prefetch" "$B/rest.cfg"
}

key() {
	{
		cat "$B/before.cfg" "$(cat "$B/kit")/manifest"
		sha256sum < "$BUILD/seedbed.udeb"
		cut -f1,2 "$B/patches.list"
		cut -f3 "$B/patches.list" | xargs -r -d '\n' sha256sum | cut -d' ' -f1
		# a package's file is named by its version
		cut -f1,2 "$B/prefetch"
		cat "$B/index/sum" 2> /dev/null || true
		printf '%s\n' "$(fork_disk)" "${fact[layout]}" "${fact[filesystem]}"
		echo "kept when it ends" # another form has another key
		"$(sed -n 's|.*<emulator>\(.*\)</emulator>.*|\1|p' "$B/fork.xml")" --version
		cat "$B/fork.xml"
	} | sha256sum | cut -c1-24
}

about() {
	local size
	size=$(numfmt --to=iec "$(fork_disk)")
	[ "${fact[layout]}" != regular ] || [ "$(fork_disk)" -ne $FORK_DISK ] || size+=" to $(numfmt --to=iec $FORK_DISK_MOST)"
	printf '%s %s, %s, %s %s, %s\n' "${fact[suite]}" "${fact[architecture]}" "${fact[kernel-package]}" \
		"${fact[layout]}" "${fact[filesystem]}" "$size"
}
