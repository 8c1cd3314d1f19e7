#!/bin/bash
# SPDX-License-Identifier: MIT
# The bench's arithmetic: an installer's log into seconds by step.
. "${0%/*}/../lib.sh"
steps() { awk -v start="$1" -v end="$2" -f "$SRC/tests/bench/steps.awk" log; }
line() { printf 'Nov 23 %s %s\n' "$1" "$2"; }
day=1795392000 # a midnight in UTC

{
	line 10:00:20 "kernel: up"
	line 10:00:30 "main-menu[300]: INFO: Menu item 'ethdetect' selected"
	line 10:00:31 "a line that is no step"
	line 10:01:00 "main-menu[300]: INFO: Menu item 'bootstrap-base' selected"
	line 10:02:00 "debootstrap: Selecting previously unselected package base-files."
	line 10:02:10 "debootstrap: Unpacking base-files"
	line 10:05:00 "in-target:   linux-image-cloud-amd64"
	line 10:06:00 "main-menu[300]: INFO: Menu item 'ethdetect' selected"
	echo "no stamp at all"
	line 10:06:05 "finish-install: info: Running /usr/lib/finish-install.d/94save-logs"
	line 10:06:06 "the end"
} > log
is "$(steps $((day + 36000)) $((day + 36370)))" "20	until the log begins
10	start-up scripts
35	ethdetect
60	bootstrap-base
180	bootstrap-base: unpacking, configuring
60	bootstrap-base: kernel
1	finish-install: 94save-logs
4	after the last line" "steps, one of them twice"
is "$(steps $((day + 36000)) $((day + 36370)) | awk '{ n += $1 } END { print n }')" 370 "they add up to all of it"

{ line 23:59:50 "first"; line 00:00:10 "main-menu[3]: INFO: Menu item 'pkgsel' selected"; line 00:01:00 "last"; } > log
is "$(steps $((day + 86380)) $((day + 86470)))" "10	until the log begins
20	start-up scripts
50	pkgsel
10	after the last line" "a run past midnight"

{ line 10:00:00 "first"; line 09:59:00 "the clock was set"; line 10:00:40 "last"; } > log
is "$(steps $((day + 35990)) $((day + 36040)))" "10	until the log begins
40	start-up scripts
0	after the last line" "a clock that goes back takes no time away"

bench=$SRC/tests/bench/virt-install.sh
fails 2 'usage' "$bench" --only both
fails 2 'usage' "$bench" --what
fails 2 'usage' "$bench" web db
finish
