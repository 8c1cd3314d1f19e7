# SPDX-License-Identifier: MIT
# tests/archive.sh - a small signed archive of a test's own, and a mirror for it.
#
#	archive_ready		skips the test, or makes a key; keyring.gpg has it
#	make_deb NAME FILE [FIELDS]	a package; it is required where FIELDS says nothing
#	archive			the lists of what is in www/debian/pool, signed
#	mirror_up [PORT]	serves www on that port (any) of 127.0.0.1: $port, $mirror;
#				while there is a file "cut", packages break off in the middle
#	asked PATTERN		how often it was asked for that

# shellcheck shell=bash
archive_ready() {
	need python3 gpg apt-get dpkg-deb
	export GNUPGHOME=$T/gnupg
	mkdir -m 700 gnupg
	at_end 'gpgconf --kill all 2> /dev/null'
	gpg -q --batch --passphrase '' --quick-generate-key test rsa2048 sign never 2> /dev/null ||
		skip_all "gpg makes no key"
	gpg -q --export > keyring.gpg
}

make_deb() { # make_deb NAME FILE [FIELDS]
	mkdir -p "tree/DEBIAN" tree/usr/share/x
	head -c 40000 /dev/urandom > tree/usr/share/x/data
	printf 'Package: %s\nVersion: 1.0+b1\nArchitecture: all\nMaintainer: x <x@example.org>\n%s\nDescription: x\n' \
		"$1" "${3:-Priority: required}" > tree/DEBIAN/control
	dpkg-deb --root-owner-group --build tree "$2" > /dev/null
	rm -r tree
}
archive() { # archive: the lists of what is in pool, signed
	local d=www/debian c f
	for c in main/binary-amd64 main/debian-installer/binary-amd64; do
		mkdir -p "$d/dists/trixie/$c"
		: > "$d/dists/trixie/$c/Packages"
	done
	for f in "$d"/pool/main/*/*.deb; do
		dpkg-deb -f "$f"
		printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "${f#"$d/"}" "$(stat -c %s "$f")" "$(sha256sum "$f" | cut -d' ' -f1)"
	done > "$d/dists/trixie/main/binary-amd64/Packages"
	release trixie
	mkdir -p "$d/dists/trixie-updates/main/binary-amd64"
	: > "$d/dists/trixie-updates/main/binary-amd64/Packages"
	release trixie-updates
}
release() {
	(cd "www/debian/dists/$1" && {
		printf 'Origin: test\nSuite: %s\nCodename: %s\nArchitectures: amd64\nComponents: main\nDate: %s\nAcquire-By-Hash: no\nSHA256:\n' \
			"$1" "$1" "$(date -uR)"
		find main -type f | while read -r f; do
			printf ' %s %s %s\n' "$(sha256sum "$f" | cut -d' ' -f1)" "$(stat -c %s "$f")" "$f"
		done
	} > Release && rm -f InRelease && gpg -q --batch --clearsign -o InRelease Release)
}
mirror_up() {
	[ -e mirror.py ] || mirror_program > mirror.py
	rm -f port
	python3 mirror.py port "$T/asked" "${1:-0}" & mirror=$!
	until_true 60 test -s port || return
	port=$(cat port)
}
mirror=
at_end 'kill $mirror 2> /dev/null'
asked() { grep -c "GET .*$1" asked; }

mirror_program() {
	cat <<'END'
import functools, http.server, io, os, sys
class Mirror(http.server.SimpleHTTPRequestHandler):
    def log_message(self, form, *args):
        open(sys.argv[2], "a").write(self.requestline + " " + self.headers.get("Host", "") + "\n")
    def do_GET(self):
        if "://" in self.path:  # as a proxy is asked
            self.path = "/" + self.path.split("/", 3)[3]
        super().do_GET()
    def copyfile(self, source, to):
        if self.path.endswith(".deb") and os.path.exists("cut"):
            source = io.BytesIO(source.read(20000))
            self.close_connection = True
        super().copyfile(source, to)
class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, address):
        pass  # who has enough hangs up
server = Server(("127.0.0.1", int(sys.argv[3])), functools.partial(Mirror, directory="www"))
open(sys.argv[1], "w").write(str(server.server_address[1]))
server.serve_forever()
END
}
