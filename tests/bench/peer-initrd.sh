#!/bin/bash
# SPDX-License-Identifier: MIT
# peer-initrd.sh NAME FOLDER - FOLDER/initrd.gz: the release's own ramdisk with the
# answers of build/NAME as /preseed.cfg, for an installer that knows nothing of
# seedbed. FOLDER/note says what else was done to it.
#
# On a mirror that has every udeb nothing else is done. On one that lacks some, the
# installer could not start; then all that it would have fetched goes into the
# ramdisk, translations and all, and fetching is marked as done. What neither
# mirror nor kit has is named in the note.
. "${BASH_SOURCE[0]%/*}/../../mk/installers/di/di.sh"
. "$ROOT/mk/apt.sh"

[ $# -eq 2 ] || { say "usage: $ME NAME FOLDER"; exit 2; }
name=$1 out=$2
B=$ROOT/build/$name
fact() { sed -n "s/^$1=//p" "$B/facts"; }

suite=$(fact suite) arch=$(fact architecture) mirror=$(fact mirror)
kit=$("$ROOT/mk/installers/di/kit.sh" "$suite" "$arch" "$mirror" "$(fact security)")
mkdir -p "$out"
out=$(cd "$out" && pwd)
x=$(mktemp -d "$out/.x.XXXXXX")
trap 'rm -rf "$x"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Standard and better, and what that needs: the rule of anna, the installer's own
# fetcher. os-prober comes by grub-installer's needs.
private_apt "$suite" "$arch" "$mirror" "$(fact security)"
kver=$(sed -n 's/^kernel //p' "$kit/manifest")
zcat "$kit/initrd.gz" 2> /dev/null |
	(cd "$x" && cpio -idm --quiet '*var/lib/dpkg/status' 2> /dev/null) || true
installer_index "$kver" > "$x/di"
awk -v RS= -v kver="$kver" '
	/\nPriority: (required|important|standard)/ &&
	(!/\nKernel-Version: / || index($0 "\n", "\nKernel-Version: " kver "\n")) {
		print "base", $2
	}' "$x/di" > "$x/roots"
awk -v kver="$kver" -f "$ROOT/mk/installers/di/closure.awk" "$x/roots" "$x/var/lib/dpkg/status" "$x/di" |
	cut -f2 | sort -u > "$x/wanted"
[ -s "$x/wanted" ] || die "$suite: no udebs are standard: the lists cannot be right"

mkdir "$x/udebs"
udebs=() absent=()
mapfile -t others < <(ls "$kit/udebs" | sed 's/_.*//' | sort -u | comm -13 - "$x/wanted" |
	comm -12 - <(apt-cache pkgnames | sort -u))
[ ${#others[@]} -eq 0 ] ||
	(cd "$x/udebs" && apt-get -q download "${others[@]}" > "$x/download" 2>&1) || true
while read -r u; do
	set -- "$kit/udebs/$u"_*.udeb "$x/udebs/$u"_*.udeb
	if [ -e "$1" ]; then
		udebs+=("$1")
	elif [ -e "$2" ]; then
		udebs+=("$2")
	else
		absent+=("$u")
	fi
done < "$x/wanted"
# The modules that a kit makes up are those for one virtual disk. Software RAID, which
# nobody asked for, would miss its own and say so in a dialog.
mapfile -t filled < <(sed -n 's/^udeb \([^ ]*\) .* filled from .*/\1/p' "$kit/manifest")

case " ${filled[*]} " in *" md-modules-"*) raid='mdadm-udeb|partman-md|partman-auto-raid' ;; *) raid='' ;; esac
for u in "${!udebs[@]}"; do
	[[ ${udebs[u]##*/} =~ ^(${raid:---})_ ]] || continue
	absent+=("${BASH_REMATCH[1]}")
	unset "udebs[u]"
done

# Only the proxy's address differs: the peer's guest finds the cache at its host.
cp "$B/preseed.cfg" "$x/preseed.cfg"
if [ -n "${PEER_PROXY:-}" ]; then
	sed -i "s|^\(d-i mirror/http/proxy string\) .*|\1 $PEER_PROXY|" "$x/preseed.cfg"
fi
cp "$x/preseed.cfg" "$out/preseed.cfg"

merge=()
if [ ${#absent[@]} -eq 0 ] && [ ${#filled[@]} -eq 0 ]; then
	echo "ramdisk: untouched but for /preseed.cfg; the installer fetches its own parts" > "$out/note"
else
	merge=(--kernel "$kit/linux" --installed download-installer "${udebs[@]/#/--udeb=}")
	{
		echo "ramdisk: the mirror lacks udebs, so ${#udebs[@]} of the $(wc -l < "$x/wanted") that the installer fetches are in it"
		echo "ramdisk: without, for neither mirror nor kit has all they need: ${absent[*]}"
	} > "$out/note"
fi
initrd-add "${merge[@]}" --list "$B/payload" --file "/preseed.cfg=$x/preseed.cfg:0644" \
	-o "$out/initrd.gz" "$kit/initrd.gz"
echo "$kit"
