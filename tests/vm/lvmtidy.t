#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy with real LVM on a virtio disk: archives by lvcreate and lvremove, many
# more beside them, lvcreate's time before and after, and LVM content throughout.
#
# LVMTIDY_FILES (20000) files are added to the directory, LVMTIDY_ROUNDS (10) pairs
# of lvcreate and lvremove made; LVMTIDY_SECONDS (600) is the guest's time limit.
. "${0%/*}/../lib.sh"
. "$SRC/tests/guest.sh"

files=${LVMTIDY_FILES:-20000} rounds=${LVMTIDY_ROUNDS:-10}
guest_begin dm-mod virtio_blk
guest_add lvm lvmtidy mke2fs findmnt lsblk
guest_file "$SRC/mk/lvm.sh" /lvm.sh
for name in pvcreate vgcreate vgs vgck lvcreate lvremove lvs vgcfgrestore lvmconfig; do
	ln -s lvm "$guest_root/bin/$name"
done
cat >lvm.conf <<-'CONF'
	# No udev here. The rest is as LVM is compiled.
	activation { udev_sync = 0 udev_rules = 0 monitoring = 0 }
	devices { obtain_device_list_from_udev = 0 use_devicesfile = 0 scan = "/dev" }
	global { event_activation = 0 }
CONF
guest_file lvm.conf /etc/lvm/lvm.conf

# The crowd: nine groups, the guest's own among them, and one file in ten left by
# a dead command.
seq "$files" | awk '{
	if ($1 % 10) printf "vg%d_%05d-%d.vg\n", $1 % 10 - 1, 10000 + $1 / 10, 1000000 + $1 * 7919 % 999983
	else printf ".lvm_guest_%d_%d\n", 30000 + $1 % 2000, $1 }' >crowd
guest_file crowd /crowd
truncate -s $((files / 1000 * 5 + 64))M crowd.img
truncate -s 128M pv.img

cat >script <<SCRIPT
rounds=$rounds files=$files
SCRIPT
cat >>script <<'SCRIPT'
ms() { local t=$EPOCHREALTIME; echo $((${t%.*} * 1000 + 10#${t#*.} / 1000)); }
one() { lvcreate -qq -y -Wn -Zn -l 1 -n "$1" vg0 >/dev/null || echo "failed lvcreate"; }
gone() { lvremove -qq -y "vg0/$1" >/dev/null || echo "failed lvremove"; }
lvcreate_ms() { # the fastest of three
	local best=999999 i t
	for i in 1 2 3; do
		t=$(ms); one timed; t=$(($(ms) - t)); gone timed
		[ $t -lt $best ] && best=$t
	done
	echo "$1 $best"
}
state() { lvmtidy --json | sed "s/^/$1 /"; echo "$1-status ${PIPESTATUS[0]}"; }

mkdir -p /run/lock/lvm /etc/lvm/archive /etc/lvm/backup
pvcreate -qq /dev/vda && vgcreate -qq vg0 /dev/vda || exit 9
for ((i = 0; i < rounds; i++)); do one x; gone x; done
echo "made $(ls /etc/lvm/archive | wc -l)"
lvcreate_ms alone
state alone

cp -a /etc/lvm/archive /tmp/real
mke2fs -q -t ext4 -N $((files + 5000)) /dev/vdb && mount -t ext4 /dev/vdb /etc/lvm/archive || exit 8
cd /etc/lvm/archive && rmdir lost+found && echo mine >"not LVM's.txt"
old=@$(($(date +%s) - 10 * 86400))
xargs touch -d $old </crowd
find /tmp/real -name 'vg0_*' | xargs touch -d $old # their indexes are the lowest
cd /
cp -a /tmp/real/. /etc/lvm/archive/
lvcreate_ms crowded
state crowded
ls /etc/lvm/archive | grep ^vg0_ | tail -n 10 >/tmp/newest

# A command of LVM that waits while it is pruned, and others that come in between.
for i in 1 2 3 4; do one with$i; done >/tmp/with &
t=$(ms)
lvmtidy --prune --older-than 2d --host guest --wait 120
echo "prune-status $?"
echo "prune $(($(ms) - t))"
wait
cat /tmp/with
echo "between $(lvs --noheadings vg0 | wc -l)"
while read -r f; do [ -e "/etc/lvm/archive/$f" ] || echo "lost $f"; done </tmp/newest
lvcreate_ms pruned
state pruned
ls /run/lock/lvm | sed 's/^/lock /'
ls -A /etc/lvm/archive | sed 's/_.*//' | sort | uniq -c | sed 's/^/left /'
for i in 1 2 3 4; do gone with$i; done
newest=$(ls /etc/lvm/archive/vg0_* | tail -n 1)
vgcfgrestore -qq -f "$newest" vg0 && echo "restored $(lvs --noheadings vg0 | wc -l)"
vgck vg0 && echo "vgck good"

# What a build asks before it makes a disk.
lvcreate -qq -y -Wn -Zn -l 8 -n disks vg0 >/dev/null && mke2fs -q -t ext4 /dev/vg0/disks &&
	mkdir -p /srv/disks && mount -t ext4 /dev/vg0/disks /srv/disks && mkdir /srv/disks/work
. /lvm.sh
say() { echo "say $*"; }
on_lvm /srv/disks/work; echo "on-lv $?"
on_lvm /etc/lvm/archive; echo "on-plain $?"
on_lvm /run; echo "on-none $?"
warn_of_lvm web /run /srv/disks/work
(cd /etc/lvm/archive && seq 10000 19999 | sed 's/.*/vg8_&-1.vg/' | xargs touch)
warn_of_lvm web /run /etc/lvm/archive
warn_of_lvm web /run /srv/disks/work
SCRIPT
out=$(guest_boot "${LVMTIDY_SECONDS:-600}" script \
	-drive file=pv.img,format=raw,if=virtio -drive file=crowd.img,format=raw,if=virtio)
is $? 0 "the guest ran to its end"
get() { sed -n "s/^$1 //p" <<<"$out"; }

unlike "$out" '^failed|^lost' "all of LVM's commands did their work, no newest archive is lost"
[ "$(get made)" -ge $((2 * rounds)) ]
ok $? "LVM wrote $(get made) archives"
is "$(get alone-status)" 0 "alone: good"
is "$(get crowded-status)" "$([ "$files" -ge 99000 ] && echo 4 || echo 3)" "crowded: not good"
like "$(get crowded)" "\"temp_stale\":\{\"files\":$((files / 10))," "the dead commands' files are seen"
is "$(get prune-status)" 0 "pruned in $(get prune) ms"
is "$(get between)" 4 "LVM worked meanwhile"
is "$(get pruned-status)" 0 "pruned: good"
is "$(get lock)" "" "no lock is left"
is "$(get restored) $(get vgck)" "1 good" "the newest archive can be restored"
like "$(get left)" "1 not LVM's.txt" "what is not LVM's is there"
like "$(get left)" "^ *10 vg5$" "ten of each group stay"
like "$(get left)" "^ *[1-9]?[0-9] vg0$" "of the guest's own those and what it made meanwhile"
is "$(get on-lv) $(get on-plain) $(get on-none)" "0 1 1" "a folder on a logical volume is told from others"
like "$(get say)" "^web: the disk lies on a logical volume.* /etc/lvm/archive: 10[0-9]* entries" "a build there says it first"
is "$(get say | wc -l)" 1 "and only there, only then"
before=$(get crowded | grep -v '{') after=$(get pruned | grep -v '{')
[ "$after" -lt "$before" ]
ok $? "lvcreate: $(get alone | grep -v '{') ms alone, $before ms with $files files, $after ms after lvmtidy"
[ "$bad" -eq 0 ] || show 80 <<<"$out"
finish
