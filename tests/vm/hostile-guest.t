#!/bin/bash
# SPDX-License-Identifier: MIT
# A guest that is not the installer but somebody's own: it says what it likes, asks for
# what it likes, as much as it likes. The build is the real one, from its ramdisk on. It
# ends with a reason each time, and nothing of the host's or of another build's changes.
. "${0%/*}/../lib.sh"
. "$SRC/tests/vm/guest.sh"
. "$SRC/tests/archive.sh"
need qemu-system-x86_64 libvirtd make jq
guest_ready
own_tree
archive_ready

shared=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seedbed}
mkdir cache
for f in kit apt templates id_ed25519 id_ed25519.pub; do
	[ ! -e "$shared/$f" ] || ln -s "$shared/$f" cache/
done
export SEEDBED_CACHE=$T/cache SEEDBED_CHECKPOINTS=$T/checkpoints

# What others have: a checkpoint, a build, and a server that no build has named.
mkdir -p checkpoints/0123456789abcdef01234567 build/other www/debian/pool/main/s secret/debian/pool
echo memory > checkpoints/0123456789abcdef01234567/memory
echo disk > build/other/other.qcow2
others() { find checkpoints/0123* build/other -type f -exec sha256sum {} + | sort; }
before=$(others)
make_deb seedbed-small www/debian/pool/main/s/small_1_all.deb
archive
head -c 1M /dev/urandom > www/debian/pool/main/s/mib.deb
truncate -s 64M www/debian/pool/main/s/huge.deb
mirror_up || { ok 1 "the mirror"; finish; }
export PRIVATE_SOURCES=localhost:$port
cp www/debian/pool/main/s/small_1_all.deb secret/debian/pool/
python3 -u -m http.server --bind 127.0.0.1 --directory secret 0 > secret.log 2>&1 & secret=$!
at_end 'kill $secret 2> /dev/null'
secret_port() { sed -n 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' secret.log; }
listens() { [ -n "$(secret_port)" ]; }
until_true 60 listens || { ok 1 "the other server"; finish; }

# The build's own way, with this ramdisk in place of the installer's, and no packages.
cat > mk/installers/di/medium.sh <<'END'
#!/bin/bash
. "${BASH_SOURCE[0]%/*}/di.sh"
cp "$HOSTILE" "$BUILD/$1/initrd.gz"
END
echo '# nothing' > recipes/hostile.recipe
echo '# nothing' > recipes/keeper.recipe
make build/keeper/route SETUP=no > log 2>&1 && make build/hostile/route SETUP=no FORK=no >> log 2>&1 ||
	{ ok 1 "the answers"; show < log; finish; }
: > build/keeper/prefetch
: > build/hostile/prefetch
proxy=$(sed -n 's/^proxy_address=//p' build/hostile/facts)

init() { # init NAME: what it does, on stdin; $HOSTILE is the ramdisk
	export HOSTILE=$T/$1.gz
	{
		cat <<-END
			port() { for p in /sys/class/virtio-ports/*; do [ "\$(cat \$p/name)" = \$1 ] && echo /dev/\${p##*/}; done; }
			exec 9> \$(port org.seedbed.word)
			for m in failover net_failover virtio_net; do insmod /mod/\$m.ko; done
			ifconfig lo 127.0.0.1 up
			ifconfig eth0 up
			udhcpc -i eth0 -s /dhcp -n -q -t 10 > /dev/null 2>&1
			ask() { printf "\$1" | nc -w 20 $proxy 3142 2> /dev/null | head -n 1 | tr -d '\r' | cut -d' ' -f2; }
			get() { ask "GET http://localhost:$port/debian/pool/main/s/\$1 HTTP/1.0\r\n\r\n"; }
		END
		cat
	} | tiny_initrd "$1.gz" net
}
build() { # build NAME [VARIABLE=VALUE...]: its disk; $got is the status, "log" what it said
	local name=$1
	shift
	rm -rf "build/$name"/failed-*
	got=0
	env "$@" timeout --foreground -k 60 900 mk/disk.sh "$name" > log 2>&1 || got=$?
}
told() { sed -n "s/^[0-9.]*\tdata\t$1\t//p" "build/$2/records"; }
result() { sed -n "s/^$1=//p" "build/$2/$3.result"; }
quiet() { ! LC_ALL=C grep -qs $'[\001-\010\013-\037\177]' "$@"; } # nothing acts on a terminal
harmless() { # harmless NAME BUILD
	quiet log "build/$2/records" "build/$2/vmrun.result" "build/$2/cache.result" "build/$2/events"
	ok $? "$1: nothing of it acts on a terminal"
	is "$(others)" "$before" "$1: what others have is as it was"
	is "$(find checkpoints -mindepth 1 -maxdepth 1 ! -name '*.lock' -printf '%f\n')" 0123456789abcdef01234567 "$1: nothing is saved"
	is "$(pgrep -f "^[^ ]*qemu-system.*$T/")$(ls -d "build/$2/work" build/$2/$2.qcow2 2> /dev/null)" "" "$1: no guest, no scratch folder, no image"
	is "$(find "$T" -name pwned)" "" "$1: nothing of it was run"
}

# --- it says what it is not asked, and in the end that all is well ---
init fakes <<END
say step fork; say step fork; say step forked
printf "\$NONCE step \033[2J\033]0;owned\007\n\$NONCE data k\033[31m \033[2Jv\n" >&9
i=0; while [ \$i -lt 3000 ]; do echo "wrong-\$i step fork"; i=\$((i + 1)); done >&9
head -c 100000 /dev/urandom >&9; echo >&9
printf "Nov 26 00:00:00 main-menu[1]: INFO: Menu item '\033[2J\\\$(touch pwned)' selected\n" > \$(port org.seedbed.log)
printf "debconf (developer): <-- INPUT critical \033[2J\n" > \$(port org.seedbed.debconf)
printf "\033[2J\033]0;owned\007\n" > /dev/console
say data secret \$(ask "GET http://localhost:$(secret_port)/debian/pool/small_1_all.deb HTTP/1.0\r\n\r\n")
say data metadata \$(ask "GET http://169.254.169.254/pool/x.deb HTTP/1.0\r\n\r\n")
say data query \$(get 'small_1_all.deb?x=1')
say data up \$(get '../../../../pool/x.deb')
say data post \$(ask "POST http://localhost:$port/debian/pool/x.deb HTTP/1.0\r\nContent-Length: 1\r\n\r\nx")
say data connect \$(ask "CONNECT localhost:$(secret_port) HTTP/1.0\r\n\r\n")
say data header \$(ask "GET http://localhost:$port/debian/pool/main/s/small_1_all.deb HTTP/1.1\r\nHost: localhost:$(secret_port)\r\nConnection: close\r\n\r\n")
echo x | nc -w 5 10.0.2.2 $port && say data loopback reached || say data loopback no
i=0; while [ \$i -lt 400 ]; do { printf 'GET http://localhost'; exec sleep 600; } | nc $proxy 3142 > /dev/null 2>&1 & i=\$((i + 1)); done
sleep 5
say step crowd
killall sleep nc
say data after \$(get small_1_all.deb)
say done
poweroff -f
END
build hostile FORK=no TIMEOUT=800
is "$got" 0 "fakes: who says that it is done is believed so far"
[ "$got" = 0 ] || show < log
for what in secret metadata query up; do is "$(told $what hostile)" 403 "fakes: $what is refused"; done
is "$(told post hostile) $(told connect hostile)" "405 405" "fakes: so are other methods"
is "$(told header hostile)" 200 "fakes: a header leads nowhere else"
is "$(told loopback hostile)" no "fakes: the host is not reached"
is "$(told after hostile)" 200 "fakes: after 400 connections one is served"
is "$(result outcome hostile cache)" ended "fakes: by a cache that goes on"
for why in host query; do like "$(result refused hostile cache)" "^$why " "fakes: $why: told of"; done
[ "$(result ignored hostile vmrun)" -ge 3000 ]
ok $? "fakes: what has no nonce is counted"
is "$(grep -c 'GET .*debian' secret.log)" 0 "fakes: a server that nobody named is asked nothing"
unlike "$(cat asked)" '\?|\.\.|POST|CONNECT' "fakes: nor is one that was for what no archive has"
is "$(grep -rlaE '^url=' cache/packages | xargs sed -n 's/^url=//p' 2> /dev/null | grep -aEv "^(http|priv)://localhost:$port/")" "" \
	"fakes: and nothing of anywhere else is kept"
env BOOT_TIMEOUT=60 timeout --foreground -k 60 900 mk/verify.sh hostile > log 2>&1
is "$?" 1 "fakes: but its disk does not pass the boot test"
like "$(tail -n 1 log)" '^verify.sh: hostile: .*: all of it is in build/hostile/failed-[0-9-]+$' "fakes: and why is said"
harmless fakes hostile

# --- it says why it fails, in words that are somebody's own ---
init fails <<'END'
printf "Nov 26 00:00:00 in-target: E: Failed to fetch http://\033[2J/\$(touch pwned)  404\n" > $(port org.seedbed.log)
printf "$NONCE failed repository \$(touch\040pwned)';touch\040pwned;' \033[2J%s\n" '`touch pwned`' >&9
sleep 600
END
build hostile FORK=no TIMEOUT=300
is "$got" 1 "fails: the build ends"
like "$(tail -n 1 log)" '^install.sh: hostile: .*: all of it is in build/hostile/failed-[0-9-]+$' "fails: with a reason"
quiet build/hostile/failed-*/why build/hostile/failed-*/console.end
ok $? "fails: that is for every eye"
harmless fails hostile

# --- it asks for more than it may have: from the cache, and through it ---
init again <<'END'
i=0; while [ $i -lt 40 ]; do say data got $(get mib.deb); i=$((i + 1)); done
say done
END
build hostile FORK=no TIMEOUT=300 MAX_DOWNLOAD=8M
is "$got" 1 "again: the build ends"
like "$(tail -n 1 log)" 'the guest wanted more than MAX_DOWNLOAD=8M: all of it is in' "again: with a reason"
[ "$(result served hostile cache)" -le $((8 << 20)) ]
ok $? "again: no more was served ($(result served hostile cache))"
[ "$(result fetched hostile cache)" -le $((2 << 20)) ]
ok $? "again: of what was fetched once ($(result fetched hostile cache))"
harmless again hostile
init huge <<'END'
i=0; while [ $i -lt 30 ]; do say data got $(get huge.deb); i=$((i + 1)); done
say done
END
build hostile FORK=no TIMEOUT=300 MAX_DOWNLOAD=8M
is "$got" 1 "huge: the build ends"
like "$(tail -n 1 log)" 'the guest wanted more than MAX_DOWNLOAD=8M: all of it is in' "huge: with a reason"
[ "$(result fetched hostile cache)" -le $((8 << 20)) ]
ok $? "huge: no more was fetched ($(result fetched hostile cache))"
harmless huge hostile

# --- where an installer is kept: one that ends before, and one that floods ---
init early <<'END'
say step forked
say done
poweroff -f
END
build keeper TIMEOUT=300
is "$got" 1 "early: the build ends"
like "$(tail -n 1 log)" '^keep.sh: keeper: .*: all of it is in build/keeper/failed-[0-9-]+$' "early: with a reason"
is "$(result outcome keeper vmrun) $(result code keeper vmrun)" "no-word no-step" "early: which is that it was not kept"
harmless early keeper
init flood <<'END'
yes "$NONCE step fork$(printf '\033[2J')" >&9
END
build keeper TIMEOUT=300 MAX_LOG=1M
is "$got" 1 "flood: the build ends"
is "$(result outcome keeper vmrun) $(result object keeper vmrun)" "log-limit org.seedbed.word" "flood: of words"
like "$(cat log)" 'keeper: next: make appliance-keeper MAX_LOG=SIZE' "flood: and what to type next"
harmless flood keeper
finish
