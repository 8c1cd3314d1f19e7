#!/bin/bash
# SPDX-License-Identifier: MIT
# A source that a recipe may name is in the public network. One whose name leads into the
# operator's own, or to this host, is asked only if the operator says so: whoever answers
# for the name can have it lead anywhere.
. "${0%/*}/../lib.sh"
. "$SRC/tests/pkgcache.sh"
need curl python3

mkdir -p s cache www/pool
echo inside > www/pool/secret_1_all.deb
python3 - > port <<'END2' &
import functools, http.server
h = functools.partial(http.server.SimpleHTTPRequestHandler, directory="www")
s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), h)
print(s.server_address[1], flush=True)
s.serve_forever()
END2
at_end "kill $! 2> /dev/null"
until_true 60 test -s port
host=localhost:$(cat port)
asked() { # asked INSIDE HOST: what a guest gets from there
	bash -c '. "$SRC/mk/common.sh"; . "$SRC/mk/apt.sh"; . "$SRC/mk/guest.sh"
		SEEDBED_CACHE=$PWD/cache CACHE=$PWD/cache S=$PWD/s R=$PWD max_download=$((1 << 20)) PROXY=
		fact=([suite]=trixie [architecture]=amd64 [mirror]=http://m/d [security]= [proxy_address]=10.0.2.1 [inside]="$1")
		host_proxy() { :; } # of this machine
		cache_for "http://$2"
		"${cache[@]}" curl -s --unix-socket s/cache "http://$2/pool/secret_1_all.deb"' - "$1" "$2" 2>&1
}
mkdir -p cache/packages && chmod 700 cache/packages
like "$(asked "" "$host")" 'not a public one' "a name that leads to this host is not asked"
like "$(sed -n 's/^refused=//p' cache.result)" "^address http://$host/pool/secret_1_all.deb a loopback address$" "which is on record"
like "$(asked "${host}0" "$host")" 'not a public one' "what the operator says of one is of no other"
is "$(asked "other $host" "$host")" inside "unless the operator said so"
is "$(asked "" "127.0.0.1:${host#*:}")" inside "or has named the address itself"
finish
