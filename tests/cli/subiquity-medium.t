#!/bin/bash
# SPDX-License-Identifier: MIT
# Ubuntu's medium, and the disk with its answers. The media here are this test's own, as
# small as can be and signed by its own key: what is tested is how they are read and
# refused, not Ubuntu.
. "${0%/*}/../lib.sh"
need xorriso bsdtar gpg gpgv mformat mcopy mdir python3
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user"
S=$SRC/mk/installers/subiquity
export SEEDBED_BUILD=$T/build GNUPGHOME=$T/gnupg
mkdir -m 700 gnupg
gpg --batch --quiet --passphrase '' --quick-gen-key 'Media <media@example.org>' ed25519 sign never 2>/dev/null
gpg --batch --quiet --passphrase '' --quick-gen-key 'Other <other@example.org>' ed25519 sign never 2>/dev/null
gpg --quiet --export media@example.org >keys.gpg

medium() { # medium NAME INFO [SIGNER]: a folder with an ISO and its sums
	rm -rf tree "$1"
	mkdir -p tree/.disk tree/casper "$1"
	echo "$2" >tree/.disk/info
	echo "kernel of $1" >tree/casper/vmlinuz
	echo "ramdisk of $1" >tree/casper/initrd
	head -c 3000000 /dev/zero >tree/casper/squashfs
	xorriso -as mkisofs -quiet -R -V UBUNTU -o "$1/$1.iso" tree 2>/dev/null
	(cd "$1" && sha256sum "$1.iso" | sed 's/  / */' >SHA256SUMS &&
		gpg --batch --quiet --local-user "${3:-media@example.org}" --detach-sign -o SHA256SUMS.gpg SHA256SUMS)
}
read_out() { UBUNTU_KEYRING=$T/keys.gpg "$S/medium.sh" "$1" noble 24.04 amd64 out; }
refused() { # refused REGEX ISO
	rm -rf out
	fails 1 "$1" env UBUNTU_KEYRING="$T/keys.gpg" "$S/medium.sh" "$2" noble 24.04 amd64 out
	[ ! -e out/linux ]
	ok $? "and nothing is read out"
}

medium good 'Ubuntu-Server 24.04.4 LTS "Noble Numbat" - Release amd64 (20260210)'
runs "a good one" read_out good/good.iso
is "$(cat out/linux out/initrd)" "kernel of good
ramdisk of good" "kernel and ramdisk"
is "$(cat out/medium)" "installer=Ubuntu-Server 24.04.4 LTS \"Noble Numbat\" - Release amd64 (20260210)
installer-iso=good.iso
installer-sha256=$(sha256sum <good/good.iso | cut -d' ' -f1)
installer-signed-by=$(gpg --with-colons --list-keys media@example.org | awk -F: '/^fpr/ { print $10; exit }')" "what it is, and by whom"

refused 'no installer image: say ISO=FILE, where FILE is the live-server ISO of Ubuntu 24.04 .noble. for amd64.*SHA256SUMS.gpg.*https://releases' ''
refused 'absent.iso: no such file; it should be the live-server ISO' absent.iso
refused 'is no file' good
refused 'SHA256SUMS: is no ISO 9660 image' good/SHA256SUMS
mkdir cut && cp good/SHA256SUMS* cut/ && head -c 1000000 good/good.iso >cut/good.iso
refused 'is cut off: 0 of [0-9]+ MiB are there; fetch it again' cut/good.iso
mkdir changed && cp good/SHA256SUMS* changed/ && cp good/good.iso changed/ && printf x >>changed/good.iso
refused 'is not the file that changed/SHA256SUMS tells of' changed/good.iso
mkdir renamed && cp good/SHA256SUMS* renamed/ && cp good/good.iso renamed/my.iso
refused 'has no file of that name; has it been renamed' renamed/my.iso
mkdir bare && cp good/good.iso bare/
refused 'bare/SHA256SUMS: is missing: fetch it from' bare/good.iso
cp good/SHA256SUMS bare/
refused 'bare/SHA256SUMS.gpg: is missing' bare/good.iso
echo >bare/SHA256SUMS.gpg
refused 'no valid signature by a key in' bare/good.iso
medium other 'Ubuntu-Server 24.04.4 LTS "Noble Numbat" - Release amd64 (20260210)' other@example.org
refused 'no valid signature by a key in' other/other.iso
sed -i 's/^/0/' good/SHA256SUMS
refused 'no valid signature by a key in' good/good.iso
sed -i 's/^0//' good/SHA256SUMS
medium desktop 'Ubuntu 24.04.4 LTS "Noble Numbat" - Release amd64 (20260210)'
refused 'not an image of the server installer' desktop/desktop.iso
medium arm 'Ubuntu-Server 24.04.4 LTS "Noble Numbat" - Release arm64 (20260210)'
refused 'arm64.*: expected the live-server ISO of Ubuntu 24.04 .noble. for amd64' arm/arm.iso
medium newer 'Ubuntu-Server 26.04 LTS "Resolute" - Release amd64 (20260420)'
refused 'Ubuntu-Server 26.04.*: expected .* 24.04' newer/newer.iso
medium debian 'Debian GNU/Linux 13.0.0 "Trixie" - Official amd64 NETINST'
refused 'is not an image of Ubuntu.s installer' debian/debian.iso
rm -f tree/casper/initrd
mkdir lacking && xorriso -as mkisofs -quiet -R -o lacking/lacking.iso tree 2>/dev/null
echo 'Ubuntu-Server 24.04 LTS "x" - Release amd64 (1)' >tree/.disk/info
xorriso -as mkisofs -quiet -R -o lacking/lacking.iso tree 2>/dev/null
(cd lacking && sha256sum lacking.iso >SHA256SUMS && gpg --batch --quiet --local-user media@example.org --detach-sign -o SHA256SUMS.gpg SHA256SUMS)
rm -rf out
fails 1 'has no casper/initrd' read_out lacking/lacking.iso
if [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ]; then
	fails 1 'no valid signature by a key in /usr/share/keyrings' "$S/medium.sh" good/good.iso noble 24.04 amd64 out
	is "$(gpg --show-keys --with-colons /usr/share/keyrings/ubuntu-archive-keyring.gpg |
		grep -c "^fpr:.*:$(sed -n 's/^MEDIA_KEY=\([0-9A-F]*\).*/\1/p' "$S/medium.sh"):$")" 1 "Debian's ubuntu-keyring has the key that signs media"
else
	skip "Ubuntu's own key" "ubuntu-keyring is not installed"
fi
fails 1 's390x: there is no way' "$S/medium.sh" good/good.iso noble 24.04 s390x out

# --- the seed ---
printf 'file a /srv/a\nfile big /srv/big 0600\n' >web.recipe
echo text >a
head -c 3000000 /dev/urandom >big
mkdir copies
autoinstall -k "$SRC/tests/data/preseed/key.pub" -p list -c copies -o user-data web.recipe
runs "a seed" "$S/seed.sh" user-data list seed.img
is "$(blkid -p -s LABEL -o value seed.img 2>/dev/null || /usr/sbin/blkid -p -s LABEL -o value seed.img)" CIDATA "its name"
mcopy -n -i seed.img ::user-data back && cmp user-data back
ok $? "user-data"
mcopy -n -i seed.img ::meta-data meta && [ ! -s meta ]
ok $? "meta-data, empty"
mcopy -n -i seed.img ::seedbed/files/1 big.back && cmp big big.back
ok $? "the recipe's files"
: >none
runs "without files" "$S/seed.sh" user-data none small.img
is "$(mdir -b -i small.img :: | sort)" "::/meta-data
::/user-data" "there are two things on it"
echo x >no-data
fails 1 'its first line is not #cloud-config' "$S/seed.sh" no-data none no.img
printf '/etc/passwd\t0600\tx\n' >evil
fails 1 'target must be /seedbed/files/NUMBER' "$S/seed.sh" user-data evil no.img
printf '/seedbed/files/0\t0600\tnowhere\n' >gone
fails 1 'nowhere: cannot be read' "$S/seed.sh" user-data gone no.img
[ ! -e no.img ] && [ ! -e no.img.tmp ]
ok $? "what is refused leaves nothing"
finish
