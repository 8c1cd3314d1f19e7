#!/bin/bash
# SPDX-License-Identifier: MIT
# sbom.sh NAME - what is in the appliance: BUILD/NAME/NAME.spdx.json (SPDX 2.3) and
# NAME.cdx.json (CycloneDX 1.6). The image is read without a mount: dpkg's status, the
# copyright files, and apt's lists, of which those count that are signed by whom they should
# be: by the mirror's keys (KEYRING=), or a repository's own that the recipe names. Where the
# system's filesystem cannot be read (encrypted, for one), the manifest and this host's lists
# serve, and there are no licences.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
[[ $name =~ ^[a-z0-9-]+$ ]] || die "$name: is no appliance's name"
B=$BUILD/$name
lock_build
[ -r "$B/manifest" ] && [ -r "$B/$name.qcow2" ] || die "$name: has not been built: make appliance-$name"
read_facts "$B/facts"
T=$B/work # which nobody publishes
rm -rf "$T"
mkdir "$T" "$T/x"
trap 'rm -rf "$T"' EXIT

# --- what the image has ---
run qemu-img convert -f qcow2 -O raw "$B/$name.qcow2" "$T/raw" || die "$name: its image cannot be read"
status=0
run imgfiles -C "$T/x" "$T/raw" /var/lib/dpkg/status '/var/lib/apt/lists/*' || status=$?
lists=$T/x/var/lib/apt/lists
: > "$T/lists"
if [ $status -eq 0 ] && [ -s "$T/x/var/lib/dpkg/status" ]; then
	from=image
	dpkg_status=$T/x/var/lib/dpkg/status
	# by their names: the folder of one may be a link to another's
	sed -n 's|^Package: \([a-z0-9][a-z0-9+.-]*\)$|/usr/share/doc/\1/copyright|p' "$dpkg_status" | sort -u |
		xargs -r imgfiles -C "$T/x" "$T/raw" || [ $? -eq 123 ]
elif [ $status -eq 3 ] || [ $status -eq 4 ]; then
	from=manifest
	say "$name: its packages are taken from the manifest, and there are no licences"
	awk '$0 ~ /^package=/ { sub(/^package=/, ""); print "Package: " $1 "\nStatus: install ok installed\nArchitecture: " $2 "\nVersion: " $3 "\n" }' \
		"$B/manifest" > "$T/status"
	dpkg_status=$T/status
	private_apt "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
	lists=$APT_DIR/lists
else
	die "$name: its image cannot be read"
fi

rm -f "$T/raw"

# --- lists that are signed ---
binary() { # binary FILE: an OpenPGP key as gpgv wants it
	if grep -aq '^-----BEGIN PGP' "$1"; then
		awk '/^-----END/ { exit } body && !/^=/ { print } /^\r?$/ { body = 1 }' "$1" | base64 -d
	else
		cat "$1"
	fi
}
# As apt names what it keeps of an address.
kept_name() { local url=${1#*://}; url=${url%/}; url=${url//_/%5f}; printf '%s' "${url//\//_}"; }
declare -A keys=() urls=() whose=()
known() { # known URL KEYRING [own]: who names an address first has it
	local kept
	kept=$(kept_name "$1")
	[ -z "${keys[$kept]:-}" ] || return 0
	keys[$kept]=$2 urls[$kept]=${1%/} whose[$kept]=${3:-mirror}
}
binary "${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}" > "$T/mirror.gpg"
known "${fact[mirror]}" "$T/mirror.gpg"
[ -z "${fact[security]}" ] || known "http://${fact[security]}/debian-security" "$T/mirror.gpg"
own=0
while IFS=$'\t' read -r _ url key; do
	url=${url%% *}
	[ -n "$key" ] || { known "$url" "$T/mirror.gpg"; continue; }
	own=$((own + 1))
	base64 -d <<<"$key" > "$T/key"
	binary "$T/key" > "$T/own$own.gpg"
	known "$url" "$T/own$own.gpg" own
done < <("$INSTALLER/repositories.sh" "$name")
for release in "$lists"/*InRelease; do
	[ -e "$release" ] || continue
	file=${release##*/}
	kept=
	for k in "${!keys[@]}"; do # what is beneath the mirror is the mirror's; else the longest that fits
		case $file in "$k"_*) ;; *) continue ;; esac
		case ${whose[$k]}:${kept:+${whose[$kept]}} in
		mirror:own) kept=$k ;;
		own:mirror) ;;
		*) [ ${#k} -le ${#kept} ] || kept=$k ;;
		esac
	done
	rm -f "$T/release"
	# what it writes before it knows whose it is may be a thousand times as large
	if [ -z "$kept" ] || ! (
		trap '' XFSZ
		ulimit -f 16384 # KiB
		exec gpgv -q --keyring "${keys[$kept]}" --output "$T/release" "$release"
	) 2> "$T/why"; then
		say "$name: $(visible <<<"$file"): no valid signature by the key of its archive: its packages are listed without hashes"
		continue
	fi
	origin=$(sed -n 's/^Origin: //p' "$T/release" | head -n 1 | tr -cd 'A-Za-z0-9.-' | tr '[:upper:]' '[:lower:]')
	# of a recipe's own repository it is its author who says so
	[ "${whose[$kept]}" = mirror ] || origin=$(sed 's|^[a-z]*://||; s|[/:].*||' <<<"${urls[$kept]}")
	suite=$(sed -n 's/^\(Codename\|Suite\): //p' "$T/release" | tail -n 1 | tr -cd 'A-Za-z0-9./~+-')
	for list in "${release%InRelease}"*_Packages "${release%InRelease}Packages"; do
		[ -e "$list" ] || continue
		# as those bytes are in the signed file
		sum=$(sha256sum < "$list" | cut -d' ' -f1)
		! grep -q "^ $sum " "$T/release" || printf '%s\t%s\t%s\t%s\n' "$list" "${urls[$kept]}" "${origin:-unknown}" "$suite" >> "$T/lists"
	done
	rm -f "$T/release"
done

# --- packages: NAME VERSION ARCH SOURCE SOURCE-VERSION MAINTAINER SHA256 FILE URL ORIGIN SUITE ---
installed() {
	LC_ALL=C awk -v OFS='\t' '
		/^$/ { out() }
		/^[A-Z][A-Za-z-]*:/ { key = $1; value = $0; sub(/^[^:]*:[ \t]*/, "", value); gsub(/\t/, " ", value); f[key] = value }
		END { out() }
		function out(	source, version) {
			if (f["Package:"] != "" && f["Status:"] ~ / (installed|triggers-(pending|awaited))$/) {
				source = f["Source:"] == "" ? f["Package:"] : f["Source:"]
				version = f["Version:"]
				if (source ~ /\(/) { version = source; sub(/^[^(]*\(/, "", version); sub(/\).*/, "", version); sub(/ *\(.*/, "", source) }
				print f["Package:"], f["Version:"], f["Architecture:"], source, version, f["Maintainer:"]
			}
			split("", f)
		}' "$dpkg_status"
}
installed > "$T/installed"
touch "$T/sums"
while IFS=$'\t' read -r list url origin suite; do
	LC_ALL=C awk -v OFS='\t' -v url="$url" -v origin="$origin" -v suite="$suite" '
		BEGIN { FS = "\t" }
		FILENAME == ARGV[1] { want[$1] = 1; next }
		FNR == 1 { FS = " " }
		/^Package: / { out(); name = substr($0, 10) }
		!(name in want) { next }
		/^Version: / { version = substr($0, 10) }
		/^Architecture: / { arch = substr($0, 15) }
		/^Source: / { source = substr($0, 9) }
		/^Filename: / { file = substr($0, 11) }
		/^SHA256: / { sum = substr($0, 9) }
		END { out() }
		function out() {
			if (name in want && sum ~ /^[0-9a-f]*$/ && length(sum) == 64) print name, version, arch, sum, file, url, origin, suite, source
			version = arch = sum = file = source = ""
		}' "$T/installed" "$list" >> "$T/sums"
done < "$T/lists"
LC_ALL=C awk -F'\t' -v OFS='\t' 'FILENAME == ARGV[1] { k = $1 FS $2 FS $3; if (!(k in at)) { at[k] = $4 OFS $5 OFS $6 OFS $7 OFS $8; source[k] = $9 } next }
	{ k = $1 FS $2 FS $3
	  if ($6 == "" && k in source && source[k] != "") { # of a manifest, which knows no sources
		$4 = source[k]; sub(/ .*/, "", $4)
		if (source[k] ~ /\(/) { $5 = source[k]; sub(/^[^(]*\(/, "", $5); sub(/\).*/, "", $5) } }
	  print $0, (k in at ? at[k] : OFS OFS OFS OFS) }' "$T/sums" "$T/installed" > "$T/packages"

# --- licences; files that the recipe put in ---
find "$T/x/usr/share/doc" -name copyright 2> /dev/null | sort | LC_ALL=C xargs -r -d '\n' awk -f "$ROOT/mk/licences.awk" > "$T/licences" || true
touch "$T/licences"
# In the order of the payload: FILE TARGET
n=0
sed -n 's/^[^\t]*\tfile [^ ]* \([^ ]*\).*/\1/p' "$B/explain" | while read -r target; do
	f=$B/payload.d/$n
	n=$((n + 1))
	[ -e "$f" ] || continue
	printf '%s\t%s\t%s\n' "$target" "$(sha1sum < "$f" | cut -d' ' -f1)" "$(sha256sum < "$f" | cut -d' ' -f1)"
done > "$T/files"

# --- both documents ---
image=$(sha256sum < "$B/$name.qcow2" | cut -d' ' -f1)
for form in spdx cdx; do
	jq -n -f "$ROOT/mk/sbom.jq" --arg form $form --arg name "$name" --arg image "$image" \
		--arg version "$("$ROOT/mk/version.sh")" --arg built "$(field "$B/manifest" built)" --arg from "$from" \
		--arg release "$(field "$B/manifest" release)" --arg number "${fact[release-number]:-}" \
		--rawfile packages "$T/packages" --rawfile files "$T/files" --slurpfile licences "$T/licences" > "$T/$form"
done
mv "$T/spdx" "$B/$name.spdx.json"
mv "$T/cdx" "$B/$name.cdx.json"
say "$name: $(wc -l < "$T/packages") packages, $(awk -F'\t' '$7 != "" { n++ } END { print n + 0 }' "$T/packages") with the hash of a signed list," \
	"$(wc -l < "$T/licences") with a machine-readable licence: $SHOWN/$name/$name.spdx.json, $SHOWN/$name/$name.cdx.json"
