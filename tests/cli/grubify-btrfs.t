#!/bin/bash
# SPDX-License-Identifier: MIT
# Systems in subvolumes, as each distribution's installer lays them out: found by the
# default subvolume, their own fstab or their name, and mounted by the menu.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs mkfs.btrfs grub-fstest
mkfs.btrfs --help 2>&1 | grep -q -- --subvol || skip_all "mkfs.btrfs makes no subvolumes"
U=860cc59c-936f-4c11-ab4a-c4dffdb88fb4

system() { # system FOLDER [OPTIONS]: below top, its fstab with these
	mkdir -p "top/$1"/{boot,etc/default,sbin,usr}
	echo 'ID=test' >"top/$1/etc/os-release"
	: >"top/$1/sbin/init"
	fake_kernel >"top/$1/boot/vmlinuz-6.1"
	echo initrd >"top/$1/boot/initrd.img-6.1"
	[ -z "${2:-}" ] || echo "UUID=$U / btrfs $2 0 0" >"top/$1/etc/fstab"
}
fake_kernel() { # a bzImage by its header
	head -c 510 /dev/zero
	printf 'U\252\0\0HdrS\017\002'
	head -c 9000 /dev/zero
}
filesystem() { # filesystem SUBVOLUME...: of top, which is gone then
	rm -f fs.part
	truncate -s 120M fs.part
	mkfs.btrfs -q -U $U --rootdir top $(printf ' --subvol %s' "$@") fs.part
	rm -rf top
}
image() { # image SUBVOLUME...: d.img, with one partition
	filesystem "$@"
	rm -f d.img
	disk d.img 121M <<<'2048,,83'
	dd if=fs.part of=d.img bs=1M seek=1 conv=notrunc,sparse status=none
}
plan() { grubify -n d.img 2>&1 | sed -n 's/^grub\tpartition 1, \([^ ]*\).*/\1/p;s/^grubify: //p'; }

system @rootfs subvol=@rootfs
image rw:@rootfs
is "$(plan)" /@rootfs/boot/grub "debian-installer's own"
like "$(imgprobe d.img)" 'role="root" why=".*subvolume @rootfs"' "and imgprobe says where"
system @ subvol=@
mkdir -p top/@home
image rw:@ rw:@home
is "$(plan)" /@/boot/grub "beside another: a listing without times"
system root subvol=root,compress=zstd:1
mkdir -p top/home
image rw:root rw:home
is "$(plan)" /root/boot/grub "in a folder's name"
system @/.snapshots/1/snapshot defaults
mkdir -p top/@/home
image rw:@ rw:@/.snapshots default:@/.snapshots/1/snapshot rw:@/home
is "$(plan)" /@/.snapshots/1/snapshot/boot/grub "the default one, deep below"
system one subvol=two
system two subvolid=257
image rw:one rw:two
is "$(plan)" /two/boot/grub "by number"
system @ subvol=@
system snapshots/1 subvol=@
system snapshots/2 subvol=/@
image rw:@ ro:snapshots/1 ro:snapshots/2
is "$(plan)" /@/boot/grub "a snapshot is not the system, though it is all the same"
system a
system @
image rw:a rw:@
is "$(plan)" /@/boot/grub "without an fstab, by name"
system . defaults
mkdir -p top/home
image rw:home
is "$(plan)" /boot/grub "none at all"
system a subvol=a
system b subvol=b
image rw:a rw:b
fails 10 'subvolumes /[ab] and /[ab] look equally like the root: btrfs subvolume set-default' grubify -n d.img
system @ subvol=@
echo "UUID=$U /boot btrfs subvol=@boot 0 0" >>top/@/etc/fstab
mv top/@/boot top/@boot
mkdir top/@/boot
image rw:@ rw:@boot
is "$(plan)" /@boot/grub "/boot in a subvolume of its own"

system @rootfs subvol=@rootfs
image rw:@rootfs
for l in de fr ru; do
	is "$(LANGUAGE=$l LC_ALL=C.UTF-8 plan)" /@rootfs/boot/grub "whatever GRUB's programs call a folder: $l"
done

# a /boot of its own: the menu can be read there
with_boot() { # with_boot SUBVOLUME...: of top, d.img with /boot on ext4
	filesystem "$@"
	rm -f d.img
	disk d.img 153M <<<$'2048,65536,83\n67584,,83'
	mke2fs -q -t ext4 -F -d boot -E offset=1048576 d.img 32M
	dd if=fs.part of=d.img bs=1M seek=33 conv=notrunc,sparse status=none
}
args() {
	rm -f undo
	grubify d.img >out 2>&1 || { cat out; return; }
	grub-fstest "$PWD/d.img" cat -- '(loop0,msdos1)/grub/grub.cfg' | sed -En 's/.* ro( |$)//p'
}
boot_of() { rm -rf boot; mv "top/$1/boot" boot; }
system @rootfs subvol=@rootfs
echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"' >top/@rootfs/etc/default/grub
boot_of @rootfs
with_boot rw:@rootfs
is "$(args)" "rootflags=subvol=@rootfs quiet" "the menu says which subvolume, and what its own settings say"
system @rootfs subvol=@rootfs
boot_of @rootfs
with_boot default:@rootfs
is "$(args)" "" "not of the one that is mounted anyway"
system @ subvol=@
echo 'GRUB_CMDLINE_LINUX="rootflags=subvol=@,noatime"' >top/@/etc/default/grub
boot_of @
with_boot rw:@
is "$(args)" "rootflags=subvol=@,noatime" "nor where the settings say so"

# what can't be read there is no reason to end
system @rootfs subvol=@rootfs
image rw:@rootfs
cp d.img bad.img
for at in $((65536 + 88)) $((65536 + 80)) $((65536 + 811 + 17)); do
	cp d.img bad.img
	printf '\377\377\377\377' | dd of=bad.img bs=1 seek=$((1048576 + at)) conv=notrunc status=none
	imgprobe bad.img >/dev/null 2>&1
	[ $? -lt 10 ]
	ok $? "damaged at $at"
done
finish
