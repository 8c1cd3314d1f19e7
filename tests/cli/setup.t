#!/bin/bash
# SPDX-License-Identifier: MIT
# What setup.sh says on a machine that lacks packages. Nothing is installed here: an
# `id` that denies root, and no sudo, stand for a user who may not.
. "${0%/*}/../lib.sh"
need dpkg-query

mkdir -p tree bin
cp -r "$SRC/mk" tree/
printf '#!/bin/sh\n[ "$1" = -u ] && echo 4711\n' > bin/id
printf '#!/bin/sh\nexit 1\n' > bin/sudo
chmod +x bin/*
setup() { env -i PATH="$T/bin:$PATH" HOME="$T" tree/mk/setup.sh "$@"; }

printf 'have	bash coreutils\nlack	bash no-such-package\nlack	nor-this-one\neither	no-such-package|bash\nneither	neither-a|neither-b\n' > tree/mk/packages
runs "all there: silence" setup have
is "$(setup have 2>&1)" "" "and no word"
said=$(setup have lack 2>&1)
is "$?" 1 "what is missing, and nobody who may install it"
like "$said" "^  $T/tree/mk/noservices.sh apt-get install --no-install-recommends --no-remove no-such-package nor-this-one *\$" \
	"the command, with what keeps services from starting"
like "$said" 'keeps their services from starting, now and at the next boot' "and why it is there"
runs "of two that do, either is there" setup either
fails 1 'install .* neither-a *$' setup neither
fails 2 'usage: setup.sh SET' setup
fails 2 'usage: setup.sh SET' setup --unknown
fails 1 "wants root: $T/tree/mk/noservices.sh --undo" setup --undo-services
fails 2 'usage: noservices.sh apt-get' tree/mk/noservices.sh rm
sed -i 's/^lack.*//' tree/mk/packages
runs "a set that is empty" setup lack

# What is said when apt-get fails: by what the real one prints, in a root of its own, and
# by dpkg's words. as_root is there, and has no rights.
why() { (
	set -e
	eval "$(sed -n '/^why()/,/^}/p' tree/mk/setup.sh)"
	no_services=noservices.sh missing=x
	why "$1"
); }
mkdir -p apt/{state/lists/partial,cache/archives/partial,etc} repo lock/var/lib/dpkg
: > apt/status
for p in 'gone' 'wants' 'against'; do
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nFilename: ./%s.deb\nSize: 1\nSHA256: %064d\n' $p $p 0
	case $p in wants) echo 'Depends: nowhere-to-be-had' ;; against) echo 'Conflicts: there' ;; esac
	echo
done > repo/Packages
printf 'Package: there\nStatus: install ok installed\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n' > apt/status
echo "deb [trusted=yes] file:$T/repo ./" > apt/etc/sources.list
cat > apt.conf <<CONF
Dir "$T/apt"; Dir::State "$T/apt/state"; Dir::Cache "$T/apt/cache"; Dir::Etc "$T/apt/etc"; Dir::Log "$T";
Dir::State::status "$T/apt/status"; Dir::Etc::parts "/dev/null"; Dir::Etc::trustedparts "/dev/null";
APT::Sandbox::User "root"; Debug::NoLocking "true";
CONF
export APT_CONFIG=$T/apt.conf
apt-get -q update > update.log 2>&1 || show < update.log
apt() { apt-get -q -y install --no-remove "$@" > log 2>&1; why log; }
like "$(apt no-such-package)" '^no-such-package not in apt.s lists: .*apt-get update; then: make setup$' "a package that apt does not know"
like "$(apt gone)" '^file:.*gone.deb: cannot be fetched: .*then: make setup$' "one that cannot be fetched"
like "$(apt wants)" '^wants wants what cannot be installed here .*then: make setup$' "one that wants what there is not"
like "$(apt against)" '^there would have to go for it, .*as root: noservices.sh apt-get install' "nothing of the operator's is removed"
printf 'dpkg: error processing package lvm2 (--configure):\n' > log
like "$(why log)" '^lvm2 cannot be installed: .*dpkg --configure -a; then: make setup$' "a package whose script fails"
printf 'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)\n' > log
like "$(why log)" '^another program installs packages' "another apt-get"
finish
