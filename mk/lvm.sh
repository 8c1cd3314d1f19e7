# SPDX-License-Identifier: MIT
# lvm.sh - sourced: what a host's LVM may have to say before an appliance is built.

# Does DIR lie on a logical volume, be it beneath a crypt, a raid or a partition table?
on_lvm() { # on_lvm DIR
	local device
	device=$(findmnt -nvo SOURCE -T "$1" 2> /dev/null | tail -n 1) && [ -b "$device" ] &&
		lsblk -nso TYPE -- "$device" 2> /dev/null | grep -qw lvm
}

# A crowded archive directory makes each command of LVM slow for seconds, and whoever
# keeps appliances on logical volumes will soon run some: to grow that of the disks, to
# take a snapshot. It is theirs to mend, so this says so and stops nothing; where only
# root may look, there is nothing to say.
crowded_archive() { # a line, if it is so
	local report status=0
	report=$(lvmtidy --check --quiet 2> /dev/null) || status=$?
	case $status in
	3|4)	head -n 1 <<<"$report" ;;
	esac
}

warn_of_lvm() { # warn_of_lvm NAME DIR...: where its disk will be
	local name=$1 dir line
	shift
	for dir; do
		on_lvm "$dir" || continue
		line=$(crowded_archive)
		[ -z "$line" ] ||
			say "$name: the disk lies on a logical volume, and LVM is slow here: $line; lvmtidy(8) tells, lvmtidy --prune mends"
		return 0
	done
}
