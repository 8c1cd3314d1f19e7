# SPDX-License-Identifier: MIT
# inside.sh - sourced: what the boot test does inside the guest, and what comes out.
#
#	expect=(...)		what the recipe expects, as preseed's facts have it
#	inside NONCE SSHKEY	the script for the guest: looks, and lets SSHKEY in
#	handed_out RECORDS DIR	the files that it handed out, from what vmrun wrote

inside() {
	local i e
	echo "exec > /dev/virtio-ports/org.seedbed.word 2>&1; N=$1"
	cat <<-'END'
		t=0
		# fail CODE OBJECT TEXT...: OBJECT in one word, or none (vmrun(1))
		fail() {
			c=$1 o=$2
			shift 2
			case $o in '' | *[![:graph:]]*) o=- ;; esac
			echo "$N failed $c $o $*"
			sleep 1
			systemctl poweroff --force
			exit 1
		}
		wait_for() {
			until "$@" > /run/seedbed.out 2>&1; do
				t=$((t + 2))
				[ $t -lt 300 ] || return 1
				sleep 2
			done
		}
		hand_out() { # hand_out KEY FILE: in lines that vmrun takes
			wait_for test -f "$2" || fail expect-file "$2" "expect file $2: not there"
			[ "$(stat -L -c %s -- "$2")" -le 1048576 ] || fail expect-file "$2" "expect file $2: over 1 MiB"
			b=$(base64 -w 32768 -- "$2") || fail expect-file "$2" "expect file $2: not readable"
			for l in $b; do echo "$N data $1 $l"; done
		}
		echo "$N step system up"
	END
	for i in "${!expect[@]}"; do
		e=${expect[i]}
		case $e in
		"unit "*)
			printf 'wait_for systemctl is-active --quiet -- %q || fail expect-unit %q "expect %s: $(systemctl is-active -- %q)"\n' \
				"${e#unit }" "${e#unit }" "$e" "${e#unit }"
			printf 'echo "$N data check expect %s"\n' "$e" ;;
		"run "*)
			printf 'c=$(echo %s | base64 -d)\n' "$(printf '%s' "${e#run }" | base64 -w0)"
			printf 'wait_for sh -c "$c" || fail expect-run - "expect run $c: $(tail -n 1 /run/seedbed.out)"\n'
			printf 'echo "$N data check expect run $c"\n' ;;
		"file "*)
			printf 'c=$(echo %s | base64 -d)\n' "$(printf '%s' "${e#file }" | base64 -w0)"
			printf 'hand_out file%d "$c"\necho "$N data check expect file $c"\n' "$i" ;;
		esac
	done
	printf 'echo %s >> /root/.ssh/authorized_keys\n' "$2"
	# who lets people in is up before anybody knocks
	echo 'wait_for systemctl is-active --quiet ssh.service || fail expect-unit ssh.service "ssh.service is $(systemctl is-active ssh.service): $(journalctl -b -u ssh.service -n 1 -o cat)"'
	echo 'echo "$N step checked inside"'
}

# Their names are the recipe's, which preseed has looked at; only the bytes are the guest's.
# Whatever its own script is, none has more of them than that would let out.
HAND_OUT=1048576
handed_out() {
	local i f
	for i in "${!expect[@]}"; do
		case ${expect[i]} in "file "*) ;; *) continue ;; esac
		f=$2${expect[i]#file }
		mkdir -p "${f%/*}"
		# to its end, so that nobody in the pipe is cut short
		awk -F'\t' -v key="file$i" '$2 == "data" && $3 == key { print $4 }' "$1" |
			base64 -d | { head -c $((HAND_OUT + 1)); cat > /dev/null; } > "$f" || return
		[ "$(stat -c %s -- "$f")" -le $HAND_OUT ] || { rm -f -- "$f"; return 1; }
	done
}
