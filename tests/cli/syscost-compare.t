#!/bin/bash
# SPDX-License-Identifier: MIT
# syscost --compare: ratios, what is only on one side, and bad files.
. "${0%/*}/../lib.sh"

d=$SRC/tests/data/syscost
out=$(syscost --compare "$d/host.json" "$d/guest.json")
is $? 0 "compared"
like "$out" '^a: host, 6.1.0, A "fast" processor$' "the one machine"
like "$out" '^b: guest, .*, guest of TCGTCGTCGTCG$' "the other"
like "$out" '^syscall +100.0 +2000.0 +20.00$' "the ratio"
like "$out" '^pipe +4000.0 +5000.0 +1.25 ~$' "overlapping samples are marked"
like "$out" '^meltdown' "a mitigation that differs is named"
like "$out" '^  a: Vulnerable$' "what the one does"
like "$out" '^  b: Mitigation: PTI$' "and the other"
unlike "$out" 'l1tf' "none that does not differ"
like "$out" '^noise: b: load is \?\[2J 9.0; and 1 more$' "and noise"
unlike "$out" '^noise: a' "where there was some"
unlike "$out" 'only-' "what only one has is left out"
json=$(syscost --json --compare "$d/host.json" "$d/guest.json")
like "$json" '"name":"syscall","a":100.00,"b":2000.00,"ratio":20.0000,"overlap":false' "JSON"
like "$json" '"warnings":\{"a":0,"b":2\},"mitigations":\[\{"name":"meltdown","a":"Vulnerable","b":"Mitigation: PTI"\}\]' "JSON has both, too"
is "$(syscost --compare - "$d/guest.json" <"$d/host.json")" "$out" "from standard input"

echo '{"syscost":1,' >cut
echo '{"syscost":2,"results":[{}]}' >other
printf '{"syscost":1,"host":"\\u001b\x1b[2J","results":[{}]}' >rude
fails 1 "^cut:2: not JSON" syscost -c cut cut
fails 1 "other: not what 'syscost --json' writes" syscost -c "$d/host.json" other
fails 1 "^rude:1: not JSON" syscost -c rude rude
fails 1 "nowhere: No such file" syscost -c nowhere other
fails 2 "takes two files" syscost -c other
fails 2 "takes two files" syscost other
fails 2 "one operand too many" syscost -c a b c
fails 2 "between 1 and 60000" syscost --time 0
fails 2 "sys: nothing that can be measured" syscost --only sys
fails 1 "processor 99999: not one" syscost --cpu 99999
for option in $(syscost --help | grep -o -- '--[a-z-]*'); do
	grep -Eq "Fl -${option#--}" "$SRC/tools/syscost/syscost.1"
	ok $? "$option is in the manual"
done
for name in $(syscost --list | cut -d' ' -f1); do
	grep -Eq "^\.It Cm.* $name" "$SRC/tools/syscost/syscost.1"
	ok $? "$name is in the manual"
done
finish
