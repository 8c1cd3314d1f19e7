#!/bin/bash
# SPDX-License-Identifier: MIT
# Names that are there already, of whatever kind, where GRUB's files and folders go: none
# gets a second entry, and the filesystem is sound afterwards or not touched.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs e2fsck debugfs grub-mkimage grub-fstest

dbg() { debugfs -w -f - 'disk.img?offset=1048576' >log 2>&1; }
kind() { debugfs -R "stat $1" 'disk.img?offset=1048576' 2>/dev/null | sed -n 's/.*Type: \([a-z]*\).*/\1/p'; }
refused() { # refused STATUS REGEX [options]: by a dry run, too
	local sum
	sum=$(b2sum <disk.img)
	fails "$1" "$2" grubify --dry-run "${@:3}" disk.img
	fails "$1" "$2" grubify "${@:3}" disk.img
	is "$(b2sum <disk.img)" "$sum" "  and the image is as before"
	[ ! -e disk.img.grubify-undo ]
	ok $? "  with nothing beside it"
}
# done_over NAME: all modules, once each, as they are
done_over() {
	runs "$1: a dry run" grubify --dry-run disk.img
	runs "$1: grubify" grubify disk.img
	runs "$1: e2fsck finds nothing" ext_clean disk.img 1
	ext_file disk.img 1 /boot/grub/i386-pc/acpi.mod | cmp -s - /usr/lib/grub/i386-pc/acpi.mod
	ok $? "$1: the module is there"
	is "$(grub-fstest "$T/disk.img" ls '(loop0,msdos1)/boot/grub/i386-pc/' | tr ' ' '\n' | grep -cx acpi.mod)" 1 \
		"$1: once"
}
with() { # with COMMAND...: on the system's folder, in GRUB's
	rm -rf sys && cp -a tiny sys && mkdir -p sys/boot/grub/i386-pc
	(cd sys/boot/grub/i386-pc && "$@") || ok 1 "$*"
	disk disk.img 48M <<<'2048,,83'
	rm -f fs.tmp
	ext4_in disk.img 1 sys "${MKE2FS[@]}"
}
MKE2FS=()
tiny_root tiny

with ln -s /usr/lib/grub/i386-pc/acpi.mod acpi.mod
done_over "a link to nowhere"
with ln -s grub.cfg ../grub.cfg
done_over "a menu that is a link to itself"
with ln -s acpi.mod acpi.mod
done_over "a link to itself"
with ln -s ../../../etc/os-release acpi.mod
done_over "a link to a file"
is "$(ext_file disk.img 1 /etc/os-release)" "ID=tiny" "  which stays as it is"
with ln -s ../../../etc acpi.mod
done_over "a link to a folder"
is "$(kind /etc)" directory "  which stays"
with ln -s "/$(printf 'x%.0s' {1..90})" acpi.mod
done_over "a link with a block of its own"
with ln ../../vmlinuz-6.1.0-9-amd64 acpi.mod
done_over "another name of a kernel"
ext_file disk.img 1 /boot/vmlinuz-6.1.0-9-amd64 | cmp -s - tiny/boot/vmlinuz-6.1.0-9-amd64
ok $? "  which is as before"
with mkfifo acpi.mod
done_over "a fifo"
MKE2FS=(-O '^dir_index,^extents,^64bit')
with ln -s gone acpi.mod
done_over "without an index or extents"
MKE2FS=()
with touch x
dbg <<'EOT'
cd /boot/grub/i386-pc
mknod acpi.mod c 0 0
mknod normal.mod b 8 0
EOT
done_over "devices"
with touch acpi.mod
dbg <<'EOT'
ea_set /boot/grub/i386-pc/acpi.mod user.large -f /bin/true
EOT
done_over "attributes"

# every file that it writes, at once
with bash -c 'for f in acpi.mod normal.mod moddep.lst modinfo.sh boot.img core.img; do ln -s gone $f; done; ln -s ../../etc/grub.cfg ../grub.cfg'
done_over "all kinds of files"
is "$(kind /boot/grub/grub.cfg)" regular "the menu's name, too"
with bash -c 'mkdir ../../../etc/boot; echo old >../../../etc/boot/menu; ln -s ../../etc/boot/menu ../grub.cfg; ln -s /else/grubenv ../grubenv'
runs "--new-config" grubify --new-config disk.img
runs "e2fsck finds nothing" ext_clean disk.img 1
is "$(kind /boot/grub/grub.cfg)" symlink "a menu that is a link to a file stays one"
like "$(ext_file disk.img 1 /etc/boot/menu)" '^menuentry' "and is written where it leads"
is "$(kind /boot/grub/grubenv)" symlink "an environment elsewhere stays there"

# what another build has left, whatever it is
with bash -c 'ln -s gone foreign.mod; mkfifo odd.lst; ln ../../vmlinuz-6.1.0-9-amd64 linked.mod; mkdir folder.mod'
done_over "another build's"
is "$(kind /boot/grub/i386-pc/foreign.mod)$(kind /boot/grub/i386-pc/odd.lst)$(kind /boot/grub/i386-pc/linked.mod)" "" "goes"
is "$(kind /boot/grub/i386-pc/folder.mod)" directory "but for a folder"

# folders on the way
with bash -c 'rmdir ../i386-pc; mkdir ../../../usr/grub; ln -s ../../usr/grub ../i386-pc'
done_over "a folder by a link"
with bash -c 'cd ../..; rm -r grub; mkdir ../usr/g; ln -s /usr/g grub'
runs "GRUB's own folder by a link" grubify disk.img
runs "  e2fsck finds nothing" ext_clean disk.img 1
with bash -c 'cd ../..; rm -r grub; ln -s /nowhere grub'
refused 25 'partition 1: /boot/grub is a symlink to nowhere'
with bash -c 'cd ..; rmdir i386-pc; ln -s gone i386-pc'
refused 25 '/boot/grub/i386-pc is a symlink to nowhere'
with bash -c 'cd ..; rmdir i386-pc; : >i386-pc'
refused 25 '/boot/grub/i386-pc is no folder'
with bash -c 'cd ..; rmdir i386-pc; mkfifo i386-pc'
refused 25 '/boot/grub/i386-pc is no folder'
with bash -c 'cd ../..; rm -r grub; : >grub'
refused 25 '/boot/grub is no folder'
with mkdir acpi.mod
refused 25 '/boot/grub/i386-pc/acpi.mod is a folder'
with mkdir ../grub.cfg
refused 25 '/boot/grub/grub.cfg is no file'

# damaged before: nothing is written, and it is not taken for ours
with touch x
dbg <<'EOT'
set_inode_field /etc/os-release links_count 7
EOT
sum=$(b2sum <disk.img)
fails 15 'partition 1: is damaged \(e2fsck: .*ref count' grubify disk.img
is "$(b2sum <disk.img)" "$sum" "and the image is put back"
like "$(grubify disk.img 2>&1)" 'put back as it was' "which it says"
[ ! -e disk.img.grubify-undo ]
ok $? "with nothing beside it"
runs "--fsck has it repaired" grubify --fsck disk.img
runs "e2fsck finds nothing" ext_clean disk.img 1

# errors have words
with touch x
printf '\1\2\3\4' | dd of=disk.img bs=1 seek=$((1048576 + 1024 + 1020)) conv=notrunc status=none
refused 15 'partition 1: [Ss]uperblock checksum'
refused 15 'partition 1: [Ss]uperblock checksum' --root 1
unlike "$(grubify disk.img 2>&1)" 'Unknown code' "and not a number"
disk disk.img 48M <<<$'label: gpt\n2048,,L'
dd if=/dev/zero of=disk.img bs=1 seek=446 count=66 conv=notrunc status=none
refused 7 'a GPT without its protective MBR'
with touch x
printf '\0\0\0\0' | dd of=disk.img bs=1 seek=454 conv=notrunc status=none
like "$(grubify disk.img 2>&1)" 'sector 0|no partition table|no filesystem|overlap|root' "a partition from sector 0 on"
finish
