#!/bin/bash
# SPDX-License-Identifier: MIT
# The probe's guest is sound: without KVM it comes to its end.
. "${0%/*}/../lib.sh"

kvmprobe --image p.img
ok $? "the boot sector is written"
is "$(stat -c %s p.img)" 512 "one sector"
is "$(tail -c 2 p.img | od -An -tx1)" " 55 aa" "with its mark"
fails 1 'No such file' kvmprobe --image no/p.img
is "$(echo *)" p.img "and nothing else"

if ! command -v qemu-system-x86_64 >/dev/null; then
	skip "QEMU runs it" "qemu-system-x86_64 is not installed"
	finish
fi
for cpu in qemu64 max; do
	got=0
	timeout 60 qemu-system-x86_64 -machine pc,accel=tcg -cpu $cpu -nodefaults \
		-display none -no-reboot -drive file=p.img,format=raw,snapshot=on \
		-chardev file,id=c,path=steps -device isa-debugcon,iobase=0xe9,chardev=c \
		-device isa-debug-exit,iobase=0xf4,iosize=1 2>qemu.err || got=$?
	is "$got $(cat steps)" "1 rlsbtfmuo" "every step, with -cpu $cpu"
done
finish
