#!/bin/bash
# SPDX-License-Identifier: MIT
# keep.sh NAME KEY - makes the checkpoint KEY: runs the installer up to where appliances
# begin to differ, saves it, and ends it. It has what NAME's recipe says of the time before
# (before.cfg) and nothing else of any recipe: no name, no file, no package, no account.
# Exit status 10: the installer came that far, but could not be kept.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/fork.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 2 ] || { say "usage: $ME NAME KEY"; exit 2; }
not_root
begin "$1"
key=$2
is_key "$key" || die "$key: is no checkpoint's key"
way=keep
guest=seedbed-checkpoint-$$
nonce=$(new_nonce)
# what vmfork keeps of the disk is a link, where it is on the same filesystem
disk=$CHECKPOINTS/$key.disk
trap 'rm -rf "$W" "$S" "$note" "$disk" "$disk.after"' EXIT
sweep_checkpoints

cache_for "${fact[mirror]}" ${fact[security]:+"http://${fact[security]}"}
whole_guest "$guest" "$disk" "$(fork_disk)" $FORK_MEMORY "$nonce" "seedbed_fork seedbed_rest" > "$B/install.xml"

say "$name: makes checkpoint $key, from which others like it will be forked (log: $SHOWN/$name/install.log)"
rm -f "$B"/{records,screen.png}
: > "$B/install.log"
: > "$B/debconf.log"
events_options
status=0
run_guest $FORK_MEMORY -- di-events "${events[@]}" "$B/install.log" -- \
	vmrun --quiet --result "$B/vmrun.result" --records "$B/records" --console "$B/console.log" \
	--channel "org.seedbed.log=$B/install.log" --channel "org.seedbed.debconf=$B/debconf.log" \
	--max-log "$max_log" --word org.seedbed.word --nonce "$nonce" \
	--screenshot "$B/screen.png" --timeout "${TIMEOUT:-10800}" --stall "${STALL:-900}" \
	--until fork "$B/install.xml" -- vmfork save "$guest" "$CHECKPOINTS/$key" || status=$?
cache_told
if [ "$(field "$B/vmrun.result" outcome)" = command ]; then
	say "$name: the checkpoint could not be kept; the reason is above"
	exit 10
fi
[ $status -eq 0 ] || failed_install $status

about() {
	local size
	size=$(numfmt --to=iec "$(fork_disk)")
	[ "${fact[layout]}" != regular ] || [ "$(fork_disk)" -ne $FORK_DISK ] || size+=" to $(numfmt --to=iec $FORK_DISK_MOST)"
	printf '%s %s, %s, %s %s, %s\n' "${fact[suite]}" "${fact[architecture]}" "${fact[kernel-package]}" \
		"${fact[layout]}" "${fact[filesystem]}" "$size"
}
{
	echo "key=$key"
	echo "by=$(id -un)"
	echo "made=$(date -u +%FT%TZ)"
	echo "about=$(about)"
	# the lists that it has, if the mirror's have not changed since
	sed 's/^/list=/' "$B/lists/sums" 2> /dev/null || true
} > "$CHECKPOINTS/$key.record.new"
mv "$CHECKPOINTS/$key.record.new" "$CHECKPOINTS/$key.record"
cp "$B/install.log" "$CHECKPOINTS/$key.log"
prune
