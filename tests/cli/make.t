#!/bin/bash
# SPDX-License-Identifier: MIT
# What make says of recipes before anything is started.
. "${0%/*}/../lib.sh"
need make dpkg-deb

# A tree of its own around the programs that are built.
cp -r "$SRC"/{Makefile,VERSION,mk,preseed.d,udeb,tools} .
mkdir -p build recipes tests && cp -r "$SRC/tests/unit" tests/
cp -r "$SRC/build/bin" "$SRC/build/obj" "$SRC/build/.setup" build/
touch now && find build -exec touch -r now {} + && rm now
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
is "$(grep -c ': left out: not a host name' err)" 3 "and says which others are left out"
: > recipes/bin.recipe
like "$(make list 2>&1)" 'recipes/bin.recipe: left out: build/bin is a folder of the build' "nor one in the way of the build's own"
rm recipes/bin.recipe
like "$(make help)" 'appliance-NAME' "make help tells of appliance-NAME"

fails 2 'recipes/bad.recipe:1: .*package' make appliance-bad
fails 2 'recipes/bad.recipe:2: ' make appliance-bad
is "$(ls build/bad 2> /dev/null | grep -v '^\.')" "" "nothing is left of it"
fails 2 'No rule' make appliance-absent
is "$(ls pwned 2> /dev/null)" "" "no recipe's name was run"

# Answers there are for other architectures, too, and no guest to build them in.
printf 'package nginx\narchitecture arm64\n' > recipes/elsewhere.recipe
runs "a recipe for another architecture is compiled" build/bin/preseed --key key.pub -o out recipes/elsewhere.recipe
fails 2 'recipes/elsewhere.recipe:2: architecture: arm64: cannot be built here: no machine is known' \
	make appliance-elsewhere
is "$(ls build/elsewhere/facts 2> /dev/null)" "" "but not built"
rm -r recipes/elsewhere.recipe build/elsewhere 2> /dev/null || true

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

# What the recipe bench carries is one of the programs, and nothing is made in its folder.
cp -r "$SRC"/recipes/bench* recipes/
preseed --key key.pub --facts recipes/bench.recipe > facts
like "$(cat facts)" "^depends=$(readlink -f build/bin 2> /dev/null || echo build/bin)/syscost$|^depends=.*/bin/syscost$" "a recipe may carry a program of seedbed's"
mkdir copies && preseed --key key.pub --payload list --copies copies -o /dev/null recipes/bench.recipe
cmp -s copies/0 "$(command -v syscost)"
ok $? "as it is"
is "$(make -n bench-syscost 2> /dev/null | grep -c 'syscost --compare')" 1 "make bench-syscost compares"
rm -r recipes/bench*
printf 'file @../../etc/passwd /x\nfile @absent /y\n' > recipes/bad.recipe
fails 1 'bad.recipe:1: file: @../../etc/passwd: is outside' preseed --key key.pub recipes/bad.recipe
fails 1 'bad.recipe:2: file: @absent: No such' preseed --key key.pub recipes/bad.recipe

# Where nothing can be installed: before anything is fetched, by what is missing.
for uri in xen:///system qemu:///system qemu+ssh://elsewhere.example/session; do
	fails 2 "^compile.sh: HYPERVISOR=${uri/+/.}: installing there is not supported" \
		make appliance-good HYPERVISOR=$uri MIRROR=http://127.0.0.1:9/debian
done
fails 2 '^domxml: xen:///system: no virtio ports: ' make appliance-good HYPERVISOR=xen:///system
fails 2 '^domxml: HYPERVISOR=nosuch:///x: a hypervisor that is not known here' make appliance-good HYPERVISOR=nosuch:///x
is "$(ls build/good/preseed.cfg 2> /dev/null)" "" "and nothing is compiled"

# --- what make takes for a reason to build ---
# A stand-in would prove nothing: what is asked is what make would do (-n), with files as
# the stages leave them.
made() { # made FILE...: as its stage leaves it, now
	local f
	for f; do mkdir -p "${f%/*}" && touch "$f"; done
}
stages() { make -n "$@" 2> /dev/null | grep -o 'mk/[a-z]*\.sh' | grep -v list.sh | sort -u | paste -sd ' '; }
sleep 1.1 # times of files that are made one after another differ
make -s build/seedbed.udeb > /dev/null
made build/good/{.compiled,facts,route,disk.qcow2,manifest}
is "$(stages appliance-good)" "" "what is there is up to date"
is "$(stages appliance-good GUESTS=2 STALL=5 KEEP=1)" "" "nor do the terms of a run matter"
is "$(stages appliance-good MIRROR=http://mirror.example/debian)" "mk/compile.sh mk/disk.sh mk/inputs.sh mk/manifest.sh mk/next.sh mk/provenance.sh mk/route.sh mk/share.sh mk/verify.sh" \
	"another mirror is a reason"
made build/good/{.compiled,facts,route,disk.qcow2,manifest}
sleep 1.1
is "$(stages appliance-good MIRROR=http://mirror.example/debian)" "" "the same one is not"
like "$(stages appliance-good MIRROR=http://mirror.example/debian FORK=no)" '^mk/disk.sh .*mk/route.sh' "another way is"
is "$(stages build/good/facts MIRROR=http://mirror.example/debian FORK=no)" "" "but not for the answers"
like "$(stages appliance-good MIRROR=http://mirror.example/debian HYPERVISOR=qemu+unix:///session)" '^mk/disk.sh .*mk/route.sh' "or another hypervisor"

# --- elsewhere ---
mkdir mine && cp recipes/good.recipe mine/other.recipe
is "$(make list RECIPES=mine)" other "RECIPES= is another folder of recipes"
like "$(make -n appliance-other RECIPES=mine O=elsewhere 2>&1)" 'mk/disk.sh other' "O= another for what is made"
is "$(ls elsewhere/other 2> /dev/null)" "" "and -n makes nothing"

rm -r build/good
# A mirror that is not there: nothing listens on the discard port of loopback.
SEEDBED_CACHE=$T/cache fails 2 '127.0.0.1:9/debian: cannot fetch' make appliance-good MIRROR=http://127.0.0.1:9/debian
is "$(ls build/good/facts 2> /dev/null)" "" "without a mirror nothing is compiled"
finish
