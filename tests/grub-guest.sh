# SPDX-License-Identifier: MIT
# tests/grub-guest.sh - sourced by tests that build images and boot them.
#
#	disk NAME.img SIZE <<<'SFDISK LINES'	a partitioned file
#	busybox_root DIR			a system that says BOOTED
#	ext4_in IMG START SIZE DIR [MKE2FS OPTIONS]
#	boots IMG "NAME" [QEMU OPTIONS]		it comes up in QEMU and says so
#
# Nothing here needs root; as root, QEMU runs as nobody.

KERNEL_CACHE=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seedbed}/test-kernel
KERNEL_PACKAGES=${KERNEL_PACKAGES:-linux-image-cloud-amd64 busybox-static}
PATH=$PATH:/usr/sbin:/sbin
MARKER='BOOTED by init of'

# Debian's kernel and a static busybox, unpacked once into $KERNEL_CACHE/root.
need_kernel() {
	local p dep
	[ -e "$KERNEL_CACHE/done" ] && return 0
	mkdir -p "$KERNEL_CACHE" 2>/dev/null || skip_all "no cache folder $KERNEL_CACHE"
	(
		flock 9
		[ -e "$KERNEL_CACHE/done" ] && exit 0
		cd "$KERNEL_CACHE" || exit 1
		for p in $KERNEL_PACKAGES; do
			dep=$(apt-cache depends "$p" 2>/dev/null |
				sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
			nice apt-get download "${dep:-$p}" >apt.log 2>&1 || exit 1
		done
		rm -rf root
		for p in *.deb; do dpkg-deb -x "$p" root || exit 1; done
		touch done
	) 9>"$KERNEL_CACHE/lock" || skip_all "Debian's kernel can't be downloaded"
}

kernel_version() {
	local v
	v=$(cd "$KERNEL_CACHE/root/lib/modules" && echo *)
	echo "${v%% *}"
}

# Modules in loading order, with what they depend on first.
module_closure() {
	local base="$KERNEL_CACHE/root/lib/modules/$(kernel_version)"
	[ -e "$base/modules.dep" ] || depmod -b "$KERNEL_CACHE/root" "$(kernel_version)"
	awk -v want="$*" '
	function visit(m, i, n, d) {
		if (m in seen) return
		seen[m] = 1
		n = split(deps[m], d, " ")
		for (i = 1; i <= n; i++) visit(d[i])
		print m
	}
	{ sub(":", "", $1); p = $1; name = p; sub(".*/", "", name); sub("[.]ko.*", "", name)
	  gsub("-", "_", name); path[name] = p; $1 = ""; deps[p] = $0 }
	END { n = split(want, w, " "); for (k = 1; k <= n; k++) if (path[w[k]]) visit(path[w[k]]) }
	' "$base/modules.dep"
}

# put_programs DIR PROGRAM...: into its bin, with the libraries that they name.
put_programs() {
	local d=$1 p path lib
	shift
	for p in "$@"; do
		path=$(command -v "$p") || skip_all "$p is not installed"
		cp -L "$path" "$d/bin/"
		for lib in $(ldd "$path" | grep -o '/[^ ]*'); do
			case $lib in
			*/ld-linux*) mkdir -p "$d/${lib%/*}" && cp -L "$lib" "$d$lib" ;;
			*) cp -L "$lib" "$d/lib/" ;;
			esac
		done
	done
}

# ROOTFS says with which filesystem's module. An initrd that mounts root= and hands over
# to its init. LAYER_MODULES, LAYER_PROGRAMS and the commands in LAYER_START are for a root
# that lies deeper.
make_initrd() { # make_initrd FILE
	local d="$T/initrd.d" m base="$KERNEL_CACHE/root/lib/modules/$(kernel_version)"
	rm -rf "$d"
	mkdir -p "$d"/{bin,dev,proc,sys,new,lib}
	cp "$KERNEL_CACHE"/root/bin/busybox "$d/bin/" 2>/dev/null ||
		cp "$KERNEL_CACHE"/root/usr/bin/busybox "$d/bin/"
	: >"$d/lib/order"
	for m in $(module_closure virtio_pci virtio_blk ${ROOTFS:-ext4} crc32c_generic ${LAYER_MODULES:-}); do
		cp "$base/$m" "$d/lib/" && echo "${m##*/}" >>"$d/lib/order"
	done
	# shellcheck disable=SC2086
	put_programs "$d" ${LAYER_PROGRAMS:-}
	echo "${LAYER_START:-}" >"$d/start"
	cat >"$d/init" <<'INIT'
#!/bin/busybox sh
for f in $(/bin/busybox --list); do [ -e /bin/$f ] || /bin/busybox ln -s busybox /bin/$f; done
export LD_LIBRARY_PATH=/lib
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
while read -r m; do insmod "/lib/$m" 2>/dev/null; done </lib/order
. /start
for w in $(cat /proc/cmdline); do
	case $w in
	root=*) root=${w#root=} ;;
	rootflags=*) flags="-o ${w#rootflags=}" ;;
	esac
done
case $root in
UUID=*) root=$(findfs "$root") ;;
PARTUUID=*) for d in /sys/class/block/*; do
		grep -qi "PARTUUID=${root#PARTUUID=}$" "$d/uevent" 2>/dev/null && root=/dev/${d##*/}
	done ;;
esac
echo "initrd: root is $root"
mount -r $flags "$root" /new 2>/dev/null
for fs in ext4 xfs btrfs; do
	[ -e /new/sbin/init ] || mount -r -t $fs $flags "$root" /new
done
exec switch_root /new /sbin/init
echo "initrd: no init on $root"
poweroff -f
INIT
	chmod +x "$d/init"
	(cd "$d" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet | gzip -1) >"$1"
}

# busybox_root DIR [NAME]: etc, bin, sbin/init, boot with kernel and initrd.
busybox_root() {
	local d=$1 v
	v=$(kernel_version)
	mkdir -p "$d"/{bin,sbin,etc/default,dev,proc,sys,boot,usr,var}
	cp "$KERNEL_CACHE"/root/bin/busybox "$d/bin/" 2>/dev/null ||
		cp "$KERNEL_CACHE"/root/usr/bin/busybox "$d/bin/"
	ln -sf busybox "$d/bin/sh"
	printf 'ID=test\nNAME="%s"\n' "${2:-$d}" >"$d/etc/os-release"
	echo 'GRUB_CMDLINE_LINUX="console=ttyS0 panic=-1 no_timer_check quiet"' >"$d/etc/default/grub"
	: >"$d/etc/fstab"
	cat >"$d/sbin/init" <<INIT
#!/bin/sh
b=/bin/busybox
\$b mount -t proc proc /proc
echo "$MARKER ${2:-$d}, \$(\$b uname -r)"
if [ -x /etc/test ]; then /etc/test; fi
\$b poweroff -f
INIT
	chmod +x "$d/sbin/init"
	cp "$KERNEL_CACHE/root/boot/vmlinuz-$v" "$d/boot/"
	[ -e "$T/initrd" ] || make_initrd "$T/initrd"
	cp "$T/initrd" "$d/boot/initrd.img-$v"
}

disk() { # disk FILE SIZE < sfdisk's lines
	rm -f "$1"
	truncate -s "$2" "$1"
	sfdisk -q --no-reread --no-tell-kernel -- "$1" >/dev/null
}

# Byte range of a partition: range IMG NUMBER -> "START SIZE"
range() {
	imgprobe --pairs "$1" 2>/dev/null |
		sed -n "s/^number=\"$2\" start=\"\([0-9]*\)\" size=\"\([0-9]*\)\".*/\1 \2/p"
}

place() { # place IMG START FILE: sparse, aligned to 512
	dd if="$3" of="$1" bs=64k oflag=seek_bytes seek="$2" conv=sparse,notrunc status=none
	rm -f "$3"
}

ext4_in() { # ext4_in IMG PARTITION DIR [mke2fs options]
	local img=$1 dir=$3 r
	read -ra r <<<"$(range "$img" "$2")"
	shift 3
	rm -f "$T/fs.tmp"
	truncate -s "${r[1]}" "$T/fs.tmp"
	mke2fs -q -F -t "${FSTYPE:-ext4}" -E root_owner=0:0 -d "$dir" "$@" "$T/fs.tmp" || return
	place "$img" "${r[0]}" "$T/fs.tmp"
}

btrfs_in() { # btrfs_in IMG PARTITION DIR
	local r
	read -ra r <<<"$(range "$1" "$2")"
	truncate -s "${r[1]}" "$T/fs.tmp"
	mkfs.btrfs -q --rootdir "$3" "$T/fs.tmp" || return
	place "$1" "${r[0]}" "$T/fs.tmp"
}

# A folder as mkfs.xfs wants it: one line a name, "$" ends a folder.
protofile() {
	local f m
	for f in "$1"/* ; do
		[ -e "$f" ] || [ -L "$f" ] || continue
		if [ -L "$f" ]; then echo "${f##*/} l--777 0 0 $(readlink "$f")"
		elif [ -d "$f" ]; then echo "${f##*/} d--755 0 0"; protofile "$f"; echo '$'
		else
			m=644; [ -x "$f" ] && m=755
			echo "${f##*/} ---$m 0 0 $f"
		fi
	done
}

xfs_in() { # xfs_in IMG PARTITION DIR
	local r
	read -ra r <<<"$(range "$1" "$2")"
	truncate -s "${r[1]}" "$T/fs.tmp"
	{ echo /dev/null; echo 0 0; echo d--755 0 0; protofile "$3"; echo '$'; } >"$T/proto"
	mkfs.xfs -q -p "$T/proto" "$T/fs.tmp" || return
	place "$1" "${r[0]}" "$T/fs.tmp"
}

fat_in() { # fat_in IMG PARTITION
	local r
	read -ra r <<<"$(range "$1" "$2")"
	truncate -s "${r[1]}" "$T/fs.tmp"
	mkfs.vfat "$T/fs.tmp" >/dev/null || return
	place "$1" "${r[0]}" "$T/fs.tmp"
}

# As nobody where we are root: a boot needs no rights.
unprivileged() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
	else
		"$@"
	fi
}

# GRUB's question for a passphrase, on the screen of a guest whose monitor is at 8 and
# $T/monitor: answered once.
answer() { # answer TEXT PID
	local key
	while kill -0 "$2" 2>/dev/null; do
		: >"$T/monitor"
		echo "xp /2000xh 0xb8000" >&8
		sleep 1
		perl -ne 'while (/0x..(..)\b/g) { print chr hex $1 }' "$T/monitor" |
			grep -aq "Enter passphrase" || continue
		for key in $(sed 's/./& /g' <<<"$1") ret; do
			echo "sendkey $key" >&8
			sleep 0.2
		done
		return
	done
}

# boots IMG NAME [QEMU OPTIONS]: the console comes to $T/console. PASSPHRASE is typed when
# GRUB asks for it.
boots() {
	local img=$1 name=$2 got=0
	shift 2
	chmod a+rx "$T"
	chmod a+rw "$img"
	rm -f "$T/console"
	: >"$T/console"
	chmod a+w "$T/console"
	local qemu=(qemu-system-x86_64 -M pc,accel=tcg -cpu qemu64 -m 256 -nodefaults
		-display none -no-reboot -net none
		-drive "file=${img//,/,,},format=raw,if=virtio,snapshot=on" "$@")
	local run=(unprivileged nice -n "${BOOT_NICE:-5}" timeout -k 5 "${BOOT_SECONDS:-600}")
	if [ -n "${PASSPHRASE:-}" ]; then
		[ -p "$T/keys" ] || mkfifo "$T/keys"
		exec 8<>"$T/keys"
		"${run[@]}" "${qemu[@]}" -vga std -serial "file:$T/console" -monitor stdio \
			<&8 >>"$T/monitor" 2>&1 &
		local pid=$!
		answer "$PASSPHRASE" $pid
		wait $pid || got=$?
		exec 8>&-
	else
		"${run[@]}" "${qemu[@]}" -serial stdio -monitor none \
			</dev/null >"$T/console" 2>&1 || got=$?
	fi
	if grep -aq "$MARKER" "$T/console"; then
		ok 0 "$name boots"
	else
		ok 1 "$name boots"
		echo "# QEMU's status $got, its console ends:"
		tail -c 1500 "$T/console" | tr -d '\r\033' | show
	fi
	return 0
}

OVMF=${OVMF:-/usr/share/OVMF/OVMF_CODE.fd}
uefi() { echo "-drive if=pflash,format=raw,readonly=on,file=$OVMF"; }

# What GRUB takes for a kernel, by its header: bzimage FILE
bzimage() {
	perl -e 'print "\0" x 510, "U\xaa", "\0" x 2, "HdrS", "\x0f\x02", "\0" x 9000' >"$1"
}

# A system too small to boot, for what never does: tiny_root DIR
tiny_root() {
	mkdir -p "$1"/{boot,etc/default,sbin,usr,var/cache}
	echo ID=tiny >"$1/etc/os-release"
	: >"$1/etc/fstab"
	echo '#!' >"$1/sbin/init"
	bzimage "$1/boot/vmlinuz-6.1.0-9-amd64"
	bzimage "$1/boot/vmlinuz-6.1.0-44-amd64"
	echo initrd >"$1/boot/initrd.img-6.1.0-44-amd64"
	echo 'GRUB_CMDLINE_LINUX_DEFAULT="quiet"' >"$1/etc/default/grub"
}

# The usual small image: MBR, one ext4 partition. tiny_image FILE [mke2fs options]
tiny_image() {
	local img=$1
	shift
	[ -d "$T/tiny" ] || tiny_root "$T/tiny"
	disk "$img" "${SIZE:-32M}" <<<"${TABLE:-2048,,83}"
	ext4_in "$img" "${PART:-1}" "$T/tiny" "$@"
}

BIOSBOOT=21686148-6449-6E6F-744E-656564454649
ESP=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
ext_file() { # ext_file IMG PARTITION PATH: the file, to stdout
	local r
	read -ra r <<<"$(range "$1" "$2")"
	debugfs -R "cat $3" "$1?offset=${r[0]}" 2>/dev/null
}
ext_clean() { # ext_clean IMG PARTITION
	local r
	read -ra r <<<"$(range "$1" "$2")"
	e2fsck -fn "$1?offset=${r[0]}" >e2fsck.log 2>&1
}
