#!/bin/bash
# Inside the installer: what in-target and grub-installer do over and over is done once.
. "${0%/*}/../lib.sh"

need busybox # the installer's, which differs here and there

mkdir bin
for applet in grep sed cat rm; do ln -s "$(command -v busybox)" bin/$applet; done

# The installer's own functions, as far as they matter here.
cat > setup.sh <<'END'
divert () {
	echo "divert $1"
	[ "$1" != /bad ]
}
undivert () {
	echo "undivert $1"
}
END
cp setup.sh as-it-was.sh
mkdir state
touch grub-installer
PATH=$T/bin:$PATH
startup() { # its part that is about FROM to TO
	sed -n "/$1/,/$2/p" "$SRC/udeb/usr/lib/debian-installer-startup.d/S11seedbed" |
		sed "s|/lib/chroot-setup.sh|$T/setup.sh|; s|/usr/lib/seedbed/divert|$T/divert|; s|^grub=.*|grub=$T/grub-installer|"
}
sed "s|/var/lib/seedbed|$T/state|" "$SRC/udeb/usr/lib/seedbed/divert" > divert
startup '^setup=' '^fi' > patch.sh
sh patch.sh
with() { sh -c ". ./setup.sh; $1"; }
is "$(with 'divert /a; divert /a; undivert /a')" "divert /a" "diverted once, and stays so"
is "$(with 'divert /a; divert /b')" "divert /b" "by whoever asks"
is "$(with 'divert /bad || echo failed; divert /bad')" $'divert /bad\nfailed\ndivert /bad' "what failed is tried again"
is "$(with undivert_all)" $'undivert /a\nundivert /b' "until the end"
is "$(with 'undivert_all; divert /a')" "divert /a" "of which there is one"
printf 'divert () { true; }\n' > setup.sh
cp setup.sh other.sh
sh patch.sh
runs "other functions are left alone" cmp setup.sh other.sh

# --- grub-installer ---
startup '^grub=' '^esac' > patch.sh
lines() { # lines CASE: its end, as the installer's
	cat <<END
serial=\$1 grub_package=\$2
update_grub () {
    echo made
}
update_grub

if [ "\$serial" ] ; then
	# Modify /etc/default/grub so _grub_ uses serial console.
	case \$grub_package in
	    $1)
		echo "serial" > default
		update_grub # propagate to grub.cfg
		;;
	esac
fi 

END
}
times() { sh grub-installer "$@" | grep -c made; }
lines 'grub-pc|grub-efi*' > grub-installer
is "$(times ttyS0 grub-pc)" 2 "grub.cfg is made twice"
sh patch.sh
is "$(times ttyS0 grub-pc)" 1 "or once"
is "$(times ttyS0 grub-efi-amd64)" 1 "for UEFI, too"
is "$(times '' grub-pc)" 1 "and without a serial console"
is "$(times ttyS0 grub-xen)" 1 "and where that has nothing to do with it"
sh patch.sh
is "$(times ttyS0 grub-pc)" 1 "(the patch may come again)"
lines 'grub-pc' > grub-installer
cp grub-installer other
sh patch.sh
runs "another text is left alone" cmp other grub-installer

# --- what it answers to packages ---
printf '#!/bin/sh\nshift 2\ncat >> told-now\n' > bin/chroot
chmod +x bin/chroot
sed "s|/var/lib/seedbed|$T/state|; s|/target|$T/target|" "$SRC/udeb/usr/lib/seedbed/selections" > selections
cat > grub-installer <<'END'
$chroot $ROOT 'debconf-set-selections' <<EOF
$1 x/line string with .* [b]
$1 x/empty multiselect
EOF
if [ "$2" ]; then
	$chroot $ROOT 'debconf-set-selections' <<EOF
$1 x/empty boolean false
EOF
fi
END
sed "s|/usr/lib/seedbed/selections|sh $T/selections|" patch.sh > with.sh
sh with.sh
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
