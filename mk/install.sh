#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh NAME straight|fork - the distribution's installer, in a guest, onto
# BUILD/NAME/disk.qcow2: from its beginning, or from a checkpoint (fork.sh) on.
# BUILD/NAME/{console.log,records,events} and its logs are there whatever happens, and in
# BUILD/NAME/failed-TIME if it was no good.
# Exit status 10: the checkpoint did not serve; nothing of the appliance was done.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/installer.sh"
. "$ROOT/mk/fork.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 2 ] || { say "usage: $ME NAME straight|fork"; exit 2; }
not_root
begin "$1"
way=$2
key=$(field "$B/route" key)
disk=$W/disk.qcow2
guest=seedbed-$name-$$
nonce=$(new_nonce)
more=()

[ -n "${DEBUG:-}" ] || rm -f "$B"/{disk.qcow2,records,steps,screen.png,install.xml}
hosts=("${fact[mirror]}" ${fact[security]:+"http://${fact[security]}"})
for host in ${SOURCES:-} ${PRIVATE_SOURCES:-}; do # the operator's word on where else a recipe may fetch from
	hosts+=("http://$host")
done
cache_for "${hosts[@]}"

case $way in
straight)
	rest=()
	[ -z "${DEBUG:-}" ] || nonce= # nobody listens where somebody looks on
	memory=${fact[memory]}
	whole_guest "$guest" "$disk" "${fact[disk]}" "$memory" straight "$nonce" > "$B/install.xml"
	echo straight > "$B/way" ;;
fork)
	memory=$(field "$B/route" memory)
	rest=(-n "$nonce" -h "${fact[hostname]}" -w "$W/newer")
	grown=
	[ "${fact[disk]}" -eq "$(field "$B/route" disk)" ] || grown=${fact[disk]}
	[ -z "$grown" ] || rest+=(-d "$grown")
	newer_lists "$W/newer"
	fork_guest "$guest" "$disk" > "$B/install.xml" || exit 10
	within=(vmfork stream "$CHECKPOINTS/$key" "$B/install.xml" "$W/image" --)
	more=(--restore "$W/image")
	echo "forked from checkpoint $key" > "$B/way" ;;
esac

# What makes this installer the appliance's: answers, files, packages.
port=$(field "$INSTALLER/facts" rest)
if [ -n "$port" ]; then
	"$INSTALLER/rest.sh" "${rest[@]}" "$B" > "$W/rest" ||
		die "$name: what the installer is to be given cannot be put together in $W"
	more+=(--feed "$port=$W/rest")
fi
if [ -n "${DEBUG:-}" ]; then
	by_hand "$B/install.xml"
	exit
fi

say "$name: installing ${fact[suite]} (log: $SHOWN/$name/install.log)"
grow=() grows=()
if [ -n "${grown:-}" ]; then # the guest waits for it
	grow=(--at forked)
	grows=(-- vmfork grow "$guest" vda "$grown")
fi
status=0
run_installer "$memory" "${more[@]}" "${grow[@]}" "$B/install.xml" "${grows[@]}" || status=$?
cache_told

# The checkpoint is damaged (vmfork(1): 4), or the guest did not become the appliance's.
if [ "$way" = fork ] && [ $status -ne 0 ]; then
	case $status:$(result outcome) in
	4:)	exit 10 ;;
	*:|*:interrupted) ;;
	*)	grep -q $'\tstep\tforked$' "$B/records" 2> /dev/null || exit 10 ;;
	esac
fi
[ $status -eq 0 ] || failed_install $status

# Whole and standing alone, whatever it was built on, and no larger than what is in use:
# what the guest gave back left holes.
run qemu-img convert -O qcow2 "$disk" "$W/whole.qcow2" || die "$name: the disk cannot be put together in $W"
mv "$W/whole.qcow2" "$B/disk.qcow2"

# What vmrun calls by the installer's own names, as people do; what came through the gate
# (the boot test has a gate of its own).
awk -F'\t' 'FILENAME == ARGV[1] { title[$1] = $2; next }
	$2 == "step" { print $1 "\t" ($3 in title ? title[$3] : $3) }' \
	<(jq -r 'select(.event == "step") | [.step, .title] | @tsv' "$B/events") "$B/records" > "$B/steps"
cp "$B/gate.result" "$B/network"
