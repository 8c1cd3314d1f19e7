#!/bin/bash
# SPDX-License-Identifier: MIT
# The GRUB of another release (Debian 13's), from an unpacked tree: --grub-dir.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio mkfs.vfat mcopy apt-get dpkg-deb
need_kernel

CACHE=${KERNEL_CACHE%/*}/test-grub-trixie
KEYS=/usr/share/keyrings/debian-archive-keyring.gpg
PACKAGES='grub-common grub-pc-bin grub-efi-amd64-bin libc6 libdevmapper1.02.1
	libselinux1 libudev1 libpcre2-8-0 liblzma5 libfuse3-4 libcap2'

# apt with lists and a cache of its own; the machine's sources stay out of it.
fetch_trixie() {
	local opts=(-o "Dir::State=$CACHE/state" -o "Dir::Cache=$CACHE/cache"
		-o "Dir::Etc::sourcelist=$CACHE/sources.list" -o Dir::Etc::sourceparts=-
		-o "Dir::State::status=$CACHE/status" -o APT::Architecture=amd64
		-o APT::Sandbox::User= -o Acquire::Languages=none)
	mkdir -p "$CACHE"/{state/lists/partial,cache/archives/partial}
	: >"$CACHE/status"
	echo "deb [signed-by=$KEYS] ${DEBIAN_MIRROR:-http://deb.debian.org/debian} trixie main" \
		>"$CACHE/sources.list"
	cd "$CACHE" || return 1
	# shellcheck disable=SC2086
	apt-get "${opts[@]}" -q update && apt-get "${opts[@]}" -q download $PACKAGES || return 1
	for p in ./*.deb; do dpkg-deb -x "$p" tree || return 1; done
	# its programs run with its own libraries
	for p in grub-mkimage grub-fstest; do
		mv tree/usr/bin/$p tree/usr/bin/$p.real
		cat >tree/usr/bin/$p <<EOT
#!/bin/sh
l='$CACHE/tree/usr/lib/x86_64-linux-gnu'
exec "\$l/ld-linux-x86-64.so.2" --library-path "\$l" '$CACHE/tree/usr/bin/$p.real' "\$@"
EOT
		chmod +x tree/usr/bin/$p
	done
	touch done
}
if ! [ -e "$CACHE/done" ]; then
	[ -r $KEYS ] || skip_all "no $KEYS"
	mkdir -p "$CACHE" || skip_all "no cache folder $CACHE"
	(flock 9; [ -e "$CACHE/done" ] || fetch_trixie) >"$T/fetch" 2>&1 9>"$CACHE/lock" ||
		{ show <"$T/fetch"; skip_all "Debian 13's GRUB can't be downloaded"; }
fi
dir=$CACHE/tree/usr/lib/grub

busybox_root root trixie
disk disk.img 224M <<EOT
label: gpt
size=1M, type=$BIOSBOOT
size=40M, type=$ESP
type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709
EOT
fat_in disk.img 2
ext4_in disk.img 3 root
runs "grubify --grub-dir, both ways" grubify --grub-dir "$dir" --target both disk.img
runs "the filesystem is sound" ext_clean disk.img 3
is "$(ext_file disk.img 3 /boot/grub/i386-pc/modinfo.sh | sed -n 's/^grub_version=//p')" '"2.12"' \
	"it is GRUB 2.12"
boots "$T/disk.img" "GRUB 2.12, BIOS"
# shellcheck disable=SC2046
[ -e "$OVMF" ] && boots "$T/disk.img" "GRUB 2.12, UEFI" $(uefi)

# programs of the host with modules of another build
mkdir mixed
ln -s "$dir/i386-pc" mixed/i386-pc
fails 18 'is of another build than grub-mkimage' grubify --grub-dir mixed --target i386-pc disk.img
finish
