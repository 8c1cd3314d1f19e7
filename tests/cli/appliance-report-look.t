#!/bin/bash
# SPDX-License-Identifier: MIT
# appliance-report: its page as browsers show it, with a screen and without.
. "${0%/*}/../lib.sh"

cp -r "$SRC/tests/data/appliance-report" build
appliance-report -o page.html build/web build/db
if command -v w3m > /dev/null; then
	text=$(w3m -dump -cols 80 page.html)
	like "$text" '^web +built +2026-11-24T16:16:41Z +trixie' "by text: the overview"
	like "$text" 'base system 2 min 36 s' "the timeline's words"
	like "$text" '^\|B@=@Ooo\+o        \|' "the host keys' pictures"
	like "$text" 'nobody answered' "why one failed"
else
	skip "by text" "w3m is not installed"
fi

browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
	{ skip "by a browser" "chromium is not installed"; finish; }
quiet=(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync
	--disable-background-networking --disable-component-update --hide-scrollbars)

# What a script in the page sees would be a script: the page is asked from outside of it.
look() { # look WIDTH NAME [OPTION...]: NAME.png
	local width=$1 name=$2
	shift 2
	HOME=$T timeout 120 "$browser" "${quiet[@]}" --user-data-dir="$T/profile" "$@" \
		--window-size="$width,1200" --screenshot="$T/$name.png" "file://$T/page.html" \
		> "$name.log" 2>&1
}
for w in 1100 400; do
	look $w "at-$w"
	is "$(head -c 8 "at-$w.png" 2> /dev/null | od -An -tx1 | tr -d ' \n')" 89504e470d0a1a0a "drawn $w wide"
done
unlike "$(cat ./*.log)" 'Refused|violates|CONSOLE.*rror' "the page's own policy lets all of it be shown"

# Whatever of it a browser would run: nothing of another's text does.
rude='</text></style><script>document.title="ran"</script><img src=x onerror="document.title=1">'
mkdir bad
printf 'name=%s\nstep=1 %s\nstep=9 x\ncheck=%s\nhostkey=%s\n' "$rude" "$rude" "$rude" "$rude" > bad/manifest
printf '<svg xmlns="http://www.w3.org/2000/svg" onload="top.document.title=2"><script>top.document.title=3</script></svg>' > bad/hostkeys.svg
appliance-report -o page.html bad
dom=$(HOME=$T timeout 120 "$browser" "${quiet[@]}" --user-data-dir="$T/profile" --dump-dom "file://$T/page.html" 2> /dev/null)
like "$dom" '<title>Appliances</title>' "nothing of a guest's text runs"
is "$(grep -c '<script' <<<"$dom")" 0 "or is an element"
finish
