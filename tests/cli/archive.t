#!/bin/bash
# SPDX-License-Identifier: MIT
# What is new among the sources is built, however old it is.
. "${0%/*}/../lib.sh"
need make cc ar

mkdir -p tools/lib mk build
cp "$SRC/mk/tools.mk" mk/
touch mk/packages
touch build/.setup
unset MAKEFLAGS MFLAGS MAKELEVEL
cat > Makefile <<'END'
O := build
SETUP := no
MAKEFLAGS += --no-builtin-rules
include mk/tools.mk
$(eval $(call tool,one,))
$(eval $(call tool,two,))
tools: $(TOOLS:%=$(O)/bin/%)
END
echo 'int a(void); int a(void) { return 0; }' > tools/lib/a.c
echo 'int a(void); int main(void) { return a(); }' > tools/one.c
mkdir tools/two && cp tools/one.c tools/two/main.c

runs "it is built" make tools
is "$(ar t build/obj/libseedbed.a | sort | tr '\n' ' ')" "a.o " "the archive has what there is"
is "$(find build/obj -name '*.o' | wc -l)" 3 "the objects stay"
like "$(make tools)" 'Nothing to be done' "and nothing is made twice"

echo 'int b(void); int b(void) { return 0; }' | tee tools/lib/b.c > tools/two/c.c
touch -d '1 hour ago' tools/lib/b.c tools/two/c.c
runs "a file is new, and older than what it goes into" make tools
is "$(ar t build/obj/libseedbed.a | sort | tr '\n' ' ')" "a.o b.o " "it is in the archive"
like "$(nm build/bin/two)" ' T b$' "and in the program"
finish
