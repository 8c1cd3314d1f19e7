# SPDX-License-Identifier: MIT
# fork.sh - sourced after common.sh: one installer for many appliances, kept and forked.
#
#	why_straight		the reason why this recipe cannot be forked; 1: it can be
#	before_cfg, key		what is answered before the fork; its hash with all else
#				that is decided by then
#	checkpoint KEY		0: it is there, held so that nobody removes it; 1: it is
#				ours to make, and nobody else's meanwhile
#	checkpoint_done		others may have it; checkpoint_leave: it is not used any more
#	checkpoint_suspect KEY	it did not serve: set aside if it is damaged
#	straight_guest, fork_guest	the installer's guest, as libvirt's XML on stdout
#	fork_disk		how large the disk is until the fork
#	newer_lists FOLDER	the package lists that have changed since (wants apt.sh)
#	prune			old ones go
#	sweep_checkpoints	what is left of one that was never done, or has gone
#
# A checkpoint is the installer as it runs, saved by vmfork where appliances begin to
# differ: base system, kernel and package sources are there (udeb: pre-pkgsel.d). What
# was decided before is its key, by content; everything else comes at the fork. It is
# made by keep.sh, from an installer that has nothing of any recipe in it but that, and
# that ends when it has been saved; no other guest can have itself saved.
#
# Policy: a new one makes those go that have not been used for KEEP_CHECKPOINTS days
# (14), and then the longest unused until all together have less than CHECKPOINTS_SIZE
# GiB (12). One that is in use stays. In the folder SEEDBED_CHECKPOINTS:
#
#	KEY/		vmfork's: manifest, memory, state, vda.qcow2
#	KEY.record	who made it, when, of what: KEY=VALUE lines, key=, by=, about=, list=
#	KEY.used	a line each time it was used
#	KEY.log		the installer's log until it was saved
#	KEY.lock	held by who uses it (shared) and who makes or removes it (alone)

CHECKPOINTS=${SEEDBED_CHECKPOINTS:-$CACHE/checkpoints}

# A key is what sha256sum has made; whatever else lies in the folder is none.
is_key() { [[ $1 =~ ^[0-9a-f]{24}$ ]]; }

# Before "---" is for the installer's kernel alone: its guest has no IPv6 (the
# installer would wait for it), holds no secret to guard from itself, and under
# emulation each of these guards is paid for at every fork.
guest_xml() { # guest_xml NAME DISK GATE KERNEL INITRD MEMORY NONCE [WORDS]
	local append="console=${fact[console]} ipv6.disable=1 ${7:+seedbed_nonce=$7 }auto=true priority=critical DEBIAN_FRONTEND=text"
	append+=" mitigations=off init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off"
	append+=" audit=0 lsm= cgroup_disable=memory"
	# On a host with much to do, the kernel takes a timer that comes late for a broken one.
	append+=" no_timer_check${8:+ $8}"
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
	domxml --name "$1" --arch "${fact[architecture]}" --memory "$6" --cpus "${CPUS:-2}" \
		--disk "$2:qcow2" --throwaway --genid --firmware "${fact[firmware]}" \
		--kernel "$4" --initrd "$5" --cmdline "$append ---" --gate "$3" \
		"${channels[@]}"
}

# The installer's memory does not depend on the recipe's where it is shared: forks have
# the saved one for their own, but for what they write.
FORK_MEMORY=1024

# Its own disk of SIZE, and its ramdisk: what all appliances have in common is put to it
# only now. Those packages are compressed already, and the kernel takes archives one after
# the other; they are large and many builds share them, so they are kept nowhere else.
whole_guest() { # whole_guest NAME DISK SIZE MEMORY NONCE WORDS
	local free lists=(--list "$B/prefetch")
	[ -n "$5" ] || lists+=(--list "$B/payload") # nobody sends it the rest
	qemu-img create -q -f qcow2 "$2" "$3" || die "$name: cannot create a disk of $3 bytes in ${2%/*}"
	free=$(df --output=avail -B 1 "${2%/*}" | tail -n 1)
	[ "$free" -ge "$3" ] || say "$name: the disk may grow to $3 bytes, and ${2%/*} has" \
		"room for $free: when that is full, the build ends"
	initrd-add --compress none "${lists[@]}" -o "$W/initrd" "$B/initrd.gz" ||
		die "$name: the installer's ramdisk cannot be made in $W"
	guest_xml "$1" "$2" "$S/gate" "$(cat "$B/kit")/linux" "$W/initrd" "$4" "$5" "$6" ||
		die "$name: no guest can be made here; the reason is above"
}

straight_guest() { # straight_guest NAME DISK MEMORY NONCE
	whole_guest "$1" "$2" "${fact[disk]}" "$3" "$4" "${4:+seedbed_rest}"
}

fork_guest() { # fork_guest NAME DISK
	qemu-img create -q -f qcow2 -b "$CHECKPOINTS/$key/vda.qcow2" -F qcow2 "$2" &&
		vmfork spawn --name "$1" --disk "vda=$2" --gate "$S/gate" "$CHECKPOINTS/$key"
}

# A network that leads further is one that the guest has to hear of from its beginning on,
# when it asks for its address.
why_straight() {
	if [ "${FORK:-}" = no ]; then
		echo "FORK=no"
	elif [ "${NETWORK:-closed}" != closed ]; then
		echo "NETWORK=$NETWORK"
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

checkpoint() {
	local waited=
	mkdir -p "$CHECKPOINTS"
	exec 9>> "$CHECKPOINTS/$1.lock"
	while :; do
		if [ -e "$CHECKPOINTS/$1" ]; then
			run flock -s 9
			if [ -e "$CHECKPOINTS/$1" ]; then
				used "$1"
				return 0
			fi
			flock -u 9
		fi
		if flock -n 9; then
			[ ! -e "$CHECKPOINTS/$1" ] || continue
			[ -z "$waited" ] || say "$name: that build has ended and left none: this one makes it"
			return 1
		fi
		[ -n "$waited" ] || say "$name: waits for the installer that another build is at"
		waited=yes
		# who makes it holds it alone until there is one, or until its end
		run flock -s 9
		flock -u 9
	done
}

used() { # used KEY
	touch "$CHECKPOINTS/$1"
	printf '%(%s)T %s\n' -1 "$name" >> "$CHECKPOINTS/$1.used"
}

checkpoint_done() {
	run flock -s 9
	[ ! -e "$CHECKPOINTS/$key" ] || used "$key"
}

checkpoint_leave() { flock -u 9; }

# What a guest did or said is no reason to take an installer from others: what lies there
# is, if it is not what was saved. This build alone goes another way.
checkpoint_suspect() {
	local status=0
	run vmfork verify "$CHECKPOINTS/$1" || status=$?
	if [ $status -ne 4 ]; then
		say "$name: checkpoint $1 is whole, but this build did not come to life from it"
		return 0
	fi
	checkpoint_leave
	# in use by another build: that one will find the same
	if flock -n 9; then
		rm -rf "${CHECKPOINTS:?}/$1" "$CHECKPOINTS/$1".{used,record,log}
		say "$name: checkpoint $1 is damaged: removed"
	fi
}

# The kept installer has its package lists from when it was made, which may be days ago:
# those that have changed since come with the rest, each with the Release file that is
# signed. apt has verified them here.
newer_lists() { # newer_lists FOLDER
	local sum list release from
	from=$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")/lists
	mkdir -p "$1"
	[ -e "$B/lists/sums" ] || return 0 # there were none to fetch by (prefetch.sh)
	while read -r sum list; do
		! fields "$CHECKPOINTS/$key.record" list | grep -qxF -- "$sum  $list" || continue
		release=${list%%_main_binary-*}_InRelease
		# another build may be fetching still newer ones just now
		if ! cp "$from/$list" "$from/$release" "$1" 2> /dev/null ||
			[ "$(sha256sum < "$1/$list")" != "$sum  -" ] || ! grep -q "^ $sum " "$1/$release"; then
			rm -f "$1/$list" "$1/$release"
		fi
	done < "$B/lists/sums"
}

size_of() { du -sk "$1" | cut -f1; }

# Those that there are, the longest unused first, as "SECONDS KIB KEY".
kept() {
	local d
	for d in "$CHECKPOINTS"/*; do
		is_key "${d##*/}" && [ -d "$d" ] || continue
		printf '%s %s %s\n' "$(stat -c %Y "$d")" "$(size_of "$d")" "${d##*/}"
	done | sort -n
}

sweep_checkpoints() {
	local d key
	for d in "$CHECKPOINTS"/*; do
		key=${d##*/}
		is_key "${key%%.*}" || continue
		case $key in
		*.lock) ;;
		*.*)	[ -d "$CHECKPOINTS/${key%%.*}" ] || flock -n "$CHECKPOINTS/${key%%.*}.lock" rm -rf "$d" || true ;;
		esac
	done
}

prune() {
	local used kib key left now days=${KEEP_CHECKPOINTS:-14} most=${CHECKPOINTS_SIZE:-12}
	[[ $days =~ ^[0-9]{1,5}$ ]] || die "KEEP_CHECKPOINTS=$days: is no number of days"
	[[ $most =~ ^[0-9]{1,6}$ ]] || die "CHECKPOINTS_SIZE=$most: is no number of GiB"
	most=$((most << 20))
	sweep_checkpoints
	printf -v now '%(%s)T' -1
	left=$(kept | awk '{ n += $2 } END { print n + 0 }')
	kept | while read -r used kib key; do
		if [ $((now - used)) -gt $((days * 86400)) ] || [ "$left" -gt "$most" ]; then
			flock -n "$CHECKPOINTS/$key.lock" rm -rf "$CHECKPOINTS/$key" "$CHECKPOINTS/$key".{used,record,log} || continue
			left=$((left - kib))
			say "checkpoint $key: pruned, last used $(date -d "@$used" +%F)"
		fi
	done
}
