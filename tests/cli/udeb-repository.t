#!/bin/bash
# SPDX-License-Identifier: MIT
# A repository of the recipe's that does not verify: the installer leaves it out, and the
# build ends. What was wrong with it is read in the log (di-events-faults.t).
. "${0%/*}/../lib.sh"
need busybox

sed "s|/var/log/syslog|$T/syslog|; s|/usr/lib/seedbed/word|$T/word|" \
	"$SRC/udeb/usr/lib/pre-pkgsel.d/00seedbed-repository" > hook
printf '#!/bin/sh\necho "$*" >> %s/words\n' "$T" > word
chmod +x word
hook() { : > words; busybox sh hook; }

echo 'Nov 24 20:39:30 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify' > syslog
hook
is "$? $(cat words)" "1 failed repository - a repository of the recipe's does not verify" "one that does not verify ends the build"
sed -i 's/60local/50mirror/' syslog
hook
is "$? $(cat words)" "0 " "others are the installer's own affair"
finish
