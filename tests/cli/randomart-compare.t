#!/bin/bash
# SPDX-License-Identifier: MIT
# randomart --compare: same or not, in text, JSON and SVG.
. "${0%/*}/../lib.sh"

a=20:e9:b0:5b:5a:2b:ad:e8:4d:e4:b3:a0:32:49:2d:97
b=20:e9:b0:5b:5a:2b:ad:e8:4d:e4:b3:a0:32:49:2d:96

out=$(randomart -c $a $a)
is $? 0 "the same: status 0"
like "$out" '\[0 differ\]' "no cell differs"

out=$(randomart -p -c $a $b)
is $? 3 "different: status 3"
is "$(head -1 <<<"$out" | tr -cd + | wc -c)" 6 "three frames beside one another"
marks=$(sed -n '1s/.*\[\([0-9]*\) differ.*/\1/p' <<<"$out")
is "$(cut -c 41- <<<"$out" | sed 1d | tr -cd x | wc -c)" "$marks" "as many marks as it says"
unlike "$out" $'\033' "no escapes where there is no terminal"

json=$(randomart -c --json $a $b)
is "$(grep -o '\[[0-9]*,[0-9]*\]' <<<"${json%%\"keys\"*}" | wc -l)" "$marks" "JSON lists them"
is "$(randomart -c --svg $a $b | grep -c d00000)" $((2 * marks)) "SVG frames them, on both"
is "$(randomart --svg $a $b | grep -c d00000)" 0 "only when comparing"
if command -v xmllint >/dev/null; then
	printf '%s\n' "2048 MD5:$a <a&b>\"'$(printf '\001\377') (RSA)" >odd
	runs "SVG is XML" sh -c 'randomart --svg odd | xmllint --noout -'
fi

fails 1 "cannot be compared" randomart -c $a SHA256:/waFXsi6VgYrrogpeEX14Q8Ej9L56wv9NJbFwLIBrP8
fails 1 "two keys or more: 1 found" randomart -c $a
yes $a | head -n 9 | randomart -p -c >nine
is "$(wc -l <nine)" 33 "ten frames are three rows"
finish
