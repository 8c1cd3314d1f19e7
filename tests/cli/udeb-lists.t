#!/bin/bash
# SPDX-License-Identifier: MIT
# Inside the installer: apt is given a part of its lists only where that is cut out of
# the same ones, and has in it all that is there or asked for.
. "${0%/*}/../lib.sh"

base=example.org_debian_dists_trixie
mkdir -p target/var/lib/apt/lists/partial target/etc/apt/apt.conf.d target/var/lib/dpkg from
list=${base}_main_binary-amd64_Packages
printf 'Package: %s\n\n' present wanted other > "target/var/lib/apt/lists/$list"
sum=$(sha256sum < "target/var/lib/apt/lists/$list" | cut -d' ' -f1)
release() { # release SUM: the list's, among others
	printf 'Suite: trixie\nSHA256:\n %064d 100 main/binary-i386/Packages\n %s    42 main/binary-amd64/Packages\n' 0 "$1" \
		> "target/var/lib/apt/lists/${base}_InRelease"
}
release "$sum"
printf 'Package: present\nStatus: install ok installed\n\nPackage: needed\nStatus: install ok installed\n\n' > target/var/lib/dpkg/status
printf '%s\n' present wanted needed virtual > from/names
printf '%s  %s\n' "$sum" "$list" > from/sums
printf 'Package: %s\n\n' present wanted > "from/$list"
sed "s|/target|$T/target|g; s|/seedbed/lists|$T/from|" "$SRC/udeb/usr/lib/seedbed/lists" > lists
sed "s|/target|$T/target|g" "$SRC/udeb/usr/lib/seedbed/newer-lists" > newer-lists
part=target/var/lib/apt/seedbed conf=target/etc/apt/apt.conf.d/seedbed-lists
need busybox # the installer's, which differs here and there
mkdir bin
for applet in grep sed awk ln cp tr rm mkdir sha256sum chmod mv; do ln -s "$(command -v busybox)" bin/$applet; done
printf '#!/bin/sh\nshift 2\necho "$*" >> %s/log\n' "$T" > bin/logger
chmod +x bin/logger
newer() { PATH=$T/bin:$PATH sh newer-lists "$@"; }
lists() { PATH=$T/bin:$PATH sh lists "$@" && { [ -e $conf ] && echo part || echo whole; }; }

is "$(lists part wanted)" part "a part serves"
runs "which is the host's" cmp "from/$list" "$part/$list"
runs "with the Release file from here" cmp "target/var/lib/apt/lists/${base}_InRelease" "$part/${base}_InRelease"
is "$(lists whole; ls -d $part 2> /dev/null)" whole "and is taken back"
is "$(lists whole)" whole "twice"
is "$(lists part)" part "nothing need be asked for"
is "$(lists part virtual wanted)" part "a name need not be a package"
is "$(lists part wanted unknown; ls -d $part 2> /dev/null)" whole "not with a package that was not foreseen"
is "$(lists part 'wanted=1')" whole "or a version of one"
printf 'Package: stranger\n\n' >> target/var/lib/dpkg/status
is "$(lists part wanted)" whole "nor where something else is installed"
is "$(tail -n 1 log)" "apt reads all of its lists: stranger is more than the host's part is about" "and the log says why"
sed -i '/stranger/,$d' target/var/lib/dpkg/status
release "$(printf other | sha256sum | cut -d' ' -f1)"
is "$(lists part wanted)" whole "nor of another day's list"
is "$(tail -n 1 log)" "apt reads all of its lists: $list is not the host's" "and the log says why"
release "$sum"
sed -i 's/binary-amd64/binary-arm64/' "target/var/lib/apt/lists/${base}_InRelease"
is "$(lists part wanted)" whole "nor of another architecture's"
rm "target/var/lib/apt/lists/${base}_InRelease"
is "$(lists part wanted)" whole "nor without a signed Release file"
release "$sum"
for more in other.example_dists_x_main_binary-amd64_Packages ${base}_contrib_binary-amd64_Packages \
	elsewhere_._Packages ${base}_main_binary-amd64_Packages.lz4; do
	: > "target/var/lib/apt/lists/$more"
	is "$(lists part wanted)" whole "nor where there is $more"
	rm "target/var/lib/apt/lists/$more"
done
is "$(lists part wanted)" part "(it would serve)"
: > from/names
is "$(lists part wanted; ls -d $part 2> /dev/null)" whole "nor where nothing came from the host"
rm -r from
is "$(lists part wanted)" whole "not even a folder"

# --- newer ones than there were before the fork ---
mkdir newer
printf 'Package: %s\n\n' present wanted newest > "newer/$list"
( sum=$(sha256sum < "newer/$list" | cut -d' ' -f1); release "$sum" )
mv "target/var/lib/apt/lists/${base}_InRelease" newer/
release "$sum"
echo stranger > newer/example.org_other_dists_x_main_binary-amd64_Packages
chmod 600 newer/*
cp -r newer renew
ls target/var/lib/apt/lists > before
: > log
newer "$T/renew"
runs "the list that came with the fork is the target's" cmp "newer/$list" "target/var/lib/apt/lists/$list"
runs "so is its Release file" cmp "newer/${base}_InRelease" "target/var/lib/apt/lists/${base}_InRelease"
is "$(stat -c %a "target/var/lib/apt/lists/$list" "target/var/lib/apt/lists/${base}_InRelease" | sort -u)" 644 "which anybody may read, as apt's own"
is "$(ls target/var/lib/apt/lists)" "$(cat before)" "nothing of a source that the target does not have"
is "$(cat log)" "$list: newer than the fork" "and the log says which"
mkdir none
: > log
runs "none need come" newer "$T/none"
is "$(cat log)" "" "of which there is nothing to say"
fails 1 '' newer "$T/absent"

# --- apt takes it so ---
if command -v apt-get > /dev/null; then
	cat > apt.conf <<-END
		Dir "$T/target"; Dir::State::status "$T/target/var/lib/dpkg/status"; Dir::Etc::sourceparts "/dev/null";
		APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User "";
	END
	mkdir -p target/var/cache/apt/archives/partial target/etc/apt/preferences.d from
	echo "deb [trusted=yes] http://example.org/debian trixie main" > target/etc/apt/sources.list
	stanza() { printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x <x@localhost>\nFilename: x\nSize: 1\nMD5sum: %032d\nDescription: x\n\n' "$1" 0; }
	{ stanza wanted; stanza other; } > "target/var/lib/apt/lists/$list"
	: > target/var/lib/dpkg/status
	names() { APT_CONFIG=$T/apt.conf apt-cache pkgnames | sort | paste -sd ' '; }
	is "$(names)" "other wanted" "apt knows all"
	before=$(stat -c '%n %Y' target/var/cache/apt/*.bin)
	sum=$(sha256sum < "target/var/lib/apt/lists/$list" | cut -d' ' -f1)
	release "$sum"
	echo wanted > from/names
	printf '%s  %s\n' "$sum" "$list" > from/sums
	stanza wanted > "from/$list"
	lists part wanted > /dev/null
	is "$(names)" "wanted" "and then the part"
	APT_CONFIG=$T/apt.conf apt-get clean
	is "$(stat -c '%n %Y' target/var/cache/apt/*.bin)" "$before" "of which nothing is in the caches, nor are they removed"
	lists whole > /dev/null
	is "$(names)" "other wanted" "and then all again"
else
	skip "apt takes it so" "apt-get is not installed"
fi
finish
