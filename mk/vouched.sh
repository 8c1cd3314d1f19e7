#!/bin/bash
# SPDX-License-Identifier: MIT
# vouched.sh NAME - whether BUILD/NAME/NAME.qcow2 is what was signed: the signature of its
# provenance, by one of SIGNERS= (a file as in ALLOWED SIGNERS of ssh-keygen(1)) or by the key
# SIGN_KEY=; the statement's hashes of image and manifest; the bill of materials, where there
# is one. Nothing is fetched, and nothing is read of a statement before its signature holds.
# Exit status: 0 it is; 1 it is not, or there is no signature.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
[[ $name =~ ^[a-z0-9-]+$ ]] || die "$name: is no appliance's name"
B=$BUILD/$name
NAMESPACE=provenance@seedbed
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
for f in provenance.json qcow2; do
	[ -r "$B/$name.$f" ] || die "$name: there is no $SHOWN/$name/$name.$f"
done
[ -r "$B/$name.provenance.json.sig" ] || die "$name: its provenance is not signed: build it with SIGN_KEY=FILE"

# one reading: what is verified is what is looked at
cp "$B/$name.provenance.json" "$T/statement"
if [ -n "${SIGNERS:-}" ]; then
	[ -r "$SIGNERS" ] || die "SIGNERS=$SIGNERS: cannot be read"
	cp "$SIGNERS" "$T/signers"
elif [ -n "${SIGN_KEY:-}" ]; then
	key=$SIGN_KEY
	[ ! -r "${key%.pub}.pub" ] || key=${key%.pub}.pub
	ssh-keygen -y -f "$SIGN_KEY" -P '' > "$T/pub" 2> /dev/null || cp "$key" "$T/pub" || exit 1
	sed -n 's/^\([a-z0-9@.-]*\) \([A-Za-z0-9+/=]*\).*/operator \1 \2/p' "$T/pub" > "$T/signers"
else
	die "$name: no key to verify with: say SIGNERS=FILE (lines of \"NAME TYPE KEY\") or SIGN_KEY=FILE"
fi
who=$(ssh-keygen -Y find-principals -s "$B/$name.provenance.json.sig" -f "$T/signers" 2> /dev/null | head -n 1) ||
	die "$name: its provenance is not signed by a key in ${SIGNERS:-$SIGN_KEY}"
ssh-keygen -Y verify -q -f "$T/signers" -I "$who" -n $NAMESPACE -s "$B/$name.provenance.json.sig" < "$T/statement" > "$T/said" 2>&1 ||
	die "$name: its provenance is not what $(visible <<<"$who") has signed"

jq -e '._type == "https://in-toto.io/Statement/v1" and .predicateType == "https://slsa.dev/provenance/v1"' "$T/statement" > /dev/null ||
	die "$name: its provenance is not an in-toto statement with SLSA provenance"
signed() { jq -r --arg n "$1" '.subject[] | select(.name == $n) | .digest.sha256' "$T/statement" | head -n 1; }
bytes_are() { # bytes_are FILE AS
	[ -r "$B/$1" ] || die "$name: there is no $SHOWN/$name/$1"
	[ "$(sha256sum < "$B/$1" | cut -d' ' -f1)" = "$(signed "$2")" ] || die "$name: $1: differs from what was signed"
}
bytes_are "$name.qcow2" "$name.qcow2"
bytes_are manifest manifest
for f in spdx cdx; do
	[ ! -e "$B/$name.$f.json" ] || grep -qF "\"$(signed "$name.qcow2")\"" "$B/$name.$f.json" ||
		die "$name: $name.$f.json: does not name the signed image: next: make sbom-$name"
done
say "$name: signed by $(visible <<<"$who"); built $(jq -r '.predicate.runDetails.metadata.finishedOn' "$T/statement") by seedbed" \
	"$(jq -r '.predicate.runDetails.builder.version.seedbed' "$T/statement"); image and manifest are unchanged since"
