#!/bin/bash
# SPDX-License-Identifier: MIT
# imgfiles: files of a system in an image, wherever its fstab has them, and none elsewhere.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs grub-fstest debugfs

system() { # system DIR [FSTAB]
	mkdir -p "$1"/{etc,sbin,usr/share/doc/{a,b},var/lib/dpkg,boot}
	echo 'ID=test' > "$1/etc/os-release"
	: > "$1/sbin/init"
	: > "$1/boot/vmlinuz-6.1"
	echo status > "$1/var/lib/dpkg/status"
	echo of-a > "$1/usr/share/doc/a/copyright"
	mkdir "$1/usr/share/doc/empty"
	ln -s ../a/copyright "$1/usr/share/doc/b/copyright"
	ln -s /etc/passwd "$1/usr/share/doc/host"
	ln -s a "$1/usr/share/doc/c"
	printf '%b' "${2:-}" > "$1/etc/fstab"
}
got() { (cd x && find . -type f -printf '/%P\n' | LC_ALL=C sort | paste -sd ' '); }
take() { rm -rf x; mkdir x; imgfiles -C x "$@"; }

system sys
disk d.img 64M <<< 'label: dos
type=83'
ext4_in d.img 1 sys
fails 2 'one of --directory and --list' imgfiles d.img /x
fails 2 'is no path from / on' imgfiles -l d.img etc/passwd
fails 2 'is no path from / on' imgfiles -l d.img /etc/../x
fails 2 'is no path from / on' imgfiles -l d.img '/usr/*b/x'
take d.img /var/lib/dpkg/status '/usr/share/doc/*/copyright'
is "$?:$(got)" "0:/usr/share/doc/a/copyright /usr/share/doc/b/copyright /usr/share/doc/c/copyright /var/lib/dpkg/status" "files, and an asterisk for each name of a folder"
is "$(cat x/usr/share/doc/c/copyright x/var/lib/dpkg/status)" "of-a
status" "with their bytes; links are followed within the image"
is "$(imgfiles -l d.img '/usr/share/doc/*')" "" "a link to a file of the host's finds none"
is "$(imgfiles -l d.img '/*/*/dpkg/status' /none '/var/*/status')" "/var/lib/dpkg/status" "--list only says which; asterisks are one level each"
imgfiles -l d.img /none
is "$?" 4 "status 4: there was none of them"
cmp -s d.img <(cat d.img) && sum=$(sha256sum d.img)
take d.img /etc/fstab
is "$(sha256sum d.img)" "$sum" "the image stays as it was"
is "$(cd x && ls -l etc/fstab | cut -c1-10)" "-rw-r--r--" "what comes out is a plain file"

# --- a name that is none ---
ext4_in d.img 1 sys -O ^metadata_csum
read -ra r <<<"$(range d.img 1)"
dd if=d.img of=fs bs=512 skip=$((r[0] / 512)) count=$((r[1] / 512)) status=none
debugfs -w -R 'ln <2> /usr/share/doc/evil' fs > /dev/null 2>&1
# the bytes of a directory's entry, as no kernel would write them
python3 - fs <<'END' 2> /dev/null || need python3
import sys
b = bytearray(open(sys.argv[1], "rb").read())
at = b.find(b"evil")
b[at:at + 4] = b"../x"
open(sys.argv[1], "wb").write(b)
END
dd if=fs of=d.img bs=512 seek=$((r[0] / 512)) conv=notrunc status=none
take d.img '/usr/share/doc/*/copyright' 2> /dev/null
is "$(got; ls | grep -c '^x$')" "/usr/share/doc/a/copyright /usr/share/doc/b/copyright /usr/share/doc/c/copyright
1" "a folder's name that leads out of it is passed over"

# --- parts of it on filesystems of their own ---
rm -rf sys
system sys 'UUID=11111111-2222-3333-4444-555555555555 /var ext4 defaults 0 2\n'
mkdir own && mv sys/var/lib own/ && mkdir -p sys/var/lib/dpkg && echo hidden > sys/var/lib/dpkg/status
disk d.img 160M <<< 'label: gpt
size=64M
size=64M'
ext4_in d.img 1 sys
ext4_in d.img 2 own -U 11111111-2222-3333-4444-555555555555
take d.img /var/lib/dpkg/status '/var/lib/*/status' /usr/share/doc/a/copyright
is "$?:$(got)" "0:/usr/share/doc/a/copyright /var/lib/dpkg/status" "/var from where the fstab has it"
is "$(cat x/var/lib/dpkg/status)" status "and not what it hides"

# --- filesystems that GRUB reads ---
rm -rf sys; system sys
for fs in xfs btrfs; do
	command -v mkfs.$fs > /dev/null || { skip "$fs" "no mkfs.$fs"; continue; }
	disk d.img 400M <<< 'label: gpt
size=380M'
	${fs}_in d.img 1 sys > /dev/null 2>&1 || { skip "$fs" "mkfs.$fs does not make it"; continue; }
	take d.img /var/lib/dpkg/status '/usr/share/doc/*/copyright' /usr/share/doc/c/copyright 2> err
	is "$?:$(got)" "0:/usr/share/doc/a/copyright /usr/share/doc/b/copyright /usr/share/doc/c/copyright /var/lib/dpkg/status" "$fs (whose lists of names have no links to folders)"
done

# --- LVM: data/lvm.pv.gz is what pvcreate, vgcreate and lvcreate (--driverloaded n) have
# written to the first MiB of 48: root has the 16 MiB from there on, var the next ---
rm -rf sys own
system sys '/dev/mapper/web--vg-var /var ext4 defaults 0 2\n'
mkdir own && mv sys/var/lib own/ && mkdir -p sys/var/lib/dpkg && echo hidden > sys/var/lib/dpkg/status
disk d.img 64M <<< 'label: gpt
size=50M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928'
read -ra r <<<"$(range d.img 1)"
gzip -dc "$SRC/tests/data/lvm.pv.gz" | dd of=d.img bs=1M oflag=seek_bytes seek="${r[0]}" conv=notrunc status=none
at=$((r[0] + 1048576))
for d in sys own; do
	truncate -s 16M fs
	mke2fs -q -F -t ext4 -d $d fs
	place d.img $at fs
	at=$((at + 16777216))
done
take d.img /var/lib/dpkg/status '/usr/share/doc/*/copyright' /usr/share/doc/c/copyright 2> err
is "$?:$(got):$(cat x/var/lib/dpkg/status)" \
	"0:/usr/share/doc/a/copyright /usr/share/doc/b/copyright /usr/share/doc/c/copyright /var/lib/dpkg/status:status" "logical volumes, by the fstab in one of them"

# --- no system ---
disk d.img 32M <<< 'label: gpt
size=16M'
fails 3 "no filesystem that can be read is a system's root" imgfiles -l d.img /x
qemu-img create -q -f qcow2 q.qcow2 1M 2> /dev/null && fails 1 'imgfiles reads raw images' imgfiles -l q.qcow2 /x
fails 1 'No such file' imgfiles -l none /x
finish
