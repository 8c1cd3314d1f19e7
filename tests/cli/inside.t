#!/bin/bash
# What the boot test does inside the guest: what it found, and what it did not find in
# words that name the code and the object.
. "${0%/*}/../lib.sh"

mkdir bin
fake() { { echo '#!/bin/sh'; cat; } > "bin/$1"; chmod +x "bin/$1"; }
fake sleep <<< 'exit 0'
fake systemctl <<'END'
case "$*" in
*poweroff*) exit 0 ;;
*good*) echo active ;;
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
finish
