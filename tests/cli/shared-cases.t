#!/bin/bash
# SPDX-License-Identifier: MIT
# The cases that lie beside the checkout, kind by kind: what the tools say is what must
# come of each.
. "${0%/*}/../lib.sh"
"$SRC/tests/shared-cases.sh" > table 2> why
[ $? -ne 77 ] || skip_all "$(cat why)"
while read -r reason; do skip "shared cases" "$reason"; done < <(sed -n 's/^# left out: //p' table)
while read -r kind wants met refuted state; do
	[[ $kind != kind && $kind != '#' ]] || continue
	[[ $state =~ ^(ok|not)$ ]] || break
	is "$state" ok "$kind: $wants wants, $met met, $refuted refuted"
	[ "$state" = ok ] ||
		awk -v kind="$kind:" '$1 == kind { on = 1; print; next } /^\t/ && on { print; next } { on = 0 }' table | show
done < table
ok $((n < 15)) "there are many kinds ($n)"
finish
