# SPDX-License-Identifier: MIT
# tests/everything.sh - a recipe with all that comes after the fork, and the archive
# that it names.
#
#	everything DIR		DIR/everything.recipe and its files; the archive is on
#				$port of this host, after tests/archive.sh
#	wrong DIR		DIR/broken.recipe, with a package of that archive that does
#				not configure; DIR/unsigned.recipe, with a key that is not
#				the archive's. After everything.
# shellcheck shell=bash

# A package that asks debconf something, and writes down what it was told.
extra_deb() { # extra_deb FILE
	mkdir -p extra/DEBIAN
	cat > extra/DEBIAN/control <<-'END'
		Package: seedbed-extra
		Version: 1.0
		Architecture: all
		Maintainer: x <x@example.org>
		Depends: debconf
		Description: says what it was told
	END
	cat > extra/DEBIAN/templates <<-'END'
		Template: seedbed-extra/word
		Type: string
		Default: said by nobody
		Description: A word?
	END
	cat > extra/DEBIAN/postinst <<-'END'
		#!/bin/sh
		set -e
		. /usr/share/debconf/confmodule
		db_get seedbed-extra/word
		echo "$RET" > /etc/seedbed-extra
	END
	chmod 755 extra/DEBIAN/postinst
	dpkg-deb --root-owner-group --build extra "$1" > /dev/null
	rm -r extra
}

broken_deb() { # broken_deb FILE
	mkdir -p broken/DEBIAN
	printf '%s\n' 'Package: seedbed-broken' 'Version: 1.0' 'Architecture: all' 'Maintainer: x <x@example.org>' \
		'Description: does not configure' > broken/DEBIAN/control
	printf '#!/bin/sh\necho "seedbed-broken: cannot find the moon" >&2\nexit 3\n' > broken/DEBIAN/postinst
	chmod 755 broken/DEBIAN/postinst
	dpkg-deb --root-owner-group --build broken "$1" > /dev/null
	rm -r broken
}

everything() { # everything DIR
	local data=$SRC/tests/data/everything k
	mkdir -p www/debian/pool/main/s "$1/everything"
	extra_deb www/debian/pool/main/s/seedbed-extra_1.0_all.deb
	broken_deb www/debian/pool/main/s/seedbed-broken_1.0_all.deb
	archive
	mirror_up || return
	gpg -q --export --armor > "$1/everything/archive.asc"
	for k in root anna; do
		ssh-keygen -q -t ed25519 -N '' -C "$k@test" -f "$k.id"
	done
	cp "$data/note" "$data/tool" "$1/everything"
	sed "s|@PORT@|$port|; s|@ROOTKEY@|$(cat root.id.pub)|; s|@ANNAKEY@|$(cat anna.id.pub)|" \
		"$data/everything.recipe" > "$1/everything.recipe"
}

wrong() { # wrong DIR
	mkdir -p "$1/broken" "$1/unsigned"
	gpg -q --export --armor > "$1/broken/archive.asc"
	mkdir -m 700 other
	GNUPGHOME=$PWD/other gpg -q --batch --passphrase '' --quick-generate-key other rsa2048 sign never 2> /dev/null
	GNUPGHOME=$PWD/other gpg -q --export --armor > "$1/unsigned/archive.asc"
	GNUPGHOME=$PWD/other gpgconf --kill all 2> /dev/null
	printf '%s\n' "repository http://localhost:$port/debian trixie main key=broken/archive.asc" \
		'package ssl-cert' 'package seedbed-broken' > "$1/broken.recipe"
	printf '%s\n' "repository http://localhost:$port/debian trixie main key=unsigned/archive.asc" \
		'package seedbed-extra' > "$1/unsigned.recipe"
}
