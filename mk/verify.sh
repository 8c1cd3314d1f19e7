#!/bin/bash
# SPDX-License-Identifier: MIT
# verify.sh NAME - boots BUILD/NAME/disk.qcow2 by its own boot loader, on a throw-away
# overlay, checks what the recipe expects, from inside and, when that is done, from outside
# over the network (outside.sh). BUILD/NAME/{boot.log,checks} tell; the files that the
# recipe wants handed out are in BUILD/NAME/files.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/inside.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
not_root
name=$1
B=$BUILD/$name
lock_build
begin "$name"
rm -rf "$B"/{checks,boot-records,files,outside}
qemu-img create -q -f qcow2 -b "$B/disk.qcow2" -F qcow2 "$W/overlay.qcow2"
ssh-keygen -q -t ed25519 -N '' -C seedbed-boot-test -f "$S/id"
nonce=$(new_nonce)

# What the guest does at this boot comes in through its SMBIOS tables, as systemd
# credentials: the image holds nothing of it, and neither does the overlay for long.
unit='[Unit]
Description=Boot test
DefaultDependencies=no
After=multi-user.target
[Service]
ExecStart=/bin/bash /run/credentials/@system/seedbed.check
'
credential() { printf 'io.systemd.credential.binary:%s=%s' "$1" "$(base64 -w0)"; }

# sockets: a port of the loopback is every local user's
forwards=(--forward "$S/port22:22")
for e in "${expect[@]}"; do
	case $e in
	"http "*|"tcp "*)
		read -r _ port _ <<<"$e"
		[[ $port =~ ^[0-9]+$ ]] || die "$name: expect $e: not a port"
		[ "$port" = 22 ] || forwards+=(--forward "$S/port$port:$port") ;;
	esac
done

# As the recipe says that the appliance is to run.
domxml --name "seedbed-$name-$$" --arch "${fact[architecture]}" --memory "${fact[memory]}" \
	--cpus "${fact[cpus]}" --disk "$W/overlay.qcow2:qcow2" --throwaway \
	--firmware "${fact[firmware]}" --gate "$S/gate" --channel org.seedbed.word \
	--oem-string "$(inside "$nonce" "$(cat "$S/id.pub")" | credential seedbed.check)" \
	--oem-string "$(credential systemd.extra-unit.seedbed-check.service <<<"$unit")" \
	--oem-string "$(credential systemd.unit-dropin.multi-user.target~seedbed <<<$'[Unit]\nWants=seedbed-check.service')" \
	> "$B/boot.xml"

say "$name: booting what was installed (log: $SHOWN/$name/boot.log)"
status=0
run_guest "${fact[memory]}" "${forwards[@]}" -- \
	vmrun --quiet --result "$B/vmrun.result" --records "$B/boot-records" --console "$B/boot.log" \
	--word org.seedbed.word --nonce "$nonce" --max-log "$max_log" --timeout "${BOOT_TIMEOUT:-1200}" \
	--at 'checked inside' "$B/boot.xml" -- \
	"$ROOT/mk/outside.sh" "$name" "$S/id" "$nonce" "$B/outside" || status=$?
case $status:$(result outcome) in
0:*)	;;
*:command) failed_boot "$(field "$B/outside" failed)" ;;
*:failed) failed_boot "$(result text)" ;;
*)	failed_boot "" ;;
esac
fields "$B/outside" check > "$B/checks"
handed_out "$B/boot-records" "$B/files" || failed_boot "what it handed out is no file of 1 MiB at most"
sed -n 's/^[^\t]*\tdata\tcheck\t/inside: /p' "$B/boot-records" >> "$B/checks"
