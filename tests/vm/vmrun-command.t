#!/bin/bash
# SPDX-License-Identifier: MIT
# What vmrun runs when its guest has come to a step, and what it tells other programs:
# real guests, a few seconds each.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready

result() { sed -n "s/^$2=//p" "$1.result"; } # result NAME KEY
command=()
start() { # start NAME [VMRUN OPTION...]: the guest's script on stdin; vmrun is $pid
	local name=$1
	shift
	tiny_initrd "$name.gz"
	guest_xml "$name.gz" >"$name.xml" || return
	vmrun --word $PORT --nonce "$NONCE" --console "$name.log" --result "$T/$name.result" \
		"$@" "$name.xml" "${command[@]}" >"$name.out" 2>"$name.err" </dev/null &
	pid=$!
}
ended() { # ended NAME STATUS REGEX
	local got=0
	wait "$pid" || got=$?
	is "$got" "$2" "$1: status"
	is "$(result "$1" status)" "$2" "$1: and in its result"
	like "$(tail -n 1 "$1.err")" "$3" "$1: the last line says it"
	[ "$got" = "$2" ] || { show <"$1.err"; tail -n 5 "$1.log" | show; }
}
run_case() { # run_case NAME STATUS REGEX [VMRUN OPTION...]; the script on stdin
	local name=$1 want=$2 re=$3
	shift 3
	start "$name" "$@"
	ended "$name" "$want" "$re"
}
runs_script() { command=(-- sh -c "$1"); }
waits='say step ready
sleep 1000'

# --- the stall clock stands still: this one beside all the others ---
command=(-- sleep 75)
start still --at ready --stall 45 <<'END'
say step ready
sleep 90
say done
poweroff -f
END
still=$pid

# --- --at: beside the guest, which goes on ---
runs_script 'env | grep ^VMRUN_ | sort; for n in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$n ] || echo fd $n; done; echo once >>at.ran'
run_case at 0 'finished .*last step: after' --at 'ready now' --records at.records <<'END'
say step ready
say step ready now
say step ready now
sleep 2
say step after
say done
poweroff -f
END
is "$(cut -d= -f1 at.out | tr '\n' ' ')" "VMRUN_DOMAIN VMRUN_STEP VMRUN_URI VMRUN_UUID " "at: what it is told, and no descriptors"
like "$(cat at.out)" "^VMRUN_DOMAIN=seedbed-test-$$-at\$" "at: the guest's name"
like "$(cat at.out)" '^VMRUN_STEP=ready now$' "at: the step"
is "$(cat at.ran)" once "at: once, whatever the guest says"
is "$(cut -f2- at.records | tr '\t' '|')" "step|ready
step|ready now
step|ready now
step|after
done|" "at: the records are in their file"
is "$(result at outcome) $(result at command) $(result at step)" "finished 0 after" "at: the result"

runs_script 'exit 9'
run_case fails 8 'sh: at step ready: ended with status 9 .*; next: ' --at ready <<<"$waits"
is "$(result fails outcome) $(result fails code) $(result fails object) $(result fails command)" "command command sh 9" \
	"fails: the result"

runs_script 'sleep 10; exit 9'
run_case first 8 'ended with status 9' --at ready <<'END'
say step ready
say done
poweroff -f
END

command=(-- /no/such)
run_case absent 8 '/no/such: at step ready: cannot be started: No such file' --at ready <<<"$waits"
is "$(result absent code) $(result absent command)" "command-start 127" "absent: the result"

# --- --until: to its end ---
runs_script 'sleep 1'
run_case until 0 'finished: sh succeeded at step ready' --until ready <<<"$waits"
is "$(result until outcome) $(result until command)" "finished 0" "until: the result"
runs_script 'exit 3'
run_case until-not 8 'ended with status 3' --until ready <<<"$waits"
runs_script 'sleep 10'
run_case until-off 0 'finished: sh succeeded' --until ready <<'END'
say step ready
poweroff -f
END
runs_script 'touch early.ran'
run_case early 3 'was done before it came to step ready' --until ready <<'END'
say step other
say done
poweroff -f
END
[ ! -e early.ran ]
ok $? "early: nothing is run"
is "$(result early outcome) $(result early code)" "no-word no-step" "early: the result"
command=()
run_case to-step 0 'finished at step ready' --until ready <<<"$waits"

# --- it ends with the guest's time, with vmrun's, and with vmrun ---
minds='trap "echo told >$NAME.told; exit 4" TERM; echo $$ >$NAME.new; mv $NAME.new $NAME.pid; while :; do sleep 0.1; done'
export NAME=late
runs_script "$minds"
run_case late 5 'not finished after 60 s' --at ready --timeout 60 <<<"$waits"
is "$(cat late.told) $(result late command)" "told 4" "late: the command is told to end, and waited for"

export NAME=term
start term --at ready <<<"$waits"
until_true 600 test -e term.pid
kill -TERM "$pid"
ended term 143 'interrupted by signal 15'
is "$(cat term.told) $(result term outcome)" "told interrupted" "term: so it is by a signal"

export NAME=kill
start kill --at ready <<<"$waits"
until_true 600 test -e kill.pid
kill -KILL "$pid"
wait "$pid" 2>/dev/null
until_true 120 test -e kill.told
ok $? "kill: a killed vmrun takes its command along"
unset NAME
left() { [ -n "$(guests_left | grep -v -- "-still\$")" ]; }
not_left() { ! left; }
until_true 120 not_left
ok $? "kill: and its guest"

# --- what the guest says of its end ---
command=()
run_case code 1 'the guest says: it is away \(no-mirror http://m/\)' <<'END'
say step mirror
say failed no-mirror http://m/ it is away
sleep 1000
END
is "$(cut -f2- code.out | tail -n 1 | tr '\t' '|')" "failed|no-mirror|http://m/|it is away" "code: the record"
is "$(result code outcome) $(result code code) $(result code object) $(result code step)" "failed no-mirror http://m/ mirror" \
	"code: the result"
like "$(result code text)" 'it is away' "code: the text, for people"
run_case asks 7 'the guest waits for an answer: which one' <<'END'
say asks which one
sleep 1000
END
is "$(result asks outcome) $(result asks question)" "asked which one" "asks: the result"
run_case off 3 'without a word .*; next: its console' <<'END'
echo "no-nonce-here step x" >&9
poweroff -f
END
is "$(result off outcome) $(result off code) $(result off ignored)" "no-word power-off 1" "off: the result"

# --- readers that take nothing ---
mkfifo stuck
exec 5<>stuck
talks='i=0; while [ $i -lt 400 ]; do say data key $(printf "%0400d" 0); i=$((i + 1)); done; say step told'
run_case stuck 5 'not finished after 90 s' --records stuck --timeout 90 <<<"$talks
sleep 1000"
is "$(result stuck step)" told "stuck: the guest is heard though nobody reads"
run_case unread 1 'stuck: nobody reads the rest of it' --records stuck <<<"$talks
say done
poweroff -f"
is "$(result unread outcome) $(result unread code)" "failed reader" "unread: what is lost is no good end"
start stuck-term --records stuck <<<"$talks
echo all told
sleep 1000"
until_true 600 grep -qs 'all told' stuck-term.log
kill -TERM "$pid"
ended stuck-term 143 'interrupted by signal 15'
run_case stuck-console 5 'not finished after 60 s' --console stuck --timeout 60 <<'END'
while :; do echo "a line of the console, and another one"; done
END
run_case stuck-flood 1 "$PORT: the guest wrote more than 500000 bytes" --records stuck --max-log 500000 <<'END'
yes "$NONCE data k v" >&9
END
exec 5>&-
# who is slow has it all in the end: this one begins when all has been said
{ until_true 600 grep -qs 'all told' slow.log; sleep 2; cat; } <stuck >slow.records &
reader=$!
run_case slow 0 'finished' --records stuck <<<"$talks
echo all told
say done
poweroff -f"
wait $reader
is "$(grep -c 'data.key.0*$' slow.records)" 400 "slow: nothing is lost"

pid=$still
ended still 0 'finished'
is "$(result still command)" 0 "still: its command had its time"
is "$(guests_left)" "" "no guest is left"
finish
