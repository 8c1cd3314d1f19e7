#!/bin/bash
# SPDX-License-Identifier: MIT
# apt and debootstrap's wget as a cache's clients, by a relay as a guest's gate is one:
# a signed archive of this test's own.
. "${0%/*}/../lib.sh"
. "$SRC/tests/archive.sh"
. "$SRC/tests/pkgcache.sh"
need apt-get wget

archive_ready
mkdir -p www/debian/pool/main/s
deb=pool/main/s/sample_1.0+b1_all.deb
make_deb sample www/debian/$deb
make_deb other www/debian/pool/main/s/other_1.0~x_all.deb 'Priority: optional'
archive
mirror_up || { ok 1 "a mirror"; finish; }
host=127.0.0.1:$port

relay() { # from a TCP port of this host to the socket
	python3 - "$1" <<'END' &
import os, socket, sys, threading
def carry(a, b):
    try:
        while True:
            data = a.recv(65536)
            if not data: break
            b.sendall(data)
    except OSError: pass
    for s, how in (b, socket.SHUT_WR), (a, socket.SHUT_RD):
        try: s.shutdown(how)
        except OSError: pass
tcp = socket.create_server(("127.0.0.1", 0))
open("relay.new", "w").write(str(tcp.getsockname()[1]))
os.rename("relay.new", "relay")
while True:
    c, _ = tcp.accept()
    u = socket.socket(socket.AF_UNIX)
    u.connect(sys.argv[1])
    for a, b in (c, u), (u, c): threading.Thread(target=carry, args=(a, b), daemon=True).start()
END
	relay=$!
	at_end 'kill $relay && wait $relay 2> /dev/null'
	until_true 60 test -s relay
}

cache_up a --private-host "$host" || { ok 1 "a cache"; finish; }
relay a.sock || { ok 1 "a relay"; finish; }
proxy=http://127.0.0.1:$(cat relay)

mkdir -p apt/lists/partial apt/cache/archives/partial
: > apt/status
cat > apt.conf <<END
Dir "$T/apt/"; Dir::State "$T/apt"; Dir::State::status "$T/apt/status"; Dir::State::lists "$T/apt/lists";
Dir::Cache "$T/apt/cache"; Dir::Etc "$T/apt"; Dir::Etc::sourcelist "$T/apt/sources.list"; Dir::Etc::sourceparts "-";
Dir::Etc::trusted "$T/keyring.gpg"; Dir::Etc::trustedparts "-"; Dir::Etc::parts "-"; Dir::Etc::preferencesparts "-";
APT::Architecture "amd64"; APT::Architectures { "amd64"; }; APT::Sandbox::User ""; Acquire::Languages "none";
Acquire::http::Proxy "$proxy"; Debug::NoLocking "true";
END
echo "deb http://$host/debian trixie main" > apt/sources.list
apt() { env -u http_proxy APT_CONFIG="$T/apt.conf" apt-get -q "$@"; }
runs "apt-get update" apt update
is "$(ls apt/lists | grep -c _Packages)" 1 "it has the lists"
runs "apt-get download" apt download sample other
is "$(cmp sample_1.0+b1_all.deb www/debian/$deb && cmp other_1.0+b1_all.deb www/debian/pool/main/s/other_1.0~x_all.deb && echo same)" \
	same "the packages are what they are"
rm ./*.deb
: > asked
runs "again" apt download sample other
is "$(cat asked)" "" "which the mirror does not hear of"
rm -r apt/lists
mkdir -p apt/lists/partial
runs "apt-get update, without lists" apt update
kill $mirror; wait $mirror 2> /dev/null
rm -r apt/lists
mkdir -p apt/lists/partial
runs "apt-get update, without a mirror" apt update
rm -f ./*.deb
runs "and a package" apt download sample
is "$(env http_proxy="$proxy" wget -q -O - "http://$host/debian/$deb" | cmp - www/debian/$deb && echo same)" same "wget"
fails 8 '403' env http_proxy="$proxy" wget -nv -O - http://example.org/debian/dists/trixie/Release

# a part that apt has of a package is of no consequence
mirror_up "$port"
head -c 20000 www/debian/$deb > apt/cache/archives/partial/sample_1.0+b1_all.deb
touch -r www/debian/$deb apt/cache/archives/partial/sample_1.0+b1_all.deb
runs "apt goes on from the part that it has" apt install -y --download-only sample
cmp -s apt/cache/archives/sample_1.0+b1_all.deb www/debian/$deb
ok $? "with the whole of it"

# a flat repository, as apt spells it
mkdir -p www/flat
cp www/debian/$deb www/flat/
printf '%s\nFilename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(dpkg-deb -f www/debian/$deb)" "${deb##*/}" \
	"$(stat -c %s www/debian/$deb)" "$(sha256sum www/debian/$deb | cut -d' ' -f1)" > www/flat/Packages
echo "deb [trusted=yes] http://$host/flat ./" > apt/sources.list
runs "a flat repository" apt update
rm -f ./*.deb
runs "and its package" apt download sample
cache_down
is "$(field a outcome) $(field a refused | grep -c "$host")" "ended 0" "nothing that apt asked for was refused"
finish
