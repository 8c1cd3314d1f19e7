#!/bin/bash
# SPDX-License-Identifier: MIT
# appliance-report: folders whose every byte was written by somebody who means harm.
. "${0%/*}/../lib.sh"
need xmllint python3

rude='</title></text></pre></li></td></style><script>alert(1)</script><img src=x onerror=alert(1)>"'"'"' onload=alert(1) &lt;'
mkdir -p b/failed-'<script>x' b/failed-2 b/failed-3
f=b/failed-2
{
	for k in name hostname built image-bytes check hostkey kit step "step=1 $rude" "$rude" memory; do
		printf '%s=%s\n' "$k" "$rude"
	done
	printf 'step=%s\n' "3 $rude" "inf x" "nan y" "1e9 z" "-1 w" "0x10 v" "5 boot: $rude" "2 earlier" "4" "4 "
	printf 'package=%s %s %s\n' "$rude" "$rude" "$rude" x '' ''
	printf 'package=\0nul\0 all \33[2J\33]0;title\7\n'
	printf 'check=\342\200\256turned \357\273\277bom \302\233c1 \377\376 \355\240\200 \357\277\277\r\n'
	printf 'no line of any kind\n\n=\n==\n'
	printf 'check=%0200000d\n' 0
	printf 'disk=99999999999999999999999999\nimage-bytes=1.2.3\nmemory=\n'
	printf 'check=the last, without a line feed'
} > b/manifest
{ printf '%s\n' "$rude"; printf '\33[2J\33[31mred\0\7\n%0100000d\n' 1; } > $f/why
for l in console.log install.log boot.log events; do cp $f/why $f/$l; done
cp $f/why b/boot.log
printf '\n\33[31mred\0\7\33]0;title\7\33(B\33[?25h\n' >> b/boot.log
printf '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>' > b/hostkeys.svg
cp b/boot.log b/hostkeys
printf '<script>alert(1)</script>' > b/a.png
touch "$f/<script>alert(1)"

check() { # check NAME FOLDER...: the page is a page, and nothing of theirs is markup
	local name=$1
	shift
	runs "$name: a page" timeout 60 appliance-report -o page.html "$@"
	is "$(python3 - page.html <<-'PY'
		import html.parser, sys, re
		data = open(sys.argv[1], encoding="utf-8", errors="strict").read()
		control = re.findall("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\uffff]", data)
		if control: print("control characters", control[:5])
		class Page(html.parser.HTMLParser):
		    known = set("""html head meta title style body header h1 h2 h3 h4 p div table tr th td
		        section span a ul li details summary pre code figure figcaption img article br
		        footer svg g text rect line""".split())
		    stack = []
		    def handle_starttag(self, tag, attrs):
		        if tag not in self.known: print("element", tag)
		        for k, v in attrs:
		            if k.startswith("on"): print("attribute", k)
		            if k in ("src", "href") and not v.startswith(("data:image/", "#a")): print(k, v)
		        if tag not in ("meta", "img", "br", "rect", "line"): self.stack.append(tag)
		    def handle_startendtag(self, tag, attrs):
		        if tag not in self.known: print("element", tag)
		    def handle_endtag(self, tag):
		        if not self.stack or self.stack.pop() != tag: print("end of", tag)
		p = Page(); p.feed(data); p.close()
		if p.stack: print("open", p.stack)
		PY
	)" "" "$name: its elements are the report's own"
}
check "bytes" b
page=$(cat page.html)
like "$page" '&lt;script&gt;alert\(1\)' "their markup is text"
like "$page" '\\x1b\[31mred\\x00\\x07' "control bytes are shown"
like "$page" '(^|>)red\\x00$' "but for what acts on a terminal, in what was on one"
like "$page" '\\u\{202e\}turned \\u\{feff\}bom \\x9bc1 \\xff\\xfe \\xed\\xa0\\x80 \\u\{ffff\}' "and what cannot be seen"
like "$page" 'the last, without a line feed' "a last line without its end counts"
like "$page" '[0-9]+ lines of the manifest are none' "lines that are none are counted"
unlike "$page" '0{1000}' "a huge line is cut"
[ "$(stat -c %s page.html)" -lt 200000 ]; ok $? "the page is no larger for it"
runs "the timeline" appliance-report -t -o t.svg b
runs "is XML" xmllint --noout t.svg
unlike "$(cat t.svg)" '<script|nan|inf' "with steps that have a time, as text"

# Files that are no files.
mkdir c c/manifest d
check "a folder for a file" c
mkfifo d/manifest d/steps d/facts d/boot.log d/x.png d/hostkeys d/failed-fifo
ln -s /etc/passwd d/console.log
ln -s /etc d/failed-link
check "pipes and links" d
unlike "$(cat page.html)" root: "a link is not followed"

# Files without an end, or with many lines.
mkdir e
truncate -s 5G e/manifest e/boot.log
truncate -s 10M e/x.png
check "five gigabytes of nothing" e
like "$(cat page.html)" 'manifest: File too large' "are too large"
mkdir g
yes 'step=1 x' | head -n 50000 > g/manifest
yes 'check=y' | head -n 50000 >> g/manifest
yes "$rude" | head -c 300000 >> g/manifest
seq -f 'failed-%g' 300 | (cd g && xargs mkdir)
check "fifty thousand of each" g
like "$(cat page.html)" 'And 295 older' "failures beyond the newest are counted"
[ "$(stat -c %s page.html)" -lt 700000 ]; ok $? "and the page is bounded"
finish
