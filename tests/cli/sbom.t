#!/bin/bash
# SPDX-License-Identifier: MIT
# make sbom-NAME: of an image, of its signed lists, of its copyright files, valid by the
# published schemas and for others' programs; of an image that cannot be read.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
. "$SRC/tests/archive.sh"
need jq sfdisk mke2fs qemu-img gpgv
[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
archive_ready
unset http_proxy

# --- an archive, and a repository that another key signs ---
stanza() { # stanza PACKAGE VERSION [SOURCE]
	printf 'Package: %s\n%sVersion: %s\nArchitecture: amd64\nFilename: pool/main/x/%s_%s_amd64.deb\nSize: 1\nSHA256: %s\nDescription: x\n\n' \
		"$1" "${3:+Source: $3
}" "$2" "$1" "$2" "$(printf '%s' "$1$2" | sha256sum | cut -d' ' -f1)"
}
mkdir -p www/debian/dists/{trixie,trixie-updates,own}/main/binary-amd64 www/debian/dists/trixie/main/debian-installer/binary-amd64
: > www/debian/dists/trixie/main/debian-installer/binary-amd64/Packages
: > www/debian/dists/trixie-updates/main/binary-amd64/Packages
{ stanza hello 2.10-3 ; stanza libstdc++6 1:14.2.0-19+b1 'gcc-14 (14.2.0-19)'; stanza forged 1.0; } > www/debian/dists/trixie/main/binary-amd64/Packages
stanza tool 1.0 > www/debian/dists/own/main/binary-amd64/Packages
release trixie
release trixie-updates
gpg -q --batch --passphrase '' --quick-generate-key own rsa2048 sign never 2> /dev/null
gpg -q --armor --export own > own.asc
gpg -q --export test > keyring.gpg
(cd www/debian/dists/own && printf 'Origin: Own\nSuite: own\nCodename: own\nDate: %s\nSHA256:\n %s %s main/binary-amd64/Packages\n' "$(date -uR)" \
	"$(sha256sum < main/binary-amd64/Packages | cut -d' ' -f1)" "$(stat -c %s main/binary-amd64/Packages)" > Release &&
	gpg -q --batch -u own --clearsign -o InRelease Release)

# --- an appliance that was made from them ---
lists=sys/var/lib/apt/lists
mkdir -p sys/{etc,sbin,boot,var/lib/dpkg,usr/share/doc/{hello,libstdc++6,tool}} $lists
echo 'ID=debian' > sys/etc/os-release
: > sys/sbin/init
: > sys/boot/vmlinuz-6.1
keep() { # keep ADDRESS SUITE
	cp "www/debian/dists/$2/InRelease" "$lists/$1_dists_$2_InRelease"
	cp "www/debian/dists/$2/main/binary-amd64/Packages" "$lists/$1_dists_$2_main_binary-amd64_Packages"
}
keep deb.example.org_debian trixie
keep apt.example.org_own own
# nobody's, and another's: none of them is a reason to believe a hash
keep apt.example.net_else trixie
keep deb.example.org_debian own
sed -i 's/^SHA256: ..../SHA256: 0000/' "$lists/deb.example.org_debian_dists_own_main_binary-amd64_Packages"
status() { printf 'Package: %s\nStatus: %s\nArchitecture: amd64\n%sVersion: %s\nMaintainer: Some One <one@example.org>\nDescription: x\n more\n\n' "$1" "$2" "${4:+Source: $4
}" "$3"; }
{
	status hello 'install ok installed' 2.10-3
	status libstdc++6 'install ok installed' 1:14.2.0-19+b1 'gcc-14 (14.2.0-19)'
	status tool 'install ok installed' 1.0
	status gone 'deinstall ok config-files' 1.0
	status local 'install ok triggers-pending' '1.0"\u001b'
} > sys/var/lib/dpkg/status
cat > sys/usr/share/doc/hello/copyright <<'END'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: hello

Files: *
Copyright: 1992 Some One
License: GPL-3+ or Artistic

Files: lib/*
Copyright: x
License: Expat and Own-"License"
 The text of it, with a "quote", and a \ .
 .
 More.

Files: doc/*
Copyright: x
License: GFDL-NIV-1.3+

License: Artistic
 Perl's.
END
echo 'This is free software.' > "sys/usr/share/doc/libstdc++6/copyright"
printf 'Format: http://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nLicense: BSD-3-clause\n' > sys/usr/share/doc/tool/copyright
disk raw 64M <<< 'label: dos
type=83'
ext4_in raw 1 sys
B=build/web
mkdir -p $B/payload.d
qemu-img convert -f raw -O qcow2 raw $B/web.qcow2
export SEEDBED_BUILD=$T/build SEEDBED_CACHE=$T/cache KEYRING=$T/keyring.gpg HOME=$T
printf '%s\n' suite=trixie architecture=amd64 mirror=http://deb.example.org/debian security= release-number=13 > $B/facts
printf 'd-i apt-setup/local0/repository string http://apt.example.org/own own main\nd-i apt-setup/local0/key string base64://%s\n' "$(base64 -w0 own.asc)" > $B/preseed.cfg
printf 'web.recipe:1\tfile note /etc/note 0644\nweb.recipe:2\tpackage hello\nweb.recipe:3\tfile tool /usr/local/bin/tool\n' > $B/explain
echo note > $B/payload.d/0
echo tool > $B/payload.d/1
printf '%s\n' name=web release=trixie architecture=amd64 built=2026-11-26T08:00:00Z 'package=hello amd64 2.10-3' 'package=libstdc++6 amd64 1:14.2.0-19+b1' > $B/manifest
"$SRC/mk/sbom.sh" web > out 2>&1
is "$?" 0 "a bill of materials is made"
s=$B/web.spdx.json c=$B/web.cdx.json
like "$(cat out)" '4 packages, 3 with the hash of a signed list, 2 with a machine-readable licence' "and says of how much"
is "$(grep -c 'no valid signature by the key of its archive' out)" 2 "lists of nobody's, or signed by another, do not count"
image=$(sha256sum < $B/web.qcow2 | cut -d' ' -f1)
of() { jq -r --arg n "$1" ".packages[] | select(.name == \$n) | $2" $s; }
is "$(jq -r '.spdxVersion, .SPDXID, .creationInfo.created' $s | paste -sd ' ')" "SPDX-2.3 SPDXRef-DOCUMENT 2026-11-26T08:00:00Z" "SPDX 2.3"
is "$(of web '.checksums[0].checksumValue')" "$image" "about the image"
is "$(jq -r '.packages[1:][].name' $s | paste -sd ' ')" "hello libstdc++6 local tool" "what is installed, and nothing that was removed"
is "$(of hello '.versionInfo, .checksums[0].checksumValue, .downloadLocation, .supplier')" "2.10-3
$(printf hello2.10-3 | sha256sum | cut -d' ' -f1)
http://deb.example.org/debian/pool/main/x/hello_2.10-3_amd64.deb
NOASSERTION" "version, hash of the .deb, where it came from"
is "$(of libstdc++6 '.sourceInfo')" "source package gcc-14 14.2.0-19, repository http://deb.example.org/debian trixie" "source package and repository"
is "$(of libstdc++6 '.externalRefs[0].referenceLocator')" "pkg:deb/test/libstdc%2B%2B6@1:14.2.0-19%2Bb1?arch=amd64&upstream=gcc-14%4014.2.0-19" "its purl"
is "$(of tool '.downloadLocation')" "http://apt.example.org/own/pool/main/x/tool_1.0_amd64.deb" "a repository of the recipe's own, by its own key"
is "$(of local '.versionInfo, .downloadLocation, (.checksums | tostring)')" '1.0"\u001b
NOASSERTION
null' "what no list has has no hash; a guest's bytes are text"
is "$(of hello .licenseDeclared)" \
	'(GPL-3.0-or-later OR LicenseRef-hello-Artistic) AND MIT AND LicenseRef-hello-Own--License- AND GFDL-1.3-no-invariants-or-later' "the licence, by SPDX's names"
is "$(jq -r '.hasExtractedLicensingInfos[] | select(.licenseId == "LicenseRef-hello-Own--License-") | .extractedText' $s)" 'The text of it, with a "quote", and a \ .

More.' "a licence without such a name has its text"
is "$(of libstdc++6 .licenseDeclared) $(of tool .licenseDeclared)" "NOASSERTION BSD-3-Clause" "one that is not machine-readable is not guessed"
is "$(jq -r '.files[] | .fileName + " " + .checksums[1].checksumValue' $s)" "./etc/note $(echo note | sha256sum | cut -d' ' -f1)
./usr/local/bin/tool $(echo tool | sha256sum | cut -d' ' -f1)" "the recipe's own files, with their hashes"
is "$(jq -r '[.relationships[] | select(.relationshipType == "CONTAINS")] | length' $s)" 6 "all of it is in the appliance"
is "$(jq -r '.bomFormat + " " + .specVersion + " " + .metadata.component.hashes[0].content' $c)" "CycloneDX 1.6 $image" "CycloneDX 1.6, about the same image"
is "$(jq -r '.components[] | select(.type == "library") | .purl' $c)" "$(jq -r '.packages[].externalRefs[0].referenceLocator // empty' $s)" "with the same packages"
is "$(jq -r '.components[] | select(.name == "hello") | .hashes[0].content, .licenses[0].expression' $c)" "$(of hello '.checksums[0].checksumValue, .licenseDeclared')" "hashes and licences"
is "$(ls -A $B | grep work)" "" "nothing is left of the work"
cp $s first
"$SRC/mk/sbom.sh" web > out 2>&1
cmp -s $s first
ok $? "it comes out the same again"

# --- by the published schemas, and for others' programs ---
data=${SCHEMAS:-$SRC/../shared/data}
valid() { # valid SCHEMA DOCUMENT
	python3 -W ignore - "$data" "$@" <<'END'
import json, sys
from jsonschema import RefResolver, validators
data, name, path = sys.argv[1:]
load = lambda f: json.load(open(data + "/" + f))
schema, store = load(name), {}
if "cyclonedx" in name:
    for f in "cyclonedx-spdx.schema.json", "cyclonedx-jsf-0.82.schema.json":
        s = load(f)
        store[s["$id"]] = s
v = validators.validator_for(schema)(schema, resolver=RefResolver(schema.get("$id", ""), schema, store=store))
for e in v.iter_errors(json.load(open(path))):
    print(list(e.path), e.message[:200])
END
}
checked() { # the documents there are
	if ! python3 -c 'import jsonschema' 2> /dev/null; then
		skip "$1: the schemas" "python3-jsonschema is not installed"
	elif [ ! -e "$data/spdx-2.3.schema.json" ]; then
		skip "$1: the schemas" "they are not in $data"
	else
		is "$(valid spdx-2.3.schema.json $s)" "" "$1: valid by SPDX's schema"
		is "$(valid cyclonedx-bom-1.6.schema.json $c)" "" "$1: valid by CycloneDX's schema"
		jq 'del(.name)' $s > bad
		like "$(valid spdx-2.3.schema.json bad)" "'name' is a required property" "a document without a name is not"
	fi
	if command -v node > /dev/null && [ -d "${NODE_PATH:-/nonexistent}/@cyclonedx/cyclonedx-library" ]; then
		is "$(node "$SRC/tests/sbom-valid.mjs" $s $c 2>&1)" "" "$1: read by @cyclonedx/cyclonedx-library, spdx-expression-parse, packageurl-js"
	else
		skip "$1: others' programs" "no NODE_PATH with @cyclonedx/cyclonedx-library, spdx-expression-parse and packageurl-js of npm"
	fi
}
checked image

# --- an image that cannot be read: what the manifest has, by this host's lists ---
mirror_up || { ok 1 "the test's mirror starts"; finish; }
disk raw 32M <<< 'label: gpt
size=16M, type=E6D6D379-F507-44C2-A23C-238F2A3DF928'
qemu-img convert -f raw -O qcow2 raw $B/web.qcow2
sed -i "s|^mirror=.*|mirror=http://127.0.0.1:$port/debian|" $B/facts
"$SRC/mk/sbom.sh" web > out 2>&1
is "$?" 0 "an image without a filesystem that can be read"
like "$(cat out)" 'its packages are taken from the manifest, and there are no licences' "says so"
is "$(of libstdc++6 '.sourceInfo, .checksums[0].checksumValue, .licenseDeclared')" "source package gcc-14 14.2.0-19, repository http://127.0.0.1:$port/debian trixie
$(printf 'libstdc++61:14.2.0-19+b1' | sha256sum | cut -d' ' -f1)
NOASSERTION" "and has versions, sources and hashes"
is "$(jq -r '.metadata.component.properties[] | select(.name == "seedbed:packages-from") | .value' $c)" manifest "which is in the document"
checked manifest
rm $B/web.qcow2
fails 1 'web: has not been built: make appliance-web' "$SRC/mk/sbom.sh" web
finish
