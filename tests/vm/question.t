#!/bin/bash
# SPDX-License-Identifier: MIT
# What the installer asks and nobody answers: named, within the minute, with the line
# that answers it; an error that it reports, with the log before it; and what is left.
. "${0%/*}/../lib.sh"
need qemu-system-x86_64 libvirtd make python3 jq

own_tree
SEEDBED_CHECKPOINTS=$(mktemp -d /var/tmp/seedbed-test.XXXXXX)
export SEEDBED_CHECKPOINTS
at_end 'rm -rf "$SEEDBED_CHECKPOINTS"'

# --- a question: how to partition is answered with nothing, by a command in which no
# check sees it ---
echo "answer d-i partman/early_command string set=debconf-set; \$set partman-auto/method ''" > recipes/asks.recipe
timeout --foreground -k 60 900 make appliance-asks SETUP=no KEEP=1 STALL=600 > log 2>&1
is "$?" 2 "a question: make fails"
like "$(cat log)" '^The installer asks: partman-auto/init_automatically_partition \(select\)$' "it is named"
like "$(cat log)" '^  choices: Guided' "with its choices"
like "$(cat log)" 'recipe: answer d-i partman-auto/init_automatically_partition select ' "the line that answers it"
like "$(cat log)" 'recipe: layout regular ' "and the key"
like "$(tail -n 2 log)" "^keep.sh: asks: the installer asks, .*: all of it is in build/asks/failed-[0-9]+-[0-9]+\$" \
	"the last line says why, and where the rest is"
python3 - build/asks/events <<'END'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
q = [e for e in events if e["event"] == "question" and e["waits"]][0]
print("#", q["question"], "was told", q["t"] - [e["t"] for e in events if e["event"] == "step"][-1],
    "s after the step began")
END
failed=$(ls -d build/asks/failed-*/)
is "$(cd "$failed" && for f in install.log debconf.log console.log preseed.cfg install.xml events records vmrun.result gate.result cache.result why disk.qcow2; do
	[ -s $f ] || echo $f; done)" "" "log, traffic, console, answers, XML, events and, by KEEP=1, the disk are there"
like "$(cat "$failed/debconf.log")" 'debconf: --> INPUT critical partman-auto/' "the traffic has what was asked"
unlike "$(cat "$failed/debconf.log")" ': --> (SET|GET) ' "and no answers"
is "$(ls build/asks/*.qcow2 2> /dev/null)" "" "there is no image"

# --- an error dialog, and the folders of earlier failures ---
cat > recipes/errs.recipe <<'END'
answer d-i preseed/early_command string set=debconf-set; $set netcfg/get_ipaddress 10.0.2.999
answer d-i netcfg/disable_autoconfig boolean true
answer d-i netcfg/get_ipaddress string 10.0.2.15
answer d-i netcfg/get_netmask string 255.255.255.0
answer d-i netcfg/get_gateway string 10.0.2.2
answer d-i netcfg/get_nameservers string 10.0.2.3
answer d-i netcfg/confirm_static boolean true
END
for i in 1 2 3 4 5 6; do mkdir -p build/errs/failed-20200101-00000$i; done
touch build/errs/failed-20200101-000006/disk.qcow2
timeout --foreground -k 60 900 make appliance-errs SETUP=no STALL=600 > log 2>&1
is "$?" 2 "an error: make fails"
like "$(cat log)" '^The installer reports an error: netcfg/[a-z_]+ \(error\)$' "it is named"
like "$(cat log)" '^    Malformed IP address' "with its words"
like "$(cat log)" '^  the log before it:' "and the log"
unlike "$(cat log)" 'answered by this line' "there is nothing to answer"
like "$(cat log)" '^errs: next: make debug-errs' "what to type next"
like "$(cat log)" '^keep.sh: errs: the installer reports an error: netcfg/' "and that it is no question"
is "$(ls -d build/errs/failed-* | wc -l)" 5 "the last five are kept"
is "$(ls build/errs/failed-*/disk.qcow2 2> /dev/null)" "" "no disk of earlier ones"
is "$(pgrep -f "^[^ ]*qemu-system.*$T/")" "" "no guest is left"
is "$(find "$SEEDBED_CHECKPOINTS" -type f ! -name '*.lock')" "" "nor anything of a checkpoint"
show 60 < log
finish
