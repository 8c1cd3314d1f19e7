#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy --prune: what goes and, above all, what stays.
. "${0%/*}/../lib.sh"

host=$(uname -n)
fill() {
	rm -rf a
	mkdir a a/sub_00001-1.vg
	touch -d '90 days ago' a/vg0_000{10..49}-1.vg a/one_00001-1.vg
	touch -d '90 days ago' a/vg0 a/vg0_00009-1.vg.bak a/vg0_0008-1.vg
	echo kept >outside
	ln -s ../outside a/vg0_00001-1.vg
	ln -s ../outside "a/.lvm_${host}_4194299_1"
	touch "a/.lvm_${host}_4194299_5" "a/.lvm_${host}_$$_6" a/.lvm_elsewhere_4194299_7
}

fill
find a | sort >before
lvmtidy -n --prune --keep 3 a >dry
is "$(grep -c vg0_ dry)" 37 "a dry run names all but the newest three"
is "$(find a | sort)" "$(cat before)" "and removes nothing"

out=$(lvmtidy --prune --keep 3 a)
is "$out" "a: 37 archives and 1 temporary files removed, 12 entries left" "what it did"
is "$(diff <(find a | sort) before | sed -n 's/^> //p')" "$(sort dry)" \
	"just what the dry run named"
is "$(ls a | grep '^vg0_000[1-4]')" "$(printf 'vg0_000%s-1.vg\n' 47 48 49)" \
	"the newest by index stay, however old"
[ -f a/one_00001-1.vg ]; ok $? "the only copy stays"
[ -L a/vg0_00001-1.vg ] && [ -L "a/.lvm_${host}_4194299_1" ]; ok $? "links stay"
is "$(cat outside)" kept "and what they lead to"
[ -d a/sub_00001-1.vg ]; ok $? "a folder stays"
[ -f a/vg0 ] && [ -f a/vg0_00009-1.vg.bak ] && [ -f a/vg0_0008-1.vg ]
ok $? "what is not LVM's stays"
[ -f "a/.lvm_${host}_$$_6" ]; ok $? "a living process keeps its file"
[ -f a/.lvm_elsewhere_4194299_7 ]; ok $? "so does another host's"
is "$(lvmtidy --prune --keep 3 a)" \
	"a: 0 archives and 0 temporary files removed, 12 entries left" "again: nothing left to do"

fill
lvmtidy --prune --keep 1 --host elsewhere a >/dev/null
[ ! -e a/.lvm_elsewhere_4194299_7 ]; ok $? "unless that was this one's former name"

fill
touch -d '2 days ago' a/vg0_00020-1.vg
lvmtidy --prune --keep 3 --older-than 30d a >/dev/null
is "$(ls a | grep -c '^vg0_000[1-4].-1.vg$')" 30 "as in LVM, the first young one stops it"
[ -e a/vg0_00020-1.vg ] && [ -e a/vg0_00021-1.vg ] && [ ! -e a/vg0_00019-1.vg ]
ok $? "what is older than it went"
lvmtidy --prune --keep 3 --older-than 12h a >/dev/null
is "$(ls a | grep -c '^vg0_000[1-4].-1.vg$')" 3 "a shorter age lets go of it"

fill
touch a/vg0_00010-1.vg
like "$(lvmtidy --prune --keep 3 --older-than 12h a)" "^a: 0 archives" \
	"if the oldest is young, all stay"

fill
echo 'backup { retain_min = 5 retain_days = 100 }' >lvm.conf
like "$(lvmtidy --prune --config lvm.conf a)" "^a: 0 archives" "LVM's retain_days is the default"
echo 'backup { retain_min = 5 retain_days = 80 }' >lvm.conf
like "$(lvmtidy --prune --json --config lvm.conf a)" '"archives":35,' "and its retain_min"
finish
