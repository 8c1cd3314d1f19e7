#!/bin/bash
# SPDX-License-Identifier: MIT
# What vmfork refuses before any guest.
. "${0%/*}/../lib.sh"

fails 2 'missing operand' vmfork
fails 2 'missing operand' vmfork save
fails 2 'save: wants 2 operands' vmfork save guest
fails 2 'info: wants 1 operand$' vmfork info a b
fails 2 'info: has no COMMAND' vmfork info a -- true
fails 2 'PIPE and -- COMMAND go together' vmfork stream a b c
fails 2 'PIPE and -- COMMAND go together' vmfork stream a b -- true
for size in 5G 0 513 99999999999999999999 ''; do
	fails 2 'not a disk.s size in bytes' vmfork grow guest vda "$size"
done
fails 2 'burn: not save, spawn' vmfork burn a
fails 2 '--name: a name for the fork' vmfork spawn a
fails 1 'none/manifest: No such file' vmfork info none
fails 1 'connect' vmfork -c nosuch:///hypervisor save guest "$T/dir"
fails 1 'xen:///system: save: no guests that vmfork knows' vmfork -c xen:///system save guest "$T/dir"
fails 1 'xen:///system: spawn: no guests' env HYPERVISOR=xen:///system vmfork -n a spawn "$T/dir"
mkdir empty
: >empty/manifest
fails 4 'empty/manifest: name: missing' vmfork info empty
fails 4 "empty/manifest: name: missing" vmfork verify empty
printf 'format=3\ndisk=../../etc/passwd raw 1 00\n' >empty/manifest
fails 4 'empty/manifest:2: not a line' vmfork info empty
head -c 100000 /dev/zero >empty/manifest
fails 4 'empty/manifest' vmfork info empty
is "$(find . -type f)" ./empty/manifest "and nothing was left"
finish
