#!/bin/bash
# verify.sh NAME - boots build/NAME/disk.qcow2 by its own boot loader, on a throw-away
# overlay, checks what the recipe expects, from outside over the network and from
# inside, and that the ssh key gets in. build/NAME/{boot.log,checks} tell; the files
# that the recipe wants handed out are in build/NAME/files.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/guest.sh"
. "$ROOT/mk/inside.sh"
. "$ROOT/mk/evidence.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
begin "$1"
rm -rf "$B/checks" "$B/boot-steps" "$B/files"
disk=$(lend "$B/disk.qcow2")
alone as_user qemu-img create -q -f qcow2 -b "$disk" -F qcow2 "$W/overlay.qcow2"
as_user ssh-keygen -q -t ed25519 -N '' -C seedbed-boot-test -f "$S/id"
nonce=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')

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

room "${fact[memory]}"
forwards=(--forward 0:22)
for e in "${expect[@]}"; do
	case $e in
	"http "*|"tcp "*)
		read -r _ port _ <<<"$e"
		[[ $port =~ ^[0-9]+$ ]] || die "$name: expect $e: not a port"
		forwards+=(--forward "0:$port") ;;
	esac
done
gate_up "${forwards[@]}"

alone domxml --user "$RUNAS" --name "seedbed-$name-$$" --memory "${fact[memory]}" \
	--cpus "${CPUS:-2}" --disk "$W/overlay.qcow2:qcow2" --throwaway \
	--firmware "${fact[firmware]}" --gate "$GATE" --channel org.seedbed.word \
	--oem-string "$(inside "$nonce" "$(cat "$S/id.pub")" | credential seedbed.check)" \
	--oem-string "$(credential systemd.extra-unit.seedbed-check.service <<<"$unit")" \
	--oem-string "$(credential systemd.unit-dropin.multi-user.target~seedbed <<<$'[Unit]\nWants=seedbed-check.service')" \
	> "$B/boot.xml"

: > "$B/boot-records"
say "$name: booting what was installed (log: build/$name/boot.log)"
vmrun --user "$RUNAS" --parent-exit --console "$B/boot.log" --word org.seedbed.word --nonce "$nonce" \
	--max-log "$max_log" --timeout "${BOOT_TIMEOUT:-1200}" "$B/boot.xml" > "$B/boot-records" \
	2> "$B/vmrun.log" 3>&- 4>&- 6>&- 7>&- &
vm=$!
pids+=($vm)

gave_up() {
	kill $vm 2> /dev/null || true
	local status=0
	wait $vm || status=$?
	cat "$B/vmrun.log" >&2
	blame $status
	disk= # it is build/NAME/disk.qcow2, and stays there
	evidence "$*" boot.log boot-records checks vmrun.log gate.log boot.xml
}
until grep -q $'\tstep\tchecked inside$' "$B/boot-records"; do
	if ! kill -0 $vm 2> /dev/null; then
		gave_up "the boot test failed"
	fi
	if gate_failed; then
		gave_up "the boot test's network ended"
	fi
	sleep 0.5
done

# From outside, as the appliance's users see it.
retry() { # retry COMMAND...: a service may need a moment more
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		! "$@" > "$S/out" 2>&1 || return 0
		kill -0 $vm 2> /dev/null || return 1
		sleep 3
	done
	return 1
}
tcp_answers() { timeout 10 bash -c 'exec 4<> "/dev/tcp/$1/$2"' - "${1%:*}" "${1##*:}"; }

# ssh by the host key that the installer told of, and no other.
host=${forward[22]}
sed -n "s/^hostkey\t/[${host%:*}]:${host##*:} /p" "$B/data" > "$S/known"
into() { # into KEYFILE COMMAND...
	local id=$1
	shift
	timeout 60 ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=30 \
		-o UserKnownHostsFile="$S/known" -o StrictHostKeyChecking=yes \
		-i "$id" -p "${host##*:}" "root@${host%:*}" "$@"
}

# The keys' own logins go on beside what is looked at meanwhile.
logins=() login=()
for i in "${!key[@]}"; do
	for f in ~/.ssh/*.pub "$CACHE"/id_*.pub; do
		if [ -r "$f" ] && [ "$(cut -d' ' -f1,2 "$f")" = "$(cut -d' ' -f1,2 <<<"${key[i]}")" ]; then
			login[i]=${f%.pub}
		fi
	done
	[ -n "${login[i]:-}" ] || continue
	into "${login[i]}" true > "$S/login-$i" 2>&1 &
	logins[i]=$!
	pids+=("$!")
done

for e in "${expect[@]}"; do
	read -r kind port path <<<"$e"
	case $kind in
	http)	retry curl -fsS -o /dev/null -m 20 "http://${forward[port]}${path:-/}" ||
			gave_up "expect $e: $(tail -n 1 "$S/out" | visible)" ;;
	tcp)	retry tcp_answers "${forward[port]}" || gave_up "expect $e: nobody listens" ;;
	*)	continue ;;
	esac
	echo "expect $e" >> "$B/checks"
done

for i in "${!key[@]}"; do
	if [ -n "${logins[i]:-}" ]; then
		if wait "${logins[i]}"; then
			echo "ssh root ${key[i]%% *} ${login[i]##*/}" >> "$B/checks"
		else # it may want a passphrase
			say "$name: ${login[i]} does not get in: $(tail -n 1 "$S/login-$i" | visible)"
		fi
	else
		say "$name: no private key at hand for ${key[i]:0:40}...: that it gets in is not tried"
	fi
done
cp "$S/id" "$S/test-key" && chmod 600 "$S/test-key"
# On a busy host the guest may be down before ssh has heard of it: then its word tells.
retry into "$S/test-key" "echo $nonce done > /dev/virtio-ports/org.seedbed.word; systemctl --no-block poweroff" ||
	grep -q $'\tdone\t' "$B/boot-records" ||
	gave_up "ssh does not get in: $(tail -n 1 "$S/out" | visible)"
echo "ssh root by a throw-away key" >> "$B/checks"
wait $vm || gave_up "the appliance did not shut down"
pids=("${pids[@]/$vm/}")
handed_out "$B/boot-records" "$B/files" || gave_up "what it handed out cannot be read"
sed -n 's/^[^\t]*\tdata\tcheck\t/inside: /p' "$B/boot-records" >> "$B/checks"
awk -F'\t' '$2 == "step" { print $1 "\tboot: " $3 }' "$B/boot-records" > "$B/boot-steps"
rm -f "$B/boot-records"
