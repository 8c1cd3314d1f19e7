#!/bin/bash
# SPDX-License-Identifier: MIT
# lvmtidy: what it will not do.
. "${0%/*}/../lib.sh"

mkdir -p real backup lvm/backup
touch -d '90 days ago' {real,backup,lvm/backup}/vg0_0000{1..5}-1.vg
ln -s real link

fails 2 "at least one archive stays" lvmtidy --prune --keep 0 real
fails 2 "not an age" lvmtidy --prune --older-than soon real
fails 2 "not an age" lvmtidy --prune --older-than 30dd real
fails 2 "belong to --prune" lvmtidy --dry-run real
fails 2 "one or the other" lvmtidy --check --prune real
fails 2 "one operand too many" lvmtidy real backup
fails 1 "link: a symbolic link" lvmtidy --prune --keep 1 link
fails 1 "link/: a symbolic link" lvmtidy --prune --keep 1 link/
fails 1 "backup: holds LVM's backups" lvmtidy --prune --keep 1 backup
(cd lvm/backup && ! lvmtidy --prune --keep 1 .) 2>/dev/null
ok $? "nor where the backups are the working directory"
echo "backup { backup_dir = \"$T/real\" }" >lvm.conf
fails 1 "real: holds LVM's backups" lvmtidy --prune --keep 1 --config lvm.conf real
is "$(find . -name '*.vg' | wc -l)" 15 "nothing is gone"

fails 1 "nowhere: No such file" lvmtidy nowhere
fails 1 "lvm.conf: Not a directory" lvmtidy lvm.conf
fails 1 "none.conf: No such file" lvmtidy --config none.conf real
printf 'backup {\n\tretain_min = "many"\n}\n' >bad.conf
fails 1 "^bad.conf:2: not understood" lvmtidy --config bad.conf real
if [ "$(id -u)" -ne 0 ]; then
	chmod 555 real
	fails 1 "remove: Permission denied" lvmtidy --prune --keep 1 real
	chmod 755 real
fi
for option in $(lvmtidy --help | grep -o -- '--[a-z-]*'); do
	grep -Eq "Fl -${option#--}" "$SRC/tools/lvmtidy/lvmtidy.8"
	ok $? "$option is in the manual"
done
finish
