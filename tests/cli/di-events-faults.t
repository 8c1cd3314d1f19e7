#!/bin/bash
# SPDX-License-Identifier: MIT
# What dpkg, apt and debootstrap could not do, by what the log has of it.
. "${0%/*}/../lib.sh"

faults() { # faults < LINES: "KIND PACKAGE SOURCE: TEXT" of each
	sed 's/^/Nov 24 10:00:01 /' > log
	di-events log | awk -F '\t' '$2 == "fault" { print $3, ($4 == "" ? "-" : $4), ($5 == "" ? "-" : $5) ": " $6 }'
}

# --- dpkg ---
status='installed pear package post-installation script subprocess returned error exit status 3'
faults > out <<END
in-target: dpkg: error processing package pear (--configure):^M
in-target:  $status^M
in-target: dpkg: error processing package orchard:amd64 (--configure):
in-target:  dependency problems - leaving unconfigured
in-target: Errors were encountered while processing:
in-target:  pear
in-target: dpkg: error processing package pear (--configure):
in-target:  $status
END
is "$(cat out)" "package pear -: $status" "a package that does not configure, once; not those that need it"
is "$(faults <<END
in-target: dpkg: error processing package pear (--configure):
in-target:  $status
in-target: dpkg: error processing package pear (--configure):
in-target:  installed pear package post-installation script subproce
in-target: ss returned error exit status 3
END
)" "package pear -: $status" "the same again, with its line broken, is no news"
is "$(faults <<'END'
in-target: dpkg: error processing archive /tmp/apt-dpkg-install-a1B2/12-plum_1%3a2_all.deb (--unpack):
in-target:  trying to overwrite /etc/passwd
in-target: dpkg: error processing archive /var/cache/apt/archives/7-zip_1_all.deb (--unpack):
in-target:  cannot copy extracted data for './usr/plum' to '/usr/plum.dpkg-new': failed to write (No space left on device)
END
)" "package plum -: trying to overwrite /etc/passwd
package 7-zip -: cannot copy extracted data for './usr/plum' to '/usr/plum.dpkg-new': failed to write (No space left on device)" \
	"archives that are not unpacked, by their package"
is "$(faults <<'END'
debootstrap: dpkg: error processing package base-files (--install):
debootstrap:  installed base-files package post-installation script subprocess returned error exit status 1
other: dpkg: error processing package x (--configure):
other:  no
END
)" "package base-files -: installed base-files package post-installation script subprocess returned error exit status 1" \
	"debootstrap's dpkg, and nobody else's"
is "$(faults <<'END'
in-target: dpkg: error processing package (--configure):
in-target:  no name
in-target: dpkg: error processing package -x (--configure):
in-target: dpkg: error processing archive none (--unpack):
END
)" "" "what has no name is none"

# --- apt ---
is "$(faults <<'END'
in-target: E: Unable to locate package plum
in-target: E: Package 'peach' has no installation candidate
in-target: Unable to locate package cherry
in-target: Package 'peach is good
END
)" "package plum -: none of its sources has it
package peach -: none of its sources has it
package cherry -: none of its sources has it" "packages that are nowhere"
is "$(faults <<'END'
in-target: E: Failed to fetch http://deb.debian.org/debian/pool/p/plum_1.deb  502  Bad Gateway [IP: 10.0.2.254 3142]
in-target: W: Failed to fetch http://deb.debian.org/debian/pool/q/quince_1.deb  404  Not Found
in-target: E:
in-target: Failed to fetch https://x.example/pear_2_all.deb  Hash Sum mismatch^M
in-target: E: Failed to fetch http://x.example/dists/x/InRelease  File has unexpected size (1 != 2). Mirror sync in progress?
END
)" "source plum http://deb.debian.org/debian/pool/p/plum_1.deb: 502 Bad Gateway
archive pear https://x.example/pear_2_all.deb: Hash Sum mismatch
archive - http://x.example/dists/x/InRelease: File has unexpected size (1 != 2). Mirror sync in progress?" \
	"files that did not come, or came as others; a warning is none"

# --- debootstrap ---
is "$(faults <<'END'
debootstrap: http://m.example/pool/main/m/mawk/mawk_1.deb: not fetched: once more in 10 s
debootstrap: http://m.example/pool/main/m/mawk/mawk_1.deb: not fetched: given up
END
)" "source mawk http://m.example/pool/main/m/mawk/mawk_1.deb: the mirror does not have it, or does not answer" \
	"debootstrap asks again, and then gives up"
is "$(faults <<'END'
debconf: --> SUBST base-installer/debootstrap/error/nogetrel SUBST0 http://m.example/dists/trixie/Release
debconf: --> DATA base-installer/debootstrap/error/nogetrel type error
debconf: --> DATA base-installer/debootstrap/error/nogetrel description Debootstrap Error
debconf: --> DATA base-installer/debootstrap/error/nogetrel extended_description Failed to get a file: ${SUBST0}.
debconf: --> INPUT critical base-installer/debootstrap/error/nogetrel
debconf: <-- 0 question will be asked
debconf: --> GO
END
)" "mirror - http://m.example/dists/trixie/Release: Failed to get a file: http://m.example/dists/trixie/Release." \
	"what it says in a dialog"

# --- a repository that apt-setup leaves out ---
local='apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify'
is "$(faults <<END
in-target: Err:1 http://127.0.0.1:18080/debian trixie InRelease
in-target: E: The repository 'http://127.0.0.1:18080/debian trixie InRelease' is not signed.
$local
END
)" "signature - http://127.0.0.1:18080/debian: The repository 'http://127.0.0.1:18080/debian trixie InRelease' is not signed." \
	"one without a signature"
is "$(faults <<< "$local")" "mirror - -: not reached, or not as its key says" "without a reason in the log"
said="signature - http://localhost:80/debian: http://localhost:80/debian trixie InRelease: Missing key B6DEF094, which is needed to verify signature."
is "$(faults <<END
in-target: W:
in-target: OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.
in-target: E:
in-target: The repository 'http://localhost:80/debian trixie InRelease' is not signed.
$local
END
)" "$said" "one that another key has signed"
# Wherever the installer, which logs what it has got by then, has broken it: those words
# are the same.
for lines in \
	'Reading package lists...W: OpenPGP signature verification failed:|http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.|E:|The repository' \
	'W: |OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is:|Missing key B6DEF094, which is needed to verify signature.|E: The repository' \
	'W:|OpenPGP signature verification failed: |http://localhost:80/debian trixie InRelease|: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.E:|The repository' \
	'OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.W: E:|The repository'; do
	is "$({
		tr '|' '\n' <<< "Get:1 http://localhost:80/debian trixie InRelease [1 kB]|Err:1 http://localhost:80/debian trixie InRelease|  Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.|Reading package lists...||$lines 'http://localhost:80/debian trixie InRelease' is not signed." |
			sed 's/^/in-target: /; 3a kernel: [   12.0] something else'
		echo "$local"
		echo 'in-target: Reading package lists...'
	} | faults)" "$said" "broken after \"${lines%%|*}\""
done
is "$(faults <<END
in-target: E:
in-target: Failed to fetch http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages  Hash Sum mismatch
in-target:    Hashes of expected file:
in-target:     - SHA256:0123
$local
END
)" "archive - http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages: Hash Sum mismatch
archive - http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages: Failed to fetch http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages  Hash Sum mismatch" \
	"one that does not come whole"
is "$(faults <<END
in-target: E: The repository 'http://a.example/debian trixie InRelease' is not signed.
$local
in-target: E: The repository 'http://b.example/debian trixie Release' does not have a Release file.
$local
END
)" "signature - http://a.example/debian: The repository 'http://a.example/debian trixie InRelease' is not signed.
source - http://b.example/debian: The repository 'http://b.example/debian trixie Release' does not have a Release file." "each by its own words"

# --- as JSON, with the step; nothing that acts on a terminal ---
{
	echo "main-menu[1]: INFO: Menu item 'pkgsel' selected"
	printf 'in-target: dpkg: error processing package pe\033[2Jar (--configure):\nin-target:  "\033]0;x\007\n'
} | faults > raw
! LC_ALL=C grep -q $'[\001-\010\013-\037]' raw
ok $? "none of it acts on the terminal"
is "$(di-events --json log | tail -n 1)" \
	'{"t":0,"event":"fault","step":"pkgsel","kind":"package","package":"pe\u001b[2Jar","source":"","text":"\"\u001b]0;x\u0007"}' "an object"

# --- much of it ---
{
	for i in $(seq 400); do echo "in-target: Get:$i http://localhost:80/debian trixie/main amd64 Packages [$(printf '%0200d' "$i") B]"; done
	printf 'in-target: %05000d\n' 7
	echo "in-target: E: The repository 'http://a.example/debian trixie InRelease' is not signed."
	echo "$local"
} | faults > out
is "$(cat out)" "signature - http://a.example/debian: The repository 'http://a.example/debian trixie InRelease' is not signed." \
	"however much was said before"
finish
