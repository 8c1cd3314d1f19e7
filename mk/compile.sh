#!/bin/bash
# SPDX-License-Identifier: MIT
# compile.sh NAME - the recipe into BUILD/NAME/{preseed.cfg,payload,facts,explain},
# and what make must know of it into BUILD/NAME/inputs.mk.
. "${BASH_SOURCE[0]%/*}/common.sh"
. "$ROOT/mk/apt.sh"

[ $# -eq 1 ] || { say "usage: $ME NAME"; exit 2; }
name=$1
not_root
hypervisor_suits
B=$BUILD/$name
# as messages are to name it
recipe=$RECIPES/$name.recipe
recipe=${recipe#"$PWD"/}
lock_build
trap 'rm -rf "$B/files.tmp"; rm -f "$B"/facts.new "$B"/facts.tmp "$B"/preseed.tmp "$B"/early.tmp "$B"/rest.tmp "$B"/payload.tmp "$B"/inputs.mk.tmp "$B"/findings "$B"/templates.index' EXIT

said=() # what the operator says on make's command line goes before the recipe
[ -z "${MIRROR:-}" ] || said+=(--set "mirror=$MIRROR")

# What the operator gives an appliance at most.
said+=(--limit "disk=${MAX_DISK:-64G}" --limit "memory=${MAX_MEMORY:-8G}")
[ -z "${MAX_CPUS:-}" ] || said+=(--limit "cpus=$MAX_CPUS")
"$ROOT/mk/share.sh"
bytes MAX_LOG 64M > /dev/null
bytes MAX_DOWNLOAD 16G > /dev/null

key_option
said+=("${key_option[@]}")

preseed "${said[@]}" --facts -o "$B/facts.new" "$recipe"

# The address at which the guest finds the package cache: the last of its network
# that nobody else in it has.
read_facts "$B/facts.new"
to_number() { local IFS=.; set -- $1; echo $(($1 << 24 | $2 << 16 | $3 << 8 | $4)); }
to_address() { echo $(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255)); }
address=${fact[address]:-10.0.2.15} prefix=${fact[prefix]:-24}
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
	cat "$B/facts.new"
	echo "proxy_address=$proxy"
	echo "network_cidr=$(to_address $base)/$prefix"
} > "$B/facts.tmp"
rm "$B/facts.new"

# The recipe's files are read once, here, and travel as they were when they were checked.
rm -rf "$B/files.tmp"
mkdir "$B/files.tmp"
copies=(--payload "$B/payload.tmp" --copies "$B/files.tmp")
preseed "${said[@]}" --set "proxy=http://$proxy:3142" "${copies[@]}" \
	-o "$B/preseed.tmp" "$recipe"
# In two parts, for an installer that is forked (fork.sh).
preseed "${said[@]}" --set "proxy=http://$proxy:3142" --format early \
	-o "$B/early.tmp" "$recipe"
preseed "${said[@]}" --set "proxy=http://$proxy:3142" --format rest \
	"${copies[@]}" -o "$B/rest.tmp" "$recipe"
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
echo "inside=$own${PRIVATE_SOURCES:-}" >> "$B/facts.tmp"
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

# Answers that the installer would not understand, questions that it would stop at,
# started as install.sh does it, and packages that the release does not have are found
# now, not in half an hour.
suite=${fact[suite]}
private_apt "$suite" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"
checked() { # checked INDEX
	local status=0
	preseed-check --index "$1" --arch "${fact[architecture]}" --level error \
		--cmdline 'auto=true priority=critical' --disk "${fact[disk]}" --memory "${fact[memory]}M" \
		--origins "$B/explain" "$B/preseed.tmp" > "$B/findings" || status=$?
	sed "s|^$B/preseed.tmp:[0-9]*:[0-9]*:|$recipe:|" "$B/findings" >&2
	rm -f "$B/findings"
	[ $status -ne 1 ] || exit 1
}
if templates=$("$ROOT/mk/templates.sh" "$suite" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}"); then
	checked "$templates"
	# The questions of packages that it answers are fetched now that the rest of it is
	# right, for this recipe alone.
	mapfile -t owners < <(sed -n 's/^\([a-z0-9][a-z0-9+.-]*\)[ \t].*/\1/p' "$B/preseed.tmp" | grep -vx d-i | sort -u)
	if [ ${#owners[@]} -gt 0 ] && "$ROOT/mk/templates.sh" -o "$B/templates.index" "$suite" "${fact[architecture]}" \
		"${fact[mirror]}" "${fact[security]}" "${owners[@]}" > "$B/findings"; then
		checked "$(cat "$B/findings")"
	fi
else
	# Without what the mirror has of the release's questions, by the package lists alone.
	say "$name: its answers are not checked: ${templates:-there is no list of questions of $suite}"
	for p in $(comm -23 <(sed -n 's/^package=//p' "$B/facts.tmp" | sort -u) <(apt-cache pkgnames | sort -u)); do
		# a name that others provide will do, and so may one of the recipe's repositories
		if apt-cache showpkg -- "$p" 2>/dev/null | sed '1,/^Reverse Provides/d' | grep -q . ||
			grep -q '^d-i apt-setup/local0/repository ' "$B/preseed.tmp"; then continue; fi
		say "$recipe: package $p: not in $suite"
		bad=yes
	done
	[ -z "${bad:-}" ] || exit 1
fi

# Which other files it was made of. A name that make would read as anything but
# a name is left out: a change there shows only after "make clean".
{
	sed -n "s/^depends=//p" "$B/facts.tmp" | grep -E '^[A-Za-z0-9_./+,@-]+$' |
		sed "s|.*|\$(O)/$name/.compiled: &\n&:|" || true
} > "$B/inputs.mk.tmp"
mv "$B/inputs.mk.tmp" "$B/inputs.mk"

# What came out as it was stays as it was, for make to see: the answers last, as they stand
# for all of it.
sed -i "s|\t$B/files.tmp/|\t$B/payload.d/|" "$B/payload.tmp"
same() { # same NEW OLD
	[ -e "$2" ] && diff -rq "$1" "$2" > /dev/null
}
if same "$B/files.tmp" "$B/payload.d" && same "$B/payload.tmp" "$B/payload" && same "$B/facts.tmp" "$B/facts" &&
	same "$B/early.tmp" "$B/early.cfg" && same "$B/rest.tmp" "$B/rest.cfg" && same "$B/preseed.tmp" "$B/preseed.cfg"; then
	touch "$B/.compiled"
	exit
fi
rm -rf "$B/payload.d"
mv "$B/files.tmp" "$B/payload.d"
mv "$B/payload.tmp" "$B/payload"
mv "$B/facts.tmp" "$B/facts"
mv "$B/early.tmp" "$B/early.cfg"
mv "$B/rest.tmp" "$B/rest.cfg"
mv "$B/preseed.tmp" "$B/preseed.cfg"
touch "$B/.compiled"
touch "$B/preseed.cfg" # no older than that, or make -n would see a reason
