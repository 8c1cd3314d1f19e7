#!/bin/bash
# SPDX-License-Identifier: MIT
# --fix: what is beyond doubt is put right, all else stays as it is.
. "${0%/*}/../lib.sh"
. "$SRC/tests/questions.sh"
need dpkg-deb
questions small.index
check() { preseed-check -i small.index "$@"; }

cat >a.cfg <<'END'
# A comment stays.
d-i   netcfg/enable  boolean   Yes
d-i passwd/username anna
d-i tasksel/first multiselect standard
  # indented
d-i pkgsel/upgrade select NONE
d-i keyboard-configuration/xkb-keymap select Deutsch
d-i apt-setup/services-select multiselect security,  release updates
d-i pkgsel/include string \
	nginx
d-i partman/confirm_write_new_label boolean true
d-i netcfg/get_hostnam string web
postfix postfix/mailname select x
END
chmod 640 a.cfg
out=$(check --fix a.cfg 2>err); status=$?
is "$(cat a.cfg)" "# A comment stays.
d-i   netcfg/enable  boolean   true
d-i passwd/username string anna
tasksel tasksel/first multiselect standard
# indented
d-i pkgsel/upgrade select none
d-i keyboard-configuration/xkb-keymap select de
d-i apt-setup/services-select multiselect security,  updates
d-i pkgsel/include string \\
	nginx
d-i partman-partitioning/confirm_write_new_label boolean true
d-i netcfg/get_hostnam string web
postfix postfix/mailname string x" "what is put right"
is "$(cat err)" "preseed-check: a.cfg: 9 mended" "how much"
is "$out" "a.cfg:12:5: error: netcfg/get_hostnam: trixie has no such question; did you mean netcfg/get_hostname? [unknown]" "the rest is reported"
is "$status" 1 "status 1: something is left"
is "$(stat -c %a a.cfg)" 640 "the mode stays"
cp a.cfg b.cfg
check --fix b.cfg >/dev/null
runs "nothing more the second time" cmp a.cfg b.cfg
is "$(find . -maxdepth 1 -name '*.cfg*' | wc -l)" 2 "nothing left behind"

echo 'd-i netcfg/enable boolean yes' >c.cfg
is "$(check --fix c.cfg 2>/dev/null; echo $?)" 0 "all put right: status 0"
ln -s c.cfg link.cfg
echo 'd-i netcfg/enable boolean no' >c.cfg
check --fix link.cfg 2>/dev/null
is "$(cat c.cfg) $(readlink link.cfg)" "d-i netcfg/enable boolean false c.cfg" "through a link"
printf 'd-i debian-installer/locale string en\n' >n.cfg
check --fix n.cfg
is "$(cat n.cfg)" "d-i debian-installer/locale string en" "notes are left alone"
check --fix --level note n.cfg >/dev/null 2>&1
is "$(cat n.cfg)" "d-i debian-installer/locale select en" "unless asked for"
printf '# preseed-check: ignore\nd-i netcfg/enable boolean yes\n' >i.cfg
check --fix i.cfg
is "$(tail -n 1 i.cfg)" "d-i netcfg/enable boolean yes" "what is put to rest stays"
# what partman would lose
cat >r.cfg <<'END'
d-i partman-auto/method string LVM
d-i partman-auto/disk string vda
d-i partman-auto/expert_recipe string r :: \
 500 500 500 ext4 $primary{}method{ format } format{} use_filesystem { } filesystem{ ext4} mountpoint{ /boot }. \
 900 900 -1 ext4 lvmok{ } in_vg{a} method{ format }, format{ }use_filesystem{ } filesystem{ ext4 } mountpoint{ / } . \
 900 900 -1 ext4 method{ lvm } vg_name{a} .
d-i preseed/early_command string killall.sh; netcfg
END
for i in 1 2 3 4 5; do check --fix r.cfg >left 2>/dev/null && break; done
is "$(cat r.cfg)" "d-i partman-auto/method string lvm
d-i partman-auto/disk string /dev/vda
d-i partman-auto/expert_recipe string r :: \\
 500 500 500 ext4 \$primary{ } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ /boot } . \\
 900 900 -1 ext4 \$lvmok{ } in_vg{ a } method{ format } format{ } use_filesystem{ } filesystem{ ext4 } mountpoint{ / } . \\
 900 900 -1 ext4 method{ lvm } vg_name{ a } .
d-i preseed/early_command string kill-all-dhcp; netcfg" "a recipe's braces, after $i times"
is "$(cat left)" "" "nothing is left"

if [ "$(id -u)" -ne 0 ]; then
	mkdir ro && echo 'd-i netcfg/enable boolean yes' >ro/a.cfg && chmod a-w ro
	fails 3 'ro/a.cfg: Permission' preseed-check -i small.index --fix ro/a.cfg
	is "$(cat ro/a.cfg)" "d-i netcfg/enable boolean yes" "what cannot be replaced stays"
fi
finish
