#!/bin/bash
# SPDX-License-Identifier: MIT
# What a guest may ask of its cache, and what of that a server hears.
. "${0%/*}/../lib.sh"
. "$SRC/tests/pkgcache.sh"

upstream_up || { ok 1 "an upstream server"; finish; }
deb=debian/pool/main/s/sample_1.0+b1_all.deb
bytes 30000 www/$deb
echo release > www/debian/dists/trixie/InRelease
echo secret > www/debian/secret
host=127.0.0.1:$port
cache_up a --private-host "$host" || { ok 1 "a cache"; finish; }

# --- what is asked for ---
answer() { raw a.sock "$1" | tr -d '\r' | sed -n '1s/HTTP[^ ]* \([0-9]*\).*/\1/p; $p' | paste -sd ' '; }
asks() { answer "${2:-GET} $1 HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n"; }

is "$(get a.sock "http://$host/$deb" | cmp - www/$deb && echo same)" same "a package, with a Host"
is "$(raw a.sock "GET http://$host/debian/dists/trixie/InRelease HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n" | tail -n 1)" \
	release "a whole address is what counts, and not the Host"
is "$(raw a.sock "GET http://$host/debian/dists/trixie/InRelease HTTP/1.0\r\n\r\n" | tail -n 1)" release "HTTP/1.0"
like "$(asks /debian/dists/trixie/Release)" '^404 ' "what is not there"
is "$(gets a.sock -I "http://$host/$deb")" "200 HIT 0" "HEAD of what is kept"
is "$(gets a.sock -I "http://$host/debian/dists/trixie/InRelease" | cut -c 1-3)" 200 "HEAD of a list"

: > asked
while IFS='|' read -r want target; do
	like "$(asks "$(sed "s|HOST|$host|" <<<"$target")")" "^403 $want" "$target: $want"
done <<'END'
no query|/debian/dists/trixie/InRelease?1
no query|http://HOST/debian/pool/main/s/sample_1.0+b1_all.deb?
no fragment|/debian/dists/trixie/InRelease#x
no user|http://me@HOST/debian/dists/trixie/InRelease
no user|http://me:pw@HOST/debian/dists/trixie/InRelease
only http|https://HOST/debian/dists/trixie/InRelease
only http|ftp://HOST/debian/dists/trixie/InRelease
only http|file:///etc/passwd
no source|http://example.org/debian/dists/trixie/InRelease
no source|http://127.0.0.1/debian/dists/trixie/InRelease
no source|http://127.0.0.1:1/debian/dists/trixie/InRelease
no source|http:///debian/dists/trixie/InRelease
no source|http://[::1]/debian/dists/trixie/InRelease
no source|http://127.1:80/debian/dists/trixie/InRelease
a path|/debian/dists/../secret
a path|/debian/dists/%2e%2e/secret
a path|/debian/dists/%2E./secret
a path|/debian/dists/x%2fInRelease
a path|/debian/dists/x%00InRelease
a path|/debian/dists/x%0d%0aInRelease
a path|/debian/dists/x%zz
a path|/debian/dists/x%2
a path|/debian/dists/x\\y
a path|/debian/dists/a;b
a path|/debian/dists/
a path|http://HOST
nothing that|/debian/secret
a path|/
nothing that|/debian/dists
nothing that|/debian/pool
nothing that|/server-status
nothing that|/debian/InRelease.php
nothing that|/by-hash/SHA256/abc
neither|*
neither|debian/dists/trixie/InRelease
END
is "$(cat asked)" "" "of all that, a server heard nothing"

for m in POST PUT DELETE OPTIONS TRACE PATCH PROPFIND; do
	like "$(asks /debian/dists/trixie/InRelease $m)" '^405 only GET' "$m"
done
like "$(answer "CONNECT $host HTTP/1.1\r\nHost: $host\r\nConnection: close\r\n\r\n")" '^405' "CONNECT"
like "$(answer "GET /debian/dists/trixie/InRelease HTTP/1.1\r\nHost: $host\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")" \
	'^403 a request has no body' "a body"
like "$(answer "GET /debian/dists/trixie/InRelease HTTP/1.1\r\nHost: $host\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")" \
	'^403 a request has no body' "a body in chunks"
like "$(answer "GET /debian/dists/trixie/InRelease HTTP/1.1\r\nConnection: close\r\n\r\n")" '^40[03] ' "HTTP/1.1 without a Host"
long=$(printf '%04000d' 0)
like "$(asks "/debian/dists/$long")" '^4' "a path of 4000 bytes"
is "$(cat asked)" "" "nor of that"

# --- spellings: one file has one key ---
bytes 2000 'www/debian/pool/main/s/one_1~x+y_all.deb'
: > asked
for u in 'one_1~x+y_all.deb' 'one_1%7ex%2by_all.deb' 'one_1%7Ex%2By_all.deb' '%6fne_1~x+y_all.deb' './one_1~x+y_all.deb' '/one_1~x+y_all.deb'; do
	get a.sock --path-as-is "http://$host/debian/pool/main/s/$u" -o out
	cmp -s out 'www/debian/pool/main/s/one_1~x+y_all.deb'
	ok $? "$u"
done
is "$(asked one)" 1 "has been fetched once"
is "$(head -n 1 asked)" 'GET /debian/pool/main/s/one_1~x%2by_all.deb HTTP/1.1' "by the cache's own spelling"

# --- what an archive has ---
for f in InRelease Release.gpg Packages Packages.xz Sources.gz Translation-en Contents-amd64.gz \
	sample_1_all.udeb "by-hash/SHA256/$(printf '%064d' 0)" Packages.diff/Index dep11/Components-amd64.yml.gz; do
	mkdir -p "www/flat/$(dirname "$f")"
	echo "$f" > "www/flat/$f"
	is "$(get a.sock "http://$host/flat/$f")" "$([ "${f#by-hash}" = "$f" ] && echo "$f" || cat "www/flat/$f")" "flat/$f"
done

# --- what a server hears ---
: > asked
raw a.sock "GET http://$host/debian/dists/trixie/InRelease HTTP/1.1\r\nHost: x\r\nCookie: c\r\nAuthorization: a\r\nX-Secret: s\r\nRange: bytes=2-3\r\nAccept-Encoding: gzip\r\nUser-Agent: guest\r\nIf-None-Match: \"guest\"\r\nIf-Modified-Since: Sat, 06 Sep 2025 10:12:42 GMT\r\nReferer: r\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n" > answer
like "$(cat answer | tr -d '\r')" '^HTTP/1.1 200' "a range is answered with the whole"
is "$(tail -n 1 answer)" release "all of it"
is "$(sed -n '2,$s/^\t\([^:]*\).*/\1/p' asked | sort | paste -sd ' ')" "Accept Host If-Modified-Since If-None-Match User-Agent" "which headers there are"
like "$(cat asked)" "Host: $host" "the server's own name"
unlike "$(cat asked)" 'guest|c$|secret|Sep 2025' "nothing of the guest's"

printf 'Set-Cookie: x=y\nX-Any: z\nContent-Encoding: gzip\nVary: *' > ctl/more
echo changed > www/debian/dists/trixie/InRelease
out=$(raw a.sock "GET http://$host/debian/dists/trixie/InRelease HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" | tr -d '\r')
is "$(tail -n 1 <<<"$out")" changed "a changed list"
unlike "$out" 'Cookie|X-Any|Encoding|Vary' "nor does the guest hear what a server says besides"
rm ctl/more

# --- where an address leads ---
echo 302 > ctl/status
echo "http://$host/debian/pool/main/s/other_1_all.deb" > ctl/location
like "$(get a.sock -i "http://$host/debian/pool/main/s/moved_1_all.deb" | tr -d '\r')" \
	"^Location: http://$host/debian/pool/main/s/other_1_all.deb" "it leads to another file of a source: the guest asks there"
for to in http://example.org/debian/pool/x.deb http://169.254.169.254/latest/meta-data "http://$host/secret" https://$host/debian/pool/x.deb; do
	echo "$to" > ctl/location
	like "$(asks /debian/pool/main/s/moved_1_all.deb)" '^502 .*no source of this build' "to $to: no"
done
rm ctl/status ctl/location
cache_down || ok 1 "it ends well"
is "$(field a outcome)" ended "its end"
like "$(field a refused)" '^query http' "refusals are recorded"
is "$(field a refused | wc -l)" 32 "32 of them"
like "$(field a refused-more)" '^[0-9]+$' "and how many more"

# a guest's bytes are nobody's terminal's
cache_up b --private-host "$host"
raw b.sock 'GET /\033]0;x\007\x9b/dists HTTP/1.1\r\nHost: x\033\r\nConnection: close\r\n\r\n' > /dev/null
cache_down
is "$(LC_ALL=C grep -c '[^ -~]' b.result b.err | paste -sd ' ')" "b.result:0 b.err:0" "escape sequences are told as text"

# --- addresses ---
cache_up c --host "$host" --host localhost:$port
for h in "$host" "localhost:$port"; do
	: > asked
	is "$(gets c.sock "http://$h/debian/dists/trixie/InRelease" 2> /dev/null | cut -c 1-3)" 403 "$h was not named as private"
	is "$(cat asked)" "" "and hears nothing"
done
is "$(gets c.sock "http://$host/$deb" | cut -c 1-3)" 403 "nor is it served what another build has fetched there, which may"
is "$(gets c.sock -I "http://$host/$deb" | cut -c 1-3)" 403 "or told of it"
cache_down
like "$(field c refused)" "^address http://$host/.* a loopback address" "why"
cache_up c --private-host "$host"
is "$(gets c.sock "http://$host/$deb")" "200 HIT 30000" "one that may is"
cache_down
cache_up d --host "127.1:$port" --host 2130706433:$port --host 0x7f.1:$port --host 0:$port
for h in 127.1 2130706433 0x7f.1 0; do
	is "$(gets d.sock "http://$h:$port/debian/dists/trixie/InRelease" | cut -c 1-3)" 403 "$h, as the resolver reads it"
done
cache_down
own=$(hostname -I 2> /dev/null | tr ' ' '\n' | grep -m1 '^[0-9.]*$')
if [ -n "$own" ]; then
	cache_up e --host "$own:$port"
	is "$(gets e.sock "http://$own:$port/debian/dists/trixie/InRelease" | cut -c 1-3)" 403 "an address of this host's own"
	cache_down
else
	skip "an address of this host's own" "it has none"
fi

# --- by way of the host's proxy ---
cache_up f --host mirror.invalid --proxy "$host"
: > asked
is "$(get f.sock http://mirror.invalid/debian/dists/trixie/InRelease)" changed "by way of a proxy"
is "$(head -n 1 asked)" "GET http://mirror.invalid/debian/dists/trixie/InRelease HTTP/1.1" "which is asked for the whole address"
unlike "$(cat asked)" 'Proxy-Auth' "without a word of its own"
cache_down
http_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9 cache_up g --private-host "$host"
is "$(get g.sock "http://$host/debian/dists/trixie/InRelease")" changed "a proxy of the environment is not meant"
cache_down
finish
