#!/bin/bash
# SPDX-License-Identifier: MIT
# A real Debian: mmdebstrap's root, Debian's kernel and initrd, systemd; on
# GPT, with grub-pc's memory of a disk that only the builder had. The fuller
# matrix: only with GRUBIFY_FULL=1, for it downloads and boots a system.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
[ -n "${GRUBIFY_FULL:-}" ] || skip_all "the fuller matrix: GRUBIFY_FULL=1"
need qemu-system-x86_64 sfdisk mke2fs debugfs mmdebstrap
[ "$(id -u)" = 0 ] || skip_all "mmdebstrap into a folder with its owners needs root"

mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
nice -n 15 mmdebstrap --variant=minbase --mode=root \
	--include=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,zstd \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
	"${DEBIAN_RELEASE:-bookworm}" root "$mirror" >log 2>&1 ||
	{ show <log; skip_all "mmdebstrap does not run here"; }
cat >root/etc/systemd/system/marker.service <<EOT
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo "$MARKER Debian, \$(uname -r)" >/dev/console; systemctl --no-block poweroff'
EOT
mkdir -p root/etc/systemd/system/multi-user.target.wants root/etc/default
ln -s ../marker.service root/etc/systemd/system/multi-user.target.wants/
# all modules of the cloud kernel that a virtio disk needs
echo 'GRUB_CMDLINE_LINUX="console=ttyS0 no_timer_check"' >root/etc/default/grub
printf 'Name: grub-pc/install_devices\nTemplate: grub-pc/install_devices\nValue: /dev/disk/by-id/builder\nOwners: grub-pc\nFlags: seen\n\n' \
	>>root/var/cache/debconf/config.dat
disk disk.img 1500M <<<$'label: gpt\nsize=1M, type='$BIOSBOOT$'\ntype=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709'
ext4_in disk.img 2 root
rm -rf root
runs "grubify" grubify disk.img
runs "the filesystem is sound" ext_clean disk.img 2
unlike "$(ext_file disk.img 2 /var/cache/debconf/config.dat)" by-id/builder "grub-pc forgets the builder's disk"
BOOT_SECONDS=${BOOT_SECONDS:-600} boots "$T/disk.img" "Debian" -m 512
finish
