#!/bin/bash
# SPDX-License-Identifier: MIT
# Descriptions for Xen, which need no Xen.
. "${0%/*}/../lib.sh"
need xmllint

x() { xmllint --xpath "string($1)" d.xml; }
xen() { domxml --offline --xen "$@"; }

xen pv --kernel vmlinuz --initrd initrd --cmdline console=hvc0 --disk a.img \
	--net bridge:xenbr0 --channel words >d.xml
ok $? "a PV guest"
is "$(x /domain/@type) $(x //os/type) $(x //os/type/@machine)" "xen linux xenpv" "PV"
is "$(x //disk/target/@dev) $(x //disk/target/@bus)" "xvda xen" "its disk"
is "$(x //console/target/@type) $(x //channel/target/@type) $(x //channel/target/@name)" \
	"xen xen words" "its console and port"
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

fails 2 'no such network' xen pv --disk a --gate s
fails 2 'no such network' xen pv --disk a --net user
fails 2 'needs --kernel' xen pvh --disk a
fails 2 'not for Xen' xen hvm --disk a --firmware uefi
fails 2 'not pv' xen domu --disk a

finish
