#!/bin/bash
# SPDX-License-Identifier: MIT
# provenance.sh NAME - whence the appliance came: BUILD/NAME/NAME.provenance.json, an in-toto
# statement with the SLSA predicate (provenance/v1), about the image and its manifest. With
# SIGN_KEY= it is signed (sign.sh).
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
read_facts "$B/facts"
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
hash_of() { sha256sum < "$1" | cut -d' ' -f1; }
utc() { date -u -r "$1" +%FT%TZ; }

address() { sed 's|://[^/@ ]*@|://|g' <<<"$1"; }
# What the operator said, without the passwords of addresses; of files their bytes.
for v in ${SEEDBED_SETTINGS:-}; do
	case $v:${!v:-} in
	*:) ;;
	KEY:*|KEYRING:*) printf '%s\tsha256:%s\n' "$v" "$(hash_of "${!v}")" ;;
	*) printf '%s\t%s\n' "$v" "$(address "${!v}")" ;;
	esac
done > "$T/settings"
fields "$B/manifest" input | grep -v '^setting ' > "$T/inputs" || true
fields "$B/manifest" list > "$T/lists"
for f in $(fields "$INSTALLER/facts" answers) $(fields "$INSTALLER/facts" log | cut -d' ' -f1) console.log boot.log; do
	[ ! -e "$B/$f" ] || printf '%s\t%s\n' "$f" "$(hash_of "$B/$f")"
done > "$T/byproducts"
qemu=$("$(sed -n 's|.*<emulator>\(.*\)</emulator>.*|\1|p' "$B/install.xml" 2> /dev/null | head -n 1)" --version 2> /dev/null | head -n 1) || true
jq -n --arg name "$name" --arg image "$(hash_of "$B/$name.qcow2")" --arg manifest "$(hash_of "$B/manifest")" \
	--arg mirror "$(address "${fact[mirror]}")" --arg security "${fact[security]:-}" --arg way "$(cat "$B/way")" \
	--arg answers "$(cat "$B/answers")" --arg kit "$(hash_of "$(cat "$B/kit")/manifest")" \
	--arg version "$("$ROOT/mk/version.sh")" --arg qemu "$qemu" --arg host "$(uname -n)" --arg kernel "$(uname -srm)" \
	--arg started "$(utc "$B/install.xml")" --arg finished "$(field "$B/manifest" built)" \
	--rawfile settings "$T/settings" --rawfile inputs "$T/inputs" --rawfile lists "$T/lists" --rawfile byproducts "$T/byproducts" '
	def lines(sep): split("\n") | map(select(. != "") | split(sep));
	{
		_type: "https://in-toto.io/Statement/v1",
		subject: [
			{ name: "\($name).qcow2", digest: { sha256: $image } },
			{ name: "manifest", digest: { sha256: $manifest } }
		],
		predicateType: "https://slsa.dev/provenance/v1",
		predicate: {
			buildDefinition: {
				buildType: "urn:seedbed:appliance:1",
				externalParameters: {
					recipe: "\($name).recipe",
					settings: ($settings | lines("\t") | map({ key: .[0], value: .[1] }) | from_entries)
				},
				internalParameters: { mirror: $mirror, security: $security, way: $way, answers: { sha256: $answers } },
				resolvedDependencies: (($inputs | lines(" ") | map(.[0] as $kind | (.[2:] | join(" ")) as $which
						| { name: "\($kind)/\($which)", digest: { sha256: (if $kind == "kit" then $kit else .[1] end) } }))
					+ ($lists | lines(" ") | map({ uri: .[1], digest: { sha256: .[0] } })))
			},
			runDetails: {
				builder: { id: "urn:seedbed:host:\($host | @uri)", version: { seedbed: $version, qemu: $qemu, kernel: $kernel } },
				metadata: { startedOn: $started, finishedOn: $finished },
				byproducts: ($byproducts | lines("\t") | map({ name: .[0], digest: { sha256: .[1] } }))
			}
		}
	}' > "$B/$name.provenance.tmp"
rm -f "$B/$name.provenance.json.sig" # of what was there before
mv "$B/$name.provenance.tmp" "$B/$name.provenance.json"
[ -z "${SIGN_KEY:-}" ] || "$ROOT/mk/sign.sh" "$name"
