#!/bin/bash
# SPDX-License-Identifier: MIT
# The whole way, cold: a clean copy of the tree, the real installer in a real guest, kept
# and forked, its boot test, what make knows afterwards; and another appliance, which is
# forked from the same installer, has all that a recipe can say, and is nobody's twin; two
# that cannot come to a good end; and one when the kept installer is damaged.
TEST_SECONDS=4500
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
. "$SRC/tests/everything.sh"
need qemu-system-x86_64 libvirtd make jq sfdisk

name=${APPLIANCE:-web}
own_tree

# Who owns the guest, seen while it runs.
(
	until pid=$(pgrep -f "qemu.*$T/build/$name/work/" | head -n 1) && [ -n "$pid" ]; do sleep 1; done
	stat -c %U "/proc/$pid" > "$T/owner"
) &
watcher=$!
at_end "kill $watcher 2> /dev/null"

# No checkpoint is there before, and none is left behind.
SEEDBED_CHECKPOINTS=$(mktemp -d /var/tmp/seedbed-test.XXXXXX)
export SEEDBED_CHECKPOINTS
at_end 'rm -rf "$SEEDBED_CHECKPOINTS"'

# The guard is for what hangs: then this says where.
if timeout --foreground -k 60 4200 make "appliance-$name" SETUP=no TIMEOUT=3600 > "$T/log" 2>&1; then
	ok 0 "make appliance-$name"
else
	ok 1 "make appliance-$name"
	show 80 < "$T/log"
	tail -n 20 "build/$name/boot.log" 2> /dev/null | cut -c1-200 | show
	tail -n 40 "build/$name/install.log" 2> /dev/null | cut -c1-200 | show
	finish
fi
sed 's/^/# /' "$T/log"

manifest=$(cat "build/$name/manifest")
like "$manifest" '^package=nginx [^ ]+ [0-9]' "the manifest lists the recipe's package with its version"
like "$manifest" '^package=linux-image-cloud-amd64 ' "and the kernel"
like "$manifest" '^hostkey=256 SHA256:' "and the host keys' fingerprints"
like "$(cat "$T/log")" '^\+--+\[ED25519 256\]-+\+$' "whose pictures the build has shown"
like "$manifest" '^check=expect http 80' "http was looked at from outside"
like "$manifest" '^check=inside: expect unit nginx.service' "and the unit from inside"
like "$manifest" '^received-bytes=[0-9]+$' "and what came through the gate, from the fork on"
like "$manifest" '^check=ssh root' "and the ssh key got in"
like "$manifest" "^input=recipe $(sha256sum < "recipes/$name.recipe" | cut -d' ' -f1) $name.recipe$" "and what it was made of"
like "$manifest" '^list=[0-9a-f]{64} http.*InRelease$' "by which signed lists"
is "$(jq -r '.subject[0].digest.sha256' "build/$name/$name.provenance.json")" "$(sha256sum < "build/$name/$name.qcow2" | cut -d' ' -f1)" \
	"its provenance is about these bytes"
make -s "sbom-$name" SETUP=no > sbom.out 2>&1
is "$(jq -r '.packages[1:][] | "package=" + .name + " " + (.externalRefs[0].referenceLocator | match("arch=([a-z0-9]+)").captures[0].string) + " " + .versionInfo' \
	"build/$name/$name.spdx.json" | sort)" "$(grep '^package=' <<<"$manifest" | sort)" "its bill of materials, read of the image, has the manifest's packages"
is "$(jq -r '.packages[1:][] | select(.checksums == null) | .name' "build/$name/$name.spdx.json")" "" "each with a hash of a signed list"
like "$manifest" '^step=[0-9.]+ ' "and the time of each step"
is "$(cat "$T/owner")" "$(id -un)" "the guest belonged to an ordinary user"
is "$(grep -c 'step=[0-9.]* initramfs$' <<<"$manifest")" 1 "the initramfs was made once"

# What the installer logged, until it was kept and from there on.
kept_log=$(cat "$SEEDBED_CHECKPOINTS"/*.log)
log=$(cat "build/$name/install.log")
is "$(grep -c 'Linux version' <<<"$kept_log") $(grep -c 'Linux version' <<<"$log")" "1 0" "one installer has booted"

# The build's own proxy, keys and channels are not in the appliance: its words
# are all that is known here, so ask the installer's log what it wrote.
unlike "$log" 'late_command.*(failed|error)' "the late command ran"

# What comes together is not asked for again, by an apt of its own.
like "$log" 'apt-install: already there: grub-pc$' "the boot loader's package came with the others"
# (What in-target runs there is update-grub, and this is what it says of itself.)
is "$(sed -n "/grub-install ran successfully/,/Menu item 'finish-install'/p" <<<"$log" | grep -c '/bin/in-target: ')" 1 \
	"grub.cfg was made once"
like "$log" 'seedbed: apt reads (a part of its lists|all of its lists: .* is not the host.s)$' \
	"apt read a part of its lists, if they were the host's"

before=$(stat -c %Y%i "build/$name/$name.qcow2")
out=$(make "appliance-$name" SETUP=no 2>&1)
is "$out" "$name: build/$name/$name.qcow2 is up to date" "a second make does nothing, and says so"
is "$(stat -c %Y%i "build/$name/$name.qcow2")" "$before" "and did nothing"
touch recipes/db.recipe
is "$(make -n "appliance-$name" SETUP=no 2>&1 | grep -c disk.sh)" 0 "another recipe's edit is no reason to build"
echo 'cmdline seedbed.edited=1' >> "recipes/$name.recipe"
is "$(make -n "appliance-$name" SETUP=no 2>&1 | grep -c disk.sh)" 1 "its own is"

# --- its sister ---
sister=everything
archive_ready
everything recipes
export PRIVATE_SOURCES=localhost:$port
# As if the lists of one of its sources had changed since the other was built.
sed -i '/^list=.*security/d' "$SEEDBED_CHECKPOINTS"/*.record
if timeout --foreground -k 60 2400 make "appliance-$sister" SETUP=no TIMEOUT=1800 > "$T/log2" 2>&1; then
	ok 0 "make appliance-$sister"
else
	ok 1 "make appliance-$sister"
	show 80 < "$T/log2"
	tail -n 40 "build/$sister/install.log" 2> /dev/null | cut -c1-200 | show
fi
sed 's/^/# /' "$T/log2"
like "$(cat "build/$sister/steps")" 'forked$' "it was forked"
unlike "$(cat "build/$sister/steps")" 'base system$' "and began where the other was by then"
like "$(cat "build/$sister/steps")" 'boot loader$' "and its steps from there on were heard"
like "$(make checkpoints SETUP=no 2>&1)" '^[0-9a-f]{24} .* 2 times, made by ' "make tells of the checkpoint"

like "$(cat "build/$sister/way")" '^forked from checkpoint' "whose disk was of another size"
like "$(cat "build/$sister/manifest")" '^received-bytes=[1-9][0-9]+$' "its packages from elsewhere came through the gate"
like "$(cat "build/$sister/install.log")" 'installed before the fork' "and had its boot loader by then"
is "$(sed -n 's/.* seedbed: .*_dists_\(.*\)_main_.*: newer than the fork$/\1/p' "build/$sister/install.log")" \
	trixie-security "the package list that had changed came with it"
is "$(grep -c '^check=inside: expect run' "build/$sister/manifest")" "$(grep -c '^expect  *run' recipes/$sister.recipe)" \
	"all that its recipe says is there"
unlike "$(cat "build/$sister/manifest")" '^package=nginx' "and nothing that the other's says"

# What each must have for itself, a line each.
own() {
	local at f image=build/$1/$1.qcow2
	qemu-img convert -O raw "$image" raw
	sfdisk -d raw | grep -E '^(label-id|.*type=(83|82))' | sed 's/.*type=82.*/swap/; s/.*start= *\([0-9]*\).*type=83.*/root \1/' > table
	sed -n 's/^label-id: /disk /p' table
	at=$(sed -n 's/^root //p' table)
	blkid -p -O $((at * 512)) -s UUID -o value raw | sed 's/^/filesystem /'
	for f in /etc/hostname /etc/machine-id; do
		printf '%s %s\n' "$f" "$("$SRC/build/tests/ext-list" --offset $((at * 512)) --cat $f raw)"
	done
	sed -n 's/^hostkey=/hostkey /p' "build/$1/manifest"
	rm raw
}
own $name > own.1
own $sister > own.2
is "$(wc -l < own.1)" 7 "disk, filesystem, name, machine-id, three host keys"
is "$(sort own.1 own.2 | uniq -d)" "" "none of which the sister has"

is "$(qemu-img info --output=json "build/$name/$name.qcow2" | grep -c backing-filename)" 0 "the image stands alone"
is "$(qemu-img info --output=json "build/$sister/$sister.qcow2" | grep -c backing-filename)" 0 "the sister's, too"
# Beside files a filesystem of that size has some 120 MiB; the packages as they came are
# more, and are no part of it.
for built in $name $sister; do
	used=$(sed -n 's/^filesystem-used-kib=//p' "build/$built/manifest")
	[ "$(stat -c %s "build/$built/$built.qcow2")" -lt $((used * 1024 + (256 << 20))) ]
	ok $? "and is not much larger than the $used KiB that are used in it"
done

# --- a package that does not configure, and a repository that another has signed ---
wrong recipes
timeout --foreground -k 60 1800 make -k -j2 appliance-broken appliance-unsigned SETUP=no TIMEOUT=1200 > "$T/log3" 2>&1
is "$?" 2 "what cannot be built: make fails"
sed 's/^/# /' "$T/log3"
why=$(cat "$T/log3")
like "$why" '^    in-target: seedbed-broken: cannot find the moon$' "a package that does not configure: its own words"
like "$why" '^broken: package seedbed-broken: .*post-installation script .* status 3$' "its name"
like "$why" '^  recipes/broken.recipe:3: package seedbed-broken$' "and the recipe's line"
like "$why" '^broken: next: make debug-broken' "and what to type next"
like "$why" '^install.sh: broken: package seedbed-broken: .*: all of it is in build/broken/failed-[0-9-]+$' "and where to look"
like "$why" "^install.sh: unsigned: a repository of the recipe's: .*localhost:$port/debian trixie InRelease: Missing key .*: all of it is in build/unsigned/failed-[0-9-]+\$" \
	"a wrong key: the repository, what is wrong, where to look"
grep -q 'Missing key' <<< "$why" || grep -h -B 12 'did not verify' build/unsigned/failed-*/install.log | show
like "$why" "^  recipes/unsigned.recipe:1: repository http://localhost:$port/debian trixie main key=unsigned/archive.asc\$" \
	"and the recipe's line"
like "$why" '^unsigned: next: mend that line' "and what to type next"
is "$(cat build/broken/way build/unsigned/way | grep -c '^forked')" 2 "both were forked"
is "$(ls build/{broken,unsigned}/*.qcow2 2> /dev/null)" "" "and are no images"

checkpoint=$(ls -d "$SEEDBED_CHECKPOINTS"/*/)
checkpoint=${checkpoint%/}
is "$(wc -l <<<"$checkpoint")" 1 "there is one checkpoint as ever"
runs "which is as it was" vmfork verify "$checkpoint"

# --- the checkpoint is damaged ---
chmod u+w "$checkpoint/memory"
printf X | dd of="$checkpoint/memory" bs=1 seek=$((300 << 20)) conv=notrunc status=none
echo '# nothing' > recipes/fallen.recipe
timeout --foreground -k 60 900 make appliance-fallen SETUP=no > "$T/log4" 2>&1 &
job=$!
at_end "kill $job 2> /dev/null"
gone() { [ ! -e "$checkpoint" ]; }
until_true 600 gone
ok $? "a checkpoint that is damaged goes"
straight() { grep -aq 'Linux version' build/fallen/console.log 2> /dev/null; }
until_true 300 straight
kill $job
wait $job
like "$(cat "$T/log4")" '/memory: damaged: it is not what was saved$' "what is wrong with it is said"
like "$(cat "$T/log4")" '^fallen: checkpoint [0-9a-f]{24} is damaged: removed$' "and what becomes of it"
like "$(cat "$T/log4")" '^fallen: built straight$' "and how it goes on"
like "$(cat build/fallen/console.log)" 'Linux version' "which it does"

guest_left() { # by its disk, as others may build what has that name
	local n work
	for n; do
		work=$(sed -n 's|.*<source file="\(.*\)/[^/]*".*|\1|p' "build/$n/install.xml" | head -n 1)
		[ -z "$work" ] || pgrep -f "$work/"
	done
}
no_guest() { [ -z "$(guest_left "$name" "$sister" broken unsigned fallen)$(pgrep -f "qemu.*$SEEDBED_CHECKPOINTS")" ]; }
until_true 120 no_guest
ok $? "no guest is left"
is "$(compgen -G "build/*/work" || true)" "" "no scratch folder is left"
is "$(find "$SEEDBED_CHECKPOINTS" -type f ! -name '*.lock')" "" "nor anything of a checkpoint"
finish
