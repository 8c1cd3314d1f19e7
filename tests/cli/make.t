#!/bin/bash
# What make says of recipes before anything is started.
. "${0%/*}/../lib.sh"
need make dpkg-deb

# A tree of its own around the programs that are built.
cp -r "$SRC"/{Makefile,mk,preseed.d,udeb,tools} .
mkdir -p build recipes tests && cp -r "$SRC/tests/unit" tests/
cp -r "$SRC/build/bin" "$SRC/build/obj" "$SRC/build/.setup" build/
find build -exec touch {} +
ssh-keygen -q -t ed25519 -N '' -f key
export KEY=$T/key.pub SETUP=no
unset MAKEFLAGS MFLAGS MAKELEVEL

echo 'package nginx' > recipes/good.recipe
printf 'pakage nginx\nmemory much\n' > recipes/bad.recipe
: > 'recipes/$(touch pwned).recipe'
: > 'recipes/a b;touch pwned;.recipe'
: > 'recipes/-x.recipe'

is "$(make list 2> err)" "bad
good" "make list has the recipes whose names are host names"
like "$(cat err)" 'left out' "and says that others are left out"
like "$(make help)" 'appliance-NAME' "make help tells of appliance-NAME"

fails 2 'recipes/bad.recipe:1: .*package' make appliance-bad
fails 2 'recipes/bad.recipe:2: ' make appliance-bad
is "$(ls build/bad 2> /dev/null | grep -v '^\.')" "" "nothing is left of it"
fails 2 'No rule' make appliance-absent
is "$(ls pwned 2> /dev/null)" "" "no recipe's name was run"

# The report is of what there is, and recipes' folders alone.
mkdir -p build/good build/other && cp "$SRC"/tests/data/appliance-report/web/{facts,manifest} build/good/
cp build/good/facts build/other/
is "$(make -s report 2> err)" "report: build/report.html" "make report"
like "$(cat build/report.html 2> /dev/null)" 'href="#a1">good<' "has what was built"
unlike "$(cat build/report.html 2> /dev/null)" '>other<' "and no folder without a recipe"
rm -r build/good build/other

# Values that a shell or make would act on go through unharmed.
cat > recipes/good.recipe <<'END'
run touch $(shell touch pwned) `touch pwned` "$(touch pwned)" ; touch /pwned
END
build/bin/preseed --key key.pub recipes/good.recipe > out
is "$(ls pwned 2> /dev/null)" "" "no recipe's line was run"

# What the recipe bench carries, which the build makes: anew only if it is another.
cp -r "$SRC"/recipes/bench* recipes/ && rm -f recipes/bench/syscost
runs "make puts syscost into the recipe's folder" make recipes/bench/syscost
[ -x recipes/bench/syscost ] && build/bin/preseed --key key.pub --facts recipes/bench.recipe > facts
like "$(cat facts)" '^depends=recipes/bench/syscost$' "where the recipe finds it"
touch -d '1 hour ago' recipes/bench/syscost
before=$(stat -c %Y recipes/bench/syscost)
touch build/bin/syscost
make -s recipes/bench/syscost
is "$(stat -c %Y recipes/bench/syscost)" "$before" "the same program again is left as it is"
is "$(make -n bench-syscost 2> /dev/null | grep -c 'syscost --compare')" 1 "make bench-syscost compares"
rm -r recipes/bench*

# A mirror that is not there: nothing listens on the discard port of loopback.
SEEDBED_CACHE=$T/cache fails 2 '127.0.0.1:9/debian: cannot fetch' make appliance-good MIRROR=http://127.0.0.1:9/debian
is "$(ls build/good/preseed.cfg 2> /dev/null)" "" "without a mirror nothing is compiled"
finish
