#!/bin/bash
# SPDX-License-Identifier: MIT
# sign.sh [NAME...] - signs BUILD/NAME/NAME.provenance.json with SIGN_KEY=, an ssh key (of a
# public key the agent has the other half): NAME.provenance.json.sig. Without NAME all that
# have no signature yet, or an older one. Only what names the image's bytes is signed.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ -n "${SIGN_KEY:-}" ] || die "SIGN_KEY is not set: say SIGN_KEY=FILE, an ssh private key"
[ -r "$SIGN_KEY" ] || die "$SIGN_KEY: cannot be read"
NAMESPACE=provenance@seedbed # vouched.sh's, too
[ $# -gt 0 ] || for statement in "$BUILD"/*/*.provenance.json; do
	name=${statement%/*}
	name=${name##*/}
	[ "$statement" = "$BUILD/$name/$name.provenance.json" ] && [ -f "$statement" ] && [ ! -L "$statement" ] || continue
	ssh-keygen -Y check-novalidate -q -n $NAMESPACE -s "$statement.sig" < "$statement" > /dev/null 2>&1 || set -- "$@" "$name"
done
# Its subjects are these bytes, and there are no others. By root: read by nobody.
about() { # about STATEMENT NAME
	local as=()
	[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --no-new-privs --)
	"${as[@]}" jq -es --arg name "$2.qcow2" --arg image "$(hash_of "$2.qcow2")" --arg manifest "$(hash_of manifest)" '
		length == 1 and (.[0].subject | map([.name, .digest]) == [[$name, { sha256: $image }], ["manifest", { sha256: $manifest }]])' \
		< "$1" > /dev/null 2>&1
}
hash_of() { [ ! -f "$B/$1" ] || sha256sum < "$B/$1" | cut -d' ' -f1; }
status=0
for name; do
	B=$BUILD/$name
	statement=$BUILD/$name/$name.provenance.json
	about "$statement" "$name" || {
		say "$ME: $name: its provenance does not name exactly this image and manifest: not signed"
		status=1
		continue
	}
	# to a name of its own, so that a signature is there whole or not at all
	ssh-keygen -Y sign -q -f "$SIGN_KEY" -n $NAMESPACE < "$statement" > "$statement.sig.tmp" ||
		{ rm -f "$statement.sig.tmp"; die "$name: cannot sign with $SIGN_KEY; the reason is above"; }
	mv "$statement.sig.tmp" "$statement.sig"
	say "$name: signed: $SHOWN/$name/$name.provenance.json.sig"
done
exit $status
