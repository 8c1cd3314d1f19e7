#!/bin/bash
# SPDX-License-Identifier: MIT
# A guest saved as it runs, and its forks: each goes on from there as a guest of its
# own, all have its memory in common, and nothing is left of one that ends, however it
# does.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
guest_ready
need dpkg-deb

REST=org.seedbed.rest
with_disk parent.gz
tiny_initrd parent.gz <<'END'
insmod /mod/virtio_blk.ko
for p in /sys/class/virtio-ports/*; do
	[ "$(cat $p/name)" = org.seedbed.rest ] && R=/dev/${p##*/}
done
head -c 1 /dev/random >/dev/null	# its own pool of random numbers is ready
say step ready
read -r NONCE ENDS < $R
say data random $(head -c 16 /dev/urandom | hexdump -v -e '/1 "%02x"')
hwclock -s -u
say data clock $(date +%s)
i=0
until dmesg | grep -q 'crng reseeded due to virtual machine fork' || [ $i = 20 ]; do
	i=$((i + 1))
	sleep 0.1
done
say data reseeded $i
while [ "$ENDS" = grows ] && [ $(cat /sys/block/vda/size) -lt 196608 ]; do sleep 0.1; done
[ "$ENDS" != stays ] || sleep 1000
say done
poweroff -f
END

start() { # start NAME DISK [DOMXML OPTION...]: the guest that waits
	local name=$1 disk=$2
	shift 2
	as_guests qemu-img create -q -f qcow2 "$disk" 64M
	guest_xml parent.gz --name "seedbed-test-$$-$name" --disk "$disk" --throwaway \
		--channel $REST "$@" >"$name.xml"
	mkfifo "$name.feed"
	vmrun --word $PORT --nonce "$NONCE" --console "$name.log" --timeout 600 \
		--feed "$REST=$name.feed" "$name.xml" >"$name.out" 2>"$name.err" &
	job=$!
	until_true 300 grep -qs 'step.ready' "$name.out" && return
	ok 1 "$name: the guest starts"
	show <"$name.err"
	finish
}
runs_still() { as_guests virsh -q -c qemu:///session domstate "$1" 2>/dev/null | grep -q running; }
gone() { ! as_guests virsh -q -c qemu:///session domstate "$1" >/dev/null 2>&1; }
none_of() { [ -z "$(compgen -G "$1")" ]; }

# --- what cannot be saved ---
start plain "$T/plain.qcow2"
fails 1 'has no genid' vmfork save "seedbed-test-$$-plain" "$T/saved"
none_of "$T/saved*"
ok $? "and nothing was left"
kill $job
wait $job 2>/dev/null
fails 1 'no domain|not found' vmfork save "seedbed-test-$$-plain" "$T/saved"

# --- a save that is killed leaves a guest that runs, and no folder ---
start parent "$T/first.qcow2" --genid
parent=seedbed-test-$$-parent
vmfork save "$parent" "$T/killed" 2>/dev/null &
killed=$!
until_true 20 compgen -G "$T/killed.new-*" >/dev/null
kill -KILL $killed 2>/dev/null
wait $killed 2>/dev/null
until_true 60 none_of "$T/killed*"
ok $? "a killed save leaves no folder"
until_true 60 runs_still "$parent"
ok $? "and its guest runs"

# --- saved ---
start other "$T/disk.qcow2" --genid
runs "a guest is saved" vmfork save "seedbed-test-$$-other" "$T/saved"
fails 1 'is there already' vmfork save "seedbed-test-$$-other" "$T/saved"
is "$(ls saved | tr '\n' ' ')" "manifest memory state vda.qcow2 " "its folder"
like "$(vmfork info saved)" '^memory-kib=262144$' "info says what it was"
like "$(vmfork info --json saved)" '"cpu":"Nehalem".*"target":"vda"' "as JSON, too"
is "$(stat -c '%s %a' saved/memory)" "$((256 << 20)) 444" "its memory, all of it"
kib() { du -k "$1" | cut -f1; }
[ "$(kib saved/memory)" -lt $((128 << 10)) ]
ok $? "without what is zeros ($(kib saved/memory) KiB)"
[ "$(kib saved/state)" -lt 4096 ]
ok $? "which is not in its state once more ($(kib saved/state) KiB)"
memory=$(sha256sum <saved/memory)
echo "$NONCE ends" >other.feed
status=0
wait $job || status=$?
is "$status" 0 "it went on to its end"
like "$(cat other.out)" 'data.random' "by what it was told"

# --- twenty forks, two at a time ---
fork_() { # fork_ NAME ENDS: in the background; $job is vmfork's, in which vmrun runs
	as_guests qemu-img create -q -f qcow2 -b "$T/saved/vda.qcow2" -F qcow2 "$T/$1.qcow2"
	vmfork spawn --name "seedbed-test-$$-$1" --disk "vda=$T/$1.qcow2" saved >"$1.xml" || return
	echo "nonce-of-$1 $2" >"$1.rest"
	vmfork stream saved "$1.xml" "$T/$1.image" -- \
		vmrun --restore "$T/$1.image" --word $PORT --nonce "nonce-of-$1" --timeout 300 \
		--feed "$REST=$1.rest" "$1.xml" >"$1.out" 2>"$1.err" &
	job=$!
}
forks=20 bad_ends=0
for i in $(seq 1 2 $forks); do
	fork_ "c$i" ends
	one=$job
	fork_ "c$((i + 1))" ends
	wait $one || bad_ends=$((bad_ends + 1))
	wait $job || bad_ends=$((bad_ends + 1))
done
is "$bad_ends" 0 "$forks forks run to their ends"
[ "$bad_ends" = 0 ] || cat c*.err | sort | uniq -c | show
distinct() { sort -u | wc -l; }
is "$(cat c*.out | grep -P '\tdata\trandom\t' | cut -f4 | distinct)" $forks "each draws random numbers of its own"
is "$(cat c*.xml | grep -o '<uuid>.*</uuid>' | distinct)" $forks "each has a UUID of its own"
is "$(cat c*.xml | grep -o '<genid>.*</genid>' | distinct)" $forks "and a genid"
is "$(cat c*.out | grep -P '\tdata\treseeded\t' | cut -f4 | grep -cvx 20)" $forks "each one's kernel was told"
# the last two, some tens of seconds after they were saved
clock=$(grep -P '\tdata\tclock\t' c$forks.out | cut -f4)
ended=$(stat -c %Y c$forks.out)
[ "${clock:-0}" -le $((ended + 2)) ] && [ "${clock:-0}" -ge "$(stat -c %Y c$forks.xml)" ]
ok $? "the machine's clock is the host's"

# --- a larger disk, while it runs ---
fork_ grown grows
until_true 60 grep -qs 'data.reseeded' grown.out
runs "a disk is made larger" vmfork grow "seedbed-test-$$-grown" vda 100663296
status=0
wait $job || status=$?
is "$status" 0 "and the guest's kernel sees it"
is "$(qemu-img info --output=json grown.qcow2 | sed -n 's/.*"virtual-size": \([0-9]*\).*/\1/p' | tail -n 1)" 100663296 \
	"as large as was said"
fork_ small stays
until_true 60 grep -qs 'data.reseeded' small.out
fails 1 'vda: has 67108864 bytes already' vmfork grow "seedbed-test-$$-small" vda 1048576
fails 1 'vdb: ' vmfork grow "seedbed-test-$$-small" vdb 100663296
kill $job
wait $job 2>/dev/null
fails 1 "grow: " vmfork grow seedbed-test-none vda 100663296

# --- three at once: what they have in common, and each end ---
mapped() { # of each guest that maps the saved memory: how, and KiB in all, in common, its own
	cat /proc/[0-9]*/smaps 2>/dev/null | awk -v file="$T/saved/memory" '
		/^[0-9a-f]+-[0-9a-f]+ / { ours = $6 == file; how = $2 }
		ours && $1 == "Rss:" { rss = $2 }
		ours && $1 == "Shared_Clean:" { shared = $2 }
		ours && $1 == "Private_Dirty:" { print how, rss, shared, $2 }'
}
declare -A ends=()
for end in TERM KILL vmrun; do
	fork_ "s$end" stays
	ends[$end]=$job
	until_true 60 grep -qs 'data.reseeded' "s$end.out"
done
mapped >maps
is "$(cut -d ' ' -f 1 maps | paste -sd ' ')" "rw-p rw-p rw-p" "all map the saved memory, and write to copies"
is "$(awk '$3 > 0 && $4 > 0 && $4 < $2' maps | wc -l)" 3 "of which they have in common what they did not write"
sed 's/^/# /' maps
for end in TERM KILL vmrun; do
	job=${ends[$end]}
	case $end in
	vmrun) signal=KILL pid=$(pgrep -x -P $job vmrun) ;; # it, and not what it runs in
	*) signal=$end pid=$job ;;
	esac
	kill -$signal "$pid"
	status=0
	wait $job 2>/dev/null || status=$?
	is "$status" $((128 + $(kill -l $signal))) "SIG$signal, $end: the status"
	until_true 60 gone "seedbed-test-$$-s$end"
	ok $? "SIG$signal, $end: its guest is gone"
done
is "$(sha256sum <saved/memory)" "$memory" "nothing that a fork did is in the saved memory"

# --- a fork is saved, and forked ---
fork_ again stays
until_true 60 grep -qs 'data.reseeded' again.out
runs "a fork is saved" vmfork save "seedbed-test-$$-again" "$T/saved2"
kill $job
wait $job 2>/dev/null
as_guests qemu-img create -q -f qcow2 -b "$T/saved2/vda.qcow2" -F qcow2 "$T/grandchild.qcow2"
vmfork spawn --name "seedbed-test-$$-grandchild" --disk "vda=$T/grandchild.qcow2" saved2 >grandchild.xml
is "$(grep -o 'mem-path=[^"]*' grandchild.xml)" "mem-path=$T/saved2/memory" "its fork has its memory"

# --- what does not fit, what is damaged ---
broken() { # broken SED: the manifest of a copy, changed
	rm -rf broken
	cp -r saved broken
	chmod -R u+w broken
	sed -i "$1" broken/manifest
}
spawn() { vmfork spawn --name seedbed-x --disk "vda=$T/x.qcow2" "$@" broken; }
broken 's/^qemu=.*/qemu=1.2.3/'
fails 3 'was saved with QEMU 1.2.3, here is [0-9]' spawn
broken 's/^cpu=.*/cpu=qemu64/'
fails 3 'was saved with CPU model qemu64' spawn
broken 's/^machine=.*/machine=pc-i440fx-0.1/'
fails 3 'was saved with machine pc-i440fx-0.1' spawn
broken '/^cpus=/d'
fails 4 'broken/manifest: cpus: missing' spawn
broken 's/^cpus=.*/cpus=-1/'
fails 4 'broken/manifest:[0-9]+: not a line' spawn
for part in memory state; do
	broken ''
	truncate -s -1 broken/$part
	fails 4 "broken/$part: damaged: has " spawn
done
broken ''
rm broken/memory
fails 4 'broken/memory: No such file' spawn
broken ''
truncate -s 1M broken/vda.qcow2
fails 4 'broken/vda.qcow2: damaged' spawn
harm() { # harm PART OFFSET
	broken ''
	printf 'XXXX' | dd of="broken/$1" bs=1 conv=notrunc status=none seek="$2"
	spawn >x.xml
	fails 4 "broken/$1: damaged: it is not what was saved" vmfork stream broken x.xml
	fails 4 "broken/$1: damaged: it is not what was saved" vmfork stream broken x.xml "$T/x.image" -- touch "$T/x.begun"
	is "$(ls x.image x.begun 2>/dev/null)" "" "and no command runs, and no pipe is left"
	fails 4 "broken/$1: damaged: it is not what was saved" vmfork verify broken
	is "$(vmfork stream broken x.xml 2>/dev/null | wc -c)" 0 "and nothing of it goes out"
}
harm state $(($(stat -c %s saved/state) - 5000))
harm memory 4096
harm memory $((255 << 20))
harm vda.qcow2 100000
broken 's/^format=.*/format=1/'
fails 4 'broken/manifest:1: not a line' spawn
fails 2 'no overlay of it is named' vmfork spawn --name x saved
fails 2 'not of the form' vmfork spawn --name x --disk vda=rel.qcow2 saved
fails 2 '--gate is too much' vmfork spawn --name x --disk "vda=$T/x.qcow2" --gate "$T/g" saved
fails 1 'nothing in it|restore: ' vmrun --restore "$T/no-such-pipe" c1.xml

kill %% 2>/dev/null
kill $(jobs -p) 2>/dev/null
wait 2>/dev/null
until_true 60 eval '[ -z "$(guests_left)" ]'
is "$(guests_left)" "" "no guest is left"
finish
