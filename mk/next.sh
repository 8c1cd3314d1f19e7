#!/bin/bash
# SPDX-License-Identifier: MIT
# next.sh NAME - what to type now: a line that starts the appliance of BUILD/NAME by hand,
# with its ports on this host's loopback, and one that logs in.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
read_facts "$BUILD/$name/facts"

# What has a port of the system's there has one in the 8000s here.
forwards=,hostfwd=tcp:127.0.0.1:2222-:22 pages=
for e in "${expect[@]}"; do
	read -r kind port path <<< "$e"
	case $kind in http|tcp) [[ $port =~ ^[0-9]+$ ]] || continue ;; *) continue ;; esac
	here=$((port < 1024 ? port + 8000 : port))
	case $forwards, in *"-:$port,"*|*"1:$here-"*) continue ;; esac
	forwards+=,hostfwd=tcp:127.0.0.1:$here-:$port
	[ "$kind" != http ] || pages+=" http://localhost:$here${path:-/}"
done
# A KVM that is there may not work: the boot test went by what kvmprobe found.
accel=kvm:tcg
! grep -qsE "<domain [^>]*type=.qemu." "$BUILD/$name/boot.xml" || accel=tcg
start=("qemu-system-${fact[isa]}" -M "${fact[machine]},accel=$accel" -m "${fact[memory]}" -smp "${fact[cpus]}")
[ "${fact[firmware]}" != uefi ] || start+=(-bios /usr/share/ovmf/OVMF.fd)
start+=(-snapshot -drive "file=$SHOWN/$name/$name.qcow2,if=virtio" -nic "user,model=virtio-net-pci$forwards")

# Whose key it is that is kept here is known; any other is where ssh looks by itself.
login=(ssh -p 2222)
for k in "${key[@]}"; do
	if [ "$(cut -d' ' -f1,2 "$CACHE/id_ed25519.pub" 2> /dev/null)" = "$(cut -d' ' -f1,2 <<< "$k")" ]; then
		login+=(-i "$CACHE/id_ed25519")
	fi
done
login+=(root@localhost)

echo "$name: start it (without -snapshot it keeps what is written): ${start[*]@Q}" | sed "s/'\([a-zA-Z0-9_.,=:@%+/-]*\)'/\1/g"
echo "$name: log in, by the host key shown above: ${login[*]@Q}${pages:+; its pages:$pages}" | sed "s/'\([a-zA-Z0-9_.,=:@%+/-]*\)'/\1/g"
