#!/bin/bash
# SPDX-License-Identifier: MIT
# The events of Ubuntu's installer. tests/data/di-events/subiquity-*.jsonl are what its
# webhook reporter sent in its dry run with autoinstall's user-data: to its end, with a late
# command that fails, a step of curtin's that fails, a keyboard that there is not.
. "${0%/*}/../lib.sh"
need python3
D=$SRC/tests/data/di-events

events() { di-events --installer=subiquity "$@"; }
good=$(events "$D/subiquity-good.jsonl")
is "$?" 0 "good: status"
is "$(awk -F '\t' '$2 == "step" { print $3 }' <<<"$good" | paste -sd ' ')" \
	"answers apply apt initial partitioning extract target curthooks packages cloud-init upgrades late-commands logs" "its steps"
is "$(awk -F '\t' '$2 == "package" { print $3, $4 }' <<<"$good" | grep nginx)" "nginx retrieving
nginx unpacking" "packages, and what is done with them"
like "$good" $'^[0-9]+\tdone$' "and its end"
is "$(awk -F '\t' '$1 < last { print } { last = $1 }' <<<"$good")" "" "time goes on"
events -j "$D/subiquity-good.jsonl" |
	python3 -c 'import json, sys; sys.exit("done" not in [json.loads(s)["event"] for s in sys.stdin])'
ok $? "each record is JSON"
events -p lines -n web "$D/subiquity-good.jsonl" >/dev/null 2>shown
like "$(cat shown)" '^web: .*kernel and boot loader' "lines for a person"

bad() { # bad NAME STEP REGEX
	out=$(events "$D/subiquity-$1.jsonl")
	is "$?" 4 "$1: status"
	is "$(grep -c $'\terror\t' <<<"$out")" 1 "$1: one error"
	like "$out" $'\terror\t'"$2"$'\t'"$3" "$1: where, and what"
	unlike "$out" $'\tdone$' "$1: is not done"
}
bad late late-commands 'curtin in-target -- sh -c eval ".*\.\.\.: exit status 3$'
bad curtin extract 'curtin install: the extract step failed$'
bad keyboard answers 'Unknown keyboard layout "zz"$'

recorded=${SHARED_DATA:-$SRC/../shared/data}/subiquity-events.jsonl
if [ -e "$recorded" ]; then
	is "$(events "$recorded" | tail -n 1 | cut -f2)" "done" "another recorded stream"
else
	skip "another recorded stream" "subiquity-events.jsonl is not beside the project"
fi

# --- the end is the shutdown's event, and no other ---
grep -v Shutdown/shutdown "$D/subiquity-good.jsonl" >cut
events cut >/dev/null
is "$?" 5 "powered off before that event: not complete"
sed 's/mode=POWEROFF/mode=REBOOT/' "$D/subiquity-good.jsonl" >reboot
events reboot >/dev/null
is "$?" 5 "nor by another end"
cat "$D/subiquity-late.jsonl" >forged
grep Shutdown/shutdown "$D/subiquity-good.jsonl" >>forged
events forged >/dev/null
is "$?" 4 "nor after it has given up"
sed 's/^/0123abcd /' "$D/subiquity-good.jsonl" >marked
is "$(events --nonce=0123abcd marked)" "$good" "--nonce: events that begin with it"
events --nonce=0123abcd "$D/subiquity-good.jsonl" >none
is "$?:$(cat none)" "5:" "and no others"
sed 's/^/0123abcde /' "$D/subiquity-good.jsonl" >longer
events --nonce=0123abcd longer >none
is "$?:$(cat none)" "5:" "however alike"

# --- a failure that is borne, a package ---
e() { printf '{"name": "%s", "description": "%s", "event_type": "%s", "timestamp": 17956778%02d.5, "level": "INFO"%s}\n' "$2" "$3" "$4" "$1" "${5:+, \"result\": \"$5\"}"; }
post=subiquity/Install/install/postinstall
{
	e 1 $post/run_unattended_upgrades upgrading start
	e 2 $post/run_unattended_upgrades "no way" finish FAIL
	e 3 $post/restore_apt_config x start
	e 4 subiquity/Shutdown/shutdown mode=POWEROFF start
} >borne
events borne >out
is "$?:$(grep -c error out)" "0:0" "security updates that fail are borne"
{
	e 1 $post/run_unattended_upgrades upgrading start
	e 2 $post/run_unattended_upgrades "no way" finish FAIL
	e 3 $post/restore_apt_config x start
	e 4 $post/restore_apt_config "other" finish FAIL
	e 5 $post "other" finish FAIL
	e 6 subiquity/Install/install "other" finish FAIL
} >later
like "$(events later)" $'\terror\t.*\tother$' "and not told for what fails later"
{
	e 1 $post/install_nginx/retrieving "retrieving nginx" start
	e 2 $post/install_nginx/retrieving "Command '['systemd-run', 'curtin', 'in-target', '--', 'apt-get', 'install', 'nginx']' returned non-zero exit status 100." finish FAIL
	e 3 $post/install_nginx "Command 'x'" finish FAIL
	e 4 subiquity/Install/install x finish FAIL
} >package
is "$(events -j package | python3 -c 'import json, sys
for e in map(json.loads, sys.stdin):
	if e["event"] in ("fault", "error"): print(e["event"], e.get("package", "-"), e["text"])')" \
	"fault nginx curtin in-target -- apt-get install nginx: exit status 100
error - curtin in-target -- apt-get install nginx: exit status 100" "a package that fails, by its name"

# --- the console's question ends what is run ---
{ grep -v Error/ "$D/subiquity-curtin.jsonl"; echo 'An error occurred. Press enter to start a shell'; } >shell
events shell >/dev/null
is "$?" 3 "Press enter to start a shell: it waits"
echo 'Press enter to start a shell' >only
like "$(events only)" $'\terror\tstart\tit waits' "even without an event before"
: >log
events -f -o records log -- sh -c 'cat shell >log; exec sleep 600'
is "$?" 3 "and what runs it is ended"
like "$(cat records)" $'\terror\textract\t' "after it was told"
: >log
events -f -o records log -- sh -c 'cat "$0" >log; exit 7' "$D/subiquity-good.jsonl"
is "$?" 7 "else the status is the command's"

# --- what is no event ---
printf '%s\n' '{' '{}' '[]' 'x' '{"name": 1}' '{"name": "a", "event_type": "start"' '{"event_type":"start","name":"subiquity/Error/run' >odd
events odd >out
is "$?:$(cat out)" "5:" "what is no event is none"
printf '{"name":"subiquity/Keyboard/x","event_type":"finish","result":"FAIL","description":"\\u001b[2J\\u0007\\ud83d evil\\n%s"}\n{"name":"subiquity/Error/run","event_type":"start"}\n' "$(head -c 100000 /dev/zero | tr '\0' a)" >hostile
events hostile >out
is "$(LC_ALL=C grep -c $'[\001-\010\013-\037\177]' out)" 0 "nothing of it acts on a terminal"
is "$(awk 'length > 4000' out)" "" "nor is it without end"

fails 2 'not di or subiquity' di-events -I anaconda
fails 2 'subiquity has no debconf' di-events -I subiquity -d x log
fails 2 'goes with --installer=subiquity' di-events --nonce=x log
finish
