#!/bin/bash
# SPDX-License-Identifier: MIT
# tcg.sh [--rounds N] [KERNEL] - what QEMU's options cost or save where there is no
# KVM: a fixed work in a small guest, each way beside the way that domxml chooses.
#
# The work is an installer's: processes without end, an archive unpacked, sums over it,
# on two processors at once. KERNEL is the installer's (that of the kit). Each round
# runs all the ways in turn, so that what else the machine does meets them alike; the
# best of each way's rounds counts. A ratio of 0.90 is a tenth less time.
. "${BASH_SOURCE[0]%/*}/../../mk/common.sh"

usage() { say "usage: $ME [--rounds N] [KERNEL]"; exit 2; }
rounds=3 kernel=''
while [ $# -gt 0 ]; do
	case $1 in
	--rounds) rounds=${2:-}; shift 2 || usage ;;
	-*) usage ;;
	*) kernel=$1; shift; [ $# -eq 0 ] || usage ;;
	esac
done
[[ $rounds =~ ^[1-9][0-9]?$ ]] || usage
kernel=${kernel:-$("$ROOT/mk/kit.sh")/linux}
[ -r "$kernel" ] || die "$kernel: cannot be read"
busybox=/bin/busybox
for p in qemu-system-x86_64 cpio gzip xz $busybox; do
	command -v "$p" > /dev/null || die "$p is not installed"
done

# The first is what domxml says; a name, a tab, QEMU's words.
usual='-machine pc -cpu Nehalem -accel tcg -smp 2'
ways="as built	$usual
cpu qemu64	${usual/Nehalem/qemu64}
cpu Haswell	${usual/Nehalem/Haswell}
cpu max	${usual/Nehalem/max}
tb-size 64	${usual/tcg/tcg,tb-size=64}
tb-size 1024	${usual/tcg/tcg,tb-size=1024}
q35	${usual/machine pc/machine q35}
microvm	${usual/machine pc/machine microvm,rtc=on,pit=on,pic=on}
one processor	${usual/smp 2/smp 1}"

W=$(mktemp -d "${TMPDIR:-/tmp}/seedbed-tcg.XXXXXX")
qemu=''
trap '[ -z "$qemu" ] || kill $qemu 2> /dev/null; rm -rf "$W"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$W"/tree/{bin,proc,dev}
cp $busybox "$W/tree/bin/busybox"
for _ in 1 2 3 4 5 6; do cat $busybox; done | xz -1 > "$W/tree/archive.xz"
cat > "$W/tree/init" <<'END'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
now() { read -r up _ < /proc/uptime; echo ${up%.*}${up#*.}; }
busy() {
	i=0
	while [ $i -lt 150 ]; do
		/bin/busybox env /bin/busybox true
		i=$((i + 1))
	done
	/bin/busybox unxz -c /archive.xz | /bin/busybox sha256sum > /dev/null
}
a=$(now)
busy & busy & wait
b=$(now)
echo "took $((b - a))" > /dev/ttyS0
/bin/busybox poweroff -f
END
chmod 755 "$W/tree/init"
(cd "$W/tree" && find . | cpio -o -H newc --quiet --owner=0:0 | gzip -1) > "$W/initrd"

run_way() { # run_way WORDS: hundredths of a second, or nothing
	local words
	read -r -a words <<<"$1"
	timeout -k 5 120 qemu-system-x86_64 "${words[@]}" -m 256 -nodefaults -no-user-config \
		-display none -no-reboot -kernel "$kernel" -initrd "$W/initrd" \
		-append "console=ttyS0 quiet panic=-1 mitigations=off" -serial "file:$W/serial" \
		> "$W/qemu.log" 2>&1 < /dev/null &
	qemu=$!
	wait $qemu || true
	qemu=''
	tr -d '\r' < "$W/serial" | sed -n 's/.*took \([0-9]*\)$/\1/p'
	: > "$W/serial"
}

: > "$W/serial"
for round in $(seq "$rounds"); do
	while IFS=$'\t' read -r way words; do
		run_way "$words" > "$W/took"
		printf '%s\t%s\n' "$way" "$(cat "$W/took")" >> "$W/all"
		[ ! -t 2 ] || printf '\r%s of %s: %-20s' "$round" "$rounds" "$way" >&2
	done <<<"$ways"
done
[ ! -t 2 ] || printf '\r%40s\r' '' >&2

printf '%s, load %s\n' "$(qemu-system-x86_64 --version | head -n 1)" "$(cut -d' ' -f1-3 /proc/loadavg)"
awk -F'\t' '
	!($1 in seen) { seen[$1] = 1; order[++n] = $1 }
	$2 != "" && (!($1 in best) || $2 < best[$1]) { best[$1] = $2 + 0 }
	$2 != "" && $2 + 0 > worst[$1] { worst[$1] = $2 + 0 }
	END {
		base = best[order[1]]
		if (!base) {
			print "the usual way did not come to its end" > "/dev/stderr"
			exit 1
		}
		printf "%-16s %8s %8s %7s\n", "way", "best", "worst", "ratio"
		for (i = 1; i <= n; i++)
			if (order[i] in best)
				printf "%-16s %6.2f s %6.2f s %7.2f\n", order[i], best[order[i]] / 100,
					worst[order[i]] / 100, best[order[i]] / base
			else
				printf "%-16s does not boot\n", order[i]
	}' "$W/all"
