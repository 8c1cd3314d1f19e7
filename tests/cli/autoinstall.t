#!/bin/bash
# SPDX-License-Identifier: MIT
# User-data for each layout, firmware and filesystem, with swap and without: as it is kept
# in tests/data/autoinstall/expected, and right by all that can be asked here. With
# RENEW=yes in the environment what is kept is written anew.
. "${0%/*}/../lib.sh"
need python3
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"
data=$SRC/tests/data/autoinstall
schema=${SHARED_DATA:-$SRC/../shared/data}/autoinstall-schema.json
mkdir none
cp "$data/web.recipe" .

compile() { # compile NAME OPTION...: NAME and NAME.facts
	local o
	for o in -o --facts; do
		env -i PATH="$PATH" HOME="$T/none" autoinstall --host none \
			--key "$SRC/tests/data/preseed/key.pub" "${@:2}" \
			$(if [ $o = -o ]; then echo "-o $1"; else echo "--facts -o $1.facts"; fi) \
			web.recipe || return
	done
}

mkdir made
names=()
for layout in regular lvm home multi; do
	for firmware in bios uefi; do
		for fs in ext4 xfs btrfs; do
			for swap in none 512M; do
				name=$layout-$firmware-$fs-$swap.yaml
				compile "made/$name" -s layout=$layout -s firmware=$firmware \
					-s filesystem=$fs -s swap=$swap
				names+=("$name")
			done
		done
	done
done
if [ "${RENEW:-}" = yes ]; then
	rm -f "$data"/expected/*
	for f in "${names[@]}"; do cp "made/$f" "$data/expected/"; done
fi
is "$(ls made | grep -c 'yaml$')" 48 "all combinations"
is "$(cd made && ls ./*.yaml)" "$(cd "$data/expected" && ls ./*)" "each is kept, and no other"
for f in "${names[@]}"; do
	is "$(diff "$data/expected/$f" "made/$f")" "" "$f is as it is kept"
done
cd made
is "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" "${names[@]}" 2>&1)" "" "sizes, boot partitions, references"
if [ ! -e "$schema" ]; then
	skip "the JSON schema" "autoinstall-schema.json is not beside the project"
elif ! /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	skip "the JSON schema" "python3-jsonschema is not installed"
else
	is "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" --schema "$schema" "${names[@]}" 2>&1)" "" "the JSON schema"
	sed 's/^  version: 1/  version: one/' "${names[0]}" >wrong.yaml
	cp "${names[0]}.facts" wrong.yaml.facts
	like "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" --schema "$schema" wrong.yaml)" \
		'schema: version:' "which sees a wrong one"
fi
if command -v cloud-init >/dev/null; then
	for f in "${names[@]}"; do
		cloud-init schema -c "$f" >said 2>&1 || { echo "$f"; cat said; }
	done >bad
	is "$(cat bad)" "" "cloud-init schema"
	printf '#cloud-config\nusers: 5\n' >wrong.yaml
	fails 1 . cloud-init schema -c wrong.yaml
else
	skip "cloud-init schema" "cloud-init is not installed"
fi

# The rules above see what is wrong.
wrong() { # wrong NAME SED REGEX
	sed "$2" "$1" >wrong.yaml
	cp "$1.facts" wrong.yaml.facts
	like "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" wrong.yaml)" "$3" "a rule: $3"
}
uefi=home-uefi-ext4-512M.yaml bios=home-bios-ext4-512M.yaml lvm=lvm-bios-ext4-512M.yaml
wrong $uefi "s/size: '512M'/size: '5120M'/" 'does not fit'
wrong $uefi 's/size: -1/size: 500M/' 'are nobody'
wrong $lvm "s/size: '512M'/size: '510M'/" 'no multiple'
wrong $lvm "s/size: '512M'/size: '9000M'/" 'vg0: what is in it does not fit'
wrong $uefi 's/path: none/path: \/swap/' 'path none is for swap'
wrong $uefi 's/flag: boot, grub_device: true/flag: boot/' 'UEFI wants one'
wrong $bios 's/, grub_device: true}/}/' 'BIOS wants'
wrong $uefi 's/volume: part-home/volume: part-hom/' 'not said before'
wrong $uefi 's/fstype: fat32/fstype: fat/' 'UEFI wants one'
wrong $uefi '/part-bios\|part-esp/d' 'not said before'
wrong $uefi 's/^  shutdown.*//' 'does not power off'
wrong $uefi 's/id: part-home/id: part-root/' 'said twice'
wrong $uefi '/type: mount, id: mount-root/d' 'not one root'
cd ..

# --- sizes ---
fits() { compile x "$@" && /usr/bin/python3 "$SRC/tests/autoinstall.py" x; }
too_small() { # too_small MIB OPTION...: a MiB less is refused, so much is not
	fails 1 "disk $(($1 - 1))M: too small: .* takes $1M" autoinstall --host none \
		--key "$SRC/tests/data/preseed/key.pub" -s "disk=$(($1 - 1))M" "${@:2}" web.recipe
	is "$(fits -s "disk=$1M" "${@:2}" 2>&1)" "" "disk $1M ${*:2}"
}
too_small 3587 -s layout=regular
too_small 3714 -s firmware=uefi
too_small 4099 -s swap=512M
too_small 6787 -s layout=multi
too_small 4099 -s layout=home
# a volume group of whole extents, whose description takes one MiB
too_small 4612 -s layout=lvm
too_small 4944 -s layout=lvm -s swap=330M
is "$(fits -s disk=64T -s layout=multi 2>&1)" "" "64T"
is "$(fits -s disk=9000000K -s swap=500001K 2>&1)" "" "sizes that are no MiB"
is "$(fits -s disk=20G -s layout=lvm -s swap=333M 2>&1)" "" "a volume of no whole extents"
for arch in arm64 ppc64el riscv64; do
	is "$(fits -s architecture=$arch 2>&1)" "" "$arch"
done
finish
