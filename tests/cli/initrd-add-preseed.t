#!/bin/bash
# SPDX-License-Identifier: MIT
# initrd-add: a preseed file's answers put into the installer's database. That the
# installer makes the same of them is tested in tests/vm/initrd-add.t.
. "${0%/*}/../lib.sh"
need cpio gzip

mkdir -p base/etc base/var/lib/dpkg/info base/var/lib/cdebconf
echo 'path "/var/lib/cdebconf/questions.dat";' > base/etc/cdebconf.conf
cat > base/var/lib/dpkg/info/x.templates <<'E2'
Template: debian-installer/dummy
Type: string
Description: any

Template: known/name
Type: string
Description: a name

Template: known/secret
Type: password
Description: a secret
E2
pack() { (cd base && find . | LC_ALL=C sort | cpio -oH newc --quiet | gzip -9n) > "$1"; }
pack base.gz
cat > preseed.cfg <<'E2'
d-i known/name string a name
d-i known/secret password s3cret
d-i known/other string later
d-i preseed/include string more.cfg
tasksel tasksel/first multiselect \
	one, two
d-i known/other seen false
d-i known/name string \n "last" wins
E2
runs "answers go in" initrd-add -o new.gz --preseed preseed.cfg base.gz
mkdir got
tail -c +$(($(stat -c %s base.gz) + 1)) new.gz | gzip -dc | (cd got && cpio -idm --quiet)
is "$(cat got/var/lib/cdebconf/questions.dat)" 'Name: known/name
Template: known/name
Value: \n "last" wins
Owners: d-i
Flags: seen

Name: known/other
Template: debian-installer/dummy
Value: later
Owners: unknown
Variables:
 ID = known/other

Name: tasksel/first
Template: debian-installer/dummy
Value: one, two
Owners: unknown
Flags: seen
Variables:
 ID = tasksel/first' "known questions and others"
is "$(cat got/var/lib/cdebconf/passwords.dat)" "Name: known/secret
Template: known/secret
Value: s3cret
Owners: d-i
Flags: seen" "passwords by themselves"
is "$(stat -c %a got/var/lib/cdebconf/passwords.dat)" 600 "which only root may read"
is "$(cat got/var/lib/preseed/log)" 'd-i known/name string a name
d-i known/secret password s3cret
d-i known/other string later
tasksel tasksel/first multiselect one, two
d-i known/other seen false
d-i known/name string \n "last" wins' "the log that the installed system gets answers from"
is "$(grep -v '^#' got/preseed.cfg)" "d-i preseed/include string more.cfg" "what is to be fetched is left to the installer"

fails 1 'new.gz: --preseed: holds answers already' initrd-add -o out --preseed preseed.cfg new.gz
printf '# c\nd-i one\n' > bad
fails 1 '^bad:2: no type after the question' initrd-add -o out --preseed bad base.gz
fails 1 'nofile: No such file' initrd-add -o out --preseed nofile base.gz
sed -i s/dummy/other/ base/var/lib/dpkg/info/x.templates && pack nodummy.gz
fails 1 'nodummy.gz: --preseed: no template debian-installer/dummy' \
	initrd-add -o out --preseed preseed.cfg nodummy.gz
rm base/etc/cdebconf.conf && pack other.gz
fails 1 'other.gz: --preseed: no installer' initrd-add -o out --preseed preseed.cfg other.gz
[ ! -e out ]
ok $? "nothing was written"
finish
