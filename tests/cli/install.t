#!/bin/bash
# SPDX-License-Identifier: MIT
# make install and make uninstall: what the one puts the other removes, and nothing else;
# the version that all say is the one of the file VERSION.
. "${0%/*}/../lib.sh"
need make
umask 022
mkdir src && cd src && own_tree && cd .. || exit
version=$(cat "$SRC/VERSION")
in_src() { make -s -C src SETUP=no DESTDIR="$T/dest" "$@"; }

# somebody else's, beside it
mkdir -p dest/usr/bin dest/usr/share/man/man1 dest/usr/share/doc/other
for f in bin/other share/man/man1/preseed-other.1 share/doc/other/x; do echo x > dest/usr/$f; done
before=$(cd dest && find . ! -type d | sort)
# and an older version's, which a newer one must not read
mkdir -p dest/usr/share/seedbed/mk/installers/di/patches dest/usr/share/doc/seedbed
touch dest/usr/share/seedbed/mk/installers/di/patches/99-old.patch dest/usr/share/doc/seedbed/OLD
runs "make install" in_src install PREFIX=/usr
is "$(find dest -name '99-old*' -o -name OLD)" "" "nothing of an older version stays in seedbed's own folders"
tools=$(ls dest/usr/bin | grep -vx other)
is "$tools" "$(sed -nE 's/^\$\(eval \$\(call tool,([a-z-]+).*/\1/p' src/Makefile | sort)" "all programs are installed"
is "$(for t in $tools; do "dest/usr/bin/$t" --version; done | sort)" \
	"$(for t in $tools; do echo "$t (seedbed) $version"; done | sort)" "each says the version of VERSION"
is "$(cat dest/usr/share/seedbed/VERSION)" "$version" "the version is installed"
is "$(ls dest/usr/share/bash-completion/completions)" "$tools" "a completion for each"
is "$(for t in $tools; do ls dest/usr/share/man/man?/"$t".? > /dev/null || echo "$t"; done 2>&1)" "" "a manual for each"
[ -s dest/usr/share/man/man7/seedbed.7 ]
ok $? "seedbed.7"
[ -x dest/usr/share/doc/seedbed/examples/ci/check-recipes ]
ok $? "the examples, which can be run"
is "$(cd src && ls *.md | sort)" "$(cd dest/usr/share/doc/seedbed && ls *.md | sort)" "the pages are installed"
[ -s dest/usr/share/doc/seedbed/docs/timeline.svg ]
ok $? "with the picture that README.md shows"
grep -q "^## $version " "$SRC/CHANGELOG.md"
ok $? "the changelog has this version"
is "$(find dest -type f -size 0)" "" "no file is empty"
runs "make install once more" in_src install PREFIX=/usr
installed=$(cd dest && find . | sort)

echo 9.9.9 > src/VERSION
runs "make tools" in_src tools
is "$(src/build/bin/preseed --version)" "preseed (seedbed) 9.9.9" "another VERSION is another version"
echo "$version" > src/VERSION

runs "make uninstall of another PREFIX" in_src uninstall PREFIX=/usr/local
is "$(cd dest && find . | sort)" "$installed" "removes nothing of this one"
runs "make uninstall" in_src uninstall PREFIX=/usr
is "$(cd dest && find . ! -type d | sort)" "$before" "make uninstall leaves what was there before"
is "$(find dest -path '*/seedbed*')" "" "and no folder of seedbed's"
finish
