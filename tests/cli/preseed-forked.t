#!/bin/bash
# SPDX-License-Identifier: MIT
# The answers in two parts: two appliances that differ in what comes late share the
# early part byte by byte, and together the parts say all that the whole says.
. "${0%/*}/../lib.sh"
export HOME=$T
key=$SRC/tests/data/preseed/key.pub
mkdir -p recipes
ln -s "$SRC/preseed.d" preseed.d
lines() { grep -hv '^#' "$@" | grep . | sort; }
early() { preseed -k "$key" --set proxy=http://10.0.2.254:3142 --format early "recipes/$1.recipe"; }
rest() { preseed -k "$key" --set proxy=http://10.0.2.254:3142 --format rest "recipes/$1.recipe"; }

: >recipes/plain.recipe
cat >recipes/other.recipe <<'END'
hostname  elsewhere
package   nginx
user      anna sudo
run       true
cmdline   quiet
repository http://repo.example/debian stable main
answer    postfix postfix/main_mailer_type select Local only
answer    d-i grub-installer/timeout string 3
expect    tcp 80
memory    2G
END
early plain >early
early other >early.other
is "$(cat early.other)" "$(cat early)" "name, packages, users, sources, commands: the early part is the same"
unlike "$(cat early)" 'elsewhere|plain' "and names neither"
like "$(cat early)" '^d-i netcfg/get_hostname string appliance$' "but something must be answered"

rest other >rest
for q in 'd-i netcfg/get_hostname string elsewhere' 'd-i pkgsel/include string .*nginx' \
	'postfix postfix/main_mailer_type select Local only' 'd-i grub-installer/timeout string 3' \
	'd-i apt-setup/local0/repository string http://repo.example/debian stable main' \
	'd-i preseed/late_command string ' 'd-i debian-installer/add-kernel-opts string .*quiet'; do
	like "$(cat rest)" "^$q" "late: ${q%% string*}"
done
preseed -k "$key" --set proxy=http://10.0.2.254:3142 recipes/other.recipe >whole
is "$(cut -d' ' -f2 early.other rest | sort -u)" "$(lines whole | cut -d' ' -f2 | sort -u)" "no answer is lost"
is "$(lines early.other rest | sort -u | comm -13 - <(lines whole))" "" "and none is changed"

# what decides the base system decides the early part
for line in 'release bookworm' 'locale de_DE.UTF-8' 'timezone Europe/Vienna' 'swap 1G' \
	'kernel generic' 'answer d-i passwd/root-login boolean false' 'domain example.org' \
	'mirror http://mirror.example/debian'; do
	echo "$line" >recipes/third.recipe
	! early third | cmp -s - early
	ok $? "$line: another early part"
done
finish
