#!/bin/bash
# SPDX-License-Identifier: MIT
# The index: what it is made of, and what is wrong with that.
. "${0%/*}/../lib.sh"
. "$SRC/tests/questions.sh"
need dpkg-deb cpio gzip
questions a.index
questions b.index
runs "twice the same, byte by byte" cmp a.index b.index
is "$(head -c 8 a.index)" sbquest3 "the magic"
is "$(find . -name 'a.index*' | wc -l)" 1 "nothing left beside it"

# From an initrd, in which the installer's packages lie unpacked.
mkdir -p rd/var/lib/dpkg/info rd/lib
cp "$DATA/udebs/clock-setup/templates" rd/var/lib/dpkg/info/clock-setup.templates
printf '#!/bin/sh\ndb_input high clock-setup/utc\ndb_get only/script\n' >rd/lib/x.sh
(cd rd && find . | cpio -o -H newc --quiet) | gzip >initrd.gz
preseed-index -o rd.index -s trixie -a amd64 --alias stable --initrd initrd.gz
printf 'd-i clock-setup/utc boolean maybe\nd-i only/script string x\nd-i only/scripd string x\n' >a.cfg
is "$(preseed-check -i rd.index a.cfg | sed 's/.*\[/[/')" "[boolean]
[unknown]" "templates and scripts of an initrd"

# The compressions that packages have.
for z in gzip xz zstd none; do
	mkdir -p "z/$z"
	dpkg-deb --root-owner-group "-Z$z" --build "$T/tree/clock-setup.udeb" "z/$z/clock-setup_1_all.udeb" >/dev/null 2>&1 || {
		skip "$z" "dpkg-deb here does not make it"
		continue
	}
	preseed-index -o z.index -s x -a amd64 "z/$z/"*.udeb
	is "$(preseed-check -i z.index a.cfg | grep -c boolean)" 1 "a package compressed with $z"
done

echo "$T/pk/netcfg_1_all.udeb" >list
runs "further packages from a list" preseed-index -o l.index -s x -a amd64 --files list
echo old >kept.index
head -c 200 "$T/pk/netcfg_1_all.udeb" >cut_1_all.udeb
fails 1 'cut_1_all.udeb: not a Debian package, or damaged' preseed-index -o kept.index -s x -a amd64 cut_1_all.udeb
fails 1 'none.udeb: No such file' preseed-index -o kept.index -s x -a amd64 none.udeb
fails 1 'a.cfg: not an initrd' preseed-index -o kept.index -s x -a amd64 --initrd a.cfg
fails 1 'none.gz: No such file' preseed-index -o kept.index -s x -a amd64 --initrd none.gz
echo 'no field' >Packages
fails 1 'Packages:1: neither a field' preseed-index -o kept.index -s x -a amd64 -p Packages
mkdir bad && cp -r "$T/tree/netcfg.udeb" bad/ && echo 'no field' >>bad/netcfg.udeb/DEBIAN/templates
dpkg-deb --root-owner-group --build bad/netcfg.udeb bad_1_all.udeb >/dev/null
fails 1 'bad: templates:[0-9]+: neither a field' preseed-index -o kept.index -s x -a amd64 bad_1_all.udeb
is "$(cat kept.index)" old "an error leaves the old file"
fails 2 'are wanted' preseed-index a.udeb
fails 1 'no/such/x: No such file' preseed-index -o no/such/x -s x -a amd64
finish
