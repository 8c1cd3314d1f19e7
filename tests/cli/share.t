#!/bin/bash
# SPDX-License-Identifier: MIT
# Whose business what a build leaves is: its user's alone, whatever their umask; with
# SHARE=GROUP that group's, what it is for and no more.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
need make dpkg-deb
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
archive_ready
umask 022
own_tree
rm -f recipes/*.recipe
cp "$SRC/tests/data/preseed/key.pub" key.pub
printf '%s\n' 'user joe password=$6$abcdefgh$'"$(printf 'x%.0s' {1..86})" 'security none' 'file motd /etc/motd' > recipes/secret.recipe

echo hello > recipes/motd
mkdir -p www/debian/pool/main/s
for p in openssh-server linux-image-cloud-amd64 linux-image-amd64; do
	make_deb $p "www/debian/pool/main/s/${p}_1.0_all.deb"
done
archive
mirror_up || { ok 1 "the test's mirror starts"; finish; }
export SETUP=no SEEDBED_CACHE=$T/cache KEY=$T/key.pub KEYRING=$T/keyring.gpg MIRROR=http://127.0.0.1:$port/debian
unset http_proxy

# open FOLDER: what of it has a mode for others, wherever it lies
open() { find "$1" ! -type l -perm /077 | sort | head -n 20; }

runs "a recipe is compiled" make build/secret/preseed.cfg
is "$(open build/secret)" "" "all that it leaves is its user's alone"
is "$(stat -c %a cache)" 700 "and the folder of what is kept"
is "$(ls build/secret | grep -cx 'preseed.cfg\|explain\|facts\|payload\|payload.d')" 5 "answers, explanation, facts and files among it"
is "$(stat -c %a build/secret/payload.d/0)" 600 "a recipe's file, too"
SEEDBED_CACHE=$T/other KEY= HOME=$T mk/installers/di/kit.sh trixie amd64 "$MIRROR" '' > kit.out 2>&1
is "$(stat -c %a other)" 700 "whoever makes that, too"
runs "make report" make -s report
is "$(stat -c %a build/report.html)" 600 "the page about them has what their logs say"

# --- with a group ---
group=$(id -gn)
echo image > build/secret/disk.qcow2
ln build/secret/disk.qcow2 build/secret/secret.qcow2
for f in manifest hostkeys hostkeys.svg timeline.svg install.log console.log records; do echo x > build/secret/$f; done
chmod -R go= build/secret
chmod 700 build
runs "SHARE=GROUP" env SHARE="$group" mk/share.sh "$PWD/build/secret"
is "$(find build/secret -perm /070 -printf '%f\n' | sort | paste -sd ' ')" \
	"disk.qcow2 hostkeys hostkeys.svg manifest secret secret.qcow2 timeline.svg" \
	"the group gets the image, and what tells of it"
is "$(stat -c '%a %G' build build/secret build/secret/manifest)" "750 $group
750 $group
640 $group" "to read, not to write"
is "$(find build/secret -perm /007)" "" "others get nothing"
is "$(stat -c %a build/secret/preseed.cfg build/secret/explain build/secret/install.log | sort -u)" 600 \
	"answers with their passwords, and logs, are the user's still"

# --- errors ---
fails 1 'SHARE=no-such-group: is no group' env SHARE=no-such-group mk/share.sh "$PWD/build/secret"
fails 1 'SHARE=-R: is no group' env SHARE=-R mk/share.sh "$PWD/build/secret"
fails 1 'SHARE=a b: is no group' env SHARE='a b' mk/share.sh "$PWD/build/secret"
is "$(id -Gn | tr ' ' '\n' | grep -cx daemon)" 0 "of another group"
fails 1 'SHARE=daemon: you are not in that group; a group of yours: ' \
	env SHARE=daemon mk/share.sh "$PWD/build/secret"
is "$(find build -group daemon)" "" "nothing has changed hands"
rm build/secret/.compiled
fails 2 'SHARE=no-such-group: is no group' make build/secret/preseed.cfg SHARE=no-such-group
finish
