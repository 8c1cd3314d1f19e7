#!/bin/bash
# SPDX-License-Identifier: MIT
# What knows an installer is in its folder of mk/installers/ alone, behind verbs that
# somebody calls.
. "${0%/*}/../lib.sh"

# knows MK: lines of scripts there, comments aside, that name what one installer alone has.
# apt.sh and guest.sh know how Debian's archive calls its lists of udebs.
knows() {
	(cd "$1" && grep -nE 'd-i |debian-installer|udeb|di-events|preseed-check|preseed\.cfg|initrd|ramdisk|debconf|debootstrap|partman|pkgsel|tasksel|installers/[a-z]' ./*.sh) |
		sed 's|^\./||' | grep -vE '^[a-z]*\.sh:[0-9]*:[[:space:]]*#' |
		grep -vE '^(apt|guest)\.sh:.*(debian-installer|its udebs do not fit)|^publish\.sh:.*\{ next \}$|^setup\.sh:|^handover\.sh:.*in mk tools udeb|^version\.sh:.*find mk preseed\.d udeb'
}
is "$(knows "$SRC/mk")" "" "no script of mk/ knows one"
mkdir mk && echo 'initrd-add -o x "$kit/initrd.gz" # makes it' > mk/x.sh
is "$(knows mk | wc -l)" 1 "one that did would show"

mapfile -t verbs < <(sed -n 's/^#	\([a-z]*\.sh\)[[:space:]].*/\1/p' "$SRC/mk/installer.sh")
is "$((${#verbs[@]} > 5))" 1 "verbs are named"
for verb in "${verbs[@]}"; do
	is "$(grep -l "\$INSTALLER/$verb\"" "$SRC"/mk/*.sh | wc -l | sed 's/^[1-9].*/some/')" some "$verb: somebody calls it"
	for i in "$SRC"/mk/installers/*/facts; do # one without facts is not called by make yet
		i=${i%/facts}
		[ -x "$i/$verb" ]
		ok $? "${i##*/} can do it"
	done
done
is "$(grep -rhoE '\$INSTALLER/[a-z]+\.sh' "$SRC"/mk/*.sh | sed 's|.*/||' | sort -u | paste -sd ' ')" \
	"$(printf '%s\n' "${verbs[@]}" | sort -u | paste -sd ' ')" "none is called that is not named"
for key in $(grep -rhoE 'INSTALLER/facts" [a-z-]+' "$SRC"/mk/*.sh | sed 's/.* //' | sort -u); do
	for i in "$SRC"/mk/installers/*/facts; do
		[ -n "$(sed -n "s/^$key=//p" "$i")" ]
		ok $? "$key is known of ${i%/facts}"
	done
done
finish
