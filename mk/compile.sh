#!/bin/bash
# SPDX-License-Identifier: MIT
# compile.sh NAME - the recipe into BUILD/NAME/{facts,explain} and its installer's answers
# (answers.sh), and what make must know of it into BUILD/NAME/inputs.mk.
. "${BASH_SOURCE[0]%/*}/common.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
not_root
hypervisor_suits
B=$BUILD/$name
# as messages are to name it
recipe=$RECIPES/$name.recipe
recipe=${recipe#"$PWD"/}
lock_build
new=$B/work # what comes out, until it is all right
rm -rf "$new"
mkdir "$new"
trap 'rm -rf "$new"' EXIT

# The operator's own: a folder beside the recipes is its author's. What is said on make's
# command line goes before the recipe.
said=(--fragments "$ROOT/preseed.d")
[ -z "${MIRROR:-}" ] || said+=(--set "mirror=$MIRROR")

# What the operator gives an appliance at most.
said+=(--limit "disk=${MAX_DISK:-64G}" --limit "memory=${MAX_MEMORY:-8G}")
[ -z "${MAX_CPUS:-}" ] || said+=(--limit "cpus=$MAX_CPUS")
"$ROOT/mk/share.sh"
bytes MAX_LOG 64M > /dev/null
bytes MAX_DOWNLOAD 16G > /dev/null

key_option
said+=("${key_option[@]}")

preseed "${said[@]}" --facts -o "$new/facts" "$recipe"

# The address at which the guest finds the package cache: the last of its network
# that nobody else in it has.
read_facts "$new/facts"
to_number() { local IFS=.; set -- $1; echo $(($1 << 24 | $2 << 16 | $3 << 8 | $4)); }
to_address() { echo $(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255)); }
address=${fact[address]:-10.0.2.15} prefix=${fact[prefix]:-24}
case $address in
*:*)	die "$recipe: network: $address/$prefix: a build has an IPv4 network only: use an IPv4 address (preseed compiles this one for use elsewhere)" ;;
esac
mask=$((0xffffffff << (32 - prefix) & 0xffffffff))
base=$(($(to_number "$address") & mask))
taken=" $address ${fact[gateway]:-10.0.2.2} ${fact[nameserver]:-10.0.2.3} "
last=$((base + (0xffffffff ^ mask) - 1))
proxy=
while [ $last -gt $base ]; do
	proxy=$(to_address $last)
	case $taken in *" $proxy "*) ;; *) break ;; esac
	proxy=
	last=$((last - 1))
done
[ -n "$proxy" ] || die "$recipe: network $address/$prefix: has no address free for the package cache; build with a larger one"
{
	echo "proxy_address=$proxy"
	echo "network_cidr=$(to_address $base)/$prefix"
} >> "$new/facts"
preseed "${said[@]}" --explain -o "$B/explain" "$recipe"

said_at() { # said_at KEY: where that was decided, as messages are to name it
	sed -n "s/^\([^\t]*\)\t$1 .*/\1/p" "$B/explain" | head -n 1
}

# There are answers for more architectures than guests can be made of here.
lacks=
if [ -z "${fact[machine]}" ]; then
	lacks="no machine is known that the installer could run in; preseed compiles the recipe for use elsewhere"
elif ! command -v "qemu-system-${fact[isa]}" > /dev/null; then
	lacks="qemu-system-${fact[isa]} is not installed"
fi
if [ -n "$lacks" ]; then
	say "$(said_at architecture): architecture: ${fact[architecture]}: cannot be built here: $lacks"
	bad=yes
fi

# Where the mirror is, this host asks, and the guest may: a recipe has no say in that
# beyond Debian's own, the host's and what the operator names. It is judged by the facts
# that all the rest goes by; the explanation, which was read later, is for people.
allowed=" deb.debian.org security.debian.org ${SOURCES:-} ${PRIVATE_SOURCES:-} "
own= # where the host's own packages come from, or MIRROR
while IFS='=' read -r k url; do
	host=${url#*://}
	case $k in mirror|security) own+="${host%%/*} " ;; esac
done < <(preseed "${said[@]}" --facts "$ROOT/mk/empty.recipe")
allowed+="$own"
# Those alone may be in the operator's own network (guest.sh).
echo "inside=$own${PRIVATE_SOURCES:-}" >> "$new/facts"
for k in mirror security; do
	host=${fact[$k]#*://}
	host=${host%%/*}
	case $allowed in
	*" $host "*) ;;
	*)	[ -n "$host" ] || continue
		from=$(said_at "$k")
		say "${from:-$recipe}: $k: $host: is the operator's to allow: SOURCES=$host"
		bad=yes ;;
	esac
done
# What a recipe fetches besides comes by the package cache, which knows no other hosts.
hosts="${SOURCES:-} ${PRIVATE_SOURCES:-}"
for k in mirror security; do
	host=${fact[$k]#*://}
	hosts+=" ${host%%/*}"
done
while IFS=$'\t' read -r from what; do
	host=${what#*://}
	host=${host%%[/ ]*}
	case $what in
	*https://*)
		[ -n "${PROXY:-}" ] || {
			say "$from: repository: https: the package cache speaks http only: name it by http://$host," \
				"which its key= makes as safe, or say PROXY="
			bad=yes
		} ;;
	esac
	case " $hosts " in
	*" $host "*) ;;
	*)	say "$from: repository: $host: is the operator's to allow: SOURCES=$host"
		bad=yes ;;
	esac
done < <(sed -n '/^[^\t]*\trepository https*:/p' "$B/explain")
[ -z "${bad:-}" ] || exit 1

"$INSTALLER/answers.sh" "$name" "$new" "${said[@]}" --set "proxy=http://$proxy:3142"

# Which other files it was made of. A name that make would read as anything but
# a name is left out: a change there shows only after "make clean".
{
	# from / on: no goal has such a name ("clean")
	sed -n "s|^depends=/|/|p; t; s|^depends=|$PWD/|p" "$new/facts" | grep -E '^[A-Za-z0-9_./+,@-]+$' |
		sed "s|.*|\$(O)/$name/.compiled: &\n&:|" || true
} > "$B/inputs.mk.tmp"
mv "$B/inputs.mk.tmp" "$B/inputs.mk"

# What came out as it was stays as it was, for make to see: the facts last, as they stand
# for all of it.
same() { # same NEW OLD
	[ -e "$2" ] && diff -rq "$1" "$2" > /dev/null
}
changed=
for f in "$new"/*; do
	same "$f" "$B/${f##*/}" || changed=yes
done
if [ -n "$changed" ]; then
	for f in "$new"/*; do
		rm -rf "$B/${f##*/}"
		mv "$f" "$B/"
	done
	touch "$B/.compiled"
	touch "$B/facts" # no older than that, or make -n would see a reason
else
	touch "$B/.compiled"
fi
