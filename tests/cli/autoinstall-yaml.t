#!/bin/bash
# SPDX-License-Identifier: MIT
# Text that means something in YAML stays text: by another reader, what a recipe says
# comes back as it was said, and nothing else is in the file.
. "${0%/*}/../lib.sh"
need python3
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"
key=$SRC/tests/data/preseed/key.pub
compile() { autoinstall -k "$key" -s architecture=amd64 -o out "$@" web.recipe; }
get() { /usr/bin/python3 "$SRC/tests/autoinstall.py" --get "autoinstall.$1" out; }

# --- answers, the one place where a recipe's text is as it is ---
cat >values <<'END'
no
0x1
~
null
1e3
1:30
2026-11-26
=
<<
- a
? b
!!python/object/apply:os.system [touch pwned]
&a *a
{a: b}
[c, d]
'single' "double" \ back
a: b # c
%TAG ! x
--- |
...
@at `tick`
| > -
	tab	in	it
ünï çødé 漢字 😀 ﷽
a b  c   d
$(touch pwned) `touch pwned` ${HOME}
autoinstall: {late-commands: [touch pwned]}
END
printf 'a\xef\xbf\xbeb\n' >>values # U+FFFE, which YAML has no way to write as it is
i=0
while IFS= read -r v; do
	i=$((i + 1))
	printf 'answer some some/q%d string %s\n' $i "$v"
done <values >web.recipe
sed 's/^answer //' web.recipe | sed 's/string 	/string /' >want
runs "answers" compile
get debconf-selections >got.json
is "$(/usr/bin/python3 -c 'import json; print(json.load(open("got.json")), end="")')" "$(cat want)" "come back as they were said"
grep -v 'q2[348]' web.recipe >plain.recipe && mv plain.recipe web.recipe
runs "without the odd ones" compile
like "$(cat out)" '^  debconf-selections: \|$' "they can be read by people, too"

# --- commands, names and files, in the late command ---
cat >web.recipe <<'END'
run echo "no: [~] {a: b} # c" >/x
run true: yes
file "a: b # c" "/srv/- x: [y]"
user yes "key=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILcp367yQbX9mRPoSHAW0rTN9udl/OXqueqHEsmBajzg no: # x"
cmdline a=b,c: y: no
END
printf 'no: yes\n' >'a: b # c'
runs "a recipe of such words" compile
get late-commands.0 >late.json
/usr/bin/python3 - <<'END' >script
import base64, json, re
w = json.load(open("late.json"))
assert w[:5] == ["curtin", "in-target", "--", "sh", "-c"] and len(w) == 6, w
print(base64.b64decode(re.fullmatch(r'eval "\$\(echo ([A-Za-z0-9+/=]*)\|base64 -d\)"', w[5])[1]).decode(), end="")
END
grep -Fxq "sh -c 'echo \"no: [~] {a: b} # c\" >/x'" script
ok $? "a command is in the script as it was written"
grep -Fq "put '/srv/- x: [y]'" script
ok $? "and a file's name"
like "$(cat script)" 'GRUB_CMDLINE_LINUX="net.ifnames=0 .* a=b,c: y: no"' "and the kernel's parameters"
is "$(/usr/bin/python3 -c '
import yaml
print(*yaml.safe_load(open("out"))["autoinstall"])')" \
	"$(sed -n 's/^  \([a-z-]*\):.*/\1/p' out | paste -sd ' ')" "no key came by a value"

# --- each comment is one: what is shown of the script ends no line ---
printf 'run echo \xef\xbf\xbe\xef\xbf\xbf x\nfile odd /odd\nuser anna\n' >web.recipe
printf 'a\xe2\x80\xa8b: c\n\xc2\x85late-commands: [touch pwned]\n' >odd
runs "a file with other line ends" compile
is "$(get version)" 1 "is no part of the comments"
fails 1 'web.recipe:1: line: an invisible character' bash -c 'printf "run echo \xe2\x80\xa8x\n" >web.recipe; autoinstall -k "$0" web.recipe' "$key"
fails 1 'web.recipe:1: line: a control character' bash -c 'printf "run echo \xc2\x85x\n" >web.recipe; autoinstall -k "$0" web.recipe' "$key"
fails 1 'a line feed|control character' autoinstall -k "$key" -s $'timezone=Etc/UTC\nshutdown: reboot' web.recipe
fails 1 'is not KEY=VALUE in plain text' autoinstall -k "$key" -s $'hostname=a\nb' web.recipe
fails 2 'no URL' autoinstall -k "$key" -r 'x: y' web.recipe

# --- the key of a source, with armour or without ---
if command -v gpg >/dev/null; then
	export GNUPGHOME=$T/gnupg
	mkdir -m 700 gnupg
	cp "$SRC/tests/data/autoinstall/cases/repository/key.asc" .
	gpg --quiet --dearmor <key.asc >key.gpg
	wanted=$(gpg --quiet --with-colons --show-keys key.asc | grep '^fpr')
	for k in key.asc key.gpg; do
		echo "repository http://packages.example.org/ubuntu noble main key=$k" >web.recipe
		runs "$k" compile
		/usr/bin/python3 -c 'import yaml
s = yaml.safe_load(open("out"))["autoinstall"]["apt"]["sources"]["recipe-1.sources"]["source"]
print("\n".join("" if x == " ." else x[1:] for x in s.split("Signed-By:\n")[1].splitlines()))' >back.asc
		is "$(gpg --quiet --with-colons --show-keys back.asc | grep '^fpr')" "$wanted" "$k arrives"
	done
	sed 's/$/\r/' key.asc >dos.asc
	echo "repository http://packages.example.org/ubuntu noble main key=dos.asc" >web.recipe
	cp out before
	runs "a key with other line ends" compile
	is "$(get apt.sources)" "$(mv before out; get apt.sources)" "is the same"
else
	skip "keys" "gpg is not installed"
fi
is "$(find . -name 'pwned*')" "" "nothing was run"
finish
