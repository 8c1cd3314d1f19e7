#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy --check: counts, verdicts and forms of the report.
. "${0%/*}/../lib.sh"

host=$(uname -n)
mkdir a a/subdir
touch a/vg0_0000{0..9}-11.vg a/vg0_000{10..29}-22.vg a/other_00007-1.vg
touch "a/.lvm_${host}_4194299_5" "a/.lvm_${host}_$$_6" a/.lvm_elsewhere_4194298_7
touch a/vg0 a/notes.txt
ln -s vg0_00000-11.vg a/vg0_00030-1.vg
cat >lvm.conf <<-CONF
	backup {
		archive_dir = "$T/a" # here
		retain_min = 4
	}
CONF

out=$(lvmtidy --config lvm.conf)
is $? 0 "good: status 0"
like "$out" "archives +31 " "archives are counted"
like "$out" "stale temporary files +1 " "a dead command's temporary file is stale"
like "$out" "temporary, in use +1 " "a living one's is not"
like "$out" "temporary, other host +1 " "nor another host's"
like "$out" "not LVM's +4 " "links, folders and other names are foreign"
like "$out" "vg0 +30 +26 +0..29" "the group has 26 more than retain_min"
like "$out" "lvm.conf: archive=1 retain_min=4 retain_days=30" "LVM's settings"

json=$(lvmtidy --config lvm.conf --json --exact a)
like "$json" '"archive":\{"files":31,"looked_at":31,' "JSON: kinds"
like "$json" '"surplus":26,' "JSON: surplus"
like "$json" '\{"name":"vg0","archives":30,"lowest":0,"highest":29\}' "JSON: groups"
if command -v python3 >/dev/null; then
	ok "$(python3 -m json.tool <<<"$json" >/dev/null; echo $?)" "JSON is JSON"
fi
prom=$(lvmtidy --config lvm.conf --prometheus a)
like "$prom" '^lvmtidy_files\{dir="a",kind="temp_stale"\} 1$' "Prometheus: kinds"
like "$prom" '^lvmtidy_group_archives\{dir="a",vg="other"\} 1$' "Prometheus: groups"
unlike "$prom" '^[^#l]' "Prometheus: nothing else"
odd=$(printf 'n\nl"\\\xff\xc3\xa9')
mkdir "$odd"
is "$(lvmtidy --config lvm.conf --prometheus "$odd" | sed -n 's/^lvmtidy_entries//p')" \
	"$(printf '{dir="n\\nl\\"\\\\\xef\xbf\xbd\xc3\xa9"} 0')" "a label is UTF-8, whatever the name"
if command -v promtool >/dev/null; then
	for d in a "$odd"; do
		lvmtidy --config lvm.conf --prometheus "$d" | promtool check metrics
		ok $? "Prometheus' own tool agrees"
	done
fi
is "$(lvmtidy --config lvm.conf --quiet)" "" "--quiet when good"

# Without --config: lvmconfig for root where it is installed, else the file itself.
mkdir -p lvm bin
ln -s "$(command -v lvmtidy)" bin
echo 'backup { retain_min = 7 }' >lvm/lvm.conf
export LVM_SYSTEM_DIR=$T/lvm
like "$(PATH=$T/bin lvmtidy a)" "^  $T/lvm/lvm.conf: archive=1 retain_min=7 " "without lvm2: the file"
if [ "$(id -u)" -eq 0 ] && PATH=$PATH:/usr/sbin command -v lvmconfig >/dev/null; then
	like "$(PATH=$PATH:/usr/sbin lvmtidy a)" "^  lvmconfig: archive=1 retain_min=7 " "with it: lvmconfig"
	PATH=$PATH:/usr/sbin fails 1 "nowhere: No such file" lvmtidy nowhere
	echo 'backup {' >lvm/lvm.conf
	PATH=$PATH:/usr/sbin fails 1 "lvm.conf:2: not understood" lvmtidy a
else
	skip "with it: lvmconfig" "not root, or lvm2 is not installed"
fi
unset LVM_SYSTEM_DIR

# Most are not looked at, but the oldest and the newest by number are.
mkdir many
(cd many && seq -f 'vg0_%05.0f-7.vg' 500 | xargs touch -d '5 days ago'
	touch -d '90 days ago' vg0_00001-7.vg && touch -d '2 days ago' vg0_00500-7.vg)
out=$(lvmtidy --config lvm.conf many)
like "$out" "archives +500 +~ *0 +90.0 d +2.0 d" "ages reach from the first to the last"

lvmtidy --warn 37 --config lvm.conf >/dev/null
is $? 3 "warning: status 3"
lvmtidy -q --crit 37 --config lvm.conf | grep -q '^critical: 37 entries'
is "${PIPESTATUS[0]}" 4 "critical: status 4, and it speaks"
like "$(lvmtidy --host elsewhere a)" "stale temporary files +2 " "the host's former name"
finish
