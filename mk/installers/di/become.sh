# SPDX-License-Identifier: MIT
# become.sh - makes a forked installer the one of an appliance. It comes with the rest
# of its answers (rest.sh) and is sourced there, in debian-installer's shell (udeb:
# pre-pkgsel.d/98seedbed-rest); $rest is the folder where answers, name and nonce lie,
# receive takes what is for the disk, unlucky ends the build.
#
# What was decided before the fork stands. What must be each system's own, and what
# other answers would have changed by now, is done again, by the installer's own means.

cat "$rest/nonce" > /var/lib/seedbed/nonce
/usr/lib/seedbed/word step forked
# It stood still meanwhile; the machine's clock went on.
hwclock -s -u || true
# The menu said so before the fork; for who hears this one alone, it says so again.
logger -t main-menu "INFO: Menu item 'pkgsel' selected"

# --- the answers, in this one session ---
# By a descriptor of its own: debconf's replies come through the standard input.
while read -r owner question type value <&5; do
	[ -n "$type" ] || continue
	if ! db_set "$question" "$value"; then
		db_register debian-installer/dummy "$question"
		db_set "$question" "$value" || continue
	fi
	db_fset "$question" seen true
done 5< "$rest/answers"
# Those of packages go to where packages ask (udeb: pre-pkgsel.d/99seedbed-packages).
selections=/var/lib/seedbed/selections
grep -v '^d-i ' "$rest/answers" > $selections || true

# --- its name ---
name=$(cat "$rest/hostname")
echo "$name" > /proc/sys/kernel/hostname
for root in '' /target; do
	echo "$name" > "$root/etc/hostname"
	sed -i "s/\<appliance\>/$name/g" "$root/etc/hosts"
done

# --- what nobody else may have ---
uuid() { cat /proc/sys/kernel/random/uuid; }
if [ -s /target/etc/machine-id ]; then
	uuid | tr -d - > /target/etc/machine-id
	[ ! -f /target/var/lib/dbus/machine-id ] || [ -L /target/var/lib/dbus/machine-id ] ||
		cat /target/etc/machine-id > /target/var/lib/dbus/machine-id
fi
if [ -e /target/etc/popularity-contest.conf ]; then
	sed -i "s/^MY_HOSTID=.*/MY_HOSTID=\"$(uuid | tr -d -)\"/" /target/etc/popularity-contest.conf
fi
for secret in random-seed credential.secret; do
	rm -f "/target/var/lib/systemd/$secret" # made anew at the first need
done

# The filesystems are mounted: their kernel changes the UUID by itself, where the
# checksums have a seed of their own. (The seed of the directories' hashes stays: they are
# made by it, and forks of one installer share it.)
renamed() { # renamed OLD NEW: all that knew it
	for file in /target/etc/fstab /target/etc/initramfs-tools/conf.d/resume; do
		# one that is written anew would have the initramfs made again
		! grep -qs "$1" "$file" || sed -i "s/$1/$2/g" "$file"
	done
}
uuid_of() { chroot /target blkid -p -s UUID -o value "$1"; }
grep ' /target[/ ]' /proc/mounts | while read -r dev dir fs more; do
	case $dir:$fs in
	/target*:ext4) ;;
	*) continue ;;
	esac
	old=$(uuid_of "$dev")
	chroot /target tune2fs -U "$(uuid)" "$dev" < /dev/null > /dev/null || exit 1
	renamed "$old" "$(uuid_of "$dev")"
done || unlucky "a filesystem's UUID"
tail -n +2 /proc/swaps | while read -r dev kind more; do
	old=$(uuid_of "$dev")
	swapoff "$dev" && chroot /target mkswap -U "$(uuid)" "$dev" > /dev/null && swapon "$dev" || exit 1
	renamed "$old" "$(uuid_of "$dev")"
done || unlucky "the swap's UUID"
for disk in /dev/vda; do
	# the disk's own number, in its first sector
	head -c 4 /dev/urandom | dd of=$disk bs=1 seek=440 conv=notrunc 2> /dev/null || unlucky "the disk's number"
done
sync
udevadm trigger --subsystem-match=block --action=change
udevadm settle

# --- its disk ---
# The host makes it larger, however long that takes; what fills it comes last on it. Where the partition then
# ends is where partman would have put it: at the last whole MiB but one.
if [ -s "$rest/disk" ]; then
	sectors=$(($(cat "$rest/disk") / 512))
	until [ "$(cat /sys/block/vda/size)" -ge $sectors ]; do sleep 1; done
	last=$(grep ' /target ' /proc/mounts | sed 's/ .*//')
	number=${last#/dev/vda}
	size=$((sectors / 2048 * 2048 - 2048 - $(cat "/sys/class/block/${last#/dev/}/start")))
	log-output -t seedbed in-target sh -c "
		echo ,$size | sfdisk -q --no-reread --no-tell-kernel -N $number /dev/vda &&
		partx -u --nr $number:$number /dev/vda && resize2fs $last" || unlucky "the larger disk"
fi

# --- what is for the disk ---
receive

# --- packages as they are by now ---
/usr/lib/seedbed/newer-lists /target/var/cache/seedbed || unlucky "newer package lists"

# --- further sources of packages ---
if db_get apt-setup/local0/repository && [ -n "$RET" ]; then
	! grep -q '^d-i apt-setup/local[0-9]*/repository .*https:' "$rest/answers" ||
		apt-install ca-certificates || true
	apt-setup --log-output /target || unlucky "its sources of packages"
	/usr/lib/pre-pkgsel.d/00seedbed-repository || exit 1
	/usr/lib/seedbed/selections < $selections || unlucky "the packages' answers"
	in-target apt-get -q -y --no-install-recommends -o DPkg::options=--force-confnew \
		upgrade --with-new-pkgs || unlucky "the upgrade from its sources of packages"
fi
/usr/lib/seedbed/word step become
