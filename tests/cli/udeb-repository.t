#!/bin/bash
# A repository of the recipe's that does not verify: the installer leaves it out, and the
# word that ends the build says which.
. "${0%/*}/../lib.sh"
need busybox

sed "s|/var/log/syslog|$T/syslog|; s|/usr/lib/seedbed/word|$T/word|" "$SRC/udeb/usr/lib/pre-pkgsel.d/00seedbed-repository" > hook
printf '#!/bin/sh\necho "$*" >> %s/words\n' "$T" > word
chmod +x word
hook() { : > words; busybox sh hook; }

# as the installer's log has it
cat > syslog <<'END'
Nov 24 20:39:29 in-target: Err:1 http://127.0.0.1:18080/debian trixie InRelease
Nov 24 20:39:29 in-target: E: The repository 'http://127.0.0.1:18080/debian trixie InRelease' is not signed.
Nov 24 20:39:30 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify
END
hook
is "$? $(cat words)" "1 failed repository http://127.0.0.1:18080/debian The repository 'http://127.0.0.1:18080/debian trixie InRelease' is not signed." \
	"one that does not verify ends the build"
sed -i 2d syslog
hook
like "$? $(cat words)" "^1 failed repository - not reached" "whatever the reason"
cat > syslog <<'END'
Nov 24 23:05:16 in-target: W:
Nov 24 23:05:16 in-target: OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.
Nov 24 23:05:16 in-target: E:
Nov 24 23:05:16 in-target: The repository 'http://localhost:80/debian trixie InRelease' is not signed.
Nov 24 23:05:17 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify
END
hook
is "$(cat words)" "failed repository http://localhost:80/debian http://localhost:80/debian trixie InRelease: Missing key B6DEF094, which is needed to verify signature." \
	"with what is wrong with its signature"
# Wherever the installer, which logs what it has got by then, has broken it: those words
# are the same.
said=$(cat words)
for lines in \
	'Reading package lists...W: OpenPGP signature verification failed:|http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.|E:|The repository' \
	'W: |OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is:|Missing key B6DEF094, which is needed to verify signature.|E: The repository' \
	'W:|OpenPGP signature verification failed: |http://localhost:80/debian trixie InRelease|: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.E:|The repository' \
	'OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.W: E:|The repository'; do
	{
		tr '|' '\n' <<< "Get:1 http://localhost:80/debian trixie InRelease [1 kB]|Err:1 http://localhost:80/debian trixie InRelease|  Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.|Reading package lists...||$lines 'http://localhost:80/debian trixie InRelease' is not signed." |
			sed 's/^/Nov 24 23:05:16 in-target: /'
		echo 'Nov 24 23:05:17 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify'
		echo 'Nov 24 23:05:18 in-target: Reading package lists...'
	} > syslog
	sed -i '3i Nov 24 23:05:16 kernel: [   12.0] something else' syslog
	hook
	is "$(cat words)" "$said" "broken after \"${lines%%|*}\""
done
sed -i '/Missing key/d; /OpenPGP/d' syslog
hook
is "$(cat words)" "failed repository http://localhost:80/debian The repository 'http://localhost:80/debian trixie InRelease' is not signed." \
	"a reason that cannot be found is none"
cat > syslog <<'END'
Nov 24 23:05:16 in-target: W:
Nov 24 23:05:16 in-target: OpenPGP signature verification failed: http://localhost:80/debian trixie InRelease: Sub-process /usr/bin/sqv returned an error code (1), error message is: Missing key B6DEF094, which is needed to verify signature.
Nov 24 23:05:17 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify
END
sed -i 's/60local/50mirror/' syslog
hook
is "$? $(cat words)" "0 " "others are the installer's own affair"
cat > syslog <<'END'
Nov 24 21:09:35 in-target: E:
Nov 24 21:09:35 in-target: Failed to fetch http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages  Hash Sum mismatch
Nov 24 21:09:35 in-target:    Hashes of expected file:
Nov 24 21:09:35 in-target:     - SHA256:0123
Nov 24 21:09:35 apt-setup: warning: /usr/lib/apt-setup/generators/60local output did not verify
END
hook
like "$(cat words)" '^failed repository http://localhost:80/debian/dists/trixie/main/binary-amd64/Packages Failed to fetch http://localhost:80/.*Hash Sum mismatch$' "nor fetched whole: named"
finish
