#!/bin/bash
# lvmtidy against find -delete, ls -f | xargs rm and rsync --delete; looking at the
# age, as it does unless told otherwise, against find -mtime -delete; its check against
# ls -f. The same directory on a fresh mount each time, on ext4 and XFS (root, loop
# devices), $RUNS rounds. With TMPDIR=/dev/shm the images are in memory, and the disk's
# mood does not matter. FS=ext4 or FS=xfs takes one of them.
# Usage: tests/bench/lvmtidy.sh [FILES]
set -eu
n=${1:-300000} runs=${RUNS:-3}
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

once() { # once COMMAND...: seconds to the last write, seconds of processor
	local TIMEFORMAT='%R %U %S'
	cp --sparse=always "$scratch/base.img" "$scratch/run.img"
	mount -o loop "$scratch/run.img" "$m"
	sync -f "$m"
	{ time { "$@" >/dev/null 2>&1 || true; sync -f "$m"; }; } 2>"$scratch/time"
	umount "$m"
	awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }' "$scratch/time"
}

# Turn by turn, so that a busy minute of the machine hits all alike. The first is
# ours; the ratios are of the fastest run and of the least processor time, which
# others on the machine stretch the least.
rounds() { # rounds FS CONTENDER...
	local fs=$1 i c
	shift
	for ((i = 0; i < runs; i++)); do
		for c in "$@"; do
			once "$c" >>"$scratch/$fs.$c"
		done
	done
	for c in "$@"; do
		sort -n "$scratch/$fs.$c" | awk -v fs="$fs" -v c="$c" \
			-v ours="$(sort -n "$scratch/$fs.$1" | head -n 1)" \
			-v cpu="$(cut -d' ' -f2 "$scratch/$fs.$1" | sort -n | head -n 1)" '
			{ v[NR] = $1; if (NR == 1 || $2 < p) p = $2 }
			END { printf "  %-5s %-13s best %7.3f s  median %7.3f s  %5.2f of ours" \
				"  processor %7.3f s  %5.2f of ours\n",
				fs, c, v[1], v[int((NR + 1) / 2)], v[1] / ours, p, p / cpu }'
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

echo "$n files, $runs rounds"
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
	command -v python3 >/dev/null && python3 - "$d" <<-'END'
		import resource, subprocess, sys
		subprocess.run(["lvmtidy", "--prune", "--dry-run", "--keep", "1", sys.argv[1]],
			stdout=subprocess.DEVNULL)
		print("  memory at most %d MiB" % (resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10))
	END
	umount "$m"
	rounds "$fs" lvmtidy find_delete ls_xargs_rm $rsync
	rounds "$fs" lvmtidy_30d find_30d
	rounds "$fs" check ls_f
	rm "$scratch/base.img"
done
