#!/bin/bash
# SPDX-License-Identifier: MIT
# Installed (make install), and used from a folder of one's own with a Makefile of one line,
# by an ordinary user. Nothing is written to where it is installed.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need make man
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
archive_ready
umask 022
mkdir src && cd src && own_tree
cd ..
unset http_proxy
runs "make install" make -C src install SETUP=no DESTDIR="$T/dest" PREFIX=/usr/local
data=$T/dest/usr/local/share/seedbed
is "$(find dest ! -type l ! -perm -a+r; find dest -type d ! -perm -a+x; find dest ! -type l -perm /022)" "" "all may read it, and nobody else may write"
is "$(find dest -type l)" "" "nothing in it leads elsewhere"
is "$(grep -rlI "$T/src" dest | head -n 3)" "" "nothing of it knows where it was built"
is "$(cd src && for f in mk/*.sh mk/installers/*/*.sh; do [ -x "$f" ] && [ ! -x "$data/$f" ] && echo "$f"; done)" "" "the scripts can be run"
is "$(cd src && find mk udeb preseed.d -type f | sort | while read -r f; do cmp -s "$f" "$data/$f" || echo "$f"; done)" "" \
	"all that a build reads is there, as it was"
for m in preseed.1 autoinstall.1 preseed-recipe.5 seedbed-recipe.5 lvmtidy.8; do
	[ -s "dest/usr/local/share/man/man${m##*.}/$m" ]
	ok $? "manual $m"
done

# --- away from the source, which is no more, and read-only ---
mv src gone
chmod -R a-w dest
at_end 'chmod -R u+w "$T/dest"'
sums() { (cd dest && find . -printf '%p %m %T@ %i\n' | sort; find . -type f -exec sha256sum {} + | sort) | sha256sum; }
before=$(sums)
mkdir mine && cd mine
echo "include $data/seedbed.mk" > Makefile
printf '%s\n' 'like base' 'file motd /etc/motd' 'security none' > web.recipe
echo 'cpus 1' > base.recipe
echo hello > motd
: > '$(touch pwned).recipe'
export SETUP=no SEEDBED_CACHE=$T/cache KEYRING=$T/keyring.gpg KEY=$T/key.pub
cp "$SRC/tests/data/preseed/key.pub" ../key.pub
PATH=/usr/bin:/bin # not those of the source's

is "$(make list 2> err)" "base
web" "make list: the recipes of this folder"
like "$(cat err)" 'left out: not a host name' "but for those with other names"
like "$(make)" '^  make appliance-NAME' "make alone: what there is to type"
unlike "$(make help)" 'make (check|tidy|fuzz|install) ' "without what is for the source"
is "$(make -n appliance-web 2> err | grep -o 'mk/[a-z]*\.sh web' | paste -sd ' ')" \
	"mk/compile.sh web mk/inputs.sh web mk/route.sh web mk/disk.sh web mk/verify.sh web mk/manifest.sh web mk/provenance.sh web mk/next.sh web" "make -n appliance-web: the whole way"
is "$(grep -v 'left out: not a host name' err)" "" "without a complaint"
rm err
is "$(ls -A | paste -sd ' ')" '$(touch pwned).recipe Makefile base.recipe build motd web.recipe' "which makes nothing but build/"
fails 2 'No rule to make target .appliance-absent' make appliance-absent

# --- a recipe compiled, by a mirror of this test's ---
cd ..
mkdir -p www/debian/pool/main/s
for p in openssh-server linux-image-cloud-amd64 linux-image-amd64; do
	make_deb $p "www/debian/pool/main/s/${p}_1.0_all.deb"
done
archive
mirror_up || { ok 1 "the test's mirror starts"; finish; }
export MIRROR=http://127.0.0.1:$port/debian
cd mine
make build/web/preseed.cfg > out 2>&1
is "$?" 0 "a recipe is compiled" || show < out
show < <(grep -v 'fetching the package\|are not checked' out)
is "$(cat build/web/payload.d/0)" hello "with its files"
like "$(cat build/web/explain)" "^$data/preseed.d/|/share/seedbed/preseed.d/" "by the installed fragments"
is "$(sed -n 's/^cpus=//p' build/web/facts)" 1 "and what it is like"
is "$(make -n build/web/preseed.cfg 2>&1 | grep -c compile.sh)" 0 "then it is up to date"
sleep 1.1
echo 'cpus 2' > base.recipe
is "$(make -n build/web/preseed.cfg 2>&1 | grep -c compile.sh)" 1 "until what it is like changes"
runs "make build/seedbed.udeb" make build/seedbed.udeb
like "$(dpkg-deb -c build/seedbed.udeb)" ' \./usr/lib/seedbed/word$' "seedbed's udeb is made here"
fails 1 'trixie: cannot fetch|has no debian-installer' "$data/mk/installers/di/kit.sh" trixie amd64 "$MIRROR" ''
fails 2 'O=.*/else where: has a blank in it' make O="$T/else where" build/web/preseed.cfg
runs "make O=" make O="$T/elsewhere" "$T/elsewhere/web/preseed.cfg"
[ -s "$T/elsewhere/web/preseed.cfg" ]
ok $? "O= is another place for what is made"
make report > /dev/null 2>&1
[ -s build/report.html ]
ok $? "make report"
is "$(make -s checkpoints 2> ../err)" "" "make checkpoints: there is none yet"
is "$(ls -A | grep -v '^build$' | paste -sd ' ')" '$(touch pwned).recipe Makefile base.recipe motd out web.recipe' "nothing is generated beside the recipes"
runs "make clean" make clean
is "$(ls -d build 2> /dev/null)" "" "removes what was made"
cd ..
is "$(sums)" "$before" "nothing was written to where it is installed"
is "$(find . -name 'pwned*' ! -name '*.recipe')" "" "and nothing was run"
finish
