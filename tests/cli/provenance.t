#!/bin/bash
# SPDX-License-Identifier: MIT
# What a build says of whence it came, signed; and that nothing else passes for it.
. "${0%/*}/../lib.sh"
need jq ssh-keygen sha256sum
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
B=build/web
mkdir -p $B/payload.d recipes kit/trixie-amd64-0123456789abcdef cache
export SEEDBED_BUILD=$T/build SEEDBED_RECIPES=$T/recipes SEEDBED_CACHE=$T/cache HOME=$T
export SEEDBED_SETTINGS='MIRROR KEY PROXY MAX_DISK' MIRROR=http://ann:secret@deb.example.org/debian KEY=$SRC/tests/data/preseed/key.pub
ssh-keygen -q -t ed25519 -N '' -C ann -f key
ssh-keygen -q -t ed25519 -N '' -C bert -f other

# --- a build's folder, as its stages leave it ---
echo 'package nginx' > recipes/web.recipe
echo "depends=$T/recipes/web.recipe" > $B/facts
printf '%s\n' "mirror=$MIRROR" suite=trixie architecture=amd64 security= >> $B/facts
for f in preseed early rest; do echo "d-i a/$f string b" > $B/$f.cfg; done
echo content > $B/payload.d/0
echo kit > kit/trixie-amd64-0123456789abcdef/manifest
echo "$T/kit/trixie-amd64-0123456789abcdef" > $B/kit
echo udeb > build/seedbed.udeb
echo straight > $B/way
echo log > $B/install.log
: > $B/install.xml
head -c 100000 /dev/urandom > $B/web.qcow2
"$SRC/mk/inputs.sh" web
{
	{ cat $B/inputs; "$SRC/mk/inputs.sh" --installer web; } | sed 's/^/input=/'
	printf 'list=%064d http://deb.example.org/debian/dists/trixie/InRelease\nbuilt=2026-11-26T08:00:00Z\n' 7
} > $B/manifest
runs "a statement is made" "$SRC/mk/provenance.sh" web
s=$B/web.provenance.json
is "$(jq -r '._type, .predicateType' $s)" "https://in-toto.io/Statement/v1
https://slsa.dev/provenance/v1" "an in-toto statement with the SLSA predicate"
is "$(jq -r '.subject[] | .name + " " + .digest.sha256' $s)" "web.qcow2 $(sha256sum < $B/web.qcow2 | cut -d' ' -f1)
manifest $(sha256sum < $B/manifest | cut -d' ' -f1)" "about the image and the manifest"
fields_of() { "$SRC/mk/inputs.sh" --installer web | awk -v kind="$1" '$1 == kind { print $3 }'; }
dependency() { jq -r --arg n "$1" '.predicate.buildDefinition.resolvedDependencies[] | select(.name == $n or .uri == $n) | .digest.sha256' $s; }
is "$(dependency recipe/web.recipe)" "$(sha256sum < recipes/web.recipe | cut -d' ' -f1)" "with the recipe"
is "$(dependency fragment/10-language.preseed)" "$(sha256sum < "$SRC/preseed.d/10-language.preseed" | cut -d' ' -f1)" "the fragments"
is "$(dependency "kit/$(fields_of kit)")" "$(sha256sum < kit/trixie-amd64-0123456789abcdef/manifest | cut -d' ' -f1)" "the kit"
is "$(dependency installer/udeb)" "$(sha256sum < build/seedbed.udeb | cut -d' ' -f1)" "seedbed's own package"
is "$(dependency http://deb.example.org/debian/dists/trixie/InRelease)" "$(printf %064d 7)" "the lists' signed files"
is "$(jq -c '.predicate.buildDefinition.externalParameters.settings' $s)" \
	"{\"MIRROR\":\"http://deb.example.org/debian\",\"KEY\":\"sha256:$(sha256sum < "$KEY" | cut -d' ' -f1)\"}" "what the operator said, without a password"
unlike "$(cat $s)" secret "which is nowhere in it"
is "$(jq -r '.predicate.runDetails.metadata.finishedOn, (.predicate.runDetails.builder | .id, (.version.seedbed | type))' $s)" "2026-11-26T08:00:00Z
urn:seedbed:host:$(uname -n)
string" "when, where, by which seedbed"
is "$(ls $B | grep sig)" "" "without SIGN_KEY it is not signed"
fails 1 'is not signed: build it with SIGN_KEY' "$SRC/mk/vouched.sh" web

# --- signed ---
export SIGN_KEY=$T/key
runs "with SIGN_KEY it is" "$SRC/mk/provenance.sh" web
runs "the chain holds, by that key" "$SRC/mk/vouched.sh" web
runs "by its public half" env SIGN_KEY="$T/key.pub" "$SRC/mk/vouched.sh" web
printf 'ann@example.org namespaces="provenance@seedbed" %s\nbert@example.org %s\n' "$(cat key.pub)" "$(cat other.pub)" > signers
export SIGNERS=$T/signers
like "$("$SRC/mk/vouched.sh" web 2>&1)" '^web: signed by ann@example.org; built 2026-11-26T08:00:00Z by seedbed .*image and manifest are unchanged since$' \
	"by a list of signers, who is named"
cp -a $B whole
jq '.subject += [{ name: "prod.qcow2", digest: { sha256: "00" } }]' whole/web.provenance.json > $s
rm $s.sig
fails 1 'does not name exactly this image and manifest: not signed' "$SRC/mk/sign.sh" web
is "$(ls $s.sig 2> /dev/null)" "" "a statement about another image as well is not signed"
rm -rf $B && cp -a whole $B
again() { rm -rf $B; cp -a whole $B; }
grep bert signers > others
fails 1 'not signed by a key in' env SIGNERS="$T/others" "$SRC/mk/vouched.sh" web
sed 's/provenance@seedbed/git/' signers > git
fails 1 'is not what|not signed by a key' env SIGNERS="$T/git" "$SRC/mk/vouched.sh" web
fails 1 'no key to verify with: say SIGNERS=FILE' env SIGNERS= SIGN_KEY= "$SRC/mk/vouched.sh" web
printf x | dd of=$B/web.qcow2 bs=1 seek=50000 conv=notrunc 2> /dev/null
fails 1 'web.qcow2: differs from what was signed' "$SRC/mk/vouched.sh" web
again
echo package=evil amd64 1 >> $B/manifest
fails 1 'manifest: differs from what was signed' "$SRC/mk/vouched.sh" web
again
sed -i 's/"web.recipe"/"wet.recipe"/' $s
fails 1 'is not what ann@example.org has signed' "$SRC/mk/vouched.sh" web
again
ssh-keygen -q -Y sign -f other -n provenance@seedbed < $s > $s.sig 2> /dev/null
like "$("$SRC/mk/vouched.sh" web 2>&1)" 'signed by bert@' "another signer is another one"
ssh-keygen -q -Y sign -f key -n file < $s > $s.sig 2> /dev/null
fails 1 'is not what|not signed by a key' "$SRC/mk/vouched.sh" web
: > $s.sig
fails 1 'not signed by a key' "$SRC/mk/vouched.sh" web
again
echo '{"checksumValue": "x"}' > $B/web.spdx.json
fails 1 'web.spdx.json: does not name the signed image: next: make sbom-web' "$SRC/mk/vouched.sh" web
again
rm $B/web.qcow2
fails 1 'there is no build/web/web.qcow2' "$SRC/mk/vouched.sh" web
again
rm $B/manifest
fails 1 'there is no build/web/manifest' "$SRC/mk/vouched.sh" web
again

# --- signed later, as root does it ---
rm $s.sig
echo other > $B/web.qcow2
fails 1 'does not name exactly this image and manifest: not signed' "$SRC/mk/sign.sh"
again
rm $s.sig
runs "all that have no signature" "$SRC/mk/sign.sh"
runs "get one that holds" "$SRC/mk/vouched.sh" web
at=$(stat -c %i $s.sig)
runs "and those that have one" "$SRC/mk/sign.sh"
is "$(stat -c %i $s.sig)" "$at" "keep it"
fails 1 'cannot be read' env SIGN_KEY="$T/none" "$SRC/mk/sign.sh"
rm $s.sig
fails 1 'cannot sign with' env SIGN_KEY="$T/signers" "$SRC/mk/sign.sh" web
is "$(ls $B | grep sig)" "" "and nothing is left of a signature that was not made"
finish
