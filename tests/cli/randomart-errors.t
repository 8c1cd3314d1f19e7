#!/bin/bash
# SPDX-License-Identifier: MIT
# randomart: what it refuses, and that it leaves nothing behind.
. "${0%/*}/../lib.sh"

key='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBU81XLsMkBqeLqZIODE8/Rcd1TWw5IABkX8fkYVo0DJ'
fails 2 "one at a time" randomart --json --svg x
fails 2 "not a hash" randomart -E sha3 x
fails 2 "not a type" randomart -t $'\033[2J' x
fails 2 "not a size" randomart -b -1 x
fails 1 "nowhere: No such file" randomart nowhere
fails 1 "^-?: *Is a directory|: Is a directory" randomart .
fails 1 "no key in the input" randomart /dev/null

printf '%s\n' "$key one" 'not a key' '' '# remark' "${key%????} two" "$key three" >mixed
fails 1 "^mixed:2: neither" randomart mixed
fails 1 "^mixed:5: a broken key" randomart mixed
is "$(randomart mixed 2>/dev/null | grep -c ED25519.256)" 2 "the good lines are drawn"

printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n' >id
fails 1 "id:1: a private key" randomart id
is "$(randomart id 2>&1 | wc -l)" 1 "and says it once"

printf -- '---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\nAAAA\n---- END SSH2 PUBLIC KEY ----\n' >rfc4716
is "$(randomart rfc4716 2>&1)" "rfc4716:1: a key in another form: ssh-keygen -i makes it one of OpenSSH's" \
	"another program's form: what makes it ours"
rm rfc4716
printf '%s \033[2Jclear\n' "$key" >rude
like "$(randomart rude)" '\\x1b\[2Jclear' "a comment cannot reach the terminal"

fails 1 "No such file" randomart --svg -o nowhere/x.svg mixed
randomart --svg -o out.svg mixed 2>/dev/null
is "$(ls)" "$(printf 'id\nmixed\nout.svg\nrude')" "nothing half-written beside the output"
if [ -w /dev/full ]; then
	fails 1 "No space left" sh -c 'randomart rude >/dev/full'
fi
for option in $(randomart --help | grep -o -- '--[a-z]*'); do
	grep -Eq "Fl -${option#--}" "$SRC/tools/randomart/randomart.1"
	ok $? "$option is in the manual"
done
finish
