#!/bin/bash
# SPDX-License-Identifier: MIT
# The menu: which kernels, which arguments, by which name of the root; and the one that is
# there already, believed only if what it boots by itself is in the image.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs debugfs grub-mkimage grub-fstest perl

UUID=22222222-2222-3333-4444-555555555555
made() { # made: disk.img of sys, and grubify on it
	disk disk.img 48M <<<'2048,,83'
	rm -f fs.tmp
	ext4_in disk.img 1 sys -U $UUID
	grubify disk.img 2>said
}
entries() { ext_file disk.img "${1:-1}" /boot/grub/grub.cfg | sed -n 's/^\tlinux //p'; }
first_is() { # first_is REGEX NAME, with nothing or what matches REGEX2 said
	like "$(entries | head -n 1)" "$1" "$2"
}
fresh() { rm -rf sys && cp -a tiny sys; }
kernels() { # kernels VERSION...: each with its initrd
	fresh
	rm sys/boot/*
	for v in "$@"; do
		bzimage "sys/boot/vmlinuz-$v"
		echo initrd >"sys/boot/initrd.img-$v"
	done
}
tiny_root tiny

# --- /etc/default/grub is a shell file ---
defaults() { # defaults TEXT WANTED NAME
	fresh
	printf '%s' "$1" >sys/etc/default/grub
	made
	is "$(entries | head -n 1 | sed 's/.* ro *//')" "$2" "$3"
}
defaults $'S=ttyS1\nGRUB_CMDLINE_LINUX="a=1"\nGRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX console=${S},9600"\n' \
	'a=1 console=ttyS1,9600' "variables"
defaults $'GRUB_CMDLINE_LINUX="a=1 \\\n  b=2"\n' 'a=1 b=2' "a line that goes on"
defaults $'GRUB_CMDLINE_LINUX="x=\\"two words\\" b"\n' '"x=two words" b' "quotes within"
defaults $'GRUB_TIMEOUT=1; export GRUB_CMDLINE_LINUX="a=1"\' b=2\'\nGRUB_CMDLINE_LINUX_DEFAULT=c # d\n' \
	'a=1 b=2 c' "more than one in a line, export, joined"
is "$(<said)" "" "and nothing to be told"
defaults $'GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\nGRUB_CMDLINE_LINUX=a\n' a "what the menu does not need"
is "$(<said)" "" "is nothing to be told of"
defaults $'GRUB_CMDLINE_LINUX="a"\nGRUB_CMDLINE_LINUX="b $(id)"\n' a "what takes a shell is not run"
like "$(<said)" '/etc/default/grub:2: GRUB_CMDLINE_LINUX was not evaluated' "and told"
defaults $'GRUB_CMDLINE_LINUX=a\nif true; then\n GRUB_CMDLINE_LINUX=b\nfi\n' a "a branch is not taken"
like "$(<said)" '/etc/default/grub:2: was not evaluated' "and told"
fresh
mkdir sys/etc/default/grub.d
echo 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0"' >sys/etc/default/grub.d/50-cloud.cfg
echo 'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT z"' >sys/etc/default/grub.d/90.cfg
echo 'GRUB_CMDLINE_LINUX=no' | tee sys/etc/default/grub.d/{x.bak,.hidden.cfg} >/dev/null
made
is "$(entries | head -n 1 | sed 's/.* ro *//')" 'console=ttyS0 z' "files of grub.d after it, in their order"
rm sys/etc/default/grub
made
is "$(entries | head -n 1 | sed 's/.* ro *//')" 'console=ttyS0 z' "and without it"

# --- kernels by content ---
kernels 6.1.0-37
: >sys/boot/vmlinuz-6.1.0-38
echo x >sys/boot/initrd.img-6.1.0-38
made
first_is 'vmlinuz-6.1.0-37 ' "an empty one is none"
like "$(<said)" 'left out of the menu: vmlinuz-6.1.0-38 \(empty\)' "and told"
kernels 6.1.0-37
for f in 6.1.0-37.dpkg-new 6.1.0-38.rpmsave 6.1.0-38.rpmnew 6.1.0-37.sig 6.1.0-39.bak; do bzimage sys/boot/vmlinuz-$f; done
made
is "$(entries | wc -l)" 1 "leftovers are none"
kernels 6.1.0-37
ln -s gone sys/boot/vmlinuz-6.2
mkdir sys/boot/vmlinuz-6.3
mkfifo sys/boot/vmlinuz-6.4
ln -s vmlinuz-6.1.0-37 sys/boot/vmlinuz-6.0
made
is "$(entries | cut -d' ' -f1)" $'/boot/vmlinuz-6.1.0-37\n/boot/vmlinuz-6.0' "links to nowhere, folders, fifos are none; a link to a kernel is one"
kernels 6.4.0-default
gzip -c /bin/true >sys/boot/vmlinux-6.4.0-default.gz
cp /bin/true sys/boot/vmlinux-6.5
made
is "$(entries | cut -d' ' -f1)" "/boot/vmlinuz-6.4.0-default" "an ELF file is none, packed or not"
kernels 6.1
perl -e 'print "MZ", "\0" x 54, "ARM\x64", "\0" x 9000' >sys/boot/vmlinuz-6.2-arm64
cp /bin/true sys/boot/vmlinuz-6.3-ppc
perl -e 'print "\0" x 510, "U\xaa\0\0HdrS\x0f\x02", "\0" x 4' >sys/boot/vmlinuz-6.4-cut
perl -0777 -pi -e 'substr($_, 0x1f4, 4) = pack "V", 0x80000' sys/boot/vmlinuz-6.4-cut
made
first_is 'vmlinuz-6.1 ' "other architectures' are none, nor is one that ends early"
like "$(<said)" "6.2-arm64 \(arm64's\), .*6.3-ppc \(an ELF file\), .*6.4-cut \(cut short\)" "each with its reason"
kernels
head -c 9000 /dev/urandom | gzip >sys/boot/vmlinuz-6.1-arm64
made
is $? 19 "without any it ends with 19"
like "$(<said)" 'no x86 kernel \(bzImage\) in /boot: vmlinuz-6.1-arm64' "and names them"
kernels 6.12~rc6 6.12.0 6.2.0 6.10.0
made
is "$(entries | sed 's/^[^ ]*vmlinuz-\([^ ]*\) .*/\1/' | tr '\n' ' ')" "6.12.0 6.12~rc6 6.10.0 6.2.0 " "in sort -V's order"
kernels 6.1 6.2
bzimage sys/boot/vmlinuz-6.3
: >sys/boot/initrd.img-6.2
made
first_is 'vmlinuz-6.1 ' "without an initrd, or with an empty one, it is not the default"
is "$(entries | wc -l)" 3 "but in the menu"
like "$(<said)" 'vmlinuz-6.3 has no initrd' "which is told"
kernels
bzimage sys/boot/vmlinuz-6.3
made
first_is 'vmlinuz-6.3 root=PARTUUID' "unless it is the only one"

# --- a grub.cfg that is there ---
menu() { # menu TEXT: of the default system, with that
	kernels 6.1
	mkdir sys/boot/grub
	printf '%b' "$1" >sys/boot/grub/grub.cfg
	made
}
bad() { # bad TEXT REGEX
	menu "$1"
	is $? 20 "$2"
	like "$(<said)" "grub.cfg(:[0-9]+)?: .*$2.*--new-config" "  named"
	runs "  --new-config" grubify --new-config disk.img
}
good() { # good TEXT NAME
	menu "$1"
	is "$?$(<said)" 0 "believed: $2"
	is "$(ext_file disk.img 1 /boot/grub/grub.cfg | b2sum)" "$(printf '%b' "$1" | b2sum)" "  and left as it is"
}
entry() { printf 'menuentry x {\n\tlinux %s root=%s ro\n\tinitrd %s\n}\n' "${2:-/boot/vmlinuz-6.1}" "$1" "${3:-/boot/initrd.img-6.1}"; }
foreign=11111111-2222-3333-4444-555555555555
for r in UUID=$foreign /dev/disk/by-uuid/$foreign PARTUUID=deadbeef-01 /dev/disk/by-partuuid/deadbeef-01 LABEL=none \
	/dev/disk/by-label/none PARTLABEL=none; do
	bad "$(entry $r)" "root=$r: no partition of this image"
done
for r in /dev/nbd0p1 /dev/vg0/root /dev/md0 /dev/md/0 /dev/mapper/vg0-root /dev/dm-1 /dev/loop0p1; do
	bad "$(entry $r)" "names $r, a device"
done
bad "$(entry UUID=$UUID /boot/vmlinuz-5.10)" "/boot/vmlinuz-5.10: no such file"
bad "$(entry UUID=$UUID /boot/initrd.img-6.1)" "/boot/initrd.img-6.1: no bzImage"
bad "$(entry UUID=$UUID '' /boot/initrd.img-5.10)" "/boot/initrd.img-5.10: no such file"
bad "$(entry UUID=$foreign)"'\n'"$(entry UUID=$UUID)" "root=UUID=$foreign"
bad 'insmod blscfg\nblscfg\n' 'blscfg'
for r in UUID=$UUID UUID=${UUID^^} /dev/sda1 /dev/vda1 /dev/xvda1 /dev/nvme0n1p1 /dev/disk/by-id/x '$rootdev' /dev/cciss/c0d0p1; do
	good "$(entry "$r")" "root=$r"
done
good "$(entry UUID=$UUID '${k}')" "a variable"
good "$(entry UUID=$UUID '(hd1,msdos1)/vmlinuz')" "another disk's kernel"
good "$(entry UUID=$UUID)"'\n'"$(entry UUID=$foreign)" "another system's entry"
good "menuentry 'x (on /dev/loop0p1)' {\n echo root=/dev/loop0\n linux /boot/vmlinuz-6.1 root=UUID=$UUID\n}\n" "a title"
good 'configfile /boot/grub/other.cfg\n' "one that calls another"
good 'menuentry w {\n chainloader +1\n}\n' "one that chains"
for t in '' '# nothing\n' 'set timeout=5\n'; do
	menu "$t"
	is "$?$(<said)" 0 "without an entry ($t) it is as none"
	first_is "vmlinuz-6.1 root=UUID=$UUID" "  a new one is there"
done

# --- what the root is called ---
fresh
disk disk.img 48M <<<$'label: dos\nlabel-id: 0x0\n2048,,83'
ext4_in disk.img 1 sys -U clear
runs "neither UUID nor disk id" grubify disk.img
first_is 'root=PARTUUID=00000000-01 ' "is the kernel's name of an id of 0"
unlike "$(ext_file disk.img 1 /boot/grub/grub.cfg)" '^search|UUID= ' "and no search for nothing"
disk disk.img 48M <<<$'label: gpt\nsize=1M,type='$BIOSBOOT$'\ntype=L,uuid=ABCDEF01-2222-3333-4444-555555555555'
ext4_in disk.img 2 sys -U clear
runs "no UUID on a GPT" grubify disk.img
like "$(entries 2 | head -n 1)" 'root=PARTUUID=abcdef01-2222-3333-4444-555555555555 ' "by PARTUUID"
disk disk.img 96M <<<$'label-id: 0x1234abcd\nsize=40M,type=83\ntype=83'
ext4_in disk.img 1 sys -U $UUID
ext4_in disk.img 2 sys -U $UUID
runs "twins" grubify --root 2 disk.img
like "$(entries 2 | head -n 1)" 'root=PARTUUID=1234abcd-02 ' "the one that was asked for"
unlike "$(ext_file disk.img 2 /boot/grub/grub.cfg)" '^search' "and no search for either"
finish
