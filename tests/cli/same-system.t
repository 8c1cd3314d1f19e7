#!/bin/bash
# SPDX-License-Identifier: MIT
# Two images with the same system, and with not quite the same.
. "${0%/*}/../lib.sh"
PATH=$SRC/build/tests:$PATH
need mke2fs qemu-img sfdisk ext-list initrd-list cpio
same=$SRC/tests/bench/same-system.sh
mkdir scratch && export TMPDIR=$T/scratch

# tree DIR: a system of three packages, as far as it matters
tree() {
	mkdir -p "$1"/{etc,boot,usr/bin,var/lib/dpkg/info,var/log}
	echo id-of-"$1" > "$1/etc/machine-id"
	echo "log of $1" > "$1/var/log/syslog"
	echo tool > "$1/usr/bin/tool"
	ln -s tool "$1/usr/bin/alias"
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' \
		one two > "$1/var/lib/dpkg/status"
	(cd "$1/etc" && find machine-id | cpio -o -H newc --quiet | gzip > ../boot/initrd.img-1)
}
image() { rm -f "$2"; truncate -s 8M "$2"; mke2fs -q -t ext4 -d "$1" "$2"; }
uuid() { printf '%s-1111-2222-3333-444444444444' "$1"; }
allow() { printf '%s\t%s\t%s\n' "$@" > allow; }

tree a
cp -a a b
image a a.img
image b b.img
: > none
runs "an image is like its copy" "$same" --allow none a.img b.img
like "$("$same" --allow none a.img b.img)" '0 differences that may be, 0 that may not' "and nothing was let be"
qemu-img convert -f raw -O qcow2 b.img b.qcow2
runs "a qcow2 is read like a raw image" "$same" --allow none a.img b.qcow2

# in a partition, its start other than the usual
{ truncate -s 1M disk.img; cat b.img >> disk.img; truncate -s +1M disk.img; }
printf 'label: dos\nstart=2048, size=16384, type=83\n' | sfdisk -q disk.img 2> /dev/null
runs "a partition's filesystem is found" "$same" --allow none disk.img disk.img
fails 1 '' "$same" --allow none a.img disk.img
like "$("$same" --allow none a.img disk.img)" '^boot sector: ' "and the partition table counts"

truncate -s 8M e.img
mke2fs -q -t ext4 -O ^ext_attr -I 128 -d a e.img > /dev/null
out=$("$same" --allow none a.img e.img)
like "$out" '^filesystem: Inode size: 256 \| 128$' "so does the filesystem's make"
like "$out" '^filesystem: Filesystem features: ' "and its features"

if command -v debugfs > /dev/null; then
	cp a.img dirty.img
	debugfs -w -R 'feature needs_recovery' dirty.img > /dev/null 2>&1
	fails 1 'dirty.img: was not unmounted' "$same" a.img dirty.img
else
	skip "a filesystem in use" "no debugfs"
fi

# Each difference by itself is seen, and named.
try() { # try REGEX NAME COMMAND: a copy of a that COMMAND was done to
	rm -rf c
	cp -a a c
	(cd c && eval "$3")
	image c c.img
	out=$("$same" --allow "${4:-none}" a.img c.img)
	ok $(($? == 1 ? 0 : 1)) "$2: not the same"
	like "$out" "$1" "$2: named"
}
try '^content: /usr/bin/tool$' "contents" 'echo other > usr/bin/tool'
try '^mode: /usr/bin/tool: 0644 \| 4755$' "mode" 'chmod 4755 usr/bin/tool'
try '^target: /usr/bin/alias: tool \| two$' "a symlink" 'ln -sf two usr/bin/alias'
try '^type: /usr/bin/alias: link \| file' "kind" 'rm usr/bin/alias; echo > usr/bin/alias'
try '^only in the first: /usr/bin/tool \(file\)' "lost" 'rm usr/bin/tool'
try '^only in the second: /etc/new\\x0aline' "gained, its name made visible" 'touch etc/new$'"'\\n'"'line'
try '^links: /usr/bin/tool: 1 \| 2$' "hard links" 'ln usr/bin/tool usr/bin/more'
try '^package two:amd64: 1, install ok installed \| 2,' "a version" \
	'sed -i "0,/two/!s/: 1/: 2/" var/lib/dpkg/status'
try '^package two:amd64: .* \| \(nothing\)' "a package" 'sed -i "/two/,\$d" var/lib/dpkg/status'

if [ "$(id -u)" -eq 0 ] && command -v setcap > /dev/null; then
	try '^attributes: /usr/bin/tool: - \| security.capability=' "a capability" 'setcap cap_net_raw+ep usr/bin/tool'
	try '^owner: /usr/bin/tool: 0 \| 100000$' "an owner" 'chown 100000 usr/bin/tool'
else
	skip "capabilities, owners" "not root, or no setcap"
fi

# What may be is let be, for its own reason and no more.
tree d
image d d.img
allow content /etc/machine-id 'its own' any '/var/**' 'logs' initrd '/boot/initrd.img-*' 'stamps'
fails 1 '' "$same" --allow allow a.img d.img
like "$("$same" --allow allow a.img d.img)" '^content: /boot/initrd.img-1:/machine-id$' "an initrd is looked into"
allow content '/**machine-id' 'its own' any '/var/log/**' 'logs' initrd '/boot/initrd.img-*' 'stamps'
runs "what the list names may differ" "$same" --allow allow a.img d.img
like "$("$same" --allow allow a.img d.img)" '^ +2  /\*\*machine-id: its own' "and is counted with its reason"
try '^mode: /etc/machine-id: ' "contents that may differ do not cover the mode" 'chmod 600 etc/machine-id' allow
allow any '/etc/*' 'one level'
try '^content: /usr/bin/tool' "one star ends at a slash" 'echo x > usr/bin/tool' allow

# UUIDs
echo "$(uuid aaaaaaaa) / $(uuid bbbbbbbb)" > a/etc/fstab
image a a.img
allow uuid /etc/fstab 'random'
rm -rf c && cp -a a c
echo "$(uuid cccccccc) / $(uuid dddddddd)" > c/etc/fstab
image c c.img
runs "UUIDs may be others" "$same" --allow allow a.img c.img
try '^content: /etc/fstab: 2 lines' "but not the same twice" 'echo "$(uuid cccccccc) / $(uuid cccccccc)" > etc/fstab' allow
try '^content: /etc/fstab: 2 lines' "and not the text around" 'sed -i s,/,/x, etc/fstab' allow

# Order
allow stanzas /var/lib/dpkg/status 'order'
rm -rf c && cp -a a c
awk -v RS= '{ p = $0 "\n\n" p } END { printf "%s", p }' a/var/lib/dpkg/status > c/var/lib/dpkg/status
image c c.img
runs "parts in another order" "$same" --allow allow a.img c.img

# A package that may be on one side takes its files along, and nobody else's.
with() { # with DIR: package three
	printf 'Package: three\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' >> "$1/var/lib/dpkg/status"
	printf '/.\n/usr\n/usr/bin\n/usr/bin/three\n' > "$1/var/lib/dpkg/info/three.list"
	echo > "$1/usr/bin/three"
}
allow package three 'of the guest' content /var/lib/dpkg/status 'by the packages'
rm -rf c && cp -a a c && with c
image c c.img
runs "a package more that may be" "$same" --allow allow a.img c.img
try '^only in the second: /usr/bin/four' "a file beside it may not" "with .; touch usr/bin/four" allow

# A kernel that is outdated beside one that both have: it, and all that names it.
kernel() { # kernel DIR VERSION
	printf 'Package: linux-image-%s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n' \
		"$2" "$2" >> "$1/var/lib/dpkg/status"
	mkdir -p "$1/usr/lib/modules/$2" "$1/boot/grub"
	echo "$2" | tee "$1/boot/vmlinuz-$2" "$1/boot/initrd.img-$2" "$1/usr/lib/modules/$2/modules.dep" > /dev/null
	printf '/.\n/boot\n/boot/vmlinuz-%s\n' "$2" > "$1/var/lib/dpkg/info/linux-image-$2.list"
	printf 'menuentry %s {\n\tlinux %s\n}\n' "$2" "$2" >> "$1/boot/grub/grub.cfg"
	ln -sf "boot/vmlinuz-$2" "$1/vmlinuz.old"
}
tree k1 && kernel k1 6.2 && kernel k1 6.10
tree k2 && kernel k2 6.10
cp k1/etc/machine-id k2/etc/; cp k1/var/log/syslog k2/var/log/; cp k1/boot/initrd.img-1 k2/boot/
image k1 k1.img && image k2 k2.img
allow kernel 'linux-image-*' 'outdated' uuid /boot/grub/grub.cfg 'random' stanzas /var/lib/dpkg/status 'order'
runs "an outdated kernel on one side" "$same" --allow allow k1.img k2.img
runs "and on the other" "$same" --allow allow k2.img k1.img
fails 1 '' "$same" --allow none k1.img k2.img
tree k3 && kernel k3 6.2
cp k1/etc/machine-id k3/etc/; cp k1/var/log/syslog k3/var/log/; cp k1/boot/initrd.img-1 k3/boot/
image k3 k3.img
fails 1 '' "$same" --allow allow k1.img k3.img
like "$("$same" --allow allow k1.img k3.img)" '^package linux-image-6.10:amd64: .* \| \(nothing\)' \
	"that the newest is on one side only is no matter of age"
cp -a k1 k4
sed -i 's/\tlinux 6.10/& quiet/' k4/boot/grub/grub.cfg
image k4 k4.img
out=$("$same" --allow allow k4.img k2.img)
like "$out" '^content: /boot/grub/grub.cfg: 2 lines' "the other entries of the menu must be the same"
touch k4/boot/other
image k4 k4.img
out=$("$same" --allow allow k4.img k2.img)
like "$out" '^only in the first: /boot/other' "and so must other files"

fails 2 'usage' "$same" a.img
echo 'content /x reason' > allow
fails 2 'allow:1: not HOW, PATTERN' "$same" --allow allow a.img b.img
fails 1 'nowhere.img: cannot be read' "$same" nowhere.img b.img
mkdir -p nothing && image nothing n.img
fails 1 'n.img: /var/lib/dpkg/status' "$same" a.img n.img
head -c 64k /dev/zero > zero.img
fails 1 'zero.img: cannot be listed' "$same" zero.img a.img
is "$(ls "$TMPDIR")" "" "nothing is left behind"
finish
