#!/bin/bash
# SPDX-License-Identifier: MIT
# Descriptions for QEMU, without asking a hypervisor.
. "${0%/*}/../lib.sh"
need xmllint

x() { xmllint --xpath "string($1)" "${2:-d.xml}"; }
d() { domxml --offline --accel tcg "$@"; }

d -n web -m 512 --cpus 2 -k linux -i initrd.gz -a 'console=ttyS0 a="b<c>&d"' \
	--disk web.qcow2 --disk /srv/x.img --throwaway --gate "$T/a,b.sock" \
	--channel org.seedbed.words --oem-string 'io.systemd.credential:a=YQ+/=' >d.xml
ok $? "a guest that installs"
is "$(x /domain/@type) $(x /domain/name) $(x /domain/memory) $(x /domain/vcpu)" \
	"qemu web 512 2" "head"
is "$(x /domain/os/kernel)" "$T/linux" "paths are absolute"
is "$(x /domain/os/cmdline)" 'console=ttyS0 a="b<c>&d"' "arguments come through as they are"
is "$(x '//disk[1]/source/@file') $(x '//disk[1]/driver/@type') $(x '//disk[1]/driver/@cache')" \
	"$T/web.qcow2 qcow2 unsafe" "first disk"
is "$(x '//disk[2]/driver/@type') $(x '//disk[2]/target/@dev')" "raw vdb" "second disk"
is "$(x '//oemStrings/entry')" 'io.systemd.credential:a=YQ+/=' "a credential"
is "$(x '//channel/target/@name')" org.seedbed.words "a port"
is "$(x '//*[local-name()="arg"][2]/@value')" \
	"stream,id=gate,server=off,addr.type=unix,addr.path=$T/a,,b.sock" \
	"a comma in a path is no option of QEMU's"
is "$(x 'count(//genid)')" 0 "no genid unless asked for"
is "$(x 'count(//interface)') $(x 'count(//video)') $(x '//controller/@model') $(x '//memballoon/@model')" \
	"0 0 none none" "no device that was not asked for"
is "$(x /domain/on_reboot)" destroy "a restart is the end"
is "$(x /domain/os/type/@arch) $(x /domain/os/type/@machine) $(x //panic/@model)" "x86_64 pc isa" "the architecture's"
is "$(d --arch x86_64 --disk a)" "$(d --arch amd64 --disk a)" "by either name"
fails 2 '^domxml: --arch: arm64: guests are described of amd64 only' domxml --offline --arch arm64 --disk a
is "$(x //rng/backend)" /dev/urandom "random numbers"

d --disk a:b.img:raw --reboot --net user --mac 52:54:00:00:00:01 --video --genid >d.xml
is "$(x '//source/@file') $(x '//driver/@cache') $(x '//boot/@dev')" \
	"$T/a:b.img writeback hd" "a guest that boots from its disk"
is "$(x 'count(/domain/genid)')" 1 "a genid"
is "$(x '//interface/@type') $(x '//interface/address/@slot') $(x /domain/on_reboot)" \
	"user 0x10 restart" "user network, always in the same slot"
d --disk a.img --net bridge:br0 --firmware uefi --nvram vars >d.xml
is "$(x '//interface/source/@bridge') $(x '/domain/os/@firmware') $(x //nvram)" \
	"br0 efi $T/vars" "bridge, UEFI"
domxml --offline --accel kvm --disk a.img >d.xml
is "$(x /domain/@type) $(x '//cpu/@mode')" "kvm host-passthrough" "KVM"
d --disk a.img --cpu Nehalem --cpu-vendor HygonGenuine >d.xml
is "$(x //cpu/model) $(x '//*[local-name()="arg"][2]/@value')" \
	"Nehalem x86_64-cpu.vendor=HygonGenuine" "a processor by name"

evil='"/><devices>&amp;]]>'
d --name "$evil" --disk "$evil" --oem-string "$evil" --channel "$evil" >d.xml 2>err
like "$(cat err)" 'not a name' "a name with a slash"
evil='"><devices>&amp;]]>'
d --name "$evil" --disk "$evil" --oem-string "$evil" --channel "$evil" >d.xml
is "$(x /domain/name)|$(x '//disk/source/@file')|$(x //entry)|$(x '//channel/target/@name')" \
	"$evil|$T/$evil|$evil|$evil" "hostile text stays text"

fails 2 'cannot hold' d --disk $'a\x01b'
fails 2 'cannot hold' d --disk $'a\nb'
fails 2 'cannot hold' d --disk $'\xff'
fails 2 'cannot hold' d --disk a --oem-string $'\xc2\x9b'
fails 2 'not a name' d --disk a --name ''
fails 2 'not a name' d --disk a --name -x
fails 2 'nothing to boot' d
fails 2 'need --kernel' d --disk a --cmdline x
fails 2 'go together' d --disk a --net gate
fails 2 'go together' d --disk a --net user --gate s
fails 2 'no such kind' d --disk a --net wifi
fails 2 'not auto' domxml --offline --disk a --accel fast
fails 2 'not bios' d --disk a --firmware coreboot
fails 2 '--memory' d --disk a --memory 0
fails 2 '--cpus' d --disk a --cpus 0
fails 2 'Ethernet' d --disk a --mac 52:54:00:00:00:0,
fails 2 'twelve' d --disk a --cpu-vendor 'a,b=c.......'
fails 2 'needs --firmware' d --disk a --nvram v
fails 1 'No space' bash -c 'domxml --offline --accel tcg --disk a >/dev/full'

finish
