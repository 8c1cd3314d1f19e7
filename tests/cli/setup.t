#!/bin/bash
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

printf 'have	bash coreutils\nlack	bash no-such-package\nlack	nor-this-one\n' > tree/mk/packages
runs "all there: silence" setup have
is "$(setup have 2>&1)" "" "and no word"
fails 1 'apt-get install --no-install-recommends no-such-package nor-this-one *$' setup have lack
fails 2 'usage: setup.sh SET' setup
sed -i 's/^lack.*//' tree/mk/packages
runs "a set that is empty" setup lack
finish
