#!/bin/bash
# SPDX-License-Identifier: MIT
# syscost in a guest: it runs there, says where it is, and its numbers can be put
# beside the host's.
. "${0%/*}/../lib.sh"
. "$SRC/tests/guest.sh"

guest_begin
guest_add syscost
echo 'syscost --json --time 20' >script
guest_boot 300 script >guest.json
is $? 0 "it measures in a guest"
like "$(cat guest.json)" '"hypervisor":"' "and knows that it is in one"
syscost --json --time 20 >host.json
out=$(syscost --compare host.json guest.json)
is $? 0 "host and guest side by side"
for name in syscall pipe futex switch fork-exec; do
	like "$out" "^$name +[0-9.]+ +[0-9.]+ +[0-9.]+" "$name on both"
done
show <<<"$out"
finish
