#!/bin/bash
# SPDX-License-Identifier: MIT
# --via vm without what it needs: told before anything starts, the image as it was.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs grub-mkimage grub-fstest ldd
# what has the programs' names, and no more; a guest is not reached
mkdir have none
for p in grub-install lvm; do cp "$(type -P true)" "have/$p"; done

refused() { # refused STATUS REGEX OPTION...: of disk.img, which stays
	local sum
	sum=$(b2sum <disk.img)
	fails "$1" "$2" env "PATH=$T/have:$PATH" grubify "${@:3}" disk.img
	is "$(b2sum <disk.img)" "$sum" "  and the image is as before"
	[ ! -e disk.img.grubify-undo ] && [ ! -e disk.img.grubify-undo.new ]
	ok $? "  with nothing beside it"
}

tiny_image disk.img
refused 24 'no-such: No such file' --via vm --kernel no-such
refused 24 'etc/passwd: no kernel for x86 \(bzImage\)' --via vm --kernel /etc/passwd

# a kernel's header, and a folder of modules
head -c 64k /dev/zero >vmlinuz
printf 'HdrS\0\0\0\0\0\0\0\0\0\4' | dd of=vmlinuz bs=1 seek=514 conv=notrunc status=none
printf '9.9.9-test (somebody) #1' | dd of=vmlinuz bs=1 seek=$((0x600)) conv=notrunc status=none
refused 24 'vmlinuz: .*no modules.dep there: name the folder by --modules' --via vm --kernel vmlinuz
refused 24 'vmlinuz: none: no modules.dep there' --via vm --kernel vmlinuz --modules none
echo 'kernel/virtio_blk.ko.xz:' >none/modules.dep
mkdir -p none/kernel
echo broken >none/kernel/virtio_blk.ko.xz
refused 1 'none: Input/output error' --via vm --kernel vmlinuz --modules none
: >none/modules.dep
refused 17 "nowhere: GRUB's files are missing" --via vm --kernel vmlinuz --modules none --grub-dir nowhere

# programs that the layers need
disk disk.img 32M <<<'2048,,83'
printf 'LUKS\272\276\000\001' | dd of=disk.img bs=512 seek=2048 conv=notrunc status=none
refused 23 "by --via file, but by --via vm" --via file
command -v cryptsetup >/dev/null ||
	refused 24 'needs cryptsetup \(Debian: apt install cryptsetup-bin\)' --kernel vmlinuz --modules none
printf '#!/bin/sh\n' >have/cryptsetup
chmod +x have/cryptsetup
refused 24 'have/cryptsetup is a script: the guest needs the program' --kernel vmlinuz --modules none
refused 1 'no-such-key: No such file' --kernel vmlinuz --modules none --key-file no-such-key

fails 2 'modules are of which --kernel' grubify --modules none disk.img
fails 2 'not a number of seconds' grubify --timeout=-1 disk.img
fails 2 "neither a partition's number nor a name" grubify --root= disk.img
fails 2 'not auto, file, vm or dm' grubify --via guest disk.img
truncate -s 4M disk.img
refused 6 'truncated' --via vm
finish
