#!/bin/bash
# SPDX-License-Identifier: MIT
# tests/bench/grubify.sh [ROUNDS] - grubify --via file beside the classic way
# (losetup, mount, grub-install, umount; as root) and beside guestfish, which runs the
# image's own grub-install; --via vm beside guestfish, guest against guest; imgprobe
# beside blkid -p. All on one 200 MB image, in turns; medians of whole processes and
# their ratios. Ways that this machine lacks are named and left out; what has a guest
# is run GUEST_ROUNDS times.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs perl
rounds=${1:-9} guest_rounds=${GUEST_ROUNDS:-3}

timed() { # timed FILE COMMAND...: appends its milliseconds
	local out=$1
	shift
	perl -MTime::HiRes=time -e '
		my $f = shift; my $t = time;
		open my $o, ">&", \*STDOUT; open STDOUT, ">", "log"; open STDERR, ">&", \*STDOUT;
		my $r = system @ARGV;
		my $ms = 1000 * (time - $t);
		open my $h, ">>", $f; printf $h "%.2f\n", $ms;
		exit($r ? 1 : 0)' "$out" "$@" || { echo "$* failed:"; cat log; exit 1; }
}
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
fresh() { cp --sparse=always orig.img disk.img; sync disk.img; }

# the classic way, in one script, as one would type it
cat >classic <<'EOT'
set -e
undo() {
	umount mnt 2>/dev/null || true
	until partx -d "$loop"; do :; done # busy for a moment
	losetup -d "$loop"
}
mkdir -p mnt
loop=$(losetup -f --show disk.img)
trap undo EXIT
partx -a "$loop"
mount "${loop}p1" mnt
grub-install --target=i386-pc --boot-directory=mnt/boot "$loop"
EOT
classic=yes
if ! command -v grub-install >/dev/null; then
	(apt-get -q download grub2-common && dpkg-deb -x grub2-common*.deb g2) >log 2>&1 ||
		classic="no grub-install"
	PATH=$PATH:$T/g2/usr/sbin
fi
# which asks udevadm where a partition begins
if ! command -v udevadm >/dev/null; then
	(apt-get -q download udev && dpkg-deb -x udev_*.deb g2) >log 2>&1 ||
		classic="no udevadm"
	PATH=$PATH:$T/g2/bin:$T/g2/usr/bin
fi

# guestfish runs a program of the image: it has one, with its libraries and GRUB's files
tiny_root tiny
guestfish=yes
command -v guestfish >/dev/null || guestfish="not installed"
if [ "$guestfish" = yes ] && [ "$classic" = yes ]; then
	mkdir -p tiny/{bin,lib,usr/lib/grub,dev,proc,sys,tmp}
	(put_programs tiny grub-install udevadm)
	cp -r /usr/lib/grub/i386-pc tiny/usr/lib/grub/
	# whether KVM runs a guest is not what /dev/kvm says
	kvmprobe --quiet || export LIBGUESTFS_BACKEND_SETTINGS=force_tcg
	export LIBGUESTFS_BACKEND=direct
elif [ "$guestfish" = yes ]; then
	guestfish="no grub-install, or no udevadm, to put into the image"
fi
SIZE=200M tiny_image orig.img
cp orig.img disk.img

[ "$(id -u)" = 0 ] || classic="needs root"
if [ "$classic" = yes ]; then
	fresh
	bash classic >log 2>&1 || { classic="does not run here"; show <log; }
fi

for ((i = 0; i < rounds; i++)); do
	fresh
	timed file grubify disk.img
	timed probe imgprobe disk.img
	timed blkid blkid -p disk.img
	if [ "$classic" = yes ]; then
		fresh
		timed classic.ms bash classic
	fi
done

# Guests: the first run of each makes what the later ones find.
in_guestfish() {
	guestfish -a disk.img run : mount /dev/sda1 / : \
		command 'grub-install --target=i386-pc /dev/sda'
}
export -f in_guestfish
vm=yes
fresh
grubify --via vm disk.img >log 2>&1 || { vm="does not run here"; show <log; }
if [ "$guestfish" = yes ]; then
	fresh
	in_guestfish >log 2>&1 || { guestfish="does not run here"; show <log; }
fi
for ((i = 0; i < guest_rounds; i++)); do
	if [ "$vm" = yes ]; then
		fresh
		timed vm grubify --via vm disk.img
	fi
	if [ "$guestfish" = yes ]; then
		fresh
		timed guestfish.ms bash -c in_guestfish
	fi
done

report() { # report NAME A B LIMIT
	awk -v n="$1" -v a="$(median "$2")" -v b="$(median "$3")" -v l="$4" \
		'BEGIN { printf "%-40s %8.1f ms %8.1f ms  ratio %.3f%s\n", n, a, b, a / b,
			l ? "  (at most " l ")" : "" }'
}
echo "medians of $rounds rounds, with a guest $guest_rounds"
if [ "$classic" = yes ]; then
	report "grubify --via file : grub-install" file classic.ms 0.15
else
	echo "grubify --via file: $(median file) ms; the classic way: $classic"
fi
if [ "$guestfish" = yes ]; then
	report "grubify --via file : guestfish" file guestfish.ms 0.15
	[ "$vm" = yes ] && report "grubify --via vm : guestfish" vm guestfish.ms 1
else
	echo "guestfish: $guestfish"
fi
[ "$vm" = yes ] || echo "grubify --via vm: $vm"
[ "$vm" = yes ] && [ "$guestfish" != yes ] && echo "grubify --via vm: $(median vm) ms"
report "imgprobe : blkid -p" probe blkid 2
