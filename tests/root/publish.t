#!/bin/bash
# SPDX-License-Identifier: MIT
# What root takes from a build folder that is the user's: appliances and what tells of
# them, and nothing that root's own make, shell or install would read.
. "${0%/*}/../lib.sh"
[ "$(id -u)" = 0 ] || skip_all "needs root"
need setpriv runuser
id -u nobody > /dev/null || skip_all "no user nobody"
user=$(id -un 65534)

chmod 711 "$T"
mkdir from to secrets && chown "$user" from
lay() { # lay NAME [BYTES]: a file of the user's
	runuser -u "$user" -- bash -c 'mkdir -p "$(dirname "$1")" && head -c "$2" /dev/urandom > "$1"' - "$T/from/$1" "${2:-10}"
}
publish() { "$SRC/mk/publish.sh" "$user" "$T/from" "$T/to" > out 2>&1; }
published() { (cd to && find . -type f ! -name '.publish*' -printf '%P\n' | LC_ALL=C sort | paste -sd ' '); }

for f in web/web.qcow2 web/manifest web/web.provenance.json report.html outdated.json; do lay $f; done
for f in completions/vmrun share/seedbed/preseed.d/10-x.preseed bin/vmrun obj/x.o seedbed-9.tar.gz seedbed.udeb \
	web/web.provenance.json.sig web/x.new/y web/inputs.mk; do
	lay $f
done
publish
is "$?:$(published)" "0:outdated.json report.html web/manifest web/web.provenance.json web/web.qcow2" \
	"an appliance and what tells of it, no signature, nothing that make install or a shell reads"
rm from/web/manifest
publish
is "$?:$(published)" "0:outdated.json report.html web/web.provenance.json web/web.qcow2" "what is gone there is gone here"

# a link of root's own, as make lays one to its source tree
ln -s "$T/secrets" to/db
lay db/x
publish
is "$?:$(ls secrets)" "1:" "a link of root's is not followed"
like "$(cat out)" 'db/x: a link leads out of' "and it is said"
rm to/db
publish
is "$?:$(cmp from/db/x to/db/x && echo same)" "0:same" "without it the file is taken"

# the bound is on all that is there, however often it is asked
export MAX_PUBLISHED=1M
for d in a b c; do
	lay $d/x 400000
	publish
done
like "$(cat out)" 'c/x: has 400000 bytes, and MAX_PUBLISHED is 1048576' "MAX_PUBLISHED is for all runs together"
is "$(published | grep -c c/x)" 0 "and what is beyond is left"
unset MAX_PUBLISHED

# another user
fails 1 "to: was published by user $user: say another O=" "$SRC/mk/publish.sh" daemon "$T/from" "$T/to"
lay web/web.qcow2 20
publish
is "$(stat -c %s to/web/web.qcow2)" 20 "who made it may make it anew"
ln -s to link
lay web/web.qcow2 30
"$SRC/mk/publish.sh" "$user" "$T/from" "$T/link" > out 2>&1
is "$?:$(stat -c %s to/web/web.qcow2)" "0:30" "by a folder's other name, too"
finish
