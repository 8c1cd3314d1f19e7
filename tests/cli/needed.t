#!/bin/bash
# SPDX-License-Identifier: MIT
# The part of an archive's index for debootstrap: what is in it, and that the part is
# asked only where it answers as the whole would.
. "${0%/*}/../lib.sh"

cat > Packages <<'END'
Package: far
Priority: optional
Depends: nothing-of-this

Package: base
Priority: required
Pre-Depends: libc6 (>= 2.3) [amd64]
Depends: one | two:any, virtual

Package: libc6
Priority: optional

Package: two
Priority: optional
Depends: deep

Package: one
Priority: optional

Package: deep
Priority: extra

Package: tool
Priority: important
END
mkdir part
awk -v names=part/names -f "$SRC/mk/installers/di/needed.awk" Packages Packages > part/Packages
is "$(sed -n 's/^Package: //p' part/Packages | paste -sd ' ')" "base libc6 two one deep tool" \
	"whom anything required or important may need, in the index's order"
is "$(tr ' ' '\n' < part/names | sort | paste -sd ' ')" "base deep libc6 one tool two virtual" \
	"names that nobody has are known, too"
is "$(sed -n '/^Package: base$/,/^$/p' part/Packages)" "$(sed -n '/^Package: base$/,/^$/p' Packages)" \
	"a stanza is whole"
sha256sum < Packages | cut -d' ' -f1 > part/sum

# Which of the two was asked, and what.
printf '#!/bin/sh\necho "$@"\n' > whole
chmod +x whole
sed "s|^whole=.*|whole=$T/whole|" "$SRC/udeb/usr/lib/seedbed/pkgdetails" > ask
ask() { SEEDBED_INDEX=$T/part sh ask "$@"; }
is "$(ask GETDEPS "$T/Packages" base virtual)" "GETDEPS $T/part/Packages base virtual" "dependencies: of the part"
is "$(ask PKGS http://a/debian "$T/Packages" base two)" "PKGS http://a/debian $T/part/Packages base two" "packages: of the part"
is "$(ask PKGS REAL "$T/Packages" tool)" "PKGS REAL $T/part/Packages tool" "which are real: of the part"
is "$(ask GETDEPS "$T/Packages" base far)" "GETDEPS $T/Packages base far" "a name that it does not cover: of the whole"
is "$(ask STANZAS "$T/Packages" base two)" "STANZAS $T/part/Packages base two" "stanzas: of the part"
is "$(ask FIELD Priority: http://a "$T/Packages" required)" "FIELD Priority: http://a $T/part/Packages required" "what is required: of the part"
is "$(ask FIELD Priority: http://a "$T/Packages" extra)" "FIELD Priority: http://a $T/Packages extra" "another priority: of the whole"
is "$(ask FIELD Essential: http://a "$T/Packages" yes)" "FIELD Essential: http://a $T/Packages yes" "another field: of the whole"
is "$(ask WGET% 1 2 3)" "WGET% 1 2 3" "another question: to the whole"
cp Packages other
echo >> other
is "$(ask GETDEPS "$T/other" base)" "GETDEPS $T/other base" "another index: of itself"
sleep 0.01
echo >> Packages
is "$(ask GETDEPS "$T/Packages" base)" "GETDEPS $T/Packages base" "an index that has changed since: of the whole"

# By the installer's own program over the release's own index, where they are here.
index=$(compgen -G "${SEEDBED_CACHE:-/var/cache/seedbed}/apt/trixie-amd64-*/lists/*_dists_trixie_main_binary-amd64_Packages" | head -n 1)
udeb=$(compgen -G "${SEEDBED_KIT:-/nowhere}/udebs/bootstrap-base_*.udeb")
if [ -n "$index" ] && [ -n "$udeb" ] && dpkg-deb -x "$udeb" real && real/usr/lib/debootstrap/pkgdetails > /dev/null 2>&1; [ $? -lt 126 ] && [ -e real ]; then
	awk -v names=part/names -f "$SRC/mk/installers/di/needed.awk" "$index" "$index" > part/Packages
	read -ra all < part/names
	for what in "GETDEPS" "STANZAS" "PKGS http://a/debian" "PKGS REAL"; do
		# shellcheck disable=SC2086
		is "$(real/usr/lib/debootstrap/pkgdetails $what part/Packages "${all[@]}" | sha256sum)" \
			"$(real/usr/lib/debootstrap/pkgdetails $what "$index" "${all[@]}" | sha256sum)" "$what: the part answers as the whole"
	done
	for priority in required important; do
		is "$(real/usr/lib/debootstrap/pkgdetails FIELD Priority: http://a/debian part/Packages $priority | sha256sum)" \
			"$(real/usr/lib/debootstrap/pkgdetails FIELD Priority: http://a/debian "$index" $priority | sha256sum)" \
			"$priority: the part answers as the whole"
	done
else
	skip "the installer's own program" "no kit, or no index"
fi
finish
