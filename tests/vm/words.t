#!/bin/bash
# SPDX-License-Identifier: MIT
# What seedbed's own udeb says out of the real installer's ramdisk, to its last word,
# which comes when /proc and /run are gone; and then it is switched off.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd dpkg-deb
[ -n "${SEEDBED_KIT:-}" ] || skip_all "SEEDBED_KIT names no installer kit"

user=$(id -un)
[ "$(id -u)" -ne 0 ] || user=seedbed
id -u "$user" > /dev/null 2>&1 || skip_all "there is no user $user"
chmod 755 "$T"

# At the first chance, what the installer's end does; no disk is needed for it.
cat > preseed.cfg <<'END'
d-i preseed/early_command string logger -t main-menu[1] "INFO: Menu item 'a-step' selected"; sleep 5; echo 'data two words' | /usr/lib/seedbed/word; umount -l /proc; umount -l /run; logger the last line; /usr/lib/finish-install.d/98seedbed-power-off; sleep 600
END
initrd-add --strip-translations --udeb "$SRC/build/seedbed.udeb" --preseed preseed.cfg \
	-o initrd "$SEEDBED_KIT/initrd.gz" || { ok 1 "initrd-add"; finish; }
cp "$SEEDBED_KIT/linux" .
chmod 644 initrd linux
domxml --user "$user" --name "seedbed-words-$$" --memory 768 --accel tcg --kernel "$T/linux" \
	--initrd "$T/initrd" --cmdline "console=ttyS0 ipv6.disable=1 seedbed_nonce=0123456789abcdef auto=true priority=critical ---" \
	--channel org.seedbed.log --channel org.seedbed.word > guest.xml
touch log console
vmrun --user "$user" --parent-exit --console "$T/console" --channel "org.seedbed.log=$T/log" \
	--word org.seedbed.word --nonce 0123456789abcdef --timeout 900 guest.xml > words 2> err
is "$?" 0 "the guest finished, by its own word"
show < err
like "$(cut -f2- words)" '^step	a-step$' "a step of the menu is told"
like "$(cut -f2- words)" '^data	two	words$' "and so is a fact"
like "$(cut -f2- words)" '^done	' "and that it is done, without /proc and /run"
like "$(cat log)" 'syslogd started' "the log is there from its first line"
like "$(cat log)" 'the last line' "and to its last"
finish
