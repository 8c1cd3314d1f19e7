#!/bin/bash
# SPDX-License-Identifier: MIT
# initrd-add: installer packages put into an initrd.
. "${0%/*}/../lib.sh"
need cpio gzip dpkg-deb

mkdir -p base/usr/lib base/var/lib/dpkg/info && ln -s usr/lib base/lib
cat > base/var/lib/dpkg/status <<'E2'
Package: anna
Status: install ok unpacked
Version: 1.99
Description: fetches

Package: download-installer
Status: install ok unpacked
Version: 1.61
Depends: anna
Description: Download installer components
Installer-Menu-Item: 2300

E2
printf 'Template: a/b\nType: text\nDescription: A\nDescription-de.UTF-8: Ä\n' \
	> base/var/lib/dpkg/info/anna.templates
(cd base && find . | LC_ALL=C sort | cpio -oH newc --quiet | gzip -9n) > base.gz

udeb() { # udeb NAME VERSION COMPRESSION: with files in ./NAME
	mkdir -p "$1/DEBIAN"
	cat > "$1/DEBIAN/control" <<-E2
		Package: $1
		Version: $2
		Architecture: all
		Maintainer: nobody <nobody@localhost>
		Provides: made-disk
		Depends: anna,
		 cdebconf-udeb
		Description: a test
		 Which goes on.
		Installer-Menu-Item: 4200
	E2
	dpkg-deb --root-owner-group -Z"$3" -b "$1" "$1.udeb" > /dev/null
}
mkdir -p disk/lib/disk disk/usr/bin disk/DEBIAN
printf '#!/bin/sh\n' > disk/usr/bin/disk && chmod 755 disk/usr/bin/disk
ln disk/usr/bin/disk disk/usr/bin/disk2
ln -s ../../usr/bin/disk disk/lib/disk/link
printf '#!/bin/sh\nexec disk\n' > disk/DEBIAN/postinst && chmod 755 disk/DEBIAN/postinst
printf 'Template: d/e\nType: select\nChoices-C: x\nChoices: X\nChoices-de.UTF-8: Ix\nDescription: D\n' \
	> disk/DEBIAN/templates
udeb disk 2 xz
udeb plain 1 gzip

added() { tail -c +$(($(stat -c %s base.gz) + 1)) "$1" | gzip -dc; }
unpacked() { rm -rf got && mkdir got && added "$1" | (cd got && cpio -id --quiet); }

runs "packages go in" initrd-add -o new.gz --udeb plain.udeb --udeb disk.udeb \
	--installed download-installer --strip-translations base.gz
is "$(added new.gz | cpio -tv --quiet | awk '{ print $1, $9 $10 $11 }')" \
"drwxr-xr-x usr/bin
-rwxr-xr-x usr/bin/disk
-rwxr-xr-x usr/bin/disk2
drwxr-xr-x usr/lib/disk
lrwxrwxrwx usr/lib/disk/link->../../usr/bin/disk
-rw-r--r-- var/lib/dpkg/info/anna.templates
-rwxr-xr-x var/lib/dpkg/info/disk.postinst
-rw-r--r-- var/lib/dpkg/info/disk.templates
-rw-r--r-- var/lib/dpkg/status" "files where they belong"
unpacked new.gz
is "$(cat got/var/lib/dpkg/status)" "Package: anna
Status: install ok unpacked
Version: 1.99
Description: fetches

Package: download-installer
Status: install ok installed
Version: 1.61
Depends: anna
Description: Download installer components
Installer-Menu-Item: 2300

Package: plain
Status: install ok unpacked
Version: 1
Provides: made-disk
Depends: anna, cdebconf-udeb
Description: a test
Installer-Menu-Item: 4200

Package: disk
Status: install ok unpacked
Version: 2
Provides: made-disk
Depends: anna, cdebconf-udeb
Description: a test
Installer-Menu-Item: 4200" "packages as the main menu wants them"
runs "hard links keep their contents" cmp got/usr/bin/disk2 disk/usr/bin/disk
is "$(cat got/var/lib/dpkg/info/*.templates)" "Template: a/b
Type: text
Description: A
Template: d/e
Type: select
Choices-C: x
Choices: X
Description: D" "templates of both kinds lose their translations only"

runs "the same again" initrd-add -o again.gz --udeb disk.udeb new.gz
unpacked new.gz
initrd-add -o less.gz --udeb disk.udeb --udeb plain.udeb --exclude disk --exclude anna base.gz
unpacked less.gz
is "$(grep ^Package got/var/lib/dpkg/status)" "Package: download-installer
Package: plain" "what is excluded is not listed"
is "$(ls got)" "var" "and not put in"

cp disk.udeb disk-2.udeb && udeb disk 3 xz
fails 1 'disk.udeb: disk is version 3, and the initrd has 2' \
	initrd-add -o out --udeb disk.udeb new.gz
fails 1 'nothing: --installed: no such package' initrd-add -o out --installed nothing base.gz
uncut=0
for len in 7 70 100 $(seq 200 20 $(($(stat -c %s disk.udeb) - 1))); do
	head -c "$len" disk.udeb > cut.udeb
	! initrd-add -o out --udeb cut.udeb base.gz 2>/dev/null || uncut=$len
done
is $uncut 0 "a package that is cut short anywhere is not taken"
fails 1 'cut.udeb: .*(damaged|cut short)' initrd-add -o out --udeb cut.udeb base.gz
fails 1 'base.gz: not a Debian package' initrd-add -o out --udeb base.gz base.gz
printf 'Package: a\n\nnonsense\n' > base/var/lib/dpkg/status
(cd base && find . | cpio -oH newc --quiet) > bad
fails 1 'bad: var/lib/dpkg/status:[0-9]+: a package without' \
	initrd-add -o out --udeb disk.udeb bad
[ ! -e out ]
ok $? "nothing was written"
finish
