#!/bin/bash
# SPDX-License-Identifier: MIT
# What the boot test does inside the guest: what it found, and what it did not find in
# words that name the code and the object.
. "${0%/*}/../lib.sh"

export T
mkdir bin
fake() { { echo '#!/bin/sh'; cat; } > "bin/$1"; chmod +x "bin/$1"; }
fake sleep <<< 'exit 0'
fake systemctl <<'END'
case "$*" in
*poweroff*) exit 0 ;;
*good*) echo active ;;
*ssh.service*) if [ -e "$T/nossh" ]; then echo failed; exit 3; else echo active; fi ;;
*) echo failed; exit 3 ;;
esac
END
inside() { # inside EXPECTATION...: the guest's words
	bash -c '. "$SRC/mk/inside.sh"; expect=("$@"); inside 0123 key' - "$@" |
		sed "s|/dev/virtio-ports/org.seedbed.word|$T/words|; s|/run/seedbed.out|$T/out|; s|/root/|$T/|" > script
	mkdir -p .ssh
	: > words
	PATH=$T/bin:$PATH sh script
	cat words
}
failed() { inside "$@" | grep failed; }
is "$(inside 'unit good.service')" "0123 step system up
0123 data check expect unit good.service
0123 step checked inside" "a unit that is there"
fake journalctl <<< 'echo "Missing privilege separation directory"'
: > nossh
is "$(failed)" "0123 failed expect-unit ssh.service ssh.service is failed: Missing privilege separation directory" "an sshd that does not come up, in its own words"
rm nossh
is "$(failed 'unit bad.service')" "0123 failed expect-unit bad.service expect unit bad.service: failed" "one that is not"
is "$(failed "file $T/none")" "0123 failed expect-file $T/none expect file $T/none: not there" "a file that is not there"
is "$(failed "file $T/no such one")" "0123 failed expect-file - expect file $T/no such one: not there" \
	"a name that is not one word is no object"
truncate -s 1048577 big
is "$(failed "file $T/big")" "0123 failed expect-file $T/big expect file $T/big: over 1 MiB" "one that is too large"
echo some > small
is "$(inside "file $T/small" | sed -n 2,3p)" "0123 data file0 c29tZQo=
0123 data check expect file $T/small" "one that is handed out"
is "$(failed 'run echo one; echo two words; false')" \
	"0123 failed expect-run - expect run echo one; echo two words; false: two words" "a command, with its last line"

# --- what comes out: the host looks at it by itself, whatever the guest's script was ---
out() { # out EXPECTATION...: of the records, into files; its status
	bash -o pipefail -c '. "$SRC/mk/inside.sh"; expect=("$@"); handed_out records files' - "$@" 2> err
}
record() { # record KEY: stdin in the guest's own lines
	base64 -w 32768 | awk -v k="$1" '{ print "1.0\tdata\t" k "\t" $0 }'
}
head -c 1048576 /dev/urandom > most
{ record file0 < most; record file1 < small; record file9 < small; } > records
out 'file /most' 'file /a/small'
is "$?:$(cmp files/most most && cat files/a/small):$(find files -type f | wc -l)" "0:some:2" "files of up to 1 MiB, and those that the recipe names"
rm -r files
{ cat most; echo more; } | record file0 > records
out 'file /most'
is "$?:$(find files -type f | wc -l)" "1:0" "a guest that sends more than that has handed out nothing"
rm -rf files
{ record file0 < most; record file0 < most; record file0 < most; } > records
out 'file /most'
is "$?:$(find files -type f | wc -l)" "1:0" "nor in pieces"
rm -rf files
printf '1.0\tdata\tfile0\t%s\n' 'no base64: $(touch pwned)' > records
out 'file /most'
is "$?:$(ls pwned 2> /dev/null)" "1:" "nor what is no base64"
finish
