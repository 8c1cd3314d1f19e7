#!/bin/bash
# SPDX-License-Identifier: MIT
# What the kernel would refuse, or unpack only in part, is no initrd to add to; what it
# takes is, in whatever order.
. "${0%/*}/../lib.sh"
need cpio gzip xz zstd python3

mkdir -p main/etc early/kernel
echo main >main/etc/which
echo early >early/kernel/ucode
echo more >text
cpio_of() { (cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc --quiet); }
cpio_of main >main.cpio
cpio_of early >early.cpio
gzip -nc main.cpio >main.gz
while [ $(($(stat -c %s main.gz) % 4)) = 0 ]; do
	echo . >>main/etc/which
	cpio_of main >main.cpio
	gzip -nc main.cpio >main.gz
done
zeros() { head -c "$1" /dev/zero; }
refused() { # refused REGEX FILE
	rm -f out
	fails 1 "$1" initrd-add -o out --file a=text "$2"
	[ ! -e out ]
	ok $? "  and nothing is written"
}
taken() { # taken NAME FILE
	runs "$1" initrd-add -o out --file a=text "$2"
}

cat main.gz early.cpio >d
refused 'd: at byte [0-9]+: a plain cpio archive that begins at no multiple of four' d
{ cat main.gz; zeros $((-$(stat -c %s main.gz) & 3)); cat early.cpio; } >d
taken "with zeros up to one" d
for pad in 1 2 3; do
	{ cat early.cpio; zeros $pad; cat main.gz; } >d
	refused 'zeros behind an archive that end at no multiple of four' d
done
{ cat early.cpio; zeros 512; cat main.gz; } >d
taken "early, zeros, gzip" d
cat early.cpio main.gz >d
taken "early, gzip" d
{ cat main.gz; zeros 3; cat main.gz; } >d
taken "between what is compressed any zeros will do" d
{ cat early.cpio; zeros 3; cat early.cpio; } | gzip -nc >d
refused 'zeros behind an archive that end at no multiple of four' d

# zeros at the end are no harm, until something follows
for how in gzip none; do
	{ cat early.cpio; zeros 3; } >d
	runs "zeros at the end, added by $how" initrd-add --compress $how -o out --file a=text d
	runs "what comes of it is one to add to" initrd-add -o out2 --file b=text out
done

for check in crc64 sha256; do
	xz --check=$check -c main.cpio >d
	refused 'xz with a check that the kernel does not know: xz --check=crc32' d
done
for check in crc32 none; do
	xz --check=$check -c main.cpio >d
	taken "xz with $check" d
done
xz --check=crc32 --delta --lzma2 -c main.cpio >d
refused 'xz with a delta filter' d
{ cat main.gz; xz -c main.cpio; } >d
refused 'at byte [0-9]+: xz with a check' d

for c in 'gzip -nc' 'zstd -qc' 'xz --check=crc32 -c'; do
	{ head -c 300 main.cpio | $c; tail -c +301 main.cpio | $c; } >d
	refused 'ends within a cpio archive: the kernel wants whole ones in each' d
	{ $c main.cpio; $c early.cpio; } >d
	taken "whole archives, each by $c" d
done

python3 - <<'END'
import gzip, struct, zlib
data = open("main.cpio", "rb").read()
def member(flags, extra):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (b"\x1f\x8b\x08" + bytes([flags]) + bytes(6) + extra + c.compress(data) + c.flush()
            + struct.pack("<II", zlib.crc32(data), len(data)))
open("name", "wb").write(member(8, b"main.cpio\0"))
open("extra", "wb").write(member(4, struct.pack("<H", 4) + b"BC\0\0"))
open("comment", "wb").write(member(16, b"made by hand\0"))
END
taken "gzip with a name" name
refused 'a gzip header with extra fields, a comment or a checksum' extra
refused 'a gzip header with extra fields, a comment or a checksum' comment
zstd -qc --long=28 --no-content-size <main.cpio >d
refused 'zstd with a window of more than 128 MiB' d
zstd -qc --long=27 --no-content-size <main.cpio >d
taken "zstd with one of 128 MiB" d
{ printf '\120\052\115\030\004\0\0\0abcd'; zstd -qc main.cpio; } >d
refused 'a skippable frame of zstd .pzstd.' d

strange() { # strange REGEX PROGRAM...
	command -v "$2" >/dev/null || { skip "$2" "not installed"; return; }
	"${@:2}" <main.cpio >d 2>log
	refused "$1" d
}
strange 'compressed by lz4, which is not read here: unpack it .lz4 -dc. and pack it by gzip' lz4 -l -c
strange 'compressed by bzip2, which' bzip2 -c
strange 'compressed by lzma, which' xz --format=lzma -c
{ cat early.cpio; printf '\002\041\114\030'; } >d
refused 'd: at byte [0-9]+: compressed by lz4' d
(cd main && find . | cpio -o -H odc --quiet) >d
refused 'a cpio archive of the old kind: cpio -H newc' d
finish
