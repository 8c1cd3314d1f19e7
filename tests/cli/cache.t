#!/bin/bash
# SPDX-License-Identifier: MIT
# What is kept of downloads: what no build holds goes, by age and by size, whatever mirror
# it was for; what one holds stays, until it has ended, however that was.
. "${0%/*}/../lib.sh"
need flock

export SEEDBED_CACHE=$T/cache
C=$SEEDBED_CACHE
MIB=$((1 << 20))
made() { # made PATH DAYS: one MiB, last used so long ago; its folder a day before
	mkdir -p "$C/${1%/*}"
	head -c $MIB /dev/zero > "$C/$1"
	touch -d "$2 days ago" "$C/$1"
}
aged() { touch -d "$2 days ago" "$C/$1"; } # aged FOLDER DAYS
there() { (cd "$C" && find apt kit templates \( -type f -o -type l \) 2> /dev/null | sort | paste -sd ' '); }
cached() { bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/cache.sh"; "$@"' - "$@"; }
prune() { cached prune_cache; }

runs "nothing to prune" prune
mkdir -p "$C"
runs "an empty cache" prune

# --- by age ---
made apt/new/lists/x 1
made apt/new/archives/x_1_all.deb 1
made apt/old/lists/x 40
made apt/old/archives/x_1_all.deb 40
made kit/old/linux 40
ln -s old "$C/kit/archive"
made templates/old/index 40
ln -s old/index "$C/templates/release.index"
aged apt/new 1; aged apt/old 40; aged kit/old 40; aged templates/old 40
runs "what is old goes" prune
is "$(there)" "apt/new/archives/x_1_all.deb apt/new/lists/x templates/release.index" "lists, packages, installers, questions"
rm "$C/templates/release.index"
KEEP_CACHE=0 runs "KEEP_CACHE=0" env KEEP_CACHE=0 bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/cache.sh"; prune_cache'
is "$(there)" "" "keeps what was used today"

# --- by size: over all mirrors, the longest unused first ---
fill() {
	rm -rf "${C:?}"/{apt,kit,templates}
	made apt/a/archives/one_1_all.deb 5
	made apt/a/archives/two_1_all.deb 2
	made apt/b/archives/three_1_all.deb 4
	made templates/a/four_1_all.udeb 3
	made kit/k/linux 1
	aged apt/a 2; aged apt/b 1; aged templates/a 1; aged kit/k 1
}
fill
CACHE_SIZE=3600K prune
is "$(there)" "apt/a/archives/two_1_all.deb kit/k/linux templates/a/four_1_all.udeb" "CACHE_SIZE is of all mirrors together"
fill
CACHE_SIZE=0 prune
is "$(there)" "" "with no room all goes"

# --- what is held ---
# holds NAME PATH...: a script that holds them, and waits; its child goes on when it is killed
holds() {
	cat > hold.sh <<-'END2'
		. "$SRC/mk/common.sh"
		. "$SRC/mk/cache.sh"
		name=$1
		shift
		hold "$1"
		hold "${@:2}"
		sleep 1000 & echo $! > "$name.child"
		wait
	END2
	rm -f "$1.child"
	bash hold.sh "$@" & holder=$!
	at_end "kill $holder \$(cat $1.child) 2> /dev/null"
	until_true 60 test -s "$1.child"
}
fill
holds one apt/a apt/a/archives/one_1_all.deb
CACHE_SIZE=0 prune
is "$(there)" "apt/a/archives/one_1_all.deb" "what a build holds stays, and no other of that mirror's"
kill -KILL $holder
wait $holder 2> /dev/null
CACHE_SIZE=0 prune
is "$(there)" "apt/a/archives/one_1_all.deb" "as long as anything runs that it has started"
kill "$(cat one.child)"
until_true 60 sh -c "! kill -0 $(cat one.child) 2> /dev/null"
CACHE_SIZE=0 prune
is "$(there)" "" "and no longer"
is "$(find "$C/held" -type f ! -name '.*')" "" "nothing is left of who held it"
fill
aged kit/k 90
holds two kit/k
is "$(($(date +%s) - $(stat -c %Y "$C/kit/k") < 86400))" 1 "to hold is to use"
aged kit/k 90
prune
[ -e "$C/kit/k/linux" ]
ok $? "however old it is"
kill $holder "$(cat two.child)"
wait $holder 2> /dev/null

# --- what else lies there ---
rm -rf "${C:?}"/{apt,kit,templates}
mkdir -p "$C/apt/a[\$(touch pwned)]" "$C/apt/-rf" "$C/kit/x y" "$T/others/k"
head -c 10 /dev/zero > "$T/others/k/linux"
touch -d '90 days ago' "$C"/apt/* "$C"/kit/* "$T"/others/k
ln -s "$T/others" "$C/templates"
CACHE_SIZE=0 prune
is "$(cd "$C" && find apt kit -mindepth 1 | sort | paste -sd ' ')" "apt/-rf apt/a[\$(touch pwned)] kit/x y" "what nobody here has made stays as it is"
is "$(ls "$T/others/k")$(find . -name pwned)" linux "what is somebody else's, too; and nothing is run"
for v in KEEP_CACHE CACHE_SIZE; do
	fails 1 "$v=.*: must be a number|$v=.*: is no" env $v='a[$(touch pwned)]' bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/cache.sh"; prune_cache'
done
is "$(find . -name pwned)" "" "nor is what the operator says"
finish
