#!/bin/bash
# SPDX-License-Identifier: MIT
# What the build's scripts go by are records, never sentences; a process has one owner, which
# is not a script with a list of them (tests/rules.py has the rules).
. "${0%/*}/../lib.sh"
need python3

mapfile -t sources < <(find "$SRC"/{tools,mk,udeb} -type f \( -name '*.[ch]' -o -name '*.sh' -o -path '*/udeb/*' \))
rules() { python3 "$SRC/tests/rules.py" "$1" "${sources[@]}"; }
is "$(rules "$SRC/mk")" "" "no script of mk/ matches a sentence, reads what is for people, or keeps a list of processes"
is "$(grep -lE '\b(chown|chgrp)\b' "$SRC"/mk/*.sh "$SRC"/mk/installers/*/*.sh | sed 's|.*/||' | paste -sd ' ')" "share.sh" \
	"none gives a file to somebody else but share.sh, to the operator's group"

# --- each rule finds what it is for ---
mkdir mk
finds() { # finds RULE NAME: the script on standard input breaks it in its last line
	cat > mk/x.sh
	is "$(rules mk)" "x.sh:$(wc -l < mk/x.sh): $1" "$2"
}
passes() {
	cat > mk/x.sh
	is "$(rules mk)" "" "$1"
}
finds 'matches a sentence: the guest wanted more than' "a sentence in grep" <<< 'grep -q "the guest wanted more than" log'
finds 'matches a sentence: another build of it is running' "in sed, among others" <<'END2'
say "# it's a comment's sign; another build of it is running"
x=$(sed -n 's/^.*: another build of it is running$/yes/p' log)
END2
finds "matches a sentence: nobody listens" "in case" <<< 'case $why in *"nobody listens"*) ;; esac'
finds "matches a sentence: has ended" "in a test" <<< '[[ $why =~ "has ended" ]]'
finds "reads what vmrun says to people" "a pipe from a program" <<< 'vmrun --timeout 5 x.xml 2>&1 | grep -q finished'
finds "reads what vmfork says to people" "its errors in the pipe" <<< 'vmfork info x 2>&1 | awk "{ print }"'
finds "acts on a text for people" "a result's text" <<< 'case $(field "$B/gate.result" text) in x) ;; esac'
finds "acts on a text for people" "an event's" <<'END2'
x=$(event 'select(.text | test("full"))')
END2
finds "closes a descriptor by its number" "a descriptor's number" <<< 'vmrun x.xml 3>&-'
finds "keeps more than one process in the background" "two processes" <<'END2'
netgate -s s & # one
vmrun x.xml &
END2
passes "but not what is said, or made for programs" <<'END2'
# grep -q "the guest wanted more than" log
say "the guest wanted more than $(grep -c x log)"
cat <<-END3
	vmrun x | grep "another build of it is running" &
END3
preseed --keys | awk -F '\t' '{ print $1 }'
vmfork info x | awk -F= '{ print }'
x=$((a & b)) && exec {fd}>&- 2>&1
vmrun x.xml &
END2
finish
