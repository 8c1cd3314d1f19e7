#!/bin/bash
# SPDX-License-Identifier: MIT
# dmdisk and grubify --via dm, in a guest with Debian's kernel: device-mapper,
# loop devices and all. What the guest prints is judged out here.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need qemu-system-x86_64 sfdisk mke2fs cpio dmsetup
need_kernel

# grub-install, from its package where it is not installed
if ! install=$(command -v grub-install); then
	(cd "$KERNEL_CACHE/.." && mkdir -p test-grub2 && cd test-grub2 &&
		{ [ -e usr/sbin/grub-install ] || { apt-get -q download grub2-common &&
			dpkg-deb -x grub2-common*.deb .; }; }) >log 2>&1 ||
		skip_all "grub-install can't be downloaded"
	install=$KERNEL_CACHE/../test-grub2/usr/sbin/grub-install
fi

# A guest whose initrd is all it has: busybox, the tools, their libraries.
make_initrd initrd
g=$T/initrd.d
base=$KERNEL_CACHE/root/lib/modules/$(kernel_version)
for m in $(module_closure dm_mod loop ext4 virtio_pci virtio_blk nls_cp437 nls_ascii nls_iso8859_1 nls_utf8 vfat); do
	cp -n "$base/$m" "$g/lib/"
	grep -qx "${m##*/}" "$g/lib/order" || echo "${m##*/}" >>"$g/lib/order"
done
program() { # with the libraries that it names
	local p lib
	for p in "$@"; do
		cp "$(readlink -f "$p")" "$g/bin/${p##*/}"
		for lib in $(ldd "$p" | grep -o '/[^ ]*'); do
			mkdir -p "$g${lib%/*}"
			cp -n "$(readlink -f "$lib")" "$g$lib"
		done
	done
}
program "$install" "$(command -v grub-mkimage)" "$(command -v grub-fstest)" \
	"$(command -v dmsetup)" "$(command -v e2fsck)" "$(command -v blkid)" "$SRC"/build/bin/{dmdisk,grubify,imgprobe}
mkdir -p "$g"/usr/{lib,share}/ "$g"/{mnt,tmp,run,etc,var}
ln -s ../bin "$g/usr/bin"
mkdir "$g/usr/lib/grub"
cp -r /usr/lib/grub/i386-pc /usr/lib/grub/x86_64-efi "$g/usr/lib/grub/"
# the manual's example, as it stands there
sed -n '/^for node in/,/^\.Ed/p' "$SRC/tools/dmdisk.8" | sed '$d' >"$g/example"

tiny_image disk.img
gzip -1 <disk.img >"$g/disk.img.gz"
disk efi.img 80M <<<$'label: gpt\nsize=1M,type='$BIOSBOOT$'\nsize=36M,type='$ESP$'\ntype=L'
fat_in efi.img 2
ext4_in efi.img 3 tiny
gzip -1 <efi.img >"$g/efi.img.gz"
# links of an image that lead into the host, at each level of the way
for l in boot boot/grub boot/grub/i386-pc; do
	rm -rf evil && cp -a tiny evil
	case $l in boot) mv evil/boot evil/kernels ;; *) mkdir -p "evil/${l%/*}" ;; esac
	ln -s /tmp/host "evil/$l"
	disk evil.img 32M <<<'2048,,83'
	ext4_in evil.img 1 evil
	gzip -1 <evil.img >"$g/evil-${l//\//-}.img.gz"
done
# and of files: a module's, the core's name
rm -rf evil && cp -a tiny evil && mkdir -p evil/boot/grub/i386-pc
for f in core.img acpi.mod normal.mod; do ln -s /tmp/host/secret "evil/boot/grub/i386-pc/$f"; done
disk evil.img 32M <<<'2048,,83'
ext4_in evil.img 1 evil
gzip -1 <evil.img >"$g/evil-files.img.gz"
cat >"$g/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin DM_DISABLE_UDEV=1
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o size=300m tmp /tmp
while read -r m; do insmod "/lib/$m" 2>/dev/null; done </lib/order
cd /tmp
gunzip -c /disk.img.gz >disk.img
say() { echo "@$*"; }
state() { echo "maps: $(dmsetup ls 2>/dev/null | sort | tr '\n\t' '  ') loops: $(cat /sys/block/loop*/loop/backing_file 2>/dev/null)"; }
try() { local n=$1; shift; "$@" >out 2>&1; say "$n" "status $?: $(tr '\n' '|' <out)"; }

say before "$(state)"
try attach dmdisk -n hda disk.img
try nodes ls /dev/mapper
try twice dmdisk -n hda disk.img
dmsetup create foreign --table "0 8 zero" 2>/dev/null ||
	dmsetup create foreign --table "0 8 linear /dev/mapper/hda 0"
mkdir -p m
try mount mount -t ext4 /dev/mapper/hda1 m
try busy dmdisk -d -n hda

# 2009: the map as the drive
mkdir -p m/boot/grub
echo '(hd0) /dev/mapper/hda' >m/boot/grub/device.map
try grub2009 grub-install --target=i386-pc --boot-directory=m/boot /dev/mapper/hda
# and what works since: the loop device as the drive, and its GRUB name
loop=$(ls -d /sys/block/loop*/loop/backing_file | head -n 1 | cut -d/ -f4)
echo "(hd0) /dev/$loop" >m/boot/grub/device.map
try grubtoday grub-install --target=i386-pc --boot-directory=m/boot '(hd0)'
try coresize wc -c m/boot/grub/i386-pc/core.img
umount m
dmsetup remove foreign
try detach dmdisk -d -n hda
say after "$(state)"
try nothing dmdisk -d -n hda

gunzip -c /disk.img.gz >disk.img
try odd dmdisk -n nvme0n1 -r disk.img
try oddoff dmdisk -d -n nvme0n1

gunzip -c /disk.img.gz >disk.img
try viadm grubify --via dm disk.img
say clean "$(state) mounts: $(grep -c grubify /proc/mounts)"
try file grubify --via file --dry-run disk.img
try again grubify --via file disk.img

gunzip -c /disk.img.gz >disk.img
try example sh /example

# both platforms, and the image where the run has its own mounts
gunzip -c /efi.img.gz >/mnt/efi.img
try viadmefi grubify --via dm /mnt/efi.img
say cleanefi "$(state) mounts: $(grep -c grubify /proc/mounts)"
try loader grub-fstest /mnt/efi.img ls -- -l '(loop0,gpt2)/EFI/BOOT/'
try efimodule grub-fstest /mnt/efi.img ls '(loop0,gpt3)/boot/grub/x86_64-efi/'
rm /mnt/efi.img

# links in the image, to folders and files out here
mkdir host
echo untouched >host/secret
for l in boot boot-grub boot-grub-i386-pc files; do
	gunzip -c /evil-$l.img.gz >evil.img
	try evil-$l grubify --root 1 --via dm evil.img
	say host-$l "$(ls -A host | tr '\n' ' ')$(cat host/secret)"
	say left-$l "$(state) mounts: $(grep -c grubify /proc/mounts)"
done

# killed while grub-install runs: nothing stays
gunzip -c /disk.img.gz >disk.img
mkdir stop
cat >stop/grub-install <<'EOT'
#!/bin/sh
echo "@during $(dmsetup ls | grep -c grubify)"
kill -9 $PPID
EOT
chmod +x stop/grub-install
PATH=/tmp/stop:$PATH grubify --via dm disk.img
i=0
while [ -n "$(dmsetup ls | grep grubify)$(cat /sys/block/loop*/loop/backing_file 2>/dev/null)" ] && [ $i -lt 50 ]; do
	usleep 100000; i=$((i + 1)); done
say killed "$(state)"
echo "BOOTED by init of the guest"
poweroff -f
INIT
chmod +x "$g/init"
(cd "$g" && find . | cpio -o -H newc -R 0:0 --quiet | gzip -1) >initrd
truncate -s 1M none.img
cp "$KERNEL_CACHE/root/boot/vmlinuz-$(kernel_version)" vmlinuz
chmod a+r initrd vmlinuz
BOOT_SECONDS=${BOOT_SECONDS:-300} boots "$T/none.img" "the guest" -m 768 \
	-kernel "$T/vmlinuz" -initrd "$T/initrd" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check"
tr -d '\r' <console | grep -a '^@' >said
[ -z "${KEEP:-}" ] || cp console said "$KEEP"
said() { sed -n "s/^@$1 //p" said; }

like "$(said before)" 'maps: No devices found|maps: +loops: $' "an empty guest"
is "$(said attach)" 'status 0: /dev/mapper/hda|/dev/mapper/hda1|' "dmdisk prints its nodes"
like "$(said nodes)" 'hda\|hda1\|' "which are there"
like "$(said twice)" 'status 3: .*File exists' "a second one of that name is refused"
like "$(said mount)" 'status 0' "the partition is mounted"
like "$(said busy)" 'status 3: dmdisk: hda1: in use' "what is in use is not removed"
like "$(said grub2009)" 'status 1: .*cannot find a GRUB drive for /dev/mapper/hda' \
	"the command line of 2009 fails"
like "$(said grubtoday)" 'status 0: ' "with the loop device as drive it works"
like "$(said coresize)" 'status 0: 27026 ' "with a core of its own disk"
like "$(said detach)" 'status 0' "dmdisk -d"
like "$(said after)" 'maps: No devices found|maps: +loops: $' "leaves nothing, loop device included"
like "$(said nothing)" "status 1: dmdisk: hda: no disk of dmdisk's" "and then has nothing to do"
is "$(said odd)" 'status 0: /dev/mapper/nvme0n1|/dev/mapper/nvme0n1p1|' "a name that ends in a digit"
like "$(said oddoff)" 'status 0' "goes, too"
like "$(said viadm)" 'status 0: ' "grubify --via dm"
like "$(said clean)" '(No devices found|maps: +loops: ).*mounts: 0' "leaves nothing"
like "$(said file)" 'menu	the one that is there' "and a menu"
like "$(said again)" 'status 0' "that --via file goes on from"
like "$(said example)" 'status 0: .*[0-9]+/[0-9]+ files' "the manual's example checks each filesystem"
unlike "$(said example)" 'cannot|terminal' "without a question"
like "$(said viadmefi)" 'status 0: ' "grubify --via dm for BIOS and UEFI, an image in /mnt"
like "$(said cleanefi)" '(No devices found|maps: +loops: ).*mounts: 0' "leaves nothing"
like "$(said loader)" 'status 0: .*(BOOTX64.EFI|bootx64.efi)' "the loader is in the ESP"
like "$(said efimodule)" 'status 0: .*normal.mod' "and its modules in the root"
for l in boot boot-grub boot-grub-i386-pc; do
	like "$(said evil-$l)" 'status (10|14|19|25): .*(symlink|no kernel|clearly)' "a link at $l is refused"
	is "$(said host-$l)" "secret untouched" "and nothing comes of it out here"
	like "$(said left-$l)" '(No devices found|maps: +loops: ).*mounts: 0' "nor stays"
done
like "$(said evil-files)" 'status 0: ' "links in the place of files are replaced"
is "$(said host-files)" "secret untouched" "and not followed"
is "$(said during)" 2 "killed at work"
like "$(said killed)" 'maps: No devices found|maps: +loops: $' "it leaves nothing, either"
finish
