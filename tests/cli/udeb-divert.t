#!/bin/bash
# SPDX-License-Identifier: MIT
# Inside the installer: what in-target and grub-installer do over and over is done once.
. "${0%/*}/../lib.sh"

need busybox # the installer's, which differs here and there

mkdir bin
for applet in grep sed cat rm; do ln -s "$(command -v busybox)" bin/$applet; done

# The installer's own functions as the patch leaves them, as far as they matter here.
cat > setup.sh <<END
whole_divert () {
	echo "divert \$1"
	[ "\$1" != /bad ]
}
whole_undivert () {
	echo "undivert \$1"
}
. $T/divert
END
mkdir state
PATH=$T/bin:$PATH
sed "s|/var/lib/seedbed|$T/state|" "$SRC/udeb/usr/lib/seedbed/divert" > divert
with() { sh -c ". ./setup.sh; $1"; }
is "$(with 'divert /a; divert /a; undivert /a')" "divert /a" "diverted once, and stays so"
is "$(with 'divert /a; divert /b')" "divert /b" "by whoever asks"
is "$(with 'divert /bad || echo failed; divert /bad')" $'divert /bad\nfailed\ndivert /bad' "what failed is tried again"
is "$(with undivert_all)" $'undivert /a\nundivert /b' "until the end"
is "$(with 'undivert_all; divert /a')" "divert /a" "of which there is one"

# --- what it answers to packages ---
printf '#!/bin/sh\nshift 2\ncat >> told-now\n' > bin/chroot
chmod +x bin/chroot
sed "s|/var/lib/seedbed|$T/state|; s|/target|$T/target|" "$SRC/udeb/usr/lib/seedbed/selections" > selections
cat > grub-installer <<END
sh $T/selections <<EOF
\$1 x/line string with .* [b]
\$1 x/empty multiselect
EOF
if [ "\$2" ]; then
	sh $T/selections <<EOF
\$1 x/empty boolean false
EOF
fi
END
answers() { # answers WORD...: what debconf is told
	rm -f told-now
	sh grub-installer "$@"
	cat told-now 2> /dev/null
}
is "$(answers pc)" $'pc x/line string with .* [b]\npc x/empty multiselect' "answers are passed on"
is "$(answers pc)" "" "once"
is "$(answers pc more)" "pc x/empty boolean false" "those that are new"
is "$(answers efi | wc -l)" 2 "each of them"
printf '#!/bin/sh\nexit 1\n' > bin/chroot
fails 1 "" sh -c 'echo z | sh selections'
printf '#!/bin/sh\ncat\n' > bin/chroot
is "$(echo z | sh selections)" z "what failed is told again"
finish
