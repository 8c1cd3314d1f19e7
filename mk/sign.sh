#!/bin/bash
# SPDX-License-Identifier: MIT
# sign.sh [NAME...] - signs BUILD/NAME/NAME.provenance.json with SIGN_KEY=, an ssh key (of a
# public key the agent has the other half): NAME.provenance.json.sig. Without NAME all that
# have no signature yet, or an older one. Only what names the image's bytes is signed.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ -n "${SIGN_KEY:-}" ] || die "SIGN_KEY=FILE says with which key"
[ -r "$SIGN_KEY" ] || die "$SIGN_KEY: cannot be read"
NAMESPACE=provenance@seedbed # vouched.sh's, too
[ $# -gt 0 ] || for statement in "$BUILD"/*/*.provenance.json; do
	name=${statement%/*}
	name=${name##*/}
	[ "$statement" = "$BUILD/$name/$name.provenance.json" ] && [ -f "$statement" ] && [ ! -L "$statement" ] || continue
	[ "$statement.sig" -nt "$statement" ] || set -- "$@" "$name"
done
for name; do
	statement=$BUILD/$name/$name.provenance.json
	image=$(sha256sum < "$BUILD/$name/$name.qcow2" | cut -d' ' -f1)
	grep -qF "\"$image\"" "$statement" || die "$name: its provenance is not about the image that is there: not signed"
	# to a name of its own, so that a signature is there whole or not at all
	ssh-keygen -Y sign -q -f "$SIGN_KEY" -n $NAMESPACE < "$statement" > "$statement.sig.tmp" ||
		{ rm -f "$statement.sig.tmp"; die "$name: $SIGN_KEY does not sign"; }
	mv "$statement.sig.tmp" "$statement.sig"
	say "$name: signed: $SHOWN/$name/$name.provenance.json.sig"
done
