#!/bin/bash
# SPDX-License-Identifier: MIT
# `expect file`: what the boot test does inside a guest hands files out, byte for byte;
# and the recipe bench, whose file can be put beside the host's.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
. "$SRC/mk/inside.sh"
guest_ready
need syscost bash ldd

# A guest that has what the script is written for: bash, and the tools of this build
# that the recipe bench carries, where its unit looks for them.
furnish() { # furnish NAME: the tree that tiny_initrd takes
	local tree=$T/tree.$1.gz lib
	mkdir -p "$tree/bin" "$tree/usr/local/bin" "$tree/root/.ssh"
	cp "$(command -v syscost)" "$tree/usr/local/bin/"
	cp /bin/bash "$tree/bin/"
	for lib in $(ldd "$tree/bin/bash" "$tree/usr/local/bin/syscost" | grep -o '/[^ ]*' | grep '\.so'); do
		mkdir -p "$tree${lib%/*}"
		cp -Ln "$lib" "$tree$lib"
	done
	{ # nobody waits for what does not come; no systemd
		echo 'systemctl() { echo "systemctl $*"; }'
		inside "$NONCE" 'ssh-ed25519 AAAA test' | sed 's/-lt 300/-lt 4/'
		echo 'echo "$N done"'
	} >"$tree/check"
}
script() { # script FILES: makes them, then what the boot test does
	cat <<-END
		mkdir -p /run /tmp /dev/virtio-ports
		ln -s \$P /dev/virtio-ports/org.seedbed.word
		exec 9>&-
		$1
		bash /check
		poweroff -f
	END
}
boot() { # boot NAME: vmrun's status; records in NAME.records
	local got=0
	guest_xml "$1.gz" >"$1.xml" || return
	vmrun --word $PORT --nonce "$NONCE" --console "$1.log" --timeout 300 "$1.xml" \
		>"$1.records" 2>"$1.err" || got=$?
	return $got
}

mapfile -t expect < <(preseed --key "$SRC/tests/data/preseed/key.pub" --facts \
	"$SRC/recipes/bench.recipe" | sed -n 's/^expect=//p')
is "${expect[*]}" "file /run/syscost/boot.json" "the recipe bench hands a file out"
unit=$SRC/recipes/bench/syscost.service
run=$(sed -n 's/^ExecStart=//p' "$unit")
expect+=("run test -d /proc" "file /tmp/large" "file /tmp/a \$(b) ;c" "file /tmp/empty")
furnish good
script "mkdir -p /run/$(sed -n 's/^RuntimeDirectory=//p' "$unit")
$run || echo syscost failed
for i in 1 2 3 4 5 6 7; do cat /bin/busybox; done | head -c 1048576 >/tmp/large
echo odd >'/tmp/a \$(b) ;c'
: >/tmp/empty" | tiny_initrd good.gz
boot good
is $? 0 "the guest ran to its end"
[ "$bad" -eq 0 ] || show <good.err
runs "its records can be read" handed_out good.records files
is "$(find files -type f | sort)" 'files/run/syscost/boot.json
files/tmp/a $(b) ;c
files/tmp/empty
files/tmp/large' "each file is at its place"
is "$(cat 'files/tmp/a $(b) ;c')" odd "a name is but a name"
is "$(sha256sum <files/tmp/large)" "$(for i in 1 2 3 4 5 6 7; do cat /bin/busybox; done |
	head -c 1048576 | sha256sum)" "1 MiB arrives as it was"
is "$(stat -c %s files/tmp/empty)" 0 "so does nothing"
is "$(cut -f 2- good.records | grep '^data.check' | cut -f 3)" "$(printf 'expect %s\n' "${expect[@]}")" \
	"each expectation is told of"

syscost --json --time 20 -o host.json
out=$(syscost --compare host.json files/run/syscost/boot.json)
is $? 0 "host and guest side by side"
like "$out" '^b: .*guest of ' "and it knows which is which"
like "$out" '^syscall +[0-9.]+ +[0-9.]+ +[0-9.]+' "with ratios"
show <<<"$out"

expect=("file /tmp/larger")
furnish larger
script 'head -c 1048577 /dev/zero >/tmp/larger' | tiny_initrd larger.gz
boot larger
is $? 1 "a larger one fails"
like "$(cat larger.err)" 'expect file /tmp/larger: over 1 MiB' "and that is said"
expect=("file /tmp/absent")
furnish absent
script ':' | tiny_initrd absent.gz
boot absent
is $? 1 "so does one that does not come"
like "$(cat absent.err)" 'expect file /tmp/absent: not there' "and that is said"
is "$(guests_left)" "" "no guest is left"
finish
