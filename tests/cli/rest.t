#!/bin/bash
# SPDX-License-Identifier: MIT
# What makes an installer an appliance's: sent by the host, taken by the installer's own
# tools, whatever its names and however much it is.
. "${0%/*}/../lib.sh"
. "$SRC/tests/kit.sh"
need tar

installer_tools installer
mkdir state
sed "s|^state=.*|state=$T/state|" "$SRC/udeb/usr/lib/seedbed/receive" > receive
chmod +x receive
receive() { PATH=$T/installer sh receive "$1"; } # receive FOLDER < STREAM: nothing but its tools
rest() { "$SRC/mk/installers/di/rest.sh" "$@"; }

# --- names and what is in them ---
long=$(printf 'x%.0s' {1..240})_1.0_all.deb
odd=$'-b \001\'"\\n\x7f\xff%3a_1_all.deb'
mkdir -p pool build/lists root
for p in "$long" "$odd" plain_1%3a2+b1_amd64.deb; do
	head -c 70000 /dev/urandom > "pool/$p"
	printf '/seedbed/archives/more/%s\t0644\t%s\n' "$p" "$T/pool/$p"
done > build/prefetch.rest
echo 'Package: x' > build/lists/m_Packages
printf '/seedbed/lists/m_Packages\t0644\t%s\n' "$T/build/lists/m_Packages" >> build/prefetch.rest
mkdir recipes
head -c 100000 /dev/urandom > recipes/a-file
: > recipes/empty
printf '/seedbed/files/0\t0600\trecipes/a-file\n/seedbed/files/1\t0600\t%s\n' "$T/recipes/empty" > build/payload
runs "a stream" sh -c "'$SRC/mk/installers/di/rest.sh' build > stream"
exec 6< stream
is "$(receive root <&6)" "" "its first part is taken"
is "$(cd root && find . -type f)" "./seedbed/lists/m_Packages" "and no more than that"
is "$(receive root <&6)" "" "and the second"
exec 6<&-
is "$(cd root && find . -type f ! -name '*.deb' | sort)" "./seedbed/lists/m_Packages
./target/.seedbed/0
./target/.seedbed/1" "lists and files are where they belong"
runs "files arrive" cmp recipes/a-file root/target/.seedbed/0
runs "packages arrive by name and content" diff -r pool root/target/var/cache/apt/archives
is "$(stat -c %a "root/target/var/cache/apt/archives/$long")" 644 "for apt's own user to read"
is "$(cd root && find . -type l)" "" "as files"

# --- of a fork ---
echo 'd-i pkgsel/include string nginx' > build/rest.cfg
mkdir newer && echo new > newer/m_Packages
rest -n 0123abcd -h web -d 8589934592 -w newer build > stream
mkdir fork
{ receive fork && find fork -type f | sort > first && receive fork; } < stream
is "$(cat first)" "fork/seedbed/lists/m_Packages
fork/seedbed/rest/answers
fork/seedbed/rest/become
fork/seedbed/rest/disk
fork/seedbed/rest/hostname
fork/seedbed/rest/nonce" "what is needed first comes first: it makes the room for the others"
is "$(cd fork/seedbed/rest && cat nonce hostname disk answers)" "0123abcd
web
8589934592
d-i pkgsel/include string nginx" "as it is"
runs "with the script" cmp "$SRC/mk/installers/di/become.sh" fork/seedbed/rest/become
is "$(cat fork/target/var/cache/seedbed/m_Packages)" new "newer lists go to the disk"
rest -n 0123abcd -h web build > stream
is "$(grep -ac seedbed/rest/disk stream)" 0 "a disk that stays as it is is not spoken of"

# --- nothing to send, and what is not there ---
mkdir none
rest none > empty
mkdir nothing
{ receive nothing && receive nothing; } < empty > said
is "$? $(cat said) $(ls nothing)" "0  " "nothing is a rest, too"
rm pool/plain*
like "$(rest build 2>&1 > stream)" 'pool/plain_1%3a2\+b1_amd64.deb: cannot be read: the installer will fetch it' "a package that has gone is said"
{ mkdir less && receive less && receive less; } < stream
is "$(ls less/target/var/cache/apt/archives | wc -l)" 2 "and passed over"
sed -i '/plain/d' build/prefetch.rest
rm recipes/a-file
fails 1 'recipes/a-file: cannot be read' rest build
: > recipes/a-file
fails 2 'usage' rest
fails 2 'usage' rest -n 0123abcd build
fails 2 'usage' rest -d 5 build

# --- a port: empty while nobody is there ---
: > port
receive root < port > said &
pid=$!
size=$(head -n 1 empty)
printf '%s' "${size%???}" >> late # not yet: the line is written at once, as it is by the host
sleep 1
kill -0 $pid
ok $? "who sends nothing is waited for"
cat empty >> port
wait $pid
is "$? $(cat said)" "0 " "until it comes"

# --- broken off ---
rest build > stream
size=$(head -n 1 stream)
short() { head -c "$1" stream | receive root; }
is "$(short $((${#size} + 1 + 1000)))" "the rest ended after 0 of $size bytes" "it ends early: how much there was"
tail -c +$((${#size} + 2 + size)) stream > stream2
size=$(head -n 1 stream2)
is "$(head -c 150000 stream2 | receive root)" "the rest ended after 131072 of $size bytes" "and of how much"
is "$(printf %s "$size" | receive root)" "the rest ended within the line with its size" "or before it says so"
is "$(printf '\033[2Jx\n' | receive root | tr '\033' E)" 'the rest begins with "E[2Jx", which is no size' "what is no size is none"
is "$(printf '\n' | receive root)" 'the rest begins with "", which is no size' "nor is nothing"
rm -rf root/target && : > root/target
like "$(receive root < stream2)" '^the rest is not unpacked: tar: .*target' "what cannot be unpacked is said"
rm root/target

# --- the hook that takes it ---
hook() { # hook COMMAND-LINE < STREAM: what it said to the host, and what is left
	rm -rf inst target log
	mkdir -p inst target
	cat > stream
	echo "$1" > cmdline
	PATH=$T/bin:$T/installer sh hook
	echo "$? $(cat log 2> /dev/null)"
}
mkdir bin
sed "s|/proc/cmdline|$T/cmdline|; s|/usr/share/debconf/confmodule|$T/confmodule|; s|/usr/lib/seedbed/receive / |$T/bin/receive $T |
	s|/usr/lib/seedbed|$T/bin|g; s|/target|$T/target|g; s|/seedbed/|$T/seedbed/|g" \
	"$SRC/udeb/usr/lib/pre-pkgsel.d/98seedbed-rest" > hook
sed "s|^state=.*|state=$T/state|" "$SRC/udeb/usr/lib/seedbed/receive" > bin/receive
printf '#!/bin/sh\n[ ! -e %s/away ] && echo %s/stream\n' "$T" "$T" > bin/port
printf '#!/bin/sh\necho "$*" >> %s/log\n' "$T" > bin/word
chmod +x bin/*
: > confmodule
echo x > recipes/a-file
rest build > straight
is "$(hook 'quiet' < straight) $(ls target)" "0  " "nothing comes where the host has not said so"
is "$(hook 'quiet seedbed_rest' < straight)" "0 " "where it has"
is "$(ls target/var/cache/apt/archives | grep -c deb)" 2 "packages are on the disk"
is "$(cat target/.seedbed/0)" x "files, too"
is "$(stat -c %a target/.seedbed) $(ls -d target/var/cache/seedbed seedbed/rest 2> /dev/null)" "700 " "nobody else's, and nothing else is left"
rest none > empty
is "$(hook seedbed_rest < empty) $(ls -A target)" "0  var" "nothing to come"
second=$(tail -c +$((2 + 5 + $(head -n 1 straight))) straight | head -n 1)
is "$(head -c 100000 straight | hook seedbed_rest)" "1 failed rest - the rest ended after 0 of $second bytes" \
	"what breaks off ends the build"
is "$(echo x | hook 'seedbed_fork seedbed_rest')" '1 failed fork - the rest begins with "x", which is no size' "and says if it was one that was kept"
: > away
is "$(hook seedbed_rest < straight)" "1 failed rest - there is no port org.seedbed.rest" "so does no port"
rm away
cat > become <<'END'
echo "$(cat $rest/nonce) $(ls $T/target/.seedbed)" >> "$T/log"
receive
ls "$T/target/.seedbed" >> "$T/log"
unlucky "its name"
END
export T
mkdir -p mk/installers/di && cp "$SRC/mk/common.sh" mk/ && cp "$SRC"/mk/installers/di/{di,rest}.sh become mk/installers/di/
mv mk/installers/di/become mk/installers/di/become.sh
mk/installers/di/rest.sh -n 0123abcd -h web build > forked
is "$(hook 'seedbed_fork seedbed_rest' < forked)" "1 0123abcd 
0
1
failed fork - its name" "one that was kept becomes it by its script, which says when there is room"

# --- more than memory has ---
if [ "$(df --output=avail -B 1M "$T" | tail -n 1)" -gt 3000 ]; then
	truncate -s 1100M pool/large_1_all.deb
	echo end >> pool/large_1_all.deb
	printf '/seedbed/archives/more/x\t0644\t%s\n' "$T/pool/large_1_all.deb" | sed 's|more/x|more/large_1_all.deb|' > build/prefetch.rest
	(ulimit -v 100000 && rest build | { receive root && receive root; })
	runs "over 1 GiB, in 100 MB of memory" cmp pool/large_1_all.deb root/target/var/cache/apt/archives/large_1_all.deb
else
	skip "over 1 GiB" "no room for it in $T"
fi
finish
