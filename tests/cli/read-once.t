#!/bin/bash
# SPDX-License-Identifier: MIT
# A file of a recipe is read once, when it is checked, and travels by content from there:
# whoever may change the recipe's folder while a build runs gets no other file out of it.
. "${0%/*}/../lib.sh"
need python3 cpio

mkdir -p recipes out "$T/secrets"
echo roots-own > secrets/key
echo harmless > recipes/f
echo 'file f /etc/f' > recipes/x.recipe
key=$SRC/tests/data/preseed/key.pub

# --- swapped after the check ---
mkdir copies
preseed --key "$key" --payload payload --copies copies -o preseed.cfg recipes/x.recipe
is "$(cat copies/0)" harmless "what is checked is copied"
is "$(cut -f3 payload)" "copies/0" "and the copy is what the list names"
ln -sfn ../secrets/key recipes/f
mkdir -p base/etc && echo one > base/etc/one && (cd base && find . | cpio -oH newc --quiet) > base.cpio
initrd-add --compress none --list payload -o initrd base.cpio
is "$(grep -ac harmless initrd):$(grep -ac roots-own initrd)" "1:0" "what the installer gets is what was checked"
mkdir build
cp preseed.cfg build/rest.cfg
sed "s|copies/|$T/copies/|" payload > build/payload
"$SRC/mk/installers/di/rest.sh" -n 0123 -h x build > rest
is "$(grep -ac harmless rest):$(grep -ac roots-own rest)" "1:0" "a forked one, too"
fails 1 'x.recipe:1: file: f: is outside' preseed --key "$key" -o preseed.cfg recipes/x.recipe

# --- swapped while it is checked ---
# As fast as it goes: file, link to a secret, folder of another name.
cat > swap.py <<'END2'
import os
n = 0
while True:
    n += 1
    for make in (lambda p: open(p, "w").write("harmless\n"), lambda p: os.symlink("../secrets/key", p),
                 lambda p: os.link("recipes/plain", p)):
        make("recipes/f.new")
        os.rename("recipes/f.new", "recipes/f")
    if n == 50:
        open("swaps", "w").write("yes")
END2
echo harmless > recipes/plain
python3 swap.py & swap=$!
at_end 'kill $swap 2> /dev/null'
swaps() { [ -s swaps ]; }
until_true 60 swaps
taken=0 refused=0 wrong=0
for _ in $(seq 300); do
	rm -rf copies out/*
	mkdir copies
	if preseed --key "$key" --payload out/payload --copies copies -o out/cfg recipes/x.recipe 2> /dev/null; then
		taken=$((taken + 1))
		[ "$(cat copies/0)" = harmless ] || wrong=$((wrong + 1))
	else
		refused=$((refused + 1))
	fi
	! grep -rqs roots-own copies out || wrong=$((wrong + 1))
done
kill "$swap"
ok "$([ $taken -gt 0 ] && [ $refused -gt 0 ]; echo $?)" "of 300 times $taken it was a file, $refused something else"
is "$wrong" 0 "and never was the secret taken for it"

# --- folders on the way ---
mkdir -p recipes/dir && echo harmless > recipes/dir/f
echo 'file dir/f /etc/f' > recipes/x.recipe
mv recipes/dir recipes/real && ln -s ../secrets recipes/dir && cp secrets/key secrets/f
fails 1 'dir/f: is outside|dir/f: .*symbolic' preseed --key "$key" -o preseed.cfg recipes/x.recipe
finish
