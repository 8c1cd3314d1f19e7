#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy against find -delete, ls -f | xargs rm and rsync --delete; looking at the
# age, as it does unless told otherwise, against find -mtime -delete; its check against
# ls -f. The same directory on a fresh mount each time, on ext4 and XFS (root, loop
# devices), $RUNS rounds. With TMPDIR=/dev/shm the images are in memory, and the disk's
# mood does not matter. FS=ext4 or FS=xfs takes one of them.
# Usage: tests/bench/lvmtidy.sh [FILES]
#
# What is compared is not the same work. find and rm remove what they meet. lvmtidy
# has all names before the first goes, keeps the newest of each group, asks for the
# process and the lock of each temporary file, and how old all are before one goes for
# its age. ls -f writes the names, unsorted and without a look at the files, to
# /dev/null; a check takes each name apart, runs lvmconfig and looks at some files.
set -eu
n=${1:-300000} runs=${RUNS:-5}
PATH="$(cd "${0%/*}/../.." && pwd)/build/bin:$PATH:/usr/sbin:/sbin"
[ "$(id -u)" -eq 0 ] || { echo "wants root, to mount" >&2; exit 1; }
scratch=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
m=$scratch/mnt d=$scratch/mnt/archive
trap 'umount -l "$m" 2>/dev/null || true; rm -rf "$scratch"' EXIT
mkdir "$m" "$scratch/empty"

seed() { # n files in 10 groups: archives, and one in twenty a dead command's
	mkdir "$d"
	(cd "$d" && seq -f '%05.0f' 1 "$n" | awk -v h="$(hostname)" '{
		if ($1 % 20) printf "vg%d_%s-%d.vg\n", $1 % 10, $1, 1000000 + $1 * 7919 % 999983
		else printf ".lvm_%s_4194299_%d\n", h, $1 }' | shuf --random-source=<(yes) |
		xargs touch -d '90 days ago')
}

again() { # the directory as it was, and nothing of it in memory
	umount "$m" 2>/dev/null || true
	cp --sparse=always "$scratch/base.img" "$scratch/run.img"
	mount -o loop "$scratch/run.img" "$m"
	sync -f "$m"
}

once() { # once COMMAND: seconds to the last write, seconds of processor
	local TIMEFORMAT='%R %U %S'
	again
	{ time { "$1" >/dev/null 2>&1 || true; sync -f "$m"; }; } 2>"$scratch/time"
	awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }' "$scratch/time"
}

median() { # median FILE COLUMN
	cut -d' ' -f"$2" "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# Turn by turn, so that a busy minute of the machine hits all alike. The first is
# ours: how much of its time each of the others takes.
rounds() { # rounds FS ROUNDS CONTENDER...
	local fs=$1 rounds=$2 i c ours cpu
	shift 2
	for ((i = 0; i < rounds; i++)); do
		for c in "$@"; do
			once "$c" >>"$scratch/$fs.$c"
		done
	done
	ours=$(median "$scratch/$fs.$1" 1) cpu=$(median "$scratch/$fs.$1" 2)
	for c in "$@"; do
		awk -v w="$(median "$scratch/$fs.$c" 1)" -v p="$(median "$scratch/$fs.$c" 2)" \
			-v ours="$ours" -v cpu="$cpu" -v name="$fs $c" 'BEGIN {
			printf "  %-20s %8.3f s  %5.2f of ours   processor %8.3f s  %5.2f of ours\n",
				name, w, w / ours, p, p / (cpu ? cpu : 0.001) }'
	done
}

lvmtidy() { command lvmtidy --prune --keep 1 --older-than 0 "$d"; }
lvmtidy_30d() { command lvmtidy --prune --keep 1 --older-than 30d "$d"; }
find_delete() { find "$d" -type f -delete; }
find_30d() { find "$d" -type f -mtime +30 -delete; }
# shellcheck disable=SC2011 # what people type
ls_xargs_rm() { (cd "$d" && ls -f | xargs rm -f); }
rsync_delete() { rsync -a --delete "$scratch/empty/" "$d/"; }
check() { command lvmtidy --check "$d"; }
ls_f() { ls -f "$d"; }

memory() { # memory COMMAND...: its peak, when it has read all names
	command -v python3 >/dev/null || return 0
	again
	python3 - "$@" <<-'END'
		import resource, subprocess, sys
		subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
		peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
		print("  %s: memory at most %d MiB" % (" ".join(sys.argv[1:-1]), peak))
	END
}

echo "$n files, medians of $runs rounds (of the check $((3 * runs))); load $(cut -d' ' -f1-3 /proc/loadavg)"
rsync=rsync_delete
command -v rsync >/dev/null || { rsync=; echo "  rsync is not installed"; }
for fs in ${FS:-ext4 xfs}; do
	command -v "mkfs.$fs" >/dev/null || { echo "  $fs: no mkfs.$fs"; continue; }
	truncate -s "$((n / 1000 + 600))M" "$scratch/base.img"
	if [ "$fs" = ext4 ]; then
		mkfs.ext4 -qF -N $((n + 5000)) "$scratch/base.img"
	else
		mkfs.xfs -qf -i maxpct=90 "$scratch/base.img"
	fi
	mount -o loop "$scratch/base.img" "$m"
	seed
	umount "$m"
	rounds "$fs" "$runs" lvmtidy find_delete ls_xargs_rm $rsync
	rounds "$fs" "$runs" lvmtidy_30d find_30d
	rounds "$fs" $((3 * runs)) check ls_f
	memory lvmtidy --prune --keep 1 "$d"
	umount "$m"
	rm "$scratch/base.img"
done
echo "load $(cut -d' ' -f1-3 /proc/loadavg)"
