#!/bin/bash
# SPDX-License-Identifier: MIT
# medium.sh ISO RELEASE NUMBER ARCH FOLDER - kernel and ramdisk (FOLDER/linux, initrd) of
# Ubuntu's live-server medium for that release (noble 24.04) and architecture, read out of
# the ISO without root; FOLDER/medium tells what it says of itself.
#
# Beside the ISO are SHA256SUMS and SHA256SUMS.gpg of its folder on Ubuntu's server. Who
# signed it is made sure by ubuntu-keyring's key for media, or by the operator's keys:
#
#	UBUNTU_KEYRING=FILE	keys for gpgv(1), any of which will do
. "${BASH_SOURCE[0]%/*}/../../common.sh"

MEDIA_KEY=843938DF228D22F7B3742BC0D94AA3F0EFE21092 # Ubuntu CD Image Automatic Signing Key (2012)
KEYS=/usr/share/keyrings/ubuntu-archive-keyring.gpg
BLOCK=2048

[ $# -eq 5 ] || { say "usage: $ME ISO RELEASE NUMBER ARCH FOLDER"; exit 2; }
not_root
iso=$1 release=$2 number=$3 arch=$4 folder=$5
case $arch in
amd64|arm64)		kernel=casper/vmlinuz initrd=casper/initrd ;;
ppc64el|riscv64)	kernel=casper/vmlinux initrd=casper/initrd ;;
*)	die "$arch: there is no way here to start Ubuntu's installer on it" ;;
esac
wanted="the live-server ISO of Ubuntu $number ($release) for $arch"
from=https://releases.ubuntu.com/$release/
[ "$arch" = amd64 ] || from=https://cdimage.ubuntu.com/releases/$release/release/
[ -n "$iso" ] || die "no installer image: say ISO=FILE, where FILE is $wanted, with SHA256SUMS and SHA256SUMS.gpg beside it, all from $from"
[ -e "$iso" ] || die "$iso: no such file; it should be $wanted, from $from"
[ -f "$iso" ] || die "$iso: is no file"

# --- whole, and an ISO at all: by its volume descriptor, before all of it is read ---
at() { od -An "-t$3" -j "$((16 * BLOCK + $1))" -N "$2" "$iso" | tr -d ' \n'; }
[ "$(at 0 6 x1)" = 014344303031 ] || die "$iso: is no ISO 9660 image"
blocks=$(at 80 4 u4)
size=$(stat -Lc %s "$iso")
[ "$size" -ge $((blocks * BLOCK)) ] ||
	die "$iso: is cut off: $((size >> 20)) of $((blocks * BLOCK >> 20)) MiB are there; fetch it again (curl -C - -O continues)"

# --- whose it is ---
sums=$(dirname "$iso")/SHA256SUMS
for f in "$sums" "$sums.gpg"; do
	[ -r "$f" ] || die "$iso: $f: is missing: fetch it from $from"
done
if ! command -v gpgv > /dev/null; then die "gpgv is not installed: apt-get install gpgv"; fi
keys=${UBUNTU_KEYRING:-$KEYS}
[ -r "$keys" ] || die "$keys: is missing: apt-get install ubuntu-keyring"
status=$(gpgv --keyring "$(realpath "$keys")" --status-fd 1 "$sums.gpg" "$sums" 2> /dev/null) || true
# a key that is revoked or has expired makes a valid signature, too, but no good one
signer=$(awk '$2 ~ /SIG$/ && $2 != "VALIDSIG" { good = $2 == "GOODSIG" } $2 == "VALIDSIG" && good { print $NF; exit }' <<<"$status")
[ -n "$signer" ] || die "$sums: no valid signature by a key in $keys: fetch it and $sums.gpg again, from $from"
[ -n "${UBUNTU_KEYRING:-}" ] || [ "$signer" = $MEDIA_KEY ] ||
	die "$sums: is signed by $signer, expected a signature by $MEDIA_KEY"
base=$(basename "$iso")
sum=$(awk -v f="$base" '$2 == f || $2 == "*" f { print $1; exit }' "$sums")
[ -n "$sum" ] || die "$iso: $sums has no file of that name; has it been renamed?"
[ "$(sha256sum < "$iso" | cut -d' ' -f1)" = "$sum" ] || die "$iso: is not the file that $sums tells of: fetch it again"

# --- what it is ---
part() { bsdtar -xOf "$iso" "$1" 2> /dev/null; }
info=$(part .disk/info | head -c 500 | head -n 1 | visible) || true
case $info in
Ubuntu-Server\ *) ;;
Ubuntu*)	die "$iso: is \"$info\", not an image of the server installer: expected $wanted" ;;
*)	die "$iso: is not an image of Ubuntu's installer: expected $wanted" ;;
esac
of=${info#Ubuntu-Server }
[[ $of =~ ^([0-9]+\.[0-9]+) ]] && [ "${BASH_REMATCH[1]}" = "$number" ] || die "$iso: is \"$info\": expected $wanted"
[[ " $info " == *" $arch "* ]] || die "$iso: is \"$info\": expected $wanted"
mkdir -p "$folder"
for f in "$kernel:linux" "$initrd:initrd"; do
	part "${f%:*}" > "$folder/${f#*:}.tmp" && [ -s "$folder/${f#*:}.tmp" ] || {
		rm -f "$folder/${f#*:}.tmp"
		die "$iso: has no ${f%:*}"
	}
	mv "$folder/${f#*:}.tmp" "$folder/${f#*:}"
done
printf '%s\n' "installer=$info" "installer-iso=$base" "installer-sha256=$sum" "installer-signed-by=$signer" > "$folder/medium"
