# tests/everything.sh - a recipe with all that comes after the fork, and the archive
# that it names.
#
#	everything DIR		DIR/everything.recipe and its files; the archive is on
#				$port of this host, after tests/archive.sh
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

everything() { # everything DIR
	local data=$SRC/tests/data/everything k
	mkdir -p www/debian/pool/main/s "$1/everything"
	extra_deb www/debian/pool/main/s/seedbed-extra_1.0_all.deb
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
