# SPDX-License-Identifier: MIT
# guest.sh - sourced after common.sh: what every guest of a build runs in.
#
#	begin NAME		B=SEEDBED_BUILD/NAME, the facts of its recipe, W a scratch
#				folder, S one for sockets; both go when the script ends
#	cache_for HOST...	a package cache that these hosts may be asked through
#	run_guest MIB [NETGATE OPTION...] -- COMMAND...
#				COMMAND (vmrun) in its place among the other guests, with its
#				network; what happened is in the folder R, as records
#
# Each of pkgcache, guestslot, netgate and vmrun runs the next inside it and ends with it.

begin() {
	name=$1
	B=$BUILD/$name
	R=$B
	[ -r "$B/facts" ] || die "$name: $B/facts is missing: make appliance-$name makes it"
	read_facts "$B/facts"
	# the limits may be other ones than when the recipe was compiled
	[ "${fact[disk]}" -le "$(bytes MAX_DISK 64G)" ] ||
		die "$name: disk: ${fact[disk]} bytes: the operator allows MAX_DISK=${MAX_DISK:-64G}"
	[ $((fact[memory] << 20)) -le "$(bytes MAX_MEMORY 8G)" ] ||
		die "$name: memory: ${fact[memory]}M: the operator allows MAX_MEMORY=${MAX_MEMORY:-8G}"
	[ "${fact[cpus]}" -le "${MAX_CPUS:-${fact[cpus]}}" ] ||
		die "$name: cpus: ${fact[cpus]}: the operator allows MAX_CPUS=$MAX_CPUS"
	max_log=$(bytes MAX_LOG 64M)
	max_download=$(bytes MAX_DOWNLOAD 16G)
	cache=()
	proxy=()
	W=$B/work
	sweep
	rm -rf "$W"
	mkdir "$W"
	# a socket's path has 107 bytes, and a build folder may be deep
	S=$(mktemp -d /tmp/seedbed.XXXXXX)
	note=$CACHE/running/$$
	printf '%s\n' "$B" "$S" > "$note"
	trap 'rm -rf "$W" "$S" "$note"' EXIT
}

# What a build that was killed left behind; its lock says that it is no more.
sweep() {
	local f b s
	mkdir -p "$CACHE/running"
	for f in "$CACHE"/running/*; do
		[ -e "$f" ] && { read -r b && read -r s; } < "$f" || continue
		[[ $s =~ ^/tmp/seedbed\.[A-Za-z0-9]+$ ]] || continue
		if [ "$b" = "$B" ] || [ ! -d "$b" ]; then
			rm -rf "$s" "$f"
		else
			flock -n "$b/.lock" rm -rf "$b/work" "$s" "$f" || true
		fi
	done
}

is_address() { [[ $1 =~ ^[0-9.]+(:[0-9]+)?$ ]]; } # is_address HOST: and no name

cache_for() { # cache_for FORM...: http://HOST[:PORT]...
	local url host proxy_of_host
	if [ -n "${PROXY:-}" ]; then
		host=${PROXY#http://}
		proxy=(--proxy "${fact[proxy_address]}:3142=${host%%/*}")
		return
	fi
	cache=(pkgcache --store "$CACHE/packages" --socket "$S/cache" --limit "$max_download"
		--size "${CACHE_SIZE:-20g}" --result "$R/cache.result")
	proxy_of_host=$(host_proxy) || exit
	[ -z "$proxy_of_host" ] || cache+=(--proxy "$proxy_of_host")
	for url; do
		case $url in http://*) ;; *) die "$url: only http mirrors can be cached: say MIRROR=http://... or PROXY=" ;; esac
		host=${url#http://}
		host=${host%%/*}
		# Whose name leads into the operator's own network is the operator's to say, and
		# not that of who answers for the name.
		case " ${fact[inside]:-} " in
		*" $host "*) cache+=(--private-host "$host") ;;
		*)	if is_address "$host"; then cache+=(--private-host "$host"); else cache+=(--host "$host"); fi ;;
		esac
	done
	for url in "$(apt_dir "${fact[suite]}" "${fact[architecture]}" "${fact[mirror]}" "${fact[security]}")"/lists/*_Packages; do
		case $url in *debian-installer*) ;; *) [ ! -e "$url" ] || cache+=(--sums "$url") ;; esac
	done
	cache+=(--)
	proxy=(--proxy "${fact[proxy_address]}:3142=$S/cache")
}

# The host's own way out, as apt would take it: HOST:PORT, or nothing.
host_proxy() {
	local P=''
	eval "$(env -u APT_CONFIG apt-config shell P Acquire::http::Proxy)"
	P=${P:-${http_proxy:-}}
	case $P in
	''|DIRECT|false) return ;;
	esac
	P=${P#http://}
	P=${P%/}
	[[ $P =~ ^[A-Za-z0-9.-]+(:[0-9]+)?$ ]] ||
		die "${P##*@}: the host's proxy: the package cache knows http://HOST:PORT only; say PROXY="
	printf '%s\n' "$P"
}

run_guest() {
	local mib=$1 net=("${proxy[@]}") status=0 held
	shift
	while [ "$1" != -- ]; do
		net+=("$1")
		shift
	done
	shift
	if [ -n "${fact[address]:-}" ]; then
		net+=(--net "${fact[network_cidr]}" --guest "${fact[address]}" --host "${fact[gateway]}")
	fi
	case ${NETWORK:-closed} in
	closed) ;;
	open)	net+=(--open)
		say "$name: NETWORK=open: the guest may reach what this host can" ;;
	*)	die "NETWORK=$NETWORK: is neither closed nor open" ;;
	esac
	rm -f "$R"/{cache,gate,vmrun}.result
	mkdir -p "$CACHE/slots"
	set -- "${cache[@]}" \
		guestslot --dir "$CACHE/slots" --memory "$mib" ${GUESTS:+--guests "$GUESTS"} \
		${GUESTS_MEMORY:+--total "$GUESTS_MEMORY"} --name "$name" -- \
		netgate --socket "$S/gate" --limit "$max_download" --result "$R/gate.result" "${net[@]}" -- \
		"$@"
	if [ -n "${DEBUG:-}" ]; then # has the terminal
		run "$@"
		return
	fi
	# One of them that is killed (137) leaves those within it to unwind. What they have for
	# standard input, an empty file, is locked as long as any of them has it: when another
	# can lock it all have ended, and their results are there.
	: > "$W/held"
	exec {held}< "$W/held"
	flock "$held"
	run "$@" <&"$held" > /dev/null || status=$?
	exec {held}<&-
	[ $status -ne 137 ] || run flock "$W/held" true
	return $status
}

new_nonce() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
