#!/bin/bash
# SPDX-License-Identifier: MIT
# The lines that a build ends with: they start the appliance, and lead into it.
. "${0%/*}/../lib.sh"
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
need ssh-keygen

mkdir -p recipes build/x cache
ssh-keygen -q -t ed25519 -N '' -f cache/id_ed25519
ssh-keygen -q -t ed25519 -N '' -f other
export SEEDBED_BUILD=$T/build SEEDBED_CACHE=$T/cache SEEDBED_RECIPES=$T/recipes SEEDBED_SHOWN=build HOME=$T
lines() { # lines KEY RECIPE-LINE...
	printf '%s\n' "${@:2}" > recipes/x.recipe
	preseed --key "$1" --facts -o build/x/facts recipes/x.recipe && "$SRC/mk/next.sh" x
}
one=$(lines cache/id_ed25519.pub 'memory 600M' 'cpus 1' 'expect http 80 /page' 'expect http 80 /other' 'expect tcp 5432' 'expect unit x' 'expect http 8080')
start=$(sed -n '1s/.*: qemu/qemu/p' <<< "$one")
is "$start" "qemu-system-x86_64 -M pc,accel=kvm:tcg -m 600 -smp 1 -snapshot -drive file=build/x/x.qcow2,if=virtio -nic user,model=virtio-net-pci,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=tcp:127.0.0.1:5432-:5432" \
	"the machine that the recipe asks for, with its ports on the loopback, each once"
like "$(tail -n 1 <<< "$one")" ": ssh -p 2222 -i $T/cache/id_ed25519 root@localhost; its pages: http://localhost:8080/page\$" \
	"ssh by the key that was made for want of one, and where the pages are"
unlike "$(lines other.pub 'memory 600M')" ' -i ' "another key is where ssh finds it"
echo '<domain xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0" type="qemu">' > build/x/boot.xml
like "$(lines other.pub 'memory 600M')" 'accel=tcg ' "no KVM where the boot test had none"
rm build/x/boot.xml
uefi=$(lines other.pub 'firmware uefi' 'memory 600M' | sed -n '1s/.*: qemu/qemu/p')
like "$uefi" ' -bios /usr/share/ovmf/OVMF.fd ' "UEFI has its firmware"

# QEMU itself takes them, and its ports are there
if command -v qemu-system-x86_64 qemu-img > /dev/null; then
	qemu-img create -q -f qcow2 build/x/x.qcow2 1G
	for how in "$start" "$uefi"; do
		# ports of this test's own: others may be taken
		p=$((20000 + RANDOM % 20000))
		line=$(sed "s/127.0.0.1:[0-9]*-:22/127.0.0.1:$p-:22/; s/,hostfwd=tcp:127.0.0.1:[0-9]*-:\(80\|5432\)//g" <<< "$how")
		$line -S -display none -monitor none -serial none > log 2>&1 & pid=$!
		at_end "kill $pid 2> /dev/null"
		# shellcheck disable=SC2016
		until_true 60 bash -c ': < "/dev/tcp/127.0.0.1/$1"' - $p 2> /dev/null
		ok $? "QEMU starts by that line, and listens" || show < log
		kill $pid && wait $pid 2> /dev/null
	done
else
	skip "QEMU takes the line" "no qemu-system-x86_64"
fi
finish
