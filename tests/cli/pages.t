#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages for users: README.md is short, the files and goals that they name exist, and the
# recipes of COMING-OVER.md compile.
. "${0%/*}/../lib.sh"
need python3
pages=(README.md HACKING.md TOOLS.md COMING-OVER.md)

lines=$(wc -l < "$SRC/README.md")
[ "$lines" -le 200 ]
ok $? "README.md has at most 200 lines ($lines)"

# absent ROOT PAGE...: links, paths in backticks and goals of make that are not in the tree
cat > absent.py <<'END'
import os, re, sys
root, pages = sys.argv[1], sys.argv[2:]
goals = set()
for d, _, found in os.walk(root + "/mk"):
    for f in found:
        if f.endswith(".mk"):
            goals |= set(re.findall(r"^(?:# )?([a-z][a-zA-Z%-]*):", open(os.path.join(d, f)).read(), re.M))
goals |= set(re.findall(r"^([a-z][a-z-]*):", open(root + "/Makefile").read(), re.M))
patterns = [re.compile(re.sub("NAME|%", "[a-zA-Z%]+", g) + "$") for g in goals]
tops = set(os.listdir(root)) - {"build"}
for page in pages:
    text = open(os.path.join(root, page)).read().split("## Source map")[0]
    for name in sorted(set(re.findall(r"\]\(([^):]+)\)", text) + re.findall(r"`([A-Za-z0-9._/-]+)`", text))):
        top = name.split("/")[0]
        plain = name.rstrip("/")
        known = top in tops and "/" in name or re.fullmatch(r"[A-Z-]+(\.md)?", name) and name.endswith(".md")
        if known and not re.search(r"NAME|RELEASE|TOPIC|NN", name) and not os.path.exists(os.path.join(root, plain)):
            print(f"{page}: {name}")
    for line in re.findall(r"^ +make (.*)$", text, re.M):
        for goal in re.sub(r"#.*", "", line).split():
            if re.fullmatch(r"[a-z][a-z-]*", goal) and not any(p.match(goal) for p in patterns):
                print(f"{page}: make {goal}")
END
is "$(python3 absent.py "$SRC" "${pages[@]}")" "" "the files and goals that the pages name exist"

# recipes PAGE: each in a file of the name that its first comment has, or of its number
recipes() {
	mkdir -p recipes
	awk '/^```recipe$/ { n++; name = n ".recipe"; first = 1; on = 1; next }
		/^```$/ { on = 0 }
		on && first && /^# [a-z]+\.recipe/ { name = $2; sub(/:$/, "", name); sub(/;$/, "", name) }
		on { first = 0; print > ("recipes/" name) }' "$1"
}
compiled() { # compiled RECIPE: with a source for each file that it names
	local source
	for source in $(awk '$1 == "file" { print $2 }' "$1"); do
		echo x > "recipes/$source"
	done
	preseed -k "$SRC/tests/data/preseed/key.pub" -f "$SRC/preseed.d" -o /dev/null "$1"
}
recipes "$SRC/COMING-OVER.md"
examples=$(ls recipes | paste -sd ' ')
is "$(grep -c '^```recipe$' "$SRC/COMING-OVER.md")" "$(wc -w <<< "$examples")" "each example has a name of its own"
is "$(grep -c '^## ' "$SRC/COMING-OVER.md")" 10 "ten tools are told of"
for recipe in $examples; do
	runs "$recipe of COMING-OVER.md compiles" compiled "recipes/$recipe"
done

# --- it can fail ---
mkdir other other/mk other/docs && printf 'all:\n' > other/Makefile
printf 'See `docs/gone.md`, `docs/here.md`.\n\n    make all    # x\n    make nothing\n' > other/README.md
touch other/docs/here.md
is "$(python3 absent.py other README.md)" "README.md: docs/gone.md
README.md: make nothing" "a file and a goal that are not there show"
printf '```recipe\n# bad.recipe\npakage nginx\n```\n' > bad.md
recipes bad.md
fails 1 'bad.recipe:2: pakage' compiled recipes/bad.recipe
finish
