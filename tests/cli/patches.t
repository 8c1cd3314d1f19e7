#!/bin/bash
# SPDX-License-Identifier: MIT
# What is changed in the installer's own files: each patch applies whole or is left out, and
# says so; those that make it faster can be left out.
. "${0%/*}/../lib.sh"
. "$SRC/tests/kit.sh"
need patch cpio dpkg-deb

# A kit of two packages, one of them in the ramdisk, and a tree with patches for it.
own_kit() { # own_kit VERSION-OF-TOOL
	local tree=udeb.$1
	mkdir -p kit/udebs "$tree/DEBIAN" "$tree/usr/bin" rd/var/lib/dpkg rd/usr/lib
	printf 'release trixie\narchitecture amd64\n' > kit/manifest
	printf 'Package: tool\nVersion: %s\nArchitecture: all\nMaintainer: x <x@x>\nDescription: x\n' "$1" > "$tree/DEBIAN/control"
	printf '#!/bin/sh\necho one\necho two\necho three\necho four\necho five\necho six\n' > "$tree/usr/bin/tool"
	chmod 755 "$tree/usr/bin/tool"
	rm -f kit/udebs/*
	dpkg-deb --root-owner-group -b "$tree" "kit/udebs/tool_${1/:/%3a}_all.udeb" > /dev/null
	printf 'Package: other\nVersion: 9\n\nPackage: base\nStatus: install ok unpacked\nVersion: 3.1\n' > rd/var/lib/dpkg/status
	printf 'a=1\nb=2\n' > rd/usr/lib/base.sh
	chmod 644 rd/usr/lib/base.sh
	pack
}
pack() {
	(cd rd && find . | cpio -o -H newc --quiet | gzip) > kit/initrd.gz
	head -c 512 /dev/zero >> kit/initrd.gz
}
own_kit 1:2.0
mkdir -p tree/udeb/usr/lib/hooks.d
cp -r "$SRC/mk" tree/ && rm -rf tree/mk/installers/di/patches && mkdir tree/mk/installers/di/patches
printf '#!/bin/sh\n# Class: faster\ntrue\n' > tree/udeb/usr/lib/hooks.d/10quick
printf '#!/bin/sh\ntrue\n' > tree/udeb/usr/lib/hooks.d/10other
changes() { # changes NAME CLASS PACKAGE FILE FROM TO: a patch
	local where=${4%/*}
	mkdir -p "a/$where" "b/$where"
	if [ "$3" = base ]; then cp "rd/$4" "a/$4"; else cp "udeb.1:2.0/$4" "a/$4"; fi
	sed "s/$5/$6/" "a/$4" > "b/$4"
	{
		printf 'Purpose: what it is for\nClass: %s\nPackage: %s\n\n' "$2" "$3"
		diff -u --label "a/$4" --label "b/$4" "a/$4" "b/$4"
	} > "tree/mk/installers/di/patches/$1.patch"
}
changes 10-first needed tool usr/bin/tool 'echo one' 'echo 1'
changes 20-second faster tool usr/bin/tool 'echo six' 'echo 6'
changes 30-base faster base usr/lib/base.sh a=1 a=7
patches() { tree/mk/installers/di/patches.sh kit out "$@"; }
is "$(patches 2>&1)" "/usr/bin/tool	0755	$T/out/tree/usr/bin/tool
/usr/lib/base.sh	0644	$T/out/tree/usr/lib/base.sh" "files of a udeb and of the ramdisk, as a list for initrd-add"
is "$(sh out/tree/usr/bin/tool | paste -sd ' ')" "1 two three four five 6" "several patches of a file"
is "$(cat out/tree/usr/lib/base.sh)" $'a=7\nb=2' "each of them"
is "$(patches | sort -u | wc -l)" 2 "again, it is the same"

is "$(patches no)" "/usr/bin/tool	0755	$T/out/tree/usr/bin/tool
/usr/lib/hooks.d/10quick	0755	$T/out/tree/.nothing" "FAST=no: what is faster is left out, hooks too"
is "$(sh out/tree/usr/bin/tool | paste -sd ' ')" "1 two three four five six" "as if it were not there"
runs "what stands in a hook's place does nothing" sh out/tree/.nothing

# --- one that does not apply ---
changes 15-gone needed tool usr/bin/tool 'echo three' 'echo 3'
sed -i 's/^ echo four/ echo IV/' tree/mk/installers/di/patches/15-gone.patch
is "$(patches 2>&1 > list)" "installer: patch 15-gone does not apply to tool 1:2.0: left out" "is said in one line"
is "$(wc -l < list) $(sh out/tree/usr/bin/tool | paste -sd ' ')" "2 1 two three four five 6" "and left out, alone"
is "$(cd out/tree && find . -name '*.rej' -o -name '*.orig')" "" "with nothing left of it"
sed -i 's|usr/bin/tool|usr/bin/none|' tree/mk/installers/di/patches/15-gone.patch
is "$(patches 2>&1 > list)" "installer: patch 15-gone does not apply to tool 1:2.0: left out" "so is one whose file is not there"
sed -i 's|^Package: .*|Package: none|' tree/mk/installers/di/patches/15-gone.patch
is "$(patches 2>&1 > list)" "installer: patch 15-gone does not apply to none (which is not there): left out" "or whose package is not"

# --- of a release ---
mkdir tree/mk/installers/di/patches/{trixie,bookworm}
sed 's/echo 1/echo I/' tree/mk/installers/di/patches/10-first.patch > tree/mk/installers/di/patches/trixie/10-first.patch
sed 's/echo 1/echo i/' tree/mk/installers/di/patches/10-first.patch > tree/mk/installers/di/patches/bookworm/10-first.patch
rm tree/mk/installers/di/patches/15-gone.patch
patches > list
is "$(sh out/tree/usr/bin/tool | head -n 1)" I "one of the same name for the release goes before"
rm -r tree/mk/installers/di/patches/{trixie,bookworm}

# --- an installer from before the merge of /usr ---
mv rd/usr/lib rd/lib && rmdir rd/usr && pack
like "$(patches 2>&1)" "^/lib/base.sh	0644	$T/out/tree/usr/lib/base.sh$" "the file is where that has it"

sed -i '/^Class/d' tree/mk/installers/di/patches/10-first.patch
fails 1 '10-first.patch: has no line "Class: needed" or "Class: faster"' patches
fails 2 usage patches maybe
fails 2 usage tree/mk/installers/di/patches.sh kit

# --- this release's ---
for patch in "$SRC"/mk/installers/di/patches/*.patch; do
	is "$(sed -n '/^--- /q; s/^\(Purpose\|Class\|Package\): .*/\1/p' "$patch" | paste -sd ' ')" "Purpose Class Package" "${patch##*/} says what it is for"
done
for hook in $(grep -rlx '# Class: faster' "$SRC/udeb"); do
	is "$(head -n 1 "$hook")" '#!/bin/sh' "${hook##*/} is a script, and can be one that does nothing"
done
if [ -z "${SEEDBED_KIT:-}" ]; then
	skip "this release's patches apply" "SEEDBED_KIT names no kit"
	finish
fi
installer_tools installer
is "$("$SRC/mk/installers/di/patches.sh" "$SEEDBED_KIT" real 2>&1 > list)" "" "all of them apply to the kit"
is "$(wc -l < list)" 6 "to six files"
while IFS=$'\t' read -r to _ file; do
	case $to in *screenrc) continue ;; esac
	runs "$to is a script" env PATH="$T/installer" sh -n "$file"
	for called in $(grep -o '/usr/lib/seedbed/[a-z-]*' "$file" | sort -u); do
		[ -e "$SRC/udeb$called" ]
		ok $? "$to calls $called, which is there"
	done
done < list
udebs=()
for p in grub-installer finish-install debootstrap-udeb; do udebs+=(--udeb "$SEEDBED_KIT"/udebs/"$p"_*.udeb); done
runs "the ramdisk takes them" initrd-add "${udebs[@]}" --list list -o initrd.gz "$SEEDBED_KIT/initrd.gz"
mkdir added
tail -c +$(($(stat -L -c %s "$SEEDBED_KIT/initrd.gz") + 1)) initrd.gz | zcat | (cd added && cpio -idm --quiet 2> /dev/null)
while IFS=$'\t' read -r to mode file; do
	cmp "$file" "added$to" && [ "0$(stat -c %a "added$to")" = "$mode" ]
	ok $? "$to is in it, patched"
done < list
"$SRC/mk/installers/di/patches.sh" "$SEEDBED_KIT" slow no > list
is "$(grep -v nothing list | cut -f1)" "/etc/screenrc
/usr/share/debootstrap/functions" "FAST=no: two of them"
grub=real/tree/usr/bin/grub-installer
is "$(grep -c debconf-set-selections $grub)" 0 "all of grub-installer's answers go by way of what was told"
times() { # times SCRIPT SERIAL PACKAGE: how often it has grub.cfg made
	{
		echo 'update_grub() { echo made; }; serial=$1 grub_package=$2 ROOT=.'
		sed -n '/^# Delete for idempotency/,/^fi *$/p' "$1" |
			sed 's/grub_serial_console/echo/g; s|\$ROOT/|./|g'
	} > part
	mkdir -p etc/default && : > etc/default/grub
	PATH=$T/installer:$PATH sh part "$2" "$3" | grep -c made
}
for case in 'ttyS0 grub-pc' 'ttyS0 grub-efi-amd64'; do
	# shellcheck disable=SC2086 # two words
	is "$(times real/from/grub-installer/usr/bin/grub-installer $case) $(times $grub $case)" "2 1" "$case: grub.cfg is made once, not twice"
done
is "$(times $grub '' grub-pc) $(times $grub ttyS0 grub-xen)" "1 1" "or once, as ever"
sed "s|/lib/chroot-setup.sh|/dev/null|; s|/usr/share/debconf/confmodule|/dev/null|; s|/usr/lib/seedbed/apt-install|$T/ours|
	s|/var/lib/apt-install|$T/queue|; s|/target|$T/target|" \
	real/tree/usr/bin/apt-install > apt-install
printf '#!/bin/sh\necho "ours $*"\nSEEDBED_ASKED=yes sh -x %s/apt-install "$@" 2> trace\n' "$T" > ours
chmod +x ours
is "$(PATH=$T/installer:$PATH sh apt-install --no-recommends x y 2> /dev/null | head -n 1)" "ours --no-recommends x y" \
	"apt-install asks ours first"
is "$(cat queue/queue)" $'x --no-recommends\ny --no-recommends' "which can have it installed after all"
unlike "$(cat trace)" 'exec ' "without being asked again"
finish
