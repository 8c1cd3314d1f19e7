#!/bin/bash
# SPDX-License-Identifier: MIT
# The late command for Ubuntu, run as its installer runs it: by curtin in-target, in a
# root that has no more than it needs; what changes a boot loader, locales and accounts is
# a stand-in that writes down how it was called.
. "${0%/*}/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need chroot ldd unshare python3
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"

enter=("$(command -v chroot)")
if [ "$(id -u)" != 0 ]; then
	enter=("$(command -v unshare)" -Ur "${enter[0]}")
	unshare -Ur true 2>/dev/null || skip_all "needs user namespaces, or root"
fi
target=$T/target
mkdir -p "$target"/{bin,tmp,root,dev,etc/{apt/apt.conf.d,netplan,default/grub.d,systemd/system/snapd.service.d}}
ln -s bin "$target/sbin"
ln -s . "$target/usr"
for p in sh base64 cat mkdir rm chown chmod ln touch; do
	cp -L "$(command -v "$p")" "$target/bin/" || exit 1
	for lib in $(ldd "$(command -v "$p")" | grep -o '/[^ )]*'); do
		mkdir -p "$target${lib%/*}"
		[ -e "$target$lib" ] || cp -L "$lib" "$target$lib"
	done
done
: >"$target/dev/null"
printf '#!/bin/sh\nprintf "%%s|" "${0##*/}" "$@" >>/log; echo >>/log\n' >"$target/bin/update-grub"
for p in update-locale locale-gen ssh-keygen useradd usermod; do cp "$target/bin/update-grub" "$target/bin/$p"; done
chmod +x "$target"/bin/*
printf 'root:x:0:0::/root:/bin/sh\nanna:x:0:0::/home/anna:/bin/sh\n' >"$target/etc/passwd"
printf 'root:x:0:\nanna:x:0:\n' >"$target/etc/group"
echo 'Acquire::http::Proxy "http://10.0.2.2:8080";' >"$target/etc/apt/apt.conf.d/90curtin-aptproxy"
: >"$target/etc/systemd/system/snapd.service.d/snap_proxy.conf"
: >"$target/etc/netplan/00-installer-config.yaml"
: >"$target/etc/netplan/50-cloud-init.yaml"
key=$(cat "$SRC/tests/data/preseed/key.pub")

late() { # late RECIPE OPTION...: compiles, and runs the last late command
	autoinstall --key "$SRC/tests/data/preseed/key.pub" -s architecture=amd64 -o user-data "${@:2}" "$1" || return
	/usr/bin/python3 "$SRC/tests/autoinstall.py" --get autoinstall.late-commands user-data >commands || return
	mapfile -d '' -t words < <(/usr/bin/python3 -c 'import json; print(*json.load(open("commands"))[-1], sep="\0", end="\0")')
	[ "${words[*]:0:3}" = "curtin in-target --" ] || return
	env -i PATH=/bin "${enter[@]}" "$target" "${words[@]:3}"
}

printf 'a\0b' >bytes
cat >late.recipe <<'END'
hostname mail
domain   example.org
locale   de_AT
timezone Europe/Vienna
network  static 192.0.2.10/24 gateway 192.0.2.1
cmdline  quiet
user     anna sudo
file     bytes /srv/bytes 0600
run      echo "it's $((6 * 7))" >/run1
END
runs "the command runs" late late.recipe -s proxy=http://10.0.2.2:8080
is "$(cat "$target/etc/hostname")" mail "host name"
like "$(cat "$target/etc/hosts")" '^127\.0\.1\.1 mail\.example\.org mail$' "and its line in hosts"
is "$(cat "$target/etc/locale.gen")" "de_AT.UTF-8 UTF-8" "the locale is to be made"
is "$(readlink "$target/etc/localtime"):$(cat "$target/etc/timezone")" "/usr/share/zoneinfo/Europe/Vienna:Europe/Vienna" "time zone"
is "$(ls "$target/etc/netplan")" 50-seedbed.yaml "the network is ours alone"
is "$(stat -c %a "$target/etc/netplan/50-seedbed.yaml")" 600 "and for root to read, as netplan wants it"
/usr/bin/python3 - "$target/etc/netplan/50-seedbed.yaml" <<'END'
import sys, yaml
auto = yaml.safe_load(open("user-data"))["autoinstall"]
assert yaml.safe_load(open(sys.argv[1]))["network"] == auto["network"]
assert auto["network"]["ethernets"]["eth0"]["routes"] == [{"to": "default", "via": "192.0.2.1"}]
END
ok $? "the same as while it was installed"
[ -e "$target/etc/cloud/cloud-init.disabled" ]
ok $? "cloud-init is off"
is "$(cat "$target/etc/default/grub.d/90-seedbed.cfg")" 'GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="net.ifnames=0 console=tty0 console=ttyS0 quiet"' "the kernel's parameters"
is "$(cat "$target/log")" "locale-gen|
update-locale|LANG=de_AT.UTF-8|
ssh-keygen|-A|
update-grub|
useradd|-m|-U|-s|/bin/bash|-p|*|-d|/home/anna|--|anna|
usermod|-a|-G|sudo|--|anna|" "what is called, in this order"
is "$(cat "$target/root/.ssh/authorized_keys")" "$key" "root's key"
is "$(cat "$target/etc/sudoers.d/anna")" "anna ALL=(ALL:ALL) NOPASSWD: ALL" "sudo"
runs "a file" cmp bytes "$target/srv/bytes"
is "$(cat "$target/run1")" "it's 42" "a command"
is "$(find "$target/etc/apt/apt.conf.d" "$target/etc/systemd/system/snapd.service.d" -type f)" "" "the installation's proxy is gone"

# --- a proxy that stays, a failure ---
echo 'proxy http://lasting.example.org:3128' >proxy.recipe
runs "a proxy of the recipe's" late proxy.recipe
like "$(cat "$target/etc/apt/apt.conf.d/80proxy")" 'lasting.example.org:3128' "stays"
printf 'run touch /before\nrun exit 3\nrun touch /after\n' >fail.recipe
late fail.recipe
is "$?:$(cd "$target" && ls before after 2>/dev/null)" "3:before" "what fails stops the rest, and says so"

# --- files beside it, on the seed's disk ---
mkdir seed
printf 'file bytes /srv/again\n' >two.recipe
autoinstall --key "$SRC/tests/data/preseed/key.pub" two.recipe -p list -o user-data
is "$(cat list)" "/seedbed/files/0	0600	$T/bytes" "--payload lists them"
mkdir -p seed/seedbed/files bin
cp bytes seed/seedbed/files/0
printf '#!/bin/sh\nprintf "%%s " "$@" >>%s/mounted\n[ $# != 4 ] || cp -r %s/seed/. "$4"\n' "$T" "$T" >bin/mount
printf '#!/bin/sh\nexit\n' >bin/umount
chmod +x bin/*
fetch=$(/usr/bin/python3 "$SRC/tests/autoinstall.py" --get autoinstall.late-commands.0.2 user-data |
	/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin))')
fetch=${fetch//\/target/$target}
runs "the first command takes them from there" env PATH="$T/bin:$PATH" sh -c "${fetch//\/run\/seedbed/$T\/mnt}"
is "$(cat mounted)" "-o ro LABEL=CIDATA $T/mnt " "by the volume's name, to read only"
runs "the second uses them" late two.recipe -p list
runs "and they arrive" cmp bytes "$target/srv/again"
[ ! -e "$target/.seedbed" ]
ok $? "nothing of them is left"
head -c 140000 /dev/urandom >big
echo 'file big /srv/big' >big.recipe
fails 1 'big.recipe:1: file: big: over 128 KiB.*--payload' autoinstall --key "$SRC/tests/data/preseed/key.pub" big.recipe
head -c 60000 big >half
printf 'file half /srv/a\nfile half /srv/b\n' >halves.recipe
fails 1 'halves.recipe:1: files and commands take [0-9]* KiB in the user-data.*--payload' \
	autoinstall --key "$SRC/tests/data/preseed/key.pub" halves.recipe
finish
