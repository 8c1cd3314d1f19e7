#!/bin/bash
# SPDX-License-Identifier: MIT
# outside.sh NAME KEY NONCE RECORD - beside a guest that boots for its test (vmrun --at):
# looks at it from outside, as the appliance's users will, lets each key that is at hand
# in, and has it shut down. RECORD has a line check=... for each that is so, and
# failed=... for what is not.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 4 ] || { say "usage: $ME NAME KEY NONCE RECORD"; exit 2; }
not_root
name=$1 id=$2 nonce=$3 record=$4
B=$BUILD/$name
T=${id%/*}
# What a guest sends is no larger file than that.
trap '' XFSZ
ulimit -f 1024 # KiB
read_facts "$B/facts"

passed() { printf 'check=%s\n' "$*" >> "$record"; }
gave_up() {
	printf 'failed=%s\n' "$*" | visible >> "$record"
	exit 1
}
at() { # at PORT: the socket that leads to the guest's port
	local v=NETGATE_FORWARD_$1
	printf '%s\n' "${!v}"
}
retry() { # retry COMMAND...: a service may need a moment more
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do
		! "$@" > "$T/out" 2>&1 || return 0
		sleep 3
	done
	return 1
}
last_word() { tail -n 1 "$T/out" | visible; }
# ssh's last line is that it has ended, and why stands before it.
ssh_words() { tail -n 3 "$T/out" | tr -d '\r' | visible | paste -sd ';' | sed 's/;/; /g'; }
# The gate takes every connection, and ends it where the guest refuses: somebody listens
# where it stays, or where something is said.
tcp_answers() { # tcp_answers SOCKET
	local status=0
	timeout 3 nc -d -U "$1" 2> /dev/null | head -c 1 > "$T/said" || status=$?
	[ $status -eq 124 ] || [ -s "$T/said" ]
}

# ssh by the host key that the installer told of, and no other.
awk -F '\t' '$2 == "data" && $3 == "hostkey" { print "guest", $4 }' "$B/records" > "$T/known"
into() { # into KEYFILE COMMAND...
	local key=$1
	shift
	# ssh starts its ProxyCommand by the user's shell, and a system user's lets nobody in
	SHELL=/bin/sh timeout 60 ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=30 \
		-o UserKnownHostsFile="$T/known" -o StrictHostKeyChecking=yes -o HostKeyAlias=guest \
		-o ProxyCommand="nc -U $(at 22)" -i "$key" root@guest "$@"
}

for e in "${expect[@]}"; do
	read -r kind port path <<<"$e"
	case $kind in
	http)	retry curl -q -g -fsS -o /dev/null -m 20 --unix-socket "$(at "$port")" "http://localhost${path:-/}" ||
			gave_up "expect $e: $(last_word)" ;;
	tcp)	retry tcp_answers "$(at "$port")" || gave_up "expect $e: nobody listens" ;;
	*)	continue ;;
	esac
	passed "expect $e"
done

for k in "${key[@]}"; do
	own=
	for f in ~/.ssh/*.pub "$CACHE"/id_*.pub; do
		if [ -r "$f" ] && [ "$(cut -d' ' -f1,2 "$f")" = "$(cut -d' ' -f1,2 <<<"$k")" ]; then
			own=${f%.pub}
		fi
	done
	if [ -z "$own" ]; then
		say "$name: no private key at hand for ${k:0:40}...: that it gets in is not tried"
	elif into "$own" true > "$T/out" 2>&1; then
		passed "ssh root ${k%% *} ${own##*/}"
	else # it may want a passphrase
		say "$name: $own does not get in: $(ssh_words)"
	fi
done
# The guest may be down before ssh has heard of it: then vmrun has its word.
shut_down() {
	into "$id" "echo $nonce done > /dev/virtio-ports/org.seedbed.word; systemctl --no-block poweroff" ||
		grep -q $'\tdone' "$B/boot-records"
}
# sshd turns an address away for a minute and a half where a session of its own has died.
for _ in $(seq 40); do
	! shut_down > "$T/out" 2>&1 || { came_in=yes; break; }
	sleep 3
done
[ -n "${came_in:-}" ] || gave_up "ssh does not get in: $(ssh_words)"
passed "ssh root by a throw-away key"
