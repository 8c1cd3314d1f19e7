#!/bin/bash
# SPDX-License-Identifier: MIT
# The answer of the probe, here and where there is no KVM.
. "${0%/*}/../lib.sh"

got=0
out=$(kvmprobe) || got=$?
if [ "$got" = 0 ]; then
	like "$out" '^kvm: yes: 9 steps' "KVM works here, and it says so"
else
	is "$got" 1 "no is status 1"
	like "$out" '^kvm: no: ' "KVM does not work here, and it says why"
fi
again=0
kvmprobe --quiet >quiet.out || again=$?
is "$again" "$got" "the same answer in silence"
is "$(cat quiet.out)" "" "no word"

fails 1 '' kvmprobe --device "$T/none"
like "$(kvmprobe --device "$T/none")" 'no: .*not there; as root: modprobe' "no device"
like "$(kvmprobe --device /dev/null)" "no: not the interface of KVM" "another device"
is "$(kvmprobe --json --device "$T/n\"" | tr -d ' ' | cut -c 1-13)" '{"kvm":false,' "JSON"
if command -v python3 >/dev/null; then
	runs "the JSON is JSON" bash -c 'kvmprobe --json --device "$1" | python3 -m json.tool' \
		- "$T/n\"\\"
fi
if [ "$(id -u)" != 0 ]; then
	: >locked
	chmod 0 locked
	like "$(kvmprobe --device locked)" 'adduser USER kvm' "no permission"
fi
fails 2 'not from 1' kvmprobe --timeout 0
fails 2 'do not go together' kvmprobe --json --quiet

finish
