# SPDX-License-Identifier: MIT
# fork.sh - sourced after common.sh: one installer for many appliances, kept and forked.
#
#	why_straight		the reason why nothing can be forked for this recipe, whatever
#				its installer is; 1: there is none
#	checkpoint KEY		0: it is there, held so that nobody removes it; 1: it is
#				ours to make, and nobody else's meanwhile
#	checkpoint_done		others may have it; checkpoint_leave: it is not used any more
#	checkpoint_suspect KEY	it did not serve: set aside if it is damaged
#	fork_guest NAME DISK	the guest of the checkpoint $key, as libvirt's XML on stdout
#	newer_lists FOLDER	the package lists that have changed since (wants apt.sh)
#	prune			old ones go
#	sweep_checkpoints	what is left of one that was never done, or has gone
#
# A checkpoint is the installer as it runs, saved by vmfork where appliances begin to
# differ: base system, kernel and package sources are there. What was decided before is its
# key, by content (installers/NAME/way.sh); everything else comes at the fork. It is made by keep.sh, from an installer that has nothing of any recipe in it but that, and
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

# A network that leads further is one that the guest has to hear of from its beginning on,
# when it asks for its address.
why_straight() {
	if [ "${FORK:-}" = no ]; then
		echo "FORK=no"
	elif [ "${NETWORK:-closed}" != closed ]; then
		echo "NETWORK=$NETWORK"
	elif [ "${fact[network]}" != dhcp ]; then
		echo "network ${fact[network]}"
	else
		return 1
	fi
}

fork_guest() {
	qemu-img create -q -f qcow2 -b "$CHECKPOINTS/$key/vda.qcow2" -F qcow2 "$2" &&
		vmfork spawn --name "$1" --disk "vda=$2" --gate "$S/gate" "$CHECKPOINTS/$key"
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
	[[ $days =~ ^[0-9]{1,5}$ ]] || die "KEEP_CHECKPOINTS=$days: must be a number of days, such as 30"
	[[ $most =~ ^[0-9]{1,6}$ ]] || die "CHECKPOINTS_SIZE=$most: must be a number of GiB"
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
