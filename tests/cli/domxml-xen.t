#!/bin/bash
# SPDX-License-Identifier: MIT
# Descriptions for Xen, which need no Xen.
. "${0%/*}/../lib.sh"
need xmllint

x() { xmllint --xpath "string($1)" d.xml; }
xen() { domxml --offline --xen "$@"; }

xen pv --kernel vmlinuz --initrd initrd --cmdline console=hvc0 --disk a.img \
	--net bridge:xenbr0 >d.xml
ok $? "a PV guest"
is "$(x /domain/@type) $(x //os/type) $(x //os/type/@machine)" "xen linux xenpv" "PV"
is "$(x //disk/target/@dev) $(x //disk/target/@bus)" "xvda xen" "its disk"
is "$(x //console/target/@type)" "xen" "its console"
is "$(x //interface/source/@bridge)" xenbr0 "its bridge"
is "$(x 'count(//rng)') $(x 'count(//sysinfo)')" "0 0" "nothing that Xen's driver would drop"

xen pv --disk a.img >d.xml
is "$(x /domain/bootloader)" pygrub "a PV guest from its disk"

xen pvh --kernel vmlinuz --disk a.img >d.xml
is "$(x //os/type) $(x //os/type/@machine) $(x 'count(//features)')" "xenpvh xenpvh 1" "PVH"

xen hvm --disk a.img --net network:default --reboot >d.xml
is "$(x //os/type) $(x //os/type/@machine) $(x //boot/@dev)" "hvm xenfv hd" "HVM"
is "$(x 'count(//serial)') $(x //console/target/@type) $(x /domain/on_reboot)" \
	"1 serial restart" "its console"

# What Xen has not is said by name, and with what to do, not left out of the description.
lacks() { # lacks WHAT OPTION...
	fails 2 "^domxml: $2[a-z ]*: xen:///system: $1: .+" xen pv --disk a "${@:2}"
}
lacks 'no virtio ports' --channel words
lacks 'no strings in the SMBIOS tables' --oem-string a
lacks 'no network card on a socket' --gate s
lacks 'no network of its own' --net user
lacks 'no number that tells a guest of its fork' --genid
lacks 'no UEFI that is known here' --firmware uefi
lacks 'no choice of machine and processor' --accel kvm
lacks 'no choice of machine and processor' --machine q35
lacks 'no choice of machine and processor' --cpu Nehalem
lacks 'no choice of machine and processor' --cpu-vendor GenuineIntel
fails 2 'needs --kernel' xen pvh --disk a
fails 2 'not pv' xen domu --disk a

# --- by its URI ---
domxml --offline -c xen+ssh://there/system --disk a >d.xml
is "$(x /domain/@type) $(x //os/type/@machine)" "xen xenpv" "a URI of Xen's is a guest of Xen"
HYPERVISOR=xen:///system domxml --offline --disk a >d.xml
is "$(x /domain/@type)" xen "by the environment, too"
HYPERVISOR=xen:///system domxml --offline -c qemu:///session --disk a >d.xml
is "$(x //disk/target/@bus)" virtio "but an option is above it"
HYPERVISOR=qemu:///system domxml --offline --xen pv --disk a >d.xml
is "$(x /domain/@type)" xen "and so is --xen"
fails 2 '--xen: qemu:///session is no Xen, such as xen:///system' xen pv -c qemu:///session --disk a
fails 2 '--connect: nosuch:///x: a hypervisor that is not known here; .*qemu, xen' domxml --offline -c nosuch:///x --disk a
fails 2 '--connect: qemu: not a URI' domxml -c qemu --disk a
HYPERVISOR=qemu fails 2 'HYPERVISOR=qemu: not a URI' domxml --disk a

# --- what is to be had there, without a description ---
is "$(domxml --facts --need ports --need gate -c qemu:///session | sed -n 's/^uri=//p; s/^ports=//p; s/^here=//p')" \
	"qemu:///session
yes
yes" "facts"
is "$(domxml --need ports --need here 2>&1)" "" "what there is costs no word"
is "$(domxml -c xen+ssh://there/system --facts --need ports --need here 2> err | grep -c '=no$')" 10 "what there is not"
is "$(cat err)" "domxml: xen+ssh://there/system: no virtio ports: its console is all that is heard of it
domxml: xen+ssh://there/system: none of this host's files: a hypervisor of this host has them" "is told, each"
fails 1 'no guests of one' domxml -c qemu:///system --need own
fails 2 '--need: speed: no such thing' domxml --need speed

finish
