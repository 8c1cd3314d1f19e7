#!/bin/bash
# SPDX-License-Identifier: MIT
# randomart: the picture everybody knows, in both frames, and bare fingerprints.
. "${0%/*}/../lib.sh"

md5=20:e9:b0:5b:5a:2b:ad:e8:4d:e4:b3:a0:32:49:2d:97
old='+--[ RSA 2048]----+
|                 |
|     .           |
|  . o .          |
|   + . .         |
|  o.=   S        |
| ooE .           |
|.o*+o            |
|=.+oo            |
|=o.o             |
+-----------------+'
new="+---[RSA 2048]----+
$(sed '1d;$d' <<<"$old")
+------[MD5]------+"

is "$(randomart --old -p -t RSA -b 2048 $md5)" "$old" "the old frame"
is "$(randomart -p -t RSA -b 2048 MD5:$md5)" "$new" "the new frame"
is "$(randomart "2048 MD5:$md5 me@home (RSA)")" "2048 MD5:$md5 me@home (RSA)
$new" "a line of ssh-keygen -l says type and size itself"
is "$(echo "RSA key fingerprint is $md5." | randomart -p -b 2048)" "$new" \
	"the question of ssh"
is "$(randomart -p $md5 | head -1)" "+-----------------+" "no type, no title"
is "$(randomart --old -p -t ED25519 -b 256 $md5 | head -1)" "+--[ED25519  256--+" \
	"the old frame cuts long titles"
is "$(randomart -p -t ED25519-SK-CERT -b 256 $md5 | head -1)" "+[ED25519-SK-CERT-+" \
	"the new one, too"
is "$(randomart --json $md5 | sed 's/.*"end":\(\[[0-9,]*\]\).*/\1/')" "[3,5]" \
	"JSON has the end"
like "$(randomart --explain $md5)" "walk ends at column 4, row 6" \
	"the explanation ends there, too"
finish
