# SPDX-License-Identifier: MIT
# questions.sh - sourced by tests of preseed-check: makes an index of a few packages
# of our own (tests/data/preseed-check), with the names of real questions.

DATA=$SRC/tests/data/preseed-check

# package KIND NAME: $T/pk/NAME.KIND out of the folder of that name
package() {
	local tree=$T/tree/$2.$1
	mkdir -p "$tree/DEBIAN" "$T/pk"
	cp "$DATA/${1}s/$2/"* "$tree/DEBIAN/"
	# what it has besides, and links in it: NAME TARGET lines
	[ ! -e "$DATA/files/$2" ] || cp -r "$DATA/files/$2/." "$tree/"
	[ ! -e "$DATA/links/$2" ] || while read -r link target; do
		mkdir -p "$(dirname "$tree/$link")" && ln -s "$target" "$tree/$link"
	done < "$DATA/links/$2"
	chmod -R u=rwX,go=rX "$tree"
	find "$tree/DEBIAN" -type f ! -name templates -exec chmod 755 {} +
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' "$2" \
		> "$tree/DEBIAN/control"
	dpkg-deb --root-owner-group -Zgzip --build "$tree" "$T/pk/${2}_1_all.$1" > /dev/null
}

# questions FILE [OPTION...]: the index of all of them
questions() {
	local out=$1 d
	shift
	if [ ! -e "$T/pk" ]; then
		for d in "$DATA"/udebs/*/; do package udeb "$(basename "$d")"; done
		for d in "$DATA"/debs/*/; do package deb "$(basename "$d")"; done
	fi
	mkdir -p "$(dirname "$out")"
	preseed-index -o "$out" --suite trixie --number 13 --alias stable --arch amd64 \
		--packages "$DATA/Packages" "$@" "$T"/pk/*
}
