#!/bin/bash
# SPDX-License-Identifier: MIT
# repositories.sh NAME... - the recipes' own repositories, by their answers: for each a line of
# NAME, "URL SUITE COMPONENT..." and the key's file in base64 (or nothing), with tabs between.
. "${BASH_SOURCE[0]%/*}/di.sh"

not_root
files=()
for name; do
	[ ! -e "$BUILD/$name/preseed.cfg" ] || files+=("$BUILD/$name/preseed.cfg")
done
[ ${#files[@]} -gt 0 ] || exit 0
{ grep -HE '^d-i apt-setup/local[0-9]+/(repository|key) string ' "${files[@]}" /dev/null || true; } | awk -v from="$BUILD/" '
	{
		name = substr($0, length(from) + 1)
		sub(/\/.*/, "", name)
		value = $0
		sub(/^[^:]*:/, "", value)
		split(value, w, " ")
		split(w[2], q, "/")
		sub(/^[^ ]* [^ ]* [^ ]* /, "", value)
		if (q[3] == "key") {
			sub(/^base64:\/\//, "", value)
			key[name, q[2]] = value
		} else {
			repository[++n] = value
			of[n] = name
			which[n] = q[2]
		}
	}
	END { for (i = 1; i <= n; i++) print of[i] "\t" repository[i] "\t" key[of[i], which[i]] }'
