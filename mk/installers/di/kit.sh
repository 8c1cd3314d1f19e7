#!/bin/bash
# SPDX-License-Identifier: MIT
# kit.sh SUITE ARCH MIRROR [SECURITY_HOST] - the installer of a release, kernel, ramdisk and
# udebs, verified and in the cache; prints the folder where it lies.
#
# A kit is made in a scratch folder and renamed into place, under a lock, so that
# builds that run at once share one. Its name is the hash of its manifest, and that of each
# mirror is a link to one: none decides for builds by another.
. "${BASH_SOURCE[0]%/*}/di.sh"
. "$ROOT/mk/apt.sh"

not_root
mkdir -p "$CACHE" # its user's alone
umask 022 # a .deb has its modes from the tree that it is made of

[ $# -eq 3 ] || [ $# -eq 4 ] || { say "usage: $ME SUITE ARCH MIRROR [SECURITY_HOST]"; exit 2; }
suite=$1 arch=$2 mirror=$3

here=$CACHE/kit
archive=$(archive_name "$suite" "$arch" "$mirror" "${4:-}")
current=$here/$archive
hold "apt/$archive"
mkdir -p "$here" "$CACHE/apt/$archive"
exec 8> "$CACHE/apt/$archive/kit.lock"
flock 8

whole() { # whole KIT: as it was when it was made
	(cd "$1" && awk '$1 == "sha256" { print $2 "  " $3 }' manifest | sha256sum --status -c -) 2> /dev/null
}
if [ -e "$current/manifest" ] && [ -z "${REFRESH:-}" ]; then
	final=$here/$(readlink "$current")
	hold "kit/${final##*/}"
	if whole "$final"; then
		echo "$final"
		exit
	fi
	say "$ME: $final: damaged: fetching it anew"
fi

private_apt "$suite" "$arch" "$mirror" "${4:-}"
scratch=$(mktemp -d "$here/.new.XXXXXX")
trap 'rm -rf "$scratch" "$APT_DIR/download.$$"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$scratch"/{kit,kit/udebs,get,x}
kit=$scratch/kit

field() { # field NAME: the first such field of the control stanza on stdin
	sed -n "s/^$1: //p" | head -n 1
}
index() { apt-cache show "$1" 2>/dev/null | awk -v RS= 'NR == 1'; }

# The images as a package of the archive: the same files that lie under
# dists/SUITE/main/installer-ARCH, and verified as any package is.
image=$(apt-cache search --names-only "^debian-installer-[0-9]+-netboot-$arch\$" |
	cut -d' ' -f1 | sort -V | tail -n 1)
[ -n "$image" ] || die "$suite: the archive has no debian-installer-*-netboot-$arch"
say "$ME: $suite: fetching $image"
fetch_deb "$image" "$scratch/get" || die "$image: cannot fetch it from $mirror"
dpkg-deb --fsys-tarfile "$scratch/get/$image"_*.deb |
	tar -x -C "$scratch/x" --wildcards '*/text/debian-installer/*/linux' \
		'*/text/debian-installer/*/initrd.gz' || die "$image: has no linux and initrd.gz"
for f in linux initrd.gz; do
	find "$scratch/x" -name $f -exec mv {} "$kit/$f" \;
	[ -s "$kit/$f" ] || die "$image: has no $f"
done
version=$(index "$image" | field Version)
rm -rf "$scratch/get" "$scratch/x" && mkdir "$scratch"/{get,x}

# The kernel says its version in its header (Documentation/arch/x86/boot).
offset=$(od -An -j 526 -N 2 -t u2 "$kit/linux" | tr -d ' ')
kver=$(dd if="$kit/linux" bs=1 skip=$((offset + 512)) count=64 2>/dev/null |
	tr '\0' '\n' | head -n 1 | cut -d' ' -f1)
[ -n "$kver" ] || die "$image: linux: no version in its header"
zcat "$kit/initrd.gz" 2>/dev/null | (cd "$scratch/x" && cpio -idm --quiet '*var/lib/dpkg/status' \
	'*lib/modules/*/kernel/fs/*' 2>/dev/null) || true
status=$scratch/x/var/lib/dpkg/status
[ -s "$status" ] || die "$image: initrd.gz: /var/lib/dpkg/status is missing: say another MIRROR=, or REFRESH=1 to fetch it again"
have=$(cd "$scratch/x" && find . -path '*/lib/modules/*' -name kernel | sed 's|/kernel$||; s|.*/||' | head -n 1)
[ "$have" = "$kver" ] || die "$image: kernel $kver and modules $have do not match"

# Which udebs: the roots of kit.udebs and what they depend on, less what the
# ramdisk has. The installer's dependencies name no versions worth a solver.
say "$ME: $suite: choosing udebs for kernel $kver"
installer_index "$kver" > "$scratch/di"
sed "s/KVER/$kver/g" "$DI/kit.udebs" > "$scratch/udebs"
awk -v kver="$kver" -f "$DI/closure.awk" "$scratch/udebs" "$status" "$scratch/di" \
	> "$scratch/wanted" || die "$suite: the udebs do not fit together"

# fill UDEB VERSION: makes the udeb of the .debs that kit.fill names, of that very
# version; its control fields are the archive's own.
fill() {
	local udeb=$1 want=$2 debs globs d got tree=$scratch/fill/$1 line m first=yes
	line=$(sed "s/KVER/$kver/g" "$DI/kit.fill" | awk -v u="$udeb" '$1 == u')
	[ -n "$line" ] || die "$udeb $want: the mirror lists it but has no such file, and no .deb has the same (say another MIRROR=)"
	read -ra debs <<<"$(sed 's/^[^ \t]*[ \t]*//; s/ : .*//' <<<"$line")"
	globs=${line#* : }
	mkdir -p "$tree/DEBIAN" "$scratch/get/$udeb"
	for d in "${debs[@]}"; do
		# the first .deb is of the udeb's own source, so of its very version
		if [ $first = yes ]; then
			got=$(apt-cache madison "$d" | awk -v v="$want" '$3 == v { print v; exit }')
			# with a list older than the packages, what there is now must do
			if [ -z "$got" ] && [ -s "$APT_DIR/borrowed" ]; then
				got=$(apt-cache policy "$d" | sed -n 's/^  Candidate: //p')
				want=$got
			fi
			[ -n "$got" ] || die "$udeb $want: not on the mirror, and neither is $d $want: kit and mirror do not match"
			d="$d=$want"
		fi
		first=no
		[ -e "$scratch/get/${d%%=*}.done" ] || {
			mkdir -p "$scratch/get/${d%%=*}.x"
			fetch_deb "$d" "$scratch/get" || die "$udeb: cannot fetch $d either"
			dpkg-deb -x "$scratch/get/${d%%=*}"_*.deb "$scratch/get/${d%%=*}.x"
			rm "$scratch/get/${d%%=*}"_*.deb
			touch "$scratch/get/${d%%=*}.done"
		}
		d=${d%%=*}
		if [[ $d == linux-image-* ]]; then
			copy_modules "$scratch/get/$d.x" "$tree" "$globs"
		else
			(cd "$scratch/get/$d.x"
			shopt -s nullglob
			# shellcheck disable=SC2086
			for m in $globs ${globs//usr\//}; do # before the merge of /usr, too
				[ ! -e "$m" ] || [ -d "$m" ] || cp -a --parents "$m" "$tree/"
			done)
		fi
	done
	[ "$(find "$tree" -type f | wc -l)" -gt 0 ] || die "$udeb: nothing of ${debs[*]} fits: $globs"
	awk -v RS= -v p="Package: $udeb\n" 'index($0 "\n", p) == 1' "$scratch/di" |
		sed "/^\(Filename\|Size\|MD5sum\|SHA256\|Description-md5\): /d; s/^Version: .*/Version: $want/" \
			> "$tree/DEBIAN/control"
	find "$tree" -exec touch -h -d @0 {} +
	SOURCE_DATE_EPOCH=0 dpkg-deb --root-owner-group -Zgzip --build "$tree" \
		"$kit/udebs/${udeb}_${want//:/%3a}_$arch.udeb" > /dev/null
}

copy_modules() { # copy_modules FROM TO "MODULE...": and what they depend on
	local from=$1 to=$2 dir m dep f all=' ' queue=$3
	dir=$(find "$from" -type d -path "*/lib/modules/$kver" | head -n 1)
	[ -n "$dir" ] || die "linux-image-$kver: has no modules of $kver"
	# shellcheck disable=SC2086
	set -- $queue
	while [ $# -gt 0 ]; do
		m=$1
		shift
		case $all in *" $m "*) continue ;; esac
		all="$all$m "
		# a module of the table that this kernel has built in is no loss
		f=$(cd "$dir" && find . -name "$m.ko*" -o -name "${m//-/_}.ko*" -o -name "${m//_/-}.ko*" | head -n 1)
		[ -n "$f" ] || continue
		mkdir -p "$to/usr/lib/modules/$kver/${f%/*}"
		case $f in
		*.xz) xz -dc "$dir/$f" > "$to/usr/lib/modules/$kver/${f%.xz}" ;;
		*) cp "$dir/$f" "$to/usr/lib/modules/$kver/$f" ;;
		esac
		dep=$(modinfo -F depends "$dir/$f" | tr ',' ' ')
		# shellcheck disable=SC2086
		set -- "$@" $dep
	done
	[ -d "$to/usr/lib/modules/$kver" ] || mkdir -p "$to/usr/lib/modules/$kver"
}

say "$ME: $suite: fetching $(cut -f2 "$scratch/wanted" | sort -u | wc -l) udebs"
: > "$scratch/origin"
mapfile -t names < <(awk -F'\t' '{ print $2 "=" $3 }' "$scratch/wanted" | sort -u)
# All in one call, whose failures show by what is not there. One name that the list
# does not know would stop it for all.
mapfile -t listed < <(printf '%s\n' "${names[@]}" |
	awk -F= 'NR == FNR { known[$1] = 1; next } $1 in known' <(apt-cache pkgnames) -)
(cd "$kit/udebs" && apt-get -q download "${listed[@]}" > "$scratch/download" 2>&1) || true
for name in "${names[@]}"; do
	udeb=${name%%=*} want=${name#*=}
	set -- "$kit/udebs/${udeb}_${want//:/%3a}"_*.udeb
	if [ -e "$1" ]; then
		echo "udeb $udeb $want archive" >> "$scratch/origin"
	else
		fill "$udeb" "$want"
		from=$(sed "s/KVER/$kver/g" "$DI/kit.fill" |
			awk -v u="$udeb" '$1 == u { sub(/ :.*/, ""); $1 = ""; print substr($0, 2) }')
		echo "udeb $udeb $want filled from $from" >> "$scratch/origin"
		say "$ME: $suite: $udeb $want: not on the mirror, made from $from"
	fi
done

{
	echo "release $suite"
	echo "architecture $arch"
	echo "images $image $version"
	echo "kernel $kver"
	sort "$scratch/origin"
	awk -F'\t' '{ print "set", $1, $2 }' "$scratch/wanted"
	(cd "$kit" && find . -type f ! -name manifest | sed 's|^\./||' | sort | xargs sha256sum |
		awk '{ print "sha256", $1, $2 }')
} > "$kit/manifest"

final=$here/$suite-$arch-$(sha256sum "$kit/manifest" | cut -c1-16)
hold "kit/${final##*/}"
if [ -e "$final" ] && ! whole "$final"; then rm -rf "$final"; fi
if [ ! -e "$final" ]; then
	chmod -R u+rX "$kit"
	mv "$kit" "$final"
fi
ln -sfn "${final##*/}" "$current.tmp.$$"
mv -T "$current.tmp.$$" "$current"
say "$ME: $suite: kit $version, kernel $kver, in $final"
prune_cache
echo "$final"
