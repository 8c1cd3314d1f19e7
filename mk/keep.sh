#!/bin/bash
# SPDX-License-Identifier: MIT
# keep.sh NAME KEY - makes the checkpoint KEY: runs the installer up to where appliances
# begin to differ, saves it, and ends it. It has what NAME's recipe says of the time before
# (the installer's medium.sh) and nothing else of any recipe: no name, no file, no package,
# no account.
# Exit status 10: the installer came that far, but could not be kept.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/installer.sh"
. "$ROOT/mk/fork.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 2 ] || { say "usage: $ME NAME KEY"; exit 2; }
not_root
begin "$1"
key=$2
is_key "$key" || die "$key: is no checkpoint's key"
way=keep
memory=$(field "$B/route" memory)
guest=seedbed-checkpoint-$$
nonce=$(new_nonce)
# what vmfork keeps of the disk is a link, where it is on the same filesystem
disk=$CHECKPOINTS/$key.disk
trap 'rm -rf "$W" "$S" "$note" "$disk" "$disk.after"' EXIT
sweep_checkpoints

cache_for "${fact[mirror]}" ${fact[security]:+"http://${fact[security]}"}
whole_guest "$guest" "$disk" "$(field "$B/route" disk)" "$memory" keep "$nonce" > "$B/install.xml"

say "$name: makes checkpoint $key, from which others like it will be forked (log: $SHOWN/$name/install.log)"
rm -f "$B"/{records,screen.png}
status=0
run_installer "$memory" --until fork "$B/install.xml" -- vmfork save "$guest" "$CHECKPOINTS/$key" || status=$?
cache_told
if [ "$(field "$B/vmrun.result" outcome)" = command ]; then
	say "$name: the checkpoint could not be kept; the reason is above"
	exit 10
fi
[ $status -eq 0 ] || failed_install $status

{
	echo "key=$key"
	echo "by=$(id -un)"
	echo "made=$(date -u +%FT%TZ)"
	echo "about=$(field "$B/route" about)"
	# the lists that it has, if the mirror's have not changed since
	sed 's/^/list=/' "$B/lists/sums" 2> /dev/null || true
} > "$CHECKPOINTS/$key.record.new"
mv "$CHECKPOINTS/$key.record.new" "$CHECKPOINTS/$key.record"
cp "$B/install.log" "$CHECKPOINTS/$key.log"
prune
