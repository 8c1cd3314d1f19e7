#!/bin/bash
# SPDX-License-Identifier: MIT
# libvirt's own schema accepts what is written.
. "${0%/*}/../lib.sh"
need virt-xml-validate
[ -r /usr/share/libvirt/schemas/domain.rng ] || skip_all "libvirt's schemas are not installed"

valid() { # valid NAME OPTION...
	local name=$1
	shift
	case " $* " in *' --xen '*) ;; *) set -- --accel tcg "$@" ;; esac
	domxml --offline "$@" >d.xml || { ok 1 "$name"; return; }
	runs "$name" virt-xml-validate d.xml domain
}

valid "everything" --name a --uuid 5d2ae0a1-5b0f-4a6f-9e55-0a4b9a2c1f01 -k k -i i -a c \
	--disk a.qcow2 --throwaway --gate g --channel c --oem-string a=b --video \
	--cpu-vendor HygonGenuine --mac 52:54:00:00:00:01
valid "UEFI" --disk a --firmware uefi --nvram v --net user
valid "network" --disk a --net network:default --machine q35
valid "bridge" --disk a --net bridge:br0
valid "PV" --xen pv -k k -i i -a c --disk a --net bridge:br0 --video
valid "PVH" --xen pvh -k k --disk a
valid "HVM" --xen hvm --disk a --net network:default

finish
