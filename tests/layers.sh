# SPDX-License-Identifier: MIT
# tests/layers.sh - sourced after lib.sh and grub-guest.sh: images whose root lies in LVM,
# RAID or LUKS, made by a guest, so without root here; --via vm makes them boot.
#
#	need_layers
#	layered IMG SCRIPT		runs it in a guest: /dev/vda is IMG, /dev/vdb
#					the filesystem in fs.img
#	fs_image DIR [MKE2FS OPTIONS]	fs.img, with what is in DIR
#	via_vm NAME [OPTION...] IMG	grubify --via vm, as an ordinary user

. "$SRC/tests/guest.sh"
LAYERS=${KERNEL_CACHE%/*}/test-layers

# What is not installed here is unpacked from its package.
need_layers() {
	need qemu-system-x86_64 sfdisk mke2fs cpio ldd
	local p missing=()
	for p in lvm:lvm2 mdadm:mdadm cryptsetup:cryptsetup-bin grub-install:grub2-common; do
		command -v "${p%:*}" >/dev/null || missing+=("${p#*:}")
	done
	for p in "${missing[@]}"; do
		mkdir -p "$LAYERS" || skip_all "no cache folder $LAYERS"
		(
			flock 9
			[ -e "$LAYERS/$p.done" ] && exit 0
			cd "$LAYERS" || exit 1
			apt-get -q download "$p" >log 2>&1 && dpkg-deb -x "${p}"_*.deb . && touch "$p.done"
		) 9>"$LAYERS/lock" || skip_all "$p is not installed, and can't be downloaded"
	done
	PATH=$PATH:$LAYERS/usr/sbin:$LAYERS/sbin
	need lvm mdadm cryptsetup grub-install
	need_kernel
	guest_kernel
	# the one that is there for the tests, whatever this machine has in /boot
	VM_KERNEL=(--kernel "$guest_vmlinuz" --modules "$guest_tree/lib/modules/$guest_release")
}

fs_image() {
	local dir=$1
	shift
	rm -f fs.img
	truncate -s "${FS_SIZE:-120M}" fs.img
	mke2fs -q -F -t ext4 -E root_owner=0:0 -d "$dir" "$@" fs.img
}

layered() {
	guest_begin virtio_blk dm-mod raid1 dm-crypt xts cbc essiv algif_skcipher af_alg
	guest_add lvm mdadm cryptsetup
	mkdir -p "$guest_root/etc/lvm"
	echo 'activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }
devices { obtain_device_list_from_udev = 0 use_devicesfile = 0 scan = "/dev" }' \
		>"$guest_root/etc/lvm/lvm.conf"
	{
		echo 'export DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1; mkdir -p /run/lvm /run/mdadm /run/cryptsetup; set -e'
		cat "$2"
	} >guest.script
	guest_boot "${BOOT_SECONDS:-600}" guest.script \
		-drive "file=$1,format=raw,if=virtio" -drive "file=fs.img,format=raw,if=virtio,snapshot=on" \
		>guest.log 2>&1
	ok $? "an image is made" || { show <guest.log; return 1; }
}

# Where the tests are root's, what is root's alone is brought to where others can read it.
within_reach() {
	local p
	chmod a+rwx "$T"
	[ "$(id -u)" = 0 ] && [ ! -d "$T/reach" ] || return 0
	mkdir -p "$T/reach/bin"
	cp -rl "$guest_tree" "$T/reach/kernel" 2>/dev/null || cp -r "$guest_tree" "$T/reach/kernel"
	for p in grubify kvmprobe grub-install lvm mdadm cryptsetup; do
		cp -L "$(command -v $p)" "$T/reach/bin/"
	done
	chmod -R a+rX "$T/reach"
	VM_KERNEL=(--kernel "$T/reach/kernel/boot/${guest_vmlinuz##*/}"
		--modules "$T/reach/kernel/lib/modules/$guest_release")
}

via_vm() {
	local name=$1
	shift
	within_reach
	runs "$name" unprivileged env "PATH=$T/reach/bin:$PATH" nice -n "${BOOT_NICE:-5}" \
		grubify --via vm "${VM_KERNEL[@]}" "$@"
}
