#!/bin/bash
# SPDX-License-Identifier: MIT
# floor.sh [--results FOLDER] [--manifest FILE] [NAME] - how long the same packages as
# those of the appliance NAME (web) take without an installer: mmdebstrap of them, in
# the same kind of guest. What an installer needs beyond that is its own doing.
#
# The same: the installer's kernel and its words, processors, memory, disk, network
# gate, package cache, filesystem. The guest's own programs are the release's, unpacked
# into its memory, which is where an installer's are. The packages are the manifest's
# (build/NAME/manifest), by name; how many came of them is said. No partition table, no boot
# loader, no configuration: that is the installer's share.
#
# Where NAME was forked from a kept installer, or is kept as one itself, and that is still
# there, the packages that it adds to it are installed apart from the others, by apt in the
# same guest: how long that takes is the floor of what a fork has to do, and its ratio to
# what the fork took is printed.
#
# Results lie in FOLDER/floor (build/bench/NAME/floor), where virt-install.sh's report
# finds them. Run it on a machine that does nothing else.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/fork.sh"
PATH=$ROOT/build/tests:$PATH

not_root
usage() { say "usage: $ME [--results FOLDER] [--manifest FILE] [NAME]"; exit 2; }
results='' manifest='' name=web
while [ $# -gt 0 ]; do
	case $1 in
	--results) results=${2:-}; shift 2 || usage ;;
	--manifest) manifest=${2:-}; shift 2 || usage ;;
	-*) usage ;;
	*) name=$1; shift; [ $# -eq 0 ] || usage ;;
	esac
done
results=${results:-$ROOT/build/bench/$name}/floor
manifest=$(realpath "${manifest:-$ROOT/build/$name/manifest}")
[ -r "$manifest" ] || die "$manifest: not there: make appliance-$name, or say --manifest FILE"
mkdir -p "$results"
results=$(cd "$results" && pwd)
rm -f "$results"/*
make -s -C "$ROOT" "build/$name/route" || die "$name: the answers cannot be made"
B=$BUILD/$name
lock_build
begin "$name"
R=$results # of run_guest, too
kit=$(cat "$B/kit")
mapfile -t include < <(sed -n 's/^package=\([^ ]*\) .*/\1/p' "$manifest" | sort -u)
[ "${#include[@]}" -gt 0 ] || die "$manifest: no packages"

# there_at_fork FOLDER: the packages that are in a kept installer, as of its last sync
there_at_fork() {
	local start
	qemu-img convert -O raw "$1/vda.qcow2" "$W/kept.raw" || return
	start=$(sfdisk -d "$W/kept.raw" | sed -n 's/.* start= *\([0-9]*\),.*type=83.*/\1/p') || return
	dd if="$W/kept.raw" of="$W/kept" bs=512 skip="$start" conv=sparse status=none || return
	rm "$W/kept.raw"
	e2fsck -E journal_only -p "$W/kept" > /dev/null 2>&1 || true
	ext-list --cat /var/lib/dpkg/status "$W/kept" |
		awk '/^Package: / { p = $2 } /^Status: install ok installed/ { print p }' | sort -u || return
	rm "$W/kept"
}
added=()
kept=$CHECKPOINTS/$(sed -n 's/^way=.* checkpoint //p' "$manifest")
if [ -d "$kept" ] && [ "$kept" != "$CHECKPOINTS/" ]; then
	there_at_fork "$kept" > "$R/kept" || die "$kept: its packages cannot be listed"
	mapfile -t added < <(comm -13 "$R/kept" <(printf '%s\n' "${include[@]}"))
	mapfile -t include < <(comm -12 "$R/kept" <(printf '%s\n' "${include[@]}"))
fi
printf '%s\n' "${added[@]}" > "$R/added"
joined=$(IFS=,; printf '%s' "${include[*]}")

# The guest's programs: what mmdebstrap needs, unpacked and nothing of it run here.
own=(base-files base-passwd bash coreutils dash debianutils debian-archive-keyring dpkg apt
	mmdebstrap perl-base perl e2fsprogs iproute2 kmod mount util-linux libc-bin hostname
	gzip xz-utils zstd tar sed grep findutils diffutils mawk)
private_apt "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
archives=$APT_DIR/archives
(
	flock 9
	apt-get -q -y -d --no-install-recommends install "${own[@]}"
) > "$R/apt.log" 2>&1 9>> "$APT_DIR/archives.lock" || die "the guest's programs cannot be fetched: $R/apt.log"
tree=$W/tree
mkdir -p "$tree"
mkdir "$W/none" "$W/none/partial"
apt-get -q -y --print-uris -o Dir::Cache::archives="$W/none" --no-install-recommends install "${own[@]}" |
	sed -n "s/^'[^']*' \(base-files_[^ ]*\.deb\) .*/0 \1/p; s/^'[^']*' \([^ ]*\.deb\) .*/1 \1/p" | sort -u |
	while read -r _ deb; do
		dpkg-deb -x "$archives/$deb" "$tree"
	done
cp "$tree/usr/share/base-passwd/passwd.master" "$tree/etc/passwd"
cp "$tree/usr/share/base-passwd/group.master" "$tree/etc/group"
ln -sf mawk "$tree/usr/bin/awk"
ln -sf dash "$tree/usr/bin/sh"
zcat "$kit/initrd.gz" | (cd "$tree" && cpio -idu --quiet 'usr/lib/modules/*')
for u in "$kit"/udebs/{ext4,scsi}-modules-*.udeb; do
	dpkg-deb -x "$u" "$tree"
done
: > "$tree/usr/lib/modules/$(ls "$tree/usr/lib/modules")/modules.builtin.modinfo"
depmod -b "$tree" "$(ls "$tree/usr/lib/modules")"

nonce=$(new_nonce)
sources="deb ${fact[mirror]} ${fact[suite]} main
deb ${fact[mirror]} ${fact[suite]}-updates main
deb http://${fact[security]}/debian-security ${fact[suite]}-security main"
cat > "$tree/init" <<END
#!/bin/bash
export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /mnt /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
mount -t devpts pts /dev/pts
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
for p in /sys/class/virtio-ports/*; do
	[ "\$(cat \$p/name)" = org.seedbed.word ] && exec 9> /dev/\${p##*/}
done
word() { echo "$nonce \$*" >&9; }
trap 'word failed floor - "line \$LINENO"; poweroff' ERR
poweroff() { sync; echo o > /proc/sysrq-trigger; exec sleep 60; }
word step filesystem
for m in virtio_pci virtio_blk virtio_net crc32c_generic ext4; do modprobe -q \$m || true; done
card=\$(ls /sys/class/net | grep -v lo)
ip link set lo up
ip link set \$card up
ip address add 10.0.2.15/24 dev \$card
mkfs.ext4 -q -F /dev/vda
mount -t ext4 /dev/vda /mnt
word step packages
mmdebstrap --mode=root --variant=important --format=directory --skip=check/empty \\
	--keyring=/usr/share/keyrings/debian-archive-keyring.gpg \\
	--aptopt='Acquire::http::Proxy "http://${fact[proxy_address]}:3142"' \\
	--aptopt='APT::Sandbox::User "root"' --dpkgopt=force-unsafe-io \\
	--customize-hook='cat /proc/uptime > /tmp/before' \\
	--customize-hook='${added:+chroot /mnt apt-get -q -y --no-install-recommends install ${added[*]}}' \\
	--customize-hook='cat /proc/uptime > /tmp/after' \\
	--include=$joined ${fact[suite]} /mnt - <<'SOURCES'
$sources
SOURCES
word step end
word data added \$(paste -d' ' /tmp/before /tmp/after | awk '{ print \$3 - \$1 }')
chroot /mnt dpkg-query -W | wc -l | { read -r n; word data packages \$n; }
umount /mnt
word done
poweroff
END
chmod 755 "$tree/init"
initrd=$W/initrd
(cd "$tree" && find . | cpio -o -H newc --quiet --owner=0:0 | gzip -1) > "$initrd"
rm -rf "$tree"

disk=$W/disk.qcow2
qemu-img create -q -f qcow2 "$disk" "${fact[disk]}"
cache_for "${fact[mirror]}" "http://${fact[security]}"
append="console=ttyS0 rdinit=/init ipv6.disable=1 mitigations=off init_on_alloc=0 hardened_usercopy=off"
append+=" randomize_kstack_offset=off audit=0 lsm= cgroup_disable=memory"
domxml --name "seedbed-floor-$$" --memory "${fact[memory]}" --cpus "${CPUS:-2}" \
	--disk "$disk:qcow2" --throwaway --kernel "$kit/linux" --initrd "$initrd" --cmdline "$append" \
	--gate "$S/gate" --channel org.seedbed.word > "$R/guest.xml"
printf 'load %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" > "$R/state"
printf '%s\n' "$EPOCHREALTIME" > "$R/start"
status=0
run_guest "${fact[memory]}" -- vmrun --console "$R/console.log" --word org.seedbed.word --nonce "$nonce" \
	--records "$R/records" --result "$R/vmrun.result" \
	--timeout "${TIMEOUT:-3600}" --stall "${STALL:-900}" "$R/guest.xml" 2> "$R/vmrun.log" || status=$?
printf '%s\n' "$EPOCHREALTIME" > "$R/end.new"
[ $status -eq 0 ] || { tail -n 20 "$R/console.log" | tr -dc '[:print:]\n' >&2; cat "$R/vmrun.log" >&2; die "the guest did not come to its end: $R/console.log"; }
mv "$R/end.new" "$R/end"
# of the fork, from when it began until all was written
forked=0
! grep -q '^way=forked' "$manifest" || forked=$(sed -n 's/^step=\([0-9.]*\) boot: .*//; s/^step=\([0-9.]*\) .*/\1/p' "$manifest" | tail -n 1)
awk -v wanted="$((${#include[@]} + ${#added[@]}))" -v more="${#added[@]}" -v forked="$forked" -v a="$(cat "$R/start")" -v b="$(cat "$R/end")" -F'\t' '
	$2 == "step" { at[$3] = $1 }
	$2 == "data" { got[$3] = $4 }
	END {
		printf "floor: %.0f s: mmdebstrap %.0f s for %s packages (of %s), the guest around it %.0f s\n",
			b - a, at["end"] - at["packages"], got["packages"], wanted, b - a - at["end"] + at["packages"]
		if (more)
			printf "of that %.0f s for the %s packages that come after the fork\n", got["added"], more
		if (more && forked > 0)
			printf "the fork took %.0f s, %.2f times that\n", forked, forked / got["added"]
	}' "$R/records" | tee "$R/note"
