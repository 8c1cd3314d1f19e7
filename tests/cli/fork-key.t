#!/bin/bash
# SPDX-License-Identifier: MIT
# Which recipes can share an installer, and what makes it another: the key of a
# checkpoint is all that was decided before the fork, by content.
. "${0%/*}/../lib.sh"

mkdir -p build kit index
echo udeb > build/seedbed.udeb
echo 'd-i mirror/suite select trixie' > early.cfg
echo "$T/kit" > kitname
echo 'kernel 6.12' > kit/manifest
echo 1234 > index/sum
: > rest.cfg
echo patched > patched
printf '/bin/x\t0755\t%s\n' "$T/patched" > patches.list
printf '/seedbed/archives/base/apt_3.0_amd64.deb\t0644\t/somewhere/apt_3.0_amd64.deb\n' > prefetch
cat > qemu <<'END'
#!/bin/sh
echo "QEMU emulator version 10.0.2"
END
chmod +x qemu
echo "<domain><emulator>$T/qemu</emulator><memory>1024</memory></domain>" > fork.xml

# As route.sh and way.sh have it, with the facts on the command line.
ask() { # ask FUNCTION [NAME=VALUE...]
	bash -c '
		. "$SRC/mk/installers/di/di.sh"
		. "$DI/fork.sh"
		. "$ROOT/mk/fork.sh"
		BUILD=$PWD/build B=$PWD
		straight() { why_straight || not_forked; }
		declare -A fact=([network]=dhcp [firmware]=bios [filesystem]=ext4 [layout]=regular [disk]=4294967296)
		[ "$1" != key ] || before_cfg > before.cfg
		run=$1
		shift
		for f; do fact[${f%%=*}]=${f#*=}; done
		"$run"' - "$@"
}
cp kitname kit.name && mv kit kit.d && sed "s|$T/kit|$T/kit.d|" kit.name > kit

is "$(ask straight)" "" "a plain recipe is forked"
like "$(ask about kernel-package=k suite=s architecture=a)" '^s a, k, regular ext4, 4.0G to 16G$' "and it is said what can be"
like "$(ask about kernel-package=k suite=s architecture=a disk=3221225472)" ' 3.0G$' "of one size where it cannot grow"
for f in network=static firmware=uefi filesystem=xfs filesystem=btrfs layout=lvm; do
	is "$(ask straight "$f")" "${f/=/ }" "not with $f"
done
is "$(ask straight 'layout=expert x.recipe')" "layout expert" "nor with a layout that nobody has looked at"
is "$(FORK=no ask straight)" "FORK=no" "nor where the operator says no"
is "$(NETWORK=open ask straight)$(NETWORK=closed ask straight)" "NETWORK=open" "nor with a network that its beginning did not have"

before=$(ask key)
like "$before" '^[0-9a-f]{24}$' "a key"
is "$(ask key)" "$before" "the same for the same"
other() { # other NAME: whatever was changed makes another key
	local now
	now=$(ask key)
	[ "$now" != "$before" ]
	ok $? "$1"
	before=$now
}
is "$(ask key hostname=other memory=4096)" "$before" "name and memory do not matter"
echo 'd-i pkgsel/include string nginx' > rest.cfg
is "$(ask key)" "$before" "nor what comes after the fork"
echo 'd-i grub-installer/bootdev string /dev/vda1' >> rest.cfg; other "where the boot loader goes"
echo 'd-i mirror/suite select bookworm' > early.cfg; other "the early answers"
echo 'kernel 6.13' > kit.d/manifest; other "the kit"
echo otherwise > patched; other "what is patched in the installer"
echo udeb2 > build/seedbed.udeb; other "seedbed's own udeb"
sed -i 's/apt_3.0/apt_3.1/g' prefetch; other "a package of the base system"
echo 5678 > index/sum; other "the mirror's index"
sed -i 's/10.0.2/10.0.3/' qemu; other "QEMU"
sed -i 's/1024/2048/' fork.xml; other "the guest"

# --- disks that grow ---
G=$((1 << 30))
is "$(ask key disk=$((8 * G)))" "$before" "a larger disk is the same one's, grown"
is "$(ask key disk=$((16 * G)))" "$before" "up to where the filesystem is made otherwise"
[ "$(ask key disk=$((16 * G + (1 << 20))))" != "$before" ]
ok $? "beyond it has a key of its own"
[ "$(ask key disk=$((3 * G)))" != "$before" ]
ok $? "so has a smaller disk"
[ "$(ask key layout=home disk=$((8 * G)))" != "$(ask key layout=home)" ]
ok $? "and every size where the partitions have shares of it"

# --- answers of packages that are installed before the fork ---
echo 'apt apt/question string x' >> rest.cfg; other "an answer for a package of the base system"
like "$(ask before_cfg)" '^apt apt/question string x$' "which comes early"
echo 'nginx nginx/question string x' >> rest.cfg
is "$(ask key)" "$before" "one for a package of the recipe does not matter"
unlike "$(ask before_cfg)" nginx "and comes late"
: > prefetch
like "$(ask before_cfg)" '^nginx ' "who does not know what will be there takes all for early"

# --- package lists that have changed since the fork ---
from=$(SEEDBED_CACHE=$T/cache bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/apt.sh"; apt_dir trixie amd64 http://m s')/lists
mkdir -p "$from" lists checkpoints whole
newer() { # newer: what a fork brings along
	rm -f whole/*
	SEEDBED_CACHE=$T/cache SEEDBED_CHECKPOINTS=$T/checkpoints bash -c '
		. "$SRC/mk/common.sh"
		. "$SRC/mk/apt.sh"
		. "$SRC/mk/fork.sh"
		B=$PWD key=k
		declare -A fact=([suite]=trixie [architecture]=amd64 [mirror]=http://m [security]=s)
		newer_lists whole'
	ls whole | paste -sd ' '
}
old=m_debian_dists_trixie changed=m_security_dists_trixie
for suite in $old $changed; do
	echo "Package: $suite" > "$from/${suite}_main_binary-amd64_Packages"
done
(cd "$from" && sha256sum ./*) | sed 's|\./||' > lists/sums
while read -r sum file; do
	echo " $sum 42 main/binary-amd64/Packages" > "$from/${file%_main*}_InRelease"
done < lists/sums
sed 's/^/list=/' lists/sums > checkpoints/k.record
is "$(newer)" "" "nothing where nothing has changed"
sed -i "/$changed/s/^list=./list=x/" checkpoints/k.record
is "$(newer)" "${changed}_InRelease ${changed}_main_binary-amd64_Packages" "what has, with its Release file"
rm checkpoints/k.record
is "$(newer | wc -w)" 4 "all where nobody knows"
echo >> "$from/${changed}_main_binary-amd64_Packages"
is "$(newer)" "${old}_InRelease ${old}_main_binary-amd64_Packages" "none that changes just now"
echo 'Suite: trixie' > "$from/${old}_InRelease"
is "$(newer)" "" "nor one that its Release file does not name"
mv lists/sums sums
is "$(newer 2>&1)" "" "and nothing, without a word, where the host had none"
mv sums lists/

echo 'd-i partman-partitioning/default_label string gpt' >> early.cfg
is "$(ask straight)" "a partition table of its own" "what grows the disk knows DOS labels only"
finish
