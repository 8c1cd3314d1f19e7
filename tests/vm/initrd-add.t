#!/bin/bash
# SPDX-License-Identifier: MIT
# Boots the installer twice, up to the end of its start-up scripts: once with a
# preseed file at /preseed.cfg, which it reads by itself, once with the answers
# put into its database beforehand and the templates stripped. The databases
# must be the same in the end.
#
# SEEDBED_KIT names a folder with the installer's "linux" and "initrd.gz".
. "${0%/*}/../lib.sh"
[ -n "${SEEDBED_KIT:-}" ] || skip_all "SEEDBED_KIT does not name an installer kit"
[ -r "$SEEDBED_KIT/linux" ] && [ -r "$SEEDBED_KIT/initrd.gz" ] ||
	skip_all "$SEEDBED_KIT: no linux and initrd.gz"
need qemu-system-x86_64 dpkg-deb

cat > preseed.cfg <<'E2'
# what such files have, and what few have
d-i debian-installer/locale string en_US.UTF-8
d-i keyboard-configuration/xkb-keymap select us
  d-i netcfg/get_hostname string unassigned-hostname
d-i	netcfg/hostname	string	web
d-i netcfg/get_domain string
d-i netcfg/wireless_wep string 
d-i mirror/http/proxy string
d-i seedbed-test/secret password s3 cret $6$salt/x
d-i seedbed-test/choice select two
d-i passwd/user-password password unknown to this installer
d-i passwd/user-fullname string Anne "Ada" O'Neil \ back
d-i partman-auto/expert_recipe string \
      boot-root :: \
# a comment between
              40 50 100 ext3 \

                      $primary{ } method{ format } . \
      64 512 300% linux-swap . 
d-i preseed/early_command string echo early >/tmp/early; true
d-i preseed/include string more.cfg
d-i dollar/one string ${HOME} and $(x) `y` \n \\ * "q"
d-i unknown/spaces string a b  c  	
d-i unknown/note note
d-i unknown/note seen false
d-i apt-setup/cdrom/set-first seen true
d-i debconf/priority select critical
d-i netcfg/get_hostname seen false
d-i hw-detect/load_firmware seen true
d-i time/zone string Europe/Berlin
d-i time/zone string Größe
tasksel tasksel/first multiselect standard, web-server
popularity-contest popularity-contest/participate boolean false
grub-pc grub-pc/install_devices multiselect /dev/sda, /dev/sdb
E2
printf 'd-i crlf/line string a\rb\r\n' >> preseed.cfg
cat > more.cfg <<'E2'
d-i unknown/included string yes
d-i netcfg/get_domain string included.example
E2

echo 'cat /proc/uptime >/tmp/begin' > S00begin
cat > S99dump <<'E2'
uptime=$(cat /proc/uptime)
mkdir -p /dump
cp /var/lib/cdebconf/*.dat /var/lib/preseed/log /tmp/early /tmp/begin /dump/
echo "$uptime" >/dump/uptime
tar cf - -C /dump . | base64 >/dev/vport0p1
echo END >/dev/vport0p1
poweroff -f
E2

mkdir -p udeb/DEBIAN
cat > udeb/DEBIAN/control <<'E2'
Package: seedbed-test-udeb
Version: 1
Architecture: all
Maintainer: nobody <nobody@localhost>
Description: questions of all kinds
E2
cat > udeb/DEBIAN/templates <<'E2'
Template: seedbed-test/secret
Type: password
Description: A secret
Description-de.UTF-8: Ein Geheimnis

Template: seedbed-test/choice
Type: select
Choices-C: one, two
Choices: One, Two
Choices-de.UTF-8: Eins, Zwei
Default: one
Description: A choice
 Explained in a second
 line.
E2
dpkg-deb --root-owner-group -b udeb test.udeb >/dev/null

boot() { # boot NAME: into the folder NAME
	timeout 900 qemu-system-x86_64 -accel tcg -cpu qemu64 -m 1024 -nodefaults \
		-display none -vga none -nic none -no-reboot \
		-kernel "$SEEDBED_KIT/linux" -initrd "$1.gz" \
		-append "console=ttyS0 priority=critical auto=true mitigations=off ---" \
		-serial "file:$1.console" -device virtio-serial-pci \
		-chardev "file,id=d,path=$1.dump" \
		-device virtserialport,chardev=d,name=dump
	mkdir "$1"
	if ! sed '/^END/d' "$1.dump" | base64 -d | tar xf - -C "$1"; then
		echo "# console:"
		tail -n 30 "$1.console" | tr -cd '[:print:]\n' | show
		return 1
	fi
	awk -v name="$1" 'NR == 1 { begin = $1 }
		END { printf "# %s: start-up scripts from %s to %s: %.2f s of the guest\n",
			name, begin, $1, $1 - begin }' "$1/begin" "$1/uptime"
}

common=(--udeb test.udeb --file /more.cfg=more.cfg
	--file /lib/debian-installer-startup.d/S00begin=S00begin:0644
	--file /lib/debian-installer-startup.d/S99dump=S99dump:0644)
runs "an initrd with a preseed file" initrd-add -o asread.gz "${common[@]}" \
	--file /preseed.cfg=preseed.cfg "$SEEDBED_KIT/initrd.gz"
runs "an initrd with the answers in its database" initrd-add -o put.gz "${common[@]}" \
	--kernel "$SEEDBED_KIT/linux" --strip-translations --preseed preseed.cfg \
	"$SEEDBED_KIT/initrd.gz"
boot asread
ok $? "the installer starts, and reads the preseed file" || finish
boot put
ok $? "the installer starts with the answers there" || finish

# Only the translations were to be left out.
sed -i -E '/^[A-Za-z_]+-[^:]*\.UTF-8: /d' asread/templates.dat
for file in questions.dat passwords.dat templates.dat early; do
	is "$(diff asread/$file put/$file 2>&1)" "" "$file is the same"
done
# What was fetched comes last in both; the lines that said so are noted later.
is "$(sort put/log)" "$(sort asread/log)" "the log for the installed system says the same"
is "$(grep -v '^d-i' put/log)" "$(grep -v '^d-i' asread/log)" "and in the same order"
like "$(cat put/questions.dat)" '^Name: unknown/included' "an included file was read"
like "$(cat put/passwords.dat)" '^Value: s3 cret' "the password is among the passwords"
finish
