#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line: levels, formats, where the index comes from, what is wrong with it.
. "${0%/*}/../lib.sh"
. "$SRC/tests/questions.sh"
need dpkg-deb
export SEEDBED_CACHE=$T/cache HOME=$T
questions cache/templates/trixie-amd64.index
printf 'd-i netcfg/enable boolean yes\nd-i debian-installer/locale string en\nd-i netcfg/get_domain string a\nd-i netcfg/get_domain string b\n' >a.cfg
echo 'd-i netcfg/enable boolean true' >clean.cfg

is "$(preseed-check --arch amd64 clean.cfg; echo $?)" 0 "nothing found: no output, status 0"
is "$(preseed-check -a amd64 a.cfg)" "a.cfg:1:27: error: yes is neither true nor false [boolean]
a.cfg:3:5: warning: line 4 sets it again, to \"b\", and the last one counts [twice]" "warnings and errors"
is "$(preseed-check -a amd64 -l error a.cfg | wc -l)" 1 "--level error"
like "$(preseed-check -a amd64 -l note a.cfg)" 'a.cfg:2:29: note: .*\[type\]' "--level note"
is "$(preseed-check -a amd64 -l error clean.cfg a.cfg >/dev/null; echo $?)" 1 "findings: status 1"
is "$(sed 2,4d a.cfg | preseed-check -a amd64 -)" \
	"<stdin>:1:27: error: yes is neither true nor false [boolean]" "standard input"
for r in trixie 13 stable; do
	is "$(preseed-check -a amd64 -r $r clean.cfg; echo $?)" 0 "--release $r"
done
fails 3 'sid, amd64: no index' preseed-check -a amd64 -r sid clean.cfg
fails 3 'stable, s390x: no index' preseed-check -a s390x clean.cfg
fails 3 'none.cfg: No such file' preseed-check -a amd64 none.cfg
like "$(preseed-check -a amd64 none.cfg a.cfg 2>/dev/null)" 'a.cfg:1:27' "a file that is not there does not keep others from being checked"
fails 3 'a.cfg: not an index' preseed-check --index a.cfg clean.cfg
head -c 1000 cache/templates/trixie-amd64.index >cut
fails 3 'cut: not an index' preseed-check --index cut clean.cfg
fails 2 'missing operand' preseed-check
fails 2 'level high' preseed-check --level high a.cfg
fails 2 'format x' preseed-check --format x a.cfg
fails 2 'color x' preseed-check --color x a.cfg
fails 2 'disk 4Q' preseed-check --disk 4Q a.cfg
fails 2 'memory -1' preseed-check --memory=-1 a.cfg
fails 2 'cannot be replaced' preseed-check --fix -
fails 3 'standard output' bash -c 'preseed-check -a amd64 a.cfg >/dev/full'
printf 'd-i netcfg/enable boolean true\0\n' >nul.cfg
like "$(preseed-check -a amd64 nul.cfg)" 'nul.cfg:1:1: error: a NUL byte' "bytes that are no text"
: >empty.cfg
is "$(preseed-check -a amd64 empty.cfg; echo $?)" 0 "an empty file"
printf 'd-i netcfg/enable boolean \033[31mx\n' >evil.cfg
unlike "$(preseed-check -a amd64 evil.cfg)" $'\033' "nothing of a file reaches the terminal raw"

like "$(preseed-check -a amd64 --color always a.cfg)" '     1 \| d-i netcfg/enable boolean yes' "an excerpt"
like "$(preseed-check -a amd64 --color always a.cfg | sed 's/\x1b\[[0-9;]*m//g')" '^       \|                           \^~~$' "with a caret below the place"
unlike "$(preseed-check -a amd64 --color never a.cfg)" '\|' "none without a terminal"

# Indexes of other releases tell what they had; what was not to be had is not unknown.
mkdir -p one && cp "$T"/pk/clock-setup_1_all.udeb one/
printf 'netcfg\nuser-setup-udeb\n' >unseen
preseed-index -o cache/templates/old-amd64.index --suite old --number 1 --arch amd64 --unseen unseen one/*.udeb
printf 'd-i netcfg/get_hostname string x\nd-i netcfg/get_hostnam string x\nd-i partman/confirm boolean true\n' >b.cfg
out=$(preseed-check -a amd64 -r old -l note b.cfg)
like "$out" 'b.cfg:1:5: note: netcfg/get_hostname is not known here: netcfg, which has it in trixie' "not known is not wrong"
like "$out" 'b.cfg:2:5: warning: .* not known here.*did you mean netcfg/get_hostname' "nor is what looks like it"
like "$out" 'b.cfg:3:5: error: partman/confirm: old has no such question, trixie had \(in partman-auto\)' "another release had it"

cp cache/templates/trixie-amd64.index cache/templates/a-copy.index
echo 'd-i no/such string x' >c.cfg
unlike "$(preseed-check -a amd64 c.cfg)" 'trixie had' "a second index of the same release is no other release's"
is "$(preseed-check -a amd64 clean.cfg; echo $?)" 0 "and does no harm"

# Where preseed --explain says that answers come from.
printf 'preseed.d/1.preseed:4\td-i netcfg/enable boolean yes\npreseed.d/1.preseed:5\td-i netcfg/get_domain string a\t(domain: recipes/a.recipe:3)\n' >explain
is "$(preseed-check -a amd64 --origins explain a.cfg)" "preseed.d/1.preseed:4: error: yes is neither true nor false [boolean]
recipes/a.recipe:3: warning: line 4 sets it again, to \"b\", and the last one counts [twice]" "findings named by their origin"
is "$(preseed-check -a amd64 -f sarif --origins explain a.cfg | grep -o '"uri":"[^}]*},"region":{[^}]*}')" \
	'"uri":"preseed.d/1.preseed"},"region":{"startLine":4}
"uri":"recipes/a.recipe"},"region":{"startLine":3}' "in SARIF, too"
sed 's|^[^\t]*:[0-9]*\t|guessed from the host:\t|; s|\t(domain.*||' explain > guess
is "$(preseed-check -a amd64 -f sarif --origins guess a.cfg | grep -o '"uri":"[^}]*},"region":{[^,]*')" \
	"$(preseed-check -a amd64 -f sarif a.cfg | grep -o '"uri":"[^}]*},"region":{[^,]*')" "where the origin is no file, the place in the answers"

is "$(preseed-check --rules | wc -l)" "$(preseed-check --rules | sort -u | wc -l)" "--rules lists each once"
while IFS=$'\t' read -r rule _; do
	grep -q "^\.It $rule\$" "$SRC/tools/preseed-check/preseed-check.1" || missing+=" $rule"
done < <(preseed-check --rules)
is "${missing:-}" "" "the manual explains every rule"
finish
