#!/bin/bash
# SPDX-License-Identifier: MIT
# preseed/late_command, run as the installer runs it: by a shell in one root,
# with the installed system in another below it. Whatever a recipe holds must
# arrive exact, and nothing else must be run.
. "${0%/*}/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
need chroot ldd unshare

enter=("$(command -v chroot)")
if [ "$(id -u)" != 0 ]; then
	enter=("$(command -v unshare)" -Ur "${enter[0]}")
	unshare -Ur true 2>/dev/null || skip_all "needs user namespaces, or root"
fi

plant() { # plant ROOT PROGRAM...: with what they are linked to
	local root=$1 p lib
	shift
	mkdir -p "$root/bin" "$root/tmp"
	ln -sfn bin "$root/sbin"
	ln -sfn . "$root/usr"
	for p; do
		cp -L "$(command -v "$p")" "$root/bin/" || exit 1
		for lib in $(ldd "$(command -v "$p")" | grep -o '/[^ )]*'); do
			mkdir -p "$root${lib%/*}"
			[ -e "$root$lib" ] || cp -L "$lib" "$root$lib"
		done
	done
}

plant "$T/root" sh chroot cp
target=$T/root/target
plant "$target" sh base64 cat mkdir rm chown chmod sed head touch
mkdir -p "$target/etc/network" "$target/etc/apt" "$target/root" "$target/dev"
: >"$target/dev/null"
printf '#!/bin/sh\nexec chroot /target "$@"\n' >"$T/root/bin/in-target"
printf '#!/bin/sh\nprintf "%%s|" "${0##*/}" "$@" >>/log; echo >>/log\n' >"$target/bin/useradd"
cp "$target/bin/useradd" "$target/bin/usermod"
chmod +x "$T/root/bin/in-target" "$target/bin/useradd" "$target/bin/usermod"
printf 'root:x:0:0::/root:/bin/sh\nanna:x:0:0::/home/anna:/bin/sh\n' >"$target/etc/passwd"
printf 'root:x:0:\nanna:x:0:\n' >"$target/etc/group"
printf 'auto lo\niface lo inet loopback\n\nallow-hotplug enp1s0\niface enp1s0 inet dhcp\n' >"$target/etc/network/interfaces"
printf 'APT::Keep "1";\nAcquire::http::Proxy "http://10.0.2.2:8080";\n' >"$target/etc/apt/apt.conf"

key=$(cat "$SRC/tests/data/preseed/key.pub")
mkdir recipes
late() { # late RECIPE OPTION...: compiles, and runs it
	local value
	preseed --key "$SRC/tests/data/preseed/key.pub" --fragments "$SRC/preseed.d" \
		--set proxy=http://10.0.2.2:8080 "${@:2}" "$1" >cfg || return
	value=$(sed -n 's|^d-i preseed/late_command string ||p' cfg)
	echo "take me" | env -i PATH=/bin "${enter[@]}" "$T/root" /bin/sh -c "$value"
}

# --- what a recipe may hold ---

name="o'dd \"name\" \$(touch pwned) \`id\` %s"
text=$'it\'s "quoted" $HOME $(touch /pwned) `touch /pwned`\n\\ %s %d \\n\t$$(shell touch /pwned)\n\n\'; touch /pwned; \'\n!\n\n'
printf '%s' "$text" >"recipes/$name"
for i in {0..255}; do printf "\\$(printf %o "$i")"; done >recipes/bytes
printf 'no end of line' >recipes/short
: >recipes/nothing
quoted=${name//\"/\\\"}
cat >recipes/hostile.recipe <<X
user anna sudo shell=/bin/sh "key=$key"
user bert password=\$6\$abcdefgh\$ijklmnopqrstuvwxyz0123456789./AB sudo
file "$quoted" "/srv/a b/$quoted" 0640 root:root
file bytes /srv/bytes 0755
file short /srv/short
file nothing /etc/nothing
run printf '%s\n' "it's" "\$((6 * 7))" '\$HOME' \\\\ "%s" \`echo back\` >/run1 # not a comment of ours
run "echo \"whole \\\\ quoted\" >/run2"
run cat >/stdin
run echo "\${DEBIAN_FRONTEND-unset} \${DEBCONF_READFD-unset}" >/env
run x='
X
sed -i '$d' recipes/hostile.recipe
runs "the command runs" late recipes/hostile.recipe
at="$target/srv/a b/$name"
runs "text arrives, under its odd name" cmp "recipes/$name" "$at"
runs "all bytes arrive" cmp recipes/bytes "$target/srv/bytes"
runs "no line end is added" cmp recipes/short "$target/srv/short"
runs "an empty file is one" cmp recipes/nothing "$target/etc/nothing"
is "$(stat -c %a "$at" "$target/srv/bytes" "$target/srv/short")" $'640\n755\n644' "modes"
is "$(cat "$target/run1")" $'it\'s\n42\n$HOME\n\\\n%s\nback' "a command is run as written"
is "$(cat "$target/run2")" 'whole \ quoted' "quotes around the whole are taken off"
is "$(cat "$target/stdin")" "" "a command that reads finds nothing"
is "$(cat "$target/env")" "noninteractive unset" "debconf is out of reach"
is "$(find "$T" -name 'pwned*')" "" "nothing else was run"
is "$(cat "$target/root/.ssh/authorized_keys")" "$key" "root's key"
is "$(stat -c %a "$target/root/.ssh" "$target/root/.ssh/authorized_keys")" $'700\n600' "and its modes"
is "$(cat "$target/home/anna/.ssh/authorized_keys")" "$key" "a user's key"
is "$(cat "$target/etc/sudoers.d/anna")" "anna ALL=(ALL:ALL) NOPASSWD: ALL" "sudo without a password for who has none"
is "$(ls "$target/etc/sudoers.d")" "anna" "and with it for who has one"
is "$(cat "$target/log")" "useradd|-m|-U|-s|/bin/sh|-p|*|-d|/home/anna|--|anna|
usermod|-a|-G|sudo|--|anna|
useradd|-m|-U|-s|/bin/bash|-p|\$6\$abcdefgh\$ijklmnopqrstuvwxyz0123456789./AB|-d|/home/bert|--|bert|
usermod|-a|-G|sudo|--|bert|" "accounts"
is "$(cat "$target/etc/apt/apt.conf")" 'APT::Keep "1";' "the installation's proxy is gone"
is "$(cat "$target/etc/network/interfaces")" $'auto lo\niface lo inet loopback\n\nallow-hotplug eth0\niface eth0 inet dhcp' "the card is eth0"

# --- a proxy that stays, files beside the preseed file, a failure ---

printf 'Acquire::http::Proxy "http://10.0.2.2:8080";\n' >"$target/etc/apt/apt.conf"
printf 'proxy http://lasting.example.org:3128\nfile bytes /srv/again\nfile short /srv/short2 0600\n' >recipes/two.recipe
mkdir -p "$T/root/seedbed/files"
preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/two.recipe --payload list -o cfg
is "$(cat list)" "/seedbed/files/0	0600	$T/recipes/bytes
/seedbed/files/1	0600	$T/recipes/short" "--payload lists the files"
while IFS=$'\t' read -r to mode from; do install -m "$mode" "$from" "$T/root$to"; done <list
runs "the command takes them from there" late recipes/two.recipe --payload list
runs "bytes arrive" cmp recipes/bytes "$target/srv/again"
is "$(stat -c %a "$target/srv/again" "$target/srv/short2")" $'644\n600' "modes"
is "$(ls -d "$target/.seedbed" 2>&1 | grep -c 'No such')" 1 "nothing of it is left"
while IFS=$'\t' read -r to mode from; do install -D -m "$mode" "$from" "$target/.seedbed/${to##*/}"; done <list
mv "$T/root/seedbed/files" "$T/away"
runs "or from where they have been put already" late recipes/two.recipe --payload list
is "$(cat "$target/srv/short2"; ls -d "$target/.seedbed" 2>&1 | grep -c 'No such')" "$(cat recipes/short; echo 1)" "with the same end"
mv "$T/away" "$T/root/seedbed/files"
is "$(cat "$target/etc/apt/apt.conf.d/80proxy")" 'Acquire::http::Proxy "http://lasting.example.org:3128";
Acquire::https::Proxy "http://lasting.example.org:3128";' "the recipe's proxy stays"
is "$(ls "$target/etc/apt/")" "apt.conf.d" "the installation's is gone, file and all"

printf 'run touch /before\nrun exit 3\nrun touch /after\n' >recipes/fail.recipe
late recipes/fail.recipe
is "$?:$(cd "$target" && ls before after 2>/dev/null)" "3:before" "what fails stops the rest, and says so"

# --- what was checked is what travels ---

mkdir copies
printf 'file bytes /srv/again\nfile short /srv/short2 0600\n' >recipes/copied.recipe
runs "--copies" preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/copied.recipe -p list -c copies -o cfg
is "$(cat list)" "/seedbed/files/0	0600	copies/0
/seedbed/files/1	0600	copies/1" "--copies: the copies are listed"
rm recipes/short && ln -s /etc/passwd recipes/short
cmp -s recipes/bytes copies/0 && ! grep -q root: copies/1
ok $? "a link put in a file's place afterwards leads nowhere"
fails 1 'copied.recipe:2: file: short: is outside' \
	preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/copied.recipe -p list -c copies -o cfg
fails 2 'copies goes with --payload' preseed -k "$SRC/tests/data/preseed/key.pub" recipes/two.recipe -c copies
fails 1 'two.recipe:2: file: bytes: copy to absent/0: No such' \
	preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/two.recipe -p list -c absent -o cfg
cp "$SRC/README.md" recipes/short2; rm recipes/short; mv recipes/short2 recipes/short

# --- too much ---

head -c 140000 /dev/urandom >recipes/big
printf 'package nginx\nfile big /srv/big\n' >recipes/big.recipe
fails 1 'big.recipe:2: file: big: over 128 KiB in all.*--payload' \
	preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/big.recipe
runs "but not for --payload" preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/big.recipe -p list -o cfg
head -c 60000 recipes/big >recipes/half
printf 'file half /srv/a\nfile half /srv/b\n' >recipes/halves.recipe
fails 1 'halves.recipe:1: files and commands take [0-9]* KiB.* 127; --payload' \
	preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" recipes/halves.recipe
head -c 70000 recipes/big >recipes/most
printf 'file most /srv/most\n' >recipes/most.recipe
runs "as much as fits runs" late recipes/most.recipe
runs "and arrives" cmp recipes/most "$target/srv/most"
finish
