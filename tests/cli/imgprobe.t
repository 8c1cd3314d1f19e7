#!/bin/bash
# SPDX-License-Identifier: MIT
# A record for each partition; a diagnosis for what is none.
. "${0%/*}/../lib.sh"
. "$SRC/tests/grub-guest.sh"
need sfdisk mke2fs mkfs.vfat

tiny_image disk.img -L 'a "label" $x' -U 11111111-2222-3333-4444-555555555555
out=$(imgprobe disk.img)
like "$out" '^number="1" start="1048576" size="32505856" type="0x83"' "where it is"
like "$out" 'fs="ext4" uuid="11111111-2222-3333-4444-555555555555" label="a \\x22label\\x22 \\x24x"' \
	"what is in it, safe to read"
like "$out" 'role="root" why="os-release, fstab, init, kernel"' "the root, and why"
if perl -MJSON::PP -e 1 2>/dev/null; then
	is "$(imgprobe --json disk.img | perl -MJSON::PP -0777 -ne '
		my $j = decode_json $_; my $p = $j->{partitions}[0];
		print "$j->{state} $j->{table} $p->{label} $p->{role}"')" \
		'good dos a "label" $x root' "JSON says the same"
else
	skip "JSON says the same" "no perl with JSON::PP"
fi
like "$(imgprobe --table disk.img)" '^1 +1048576 +32505856 ext4 +root ' "and the table"

disk disk.img 64M <<EOT
label: gpt
size=1M, type=$BIOSBOOT
size=10M, type=$ESP
size=10M, type=BC13C2FF-59E6-4262-A352-B275FD6F7172
size=5M, type=S, name="swap 1"
type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, attrs="LegacyBIOSBootable"
EOT
fat_in disk.img 2
out=$(imgprobe disk.img)
is "$(sed 's/.*role="\([^"]*\)".*/\1/' <<<"$out" | paste -sd ' ')" "biosboot esp boot  " "the roles of GPT types"
like "$out" 'type="4f68bce3-e8cd-4db1-96e7-fbcaf984b709" flags="0x4"' "type and flags"

disk disk.img 64M <<<$'2048,10M,83\n,,5\n,10M,82\n,,83'
r=$(range disk.img 5)
mkswap -L swapped -o "${r% *}" disk.img >/dev/null 2>&1 || true
is "$(imgprobe disk.img | sed 's/ .*//' | paste -sd ' ')" 'number="1" number="2" number="5" number="6"' \
	"logical partitions"

truncate -s 8M fs.img
mke2fs -q -F -t ext4 fs.img
fails 4 'no partition table, ext4 over all of it' imgprobe fs.img
like "$(imgprobe fs.img 2>/dev/null)" '^number="0" start="0" size="8388608".* fs="ext4"' "partition 0"
head -c 1M /dev/urandom >junk.img
fails 4 'no partition table$' imgprobe junk.img
tiny_image disk.img
truncate -s 10M disk.img
fails 5 'truncated' imgprobe disk.img
if command -v qemu-img >/dev/null; then
	qemu-img create -q -f qcow2 q.img 10M
	fails 3 'convert it: qemu-img convert -f qcow2 -O raw q.img q.raw$' imgprobe q.img
	# the line can be typed as it is, whatever the name
	tiny_image disk.img
	for name in "a b's.qcow2" $'new\nline \\ "$(id)".vmdk' 'http:x.qcow2' 'Bär'; do
		qemu-img convert -O qcow2 disk.img plain.qcow2
		mv plain.qcow2 "./$name"
		: >"./${name%.*}.raw" # is not written over
		line=$(imgprobe "$name" 2>&1 >/dev/null | sed -n 's/^imgprobe: convert it: //p')
		new=$(set -- x; eval "set -- $line"; printf '%s.' "$8")
		eval "$line" && cmp disk.img "${new%.}" && [ ! -s "./${name%.*}.raw" ]
		ok $? "its line for $(printf %q "$name") makes a raw one"
	done
	like "$(imgprobe --json q.img 2>/dev/null)" '"format": "qcow2"' "named in JSON, too"
fi
disk disk.img 16M <<<$'label: gpt\ntype=L'
printf 'XX' | dd of=disk.img bs=1 seek=600 conv=notrunc status=none
printf 'XX' | dd of=disk.img bs=1 seek=$((16 * 1048576 - 500)) conv=notrunc status=none
fails 6 'headers or checksums are bad' imgprobe disk.img
fails 1 'nothing.img: No such file' imgprobe nothing.img
fails 1 'Is a directory' imgprobe .
fails 2 'exclude each other' imgprobe --json --table disk.img
finish
