#!/bin/bash
# SPDX-License-Identifier: MIT
# HACKING.md's source map has each file of the project, and none that is no more; SECURITY
# names tests that there are.
. "${0%/*}/../lib.sh"
need python3

cat > map.py <<'END2'
import fnmatch, os, re, sys
root, page = sys.argv[1], open(sys.argv[2]).read()
source = page[page.index("## Source map"):]
names = [n for n in re.findall(r"`([^`\s]+)`", source) if re.search(r"[a-z]", n)]
files = []
for top in "mk", "udeb", "preseed.d", "recipes", "tools", "tests", "docs":
    for d, dirs, found in os.walk(os.path.join(root, top)):
        dirs[:] = [x for x in dirs if os.path.join(d, x) not in
                   (os.path.join(root, "tests", y) for y in ("data", "fuzz"))]
        files += [os.path.relpath(os.path.join(d, f), root) for f in found]
def fits(path, name):
    return any(fnmatch.fnmatchcase(path[i:], name) for i in [0] + [m.end() for m in re.finditer("/", path)])
for f in sorted(files):
    if not any(fits(f, n) for n in names):
        print("not in the map:", f)
everything = files + [os.path.join(d, f)[len(root) + 1:] for d, _, found in os.walk(root + "/tests") for f in found]
for n in names:
    plain = n.rstrip("/")
    if re.search(r"\.(c|h|\[ch\]|sh|t|awk|mk|S|preseed|recipe|patch|py|[1-8])$", plain) and not any(fits(f, plain) for f in everything):
        print("no more:", n)
END2
is "$(python3 map.py "$SRC" "$SRC/HACKING.md")" "" "each file has a line, and each line a file"
is "$(grep -oE '[a-z0-9/-]+\.t\b' "$SRC/SECURITY" | sort -u | while read -r t; do
	[ -e "$SRC/tests/$t" ] || [ -e "$SRC/tests/cli/$t" ] || echo "$t"
done)" "" "SECURITY names tests that there are"

# it can fail
mkdir -p other/mk other/tests
touch other/mk/known.sh other/mk/unknown.sh
printf '## Source map\n- `mk/known.sh` — x\n- `mk/gone.sh` — y\n' > other/HACKING.md
is "$(python3 map.py "$T/other" other/HACKING.md)" "not in the map: mk/unknown.sh
no more: mk/gone.sh" "what is missing, or gone, shows"
finish
