# SPDX-License-Identifier: MIT
# sbom.jq - a bill of materials from what sbom.sh has gathered; $form: spdx (2.3) or cdx (CycloneDX 1.6).

def lines: split("\n") | map(select(. != "") | split("\t"));
def uuid: $image | "\(.[0:8])-\(.[8:12])-5\(.[13:16])-8\(.[17:20])-\(.[20:32])";
def encoded: @uri | gsub("%3A"; ":");
def id: gsub("\\+"; "plus") | gsub("[^A-Za-z0-9.-]+"; "-");

($licences | map({ key: .package, value: . }) | from_entries) as $licence_of |
($packages | lines | unique_by([.[0], .[2]]) | map({
	name: .[0], version: .[1], arch: .[2], source: .[3], source_version: .[4], maintainer: .[5],
	sha256: .[6], file: .[7], url: .[8], origin: (.[9] | if . == "" or . == null then "debian" else . end), suite: .[10],
	licence: $licence_of[.[0]] })
	| map(. + { purl: ("pkg:deb/\(.origin)/\(.name | @uri)@\(.version | encoded)?arch=\(.arch)"
		+ (if .origin == "debian" and $number != "" then "&distro=debian-\($number)" else "" end)
		+ (if .source != .name or .source_version != .version then "&upstream=\("\(.source)@\(.source_version)" | @uri)" else "" end)) })) as $debs |
($files | lines | map({ path: .[0], sha1: .[1], sha256: .[2] })) as $put |

def spdx:
	def spdx_id: "SPDXRef-deb-\(.name | id)-\(.arch | id)";
	def known(x): if (x // "") == "" then "NOASSERTION" else x end;
	{
		spdxVersion: "SPDX-2.3",
		dataLicense: "CC0-1.0",
		SPDXID: "SPDXRef-DOCUMENT",
		name: $name,
		documentNamespace: "urn:uuid:\(uuid)",
		creationInfo: { created: $built, creators: ["Tool: seedbed-\($version)"] },
		packages: ([{
			SPDXID: "SPDXRef-appliance",
			name: $name,
			versionInfo: $built,
			packageFileName: "\($name).qcow2",
			primaryPackagePurpose: "OPERATING_SYSTEM",
			downloadLocation: "NOASSERTION",
			filesAnalyzed: false,
			checksums: [{ algorithm: "SHA256", checksumValue: $image }],
			licenseConcluded: "NOASSERTION",
			licenseDeclared: "NOASSERTION",
			copyrightText: "NOASSERTION",
			comment: "A disk image. Its packages were read from \(if $from == "image" then "the image's own package database" else "what the installer and the boot test told" end)."
		}] + ($debs | map({
			SPDXID: spdx_id,
			name,
			versionInfo: .version,
			supplier: (if .origin == "debian" and .sha256 != "" then "Organization: Debian" else "NOASSERTION" end),
			downloadLocation: (if (.file // "") != "" then "\(.url)/\(.file)" else "NOASSERTION" end),
			filesAnalyzed: false,
			sourceInfo: "source package \(.source) \(.source_version)\(if (.url // "") != "" then ", repository \(.url) \(.suite)" else "" end)",
			licenseConcluded: "NOASSERTION",
			licenseDeclared: known(.licence.licence),
			copyrightText: "NOASSERTION",
			externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: .purl }]
		} + (if (.sha256 // "") != "" then { checksums: [{ algorithm: "SHA256", checksumValue: .sha256 }] } else {} end)))),
		files: ($put | to_entries | map({
			SPDXID: "SPDXRef-file-\(.key)",
			fileName: ".\(.value.path)",
			checksums: [{ algorithm: "SHA1", checksumValue: .value.sha1 }, { algorithm: "SHA256", checksumValue: .value.sha256 }],
			licenseConcluded: "NOASSERTION",
			copyrightText: "NOASSERTION"
		})),
		hasExtractedLicensingInfos: ([$debs[].licence // empty | .refs | to_entries[]] | unique_by(.key)
			| map({ licenseId: .key, extractedText: .value, name: (.key | sub("^LicenseRef-"; "")) })),
		relationships: ([{ spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-appliance" }]
			+ ($debs | map({ spdxElementId: "SPDXRef-appliance", relationshipType: "CONTAINS", relatedSpdxElement: spdx_id }))
			+ ($put | to_entries | map({ spdxElementId: "SPDXRef-appliance", relationshipType: "CONTAINS",
				relatedSpdxElement: "SPDXRef-file-\(.key)" })))
	};

def cdx:
	def property(n; v): if (v // "") == "" then empty else { name: "seedbed:\(n)", value: v } end;
	{
		bomFormat: "CycloneDX",
		specVersion: "1.6",
		serialNumber: "urn:uuid:\(uuid)",
		version: 1,
		metadata: {
			timestamp: $built,
			tools: { components: [{ type: "application", name: "seedbed", version: $version }] },
			component: { type: "operating-system", "bom-ref": "appliance", name: $name, version: $built,
				hashes: [{ alg: "SHA-256", content: $image }],
				properties: [property("release"; $release), property("packages-from"; $from)] }
		},
		components: (($debs | map({
			type: "library",
			"bom-ref": .purl,
			name,
			version,
			purl,
			properties: [property("source"; .source), property("source-version"; .source_version),
				property("repository"; .url), property("suite"; .suite), property("maintainer"; .maintainer)]
		} + (if (.sha256 // "") != "" then { hashes: [{ alg: "SHA-256", content: .sha256 }],
				externalReferences: [{ type: "distribution", url: "\(.url)/\(.file | encoded | gsub("%2F"; "/"))" }] } else {} end)
		+ (if .licence then { licenses: [{ expression: .licence.licence }] } else {} end)))
		+ ($put | map({
			type: "file",
			"bom-ref": "file:\(.path)",
			name: .path,
			hashes: [{ alg: "SHA-1", content: .sha1 }, { alg: "SHA-256", content: .sha256 }] }))),
		dependencies: [{ ref: "appliance", dependsOn: ($debs | map(.purl)) }]
	};

if $form == "spdx" then spdx else cdx end
