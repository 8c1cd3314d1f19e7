#!/bin/bash
# SPDX-License-Identifier: MIT
# appliance-report: what a real build and a failed one look like, and the drawing.
. "${0%/*}/../lib.sh"
need xmllint

cp -r "$SRC/tests/data/appliance-report" build
sed -n 's/^hostkey=//p' build/web/manifest | randomart --svg -o build/web/hostkeys.svg -
export SOURCE_DATE_EPOCH=1795536000
runs "a page of two" appliance-report -o page.html build/web build/db
is "$(ls)" "$(printf 'build\npage.html')" "and nothing beside it"
text=$(cat page.html)
# its text alone, a line an element
flat() { sed 's/<style>//; s/<[^>]*>/\n/g' "$1" | grep -v '^ *$'; }
plain=$(flat page.html)

like "$plain" '^As of 2026-11-24 16:00 UTC$' "when"
for word in web built 216 '1\.1 GiB' '6 min 12 s' trixie 'Packages: 216' nginx-common \
	'expect http 80 /' 'inside: expect unit nginx.service' '4\.0 GiB' 'update-initramfs' \
	'web login: .*Power down' \
	'256 SHA256:KeqKMsLFWhYUoVQ\+9T\+C1/oHfaT1xrJulpO9Zxr27u4 \(ED25519\)'; do
	like "$plain" "^ *$word *\$" "what was built: $word"
done
for word in failed postgresql 'db: the installation did not finish: .*nobody answered' \
	'^2026-11-24T16:00:00Z$' '^the installation did not finish: ' 'failed-20261124-160000' '.*Power down'; do
	like "$plain" "$word" "what failed: $word"
done
like "$text" 'src="data:image/png;base64,iVBORw0KGgo' "the screen's picture is in the page"
like "$text" 'src="data:image/svg\+xml;base64,' "the host keys' pictures are"
unlike "$text" '(src|href)="[^d#]|url\(|<script|<link' "nothing of the page is elsewhere"
like "$text" "default-src 'none'" "and the browser is told so"
is "$(grep -o 'href="#[^"]*' page.html | cut -c8- | while read -r id; do grep -c "id=\"$id\"" page.html; done)" \
	$'1\n1' "what the overview points at is there"
if command -v tidy > /dev/null; then
	is "$(tidy -q -e page.html 2>&1)" "" "it is valid HTML"
else
	skip "it is valid HTML" "tidy is not installed"
fi

appliance-report -o again.html build/web build/db
runs "the same input, the same page" cmp page.html again.html

runs "the timeline alone" appliance-report --timeline -o time.svg build/web
runs "is XML" xmllint --noout time.svg
time=$(flat time.svg)
like "$time" '^base system: 2 min 36 s$' "a step and its time"
like "$time" '^4 short steps$' "short ones are drawn together"
is "$(grep -c 'class="b"' time.svg)" 1 "the boot test has its colour"

# What is missing is said, not an error; what is not there at all is.
mkdir empty
runs "an empty folder" appliance-report -o page.html empty
like "$(flat page.html)" '^not finished$' "is a build that did not finish"
appliance-report -t -o time.svg empty
runs "its timeline is a drawing, too" xmllint --noout time.svg
runs "a page of nothing" appliance-report -o page.html
like "$(flat page.html)" 'None has been built' "says so"
fails 1 "nowhere: No such file" appliance-report -o new.html empty nowhere
fails 1 "No such file" appliance-report -o nowhere/new.html empty
fails 2 "timeline: of one folder" appliance-report --timeline empty empty
fails 2 "unknown option" appliance-report --script
is "$(ls new.html* .new* 2> /dev/null)" "" "nothing half-written"
if [ -w /dev/full ]; then
	fails 1 "No space left" sh -c 'appliance-report empty > /dev/full'
fi
for option in $(appliance-report --help | grep -o -- '--[a-z]*'); do
	grep -Eq -- "Fl .*-${option#--}" "$SRC/tools/appliance-report/appliance-report.1"
	ok $? "$option is in the manual"
done
if command -v mandoc > /dev/null; then
	is "$(mandoc -Tlint -W warning "$SRC/tools/appliance-report/appliance-report.1")" "" "the manual is clean mdoc"
fi
finish
