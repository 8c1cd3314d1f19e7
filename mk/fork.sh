# fork.sh - sourced: one installer for many appliances, kept and forked.
#
#	guest_xml NAME DISK GATE KERNEL INITRD MEMORY NONCE	the installer's guest
#	route			"fork KEY", or "straight REASON": why this one cannot be
#	checkpoint		CHECKPOINT is where the one of KEY lies or will lie; it is
#				kept from being pruned or made twice while we look
#	checkpoint_done		others may have it
#	rest FILE NONCE		what makes a fork this appliance: a tar archive, its size in
#				a line before
#	fork_disk		how large the disk is until then
#	grow_disk GUEST		in one that is this appliance's by now, as large as it wants
#	prune			old ones go
#
# A checkpoint is the installer as it runs, saved by vmfork where appliances begin to
# differ: base system, kernel and package sources are there (udeb: pre-pkgsel.d). What
# was decided before is its key, by content; everything else comes at the fork.
#
# Policy: a new one makes those go that have not been used for KEEP_CHECKPOINTS days
# (14), and then the longest unused until all together have less than CHECKPOINTS_SIZE
# GiB (12). One that is in use stays.

CHECKPOINTS=${SEEDBED_CHECKPOINTS:-$CACHE/checkpoints}

# Before "---" is for the installer's kernel alone: its guest has no IPv6 (the
# installer would wait for it), holds no secret to guard from itself, and under
# emulation each of these guards is paid for at every fork.
guest_xml() {
	local append="console=ttyS0 ipv6.disable=1 ${7:+seedbed_nonce=$7 }auto=true priority=critical DEBIAN_FRONTEND=text"
	append+=" mitigations=off init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off"
	append+=" audit=0 lsm= cgroup_disable=memory${8:+ $8}"
	local channels=(--channel org.seedbed.log --channel org.seedbed.debconf
		--channel org.seedbed.word --channel org.seedbed.rest)
	[ -z "${DEBUG:-}" ] || channels=() # nobody listens: somebody looks on
	# A screen to take a picture of: the kernel's words and the installer's log (udeb:
	# S11seedbed). Of letters: those that are made of pixels are slow to draw under
	# emulation, and a kernel that panics draws them no more. UEFI has no others.
	if [ "${fact[firmware]}" = bios ]; then
		append="console=tty0 nomodeset $append"
		channels+=(--video)
	fi
	alone domxml --user "$RUNAS" --name "$1" --memory "$6" --cpus "${CPUS:-2}" \
		--disk "$2:qcow2" --throwaway --genid --firmware "${fact[firmware]}" \
		--kernel "$4" --initrd "$5" --cmdline "$append ---" --gate "$3" \
		"${channels[@]}"
}

# The installer's memory does not depend on the recipe's where it is shared: forks have
# the saved one for their own, but for what they write.
FORK_MEMORY=1024

# By the operator's word. A network that leads further is one that the guest has to hear
# of from its beginning on, when it asks for its address.
told_straight() {
	if [ "${FORK:-}" = no ]; then
		echo "FORK=no"
	elif [ "${NETWORK:-closed}" != closed ]; then
		echo "NETWORK=$NETWORK"
	else
		return 1
	fi
}

why_straight() {
	if told_straight; then
		return
	elif [ "${fact[network]}" != dhcp ]; then
		echo "network ${fact[network]}"
	elif [ "${fact[firmware]}" != bios ]; then
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

grow_disk() { # grow_disk GUEST
	[ "${fact[disk]}" -eq "$(fork_disk)" ] || vmfork grow --user "$RUNAS" "$1" vda "${fact[disk]}"
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
		sha256sum < "$ROOT/build/seedbed.udeb"
		# a package's file is named by its version
		cut -f1,2 "$B/prefetch"
		cat "$B/index/sum" 2> /dev/null || true
		printf '%s\n' "$(fork_disk)" "${fact[layout]}" "${fact[filesystem]}"
		echo "its memory is mapped" # another form has another key
		"$(sed -n 's|.*<emulator>\(.*\)</emulator>.*|\1|p' "$B/fork.xml")" --version
		cat "$B/fork.xml"
	} | sha256sum | cut -c1-24
}

route() {
	local why
	if why=$(why_straight); then
		echo "straight $why"
		return
	fi
	before_cfg > "$B/before.cfg"
	guest_xml fork /disk /gate /linux /initrd $FORK_MEMORY '' seedbed_fork > "$B/fork.xml" || return
	echo "fork $(key)"
}

# Held by who uses one (shared) and who makes or removes it (alone).
checkpoint() { # checkpoint KEY: 0 it is there, 1 it is ours to make
	local waited=
	CHECKPOINT=$CHECKPOINTS/$1
	mkdir -p "$CHECKPOINTS"
	[ "$(id -u)" -ne 0 ] || chown "$RUNAS:$RUNAS" "$CHECKPOINTS"
	exec 9>> "$CHECKPOINTS/.lock-$1"
	while :; do
		if [ -e "$CHECKPOINT" ]; then
			checkpoint_done
			[ ! -e "$CHECKPOINT" ] || return 0
		fi
		if flock -n 9; then
			[ ! -e "$CHECKPOINT" ] || continue
			[ -z "$waited" ] || say "$name: that build has ended and left none: this one makes it"
			return 1
		fi
		[ -n "$waited" ] || say "$name: waits for the installer that another build is at"
		waited=yes
		# who makes it holds it alone until there is one, or until its end
		held 9 -s
		flock -u 9
	done
}

checkpoint_done() {
	flock -s 9
	[ ! -e "$CHECKPOINT" ] || as_user touch "$CHECKPOINT"
	echo "$(date +%s) $name" >> "$CHECKPOINTS/.used-${CHECKPOINT##*/}"
}

# The installer has its package lists from before the fork, which may be days ago: those
# that have changed since come with the rest, each with the Release file that is signed.
# apt has verified them here.
newer_lists() { # newer_lists FOLDER
	local sum list release from
	from=$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]:-}")/lists
	while read -r sum list; do
		! grep -qsxF "$sum  $list" "$CHECKPOINTS/.lists-$key" || continue
		release=${list%%_main_binary-*}_InRelease
		# another build may be fetching still newer ones just now
		if ! cp "$from/$list" "$from/$release" "$1" 2> /dev/null ||
			[ "$(sha256sum < "$1/$list")" != "$sum  -" ] || ! grep -q "^ $sum " "$1/$release"; then
			rm -f "$1/$list" "$1/$release"
		fi
	done < "$B/lists/sums"
}

rest() { # rest FILE NONCE
	local tree=$S/rest path mode file
	rm -rf "$tree"
	mkdir -p "$tree/files" "$tree/archives" "$tree/lists" "$tree/whole"
	cp "$ROOT/mk/become.sh" "$tree/become"
	cp "$B/rest.cfg" "$tree/answers"
	printf '%s\n' "$2" > "$tree/nonce"
	printf '%s\n' "${fact[hostname]}" > "$tree/hostname"
	[ "${fact[disk]}" -eq "$(fork_disk)" ] || printf '%s\n' "${fact[disk]}" > "$tree/disk"
	while IFS=$'\t' read -r path mode file; do
		ln -s "$(cd "$ROOT" && readlink -f "$file")" "$tree/files/${path##*/}"
	done < "$B/payload"
	while IFS=$'\t' read -r path mode file; do
		case $path in
		/seedbed/lists/*) ln -s "$file" "$tree/lists/${path##*/}" ;;
		*)	ln -s "$file" "$tree/archives/${path##*/}" ;;
		esac
	done < "$B/prefetch.rest"
	[ "$WAY" != child ] || [ ! -s "$B/lists/sums" ] || newer_lists "$tree/whole"
	tar -C "$tree" -h -c --format=ustar --owner=0 --group=0 --mode=u=rwX,go= -f "$tree.tar" . || return
	{ stat -c %s "$tree.tar" && cat "$tree.tar"; } > "$1" || return
	rm -rf "$tree" "$tree.tar"
}

about() { # what it is, for a person
	local size
	size=$(numfmt --to=iec "$(fork_disk)")
	[ "${fact[layout]}" != regular ] || [ "$(fork_disk)" -ne $FORK_DISK ] || size+=" to $(numfmt --to=iec $FORK_DISK_MOST)"
	printf '%s %s, %s, %s %s, %s\n' "${fact[suite]}" "${fact[architecture]}" "${fact[kernel-package]}" \
		"${fact[layout]}" "${fact[filesystem]}" "$size" > "$CHECKPOINTS/.about-$key"
	# the lists that it has, if the mirror's have not changed since
	cat "$B/lists/sums" > "$CHECKPOINTS/.lists-$key" 2> /dev/null || true
}

size_of() { du -sk "$1" | cut -f1; }

# Those not in use, the longest unused first, as "SECONDS KIB KEY".
idle() {
	local d
	for d in "$CHECKPOINTS"/*; do
		case $d in *.new-*) continue ;; esac
		[ -d "$d" ] || continue
		printf '%s %s %s\n' "$(stat -c %Y "$d")" "$(size_of "$d")" "${d##*/}"
	done | sort -n
}

prune() {
	local d used kib key left now days=${KEEP_CHECKPOINTS:-14} most=$((${CHECKPOINTS_SIZE:-12} << 20))
	for d in "$CHECKPOINTS"/*.new-*; do # of a save that a fall of the machine ended
		[ ! -d "$d" ] || kill -0 "${d##*-}" 2> /dev/null || rm -rf "$d"
	done
	for d in "$CHECKPOINTS"/.{used,about,lists}-*; do # of one that was damaged
		key=${d##*/.*-}
		[ -d "$CHECKPOINTS/$key" ] || flock -n "$CHECKPOINTS/.lock-$key" rm -f "$d" || true
	done
	now=$(date +%s)
	left=$(idle | awk '{ n += $2 } END { print n + 0 }')
	idle | while read -r used kib key; do
		if [ $((now - used)) -gt $((days * 86400)) ] || [ "$left" -gt "$most" ]; then
			flock -n "$CHECKPOINTS/.lock-$key" rm -rf "$CHECKPOINTS/$key" "$CHECKPOINTS"/.{used,about,lists}-"$key" || continue
			left=$((left - kib))
			say "checkpoint $key: pruned, last used $(date -d "@$used" +%F)"
		fi
	done
}
