# cache.sh - sourced: the package cache that builds share while any of them runs.
#
#	cache_up MIRROR...	CACHE_TARGET is what netgate leads the guest's proxy
#				address to: the cache, for these mirrors' hosts
#	cache_watch		sets cache_watch to a process that ends with the cache
#	cache_word URL		says so if URL comes from what is kept alone
#	cache_says URL		what it has to say of that, now, in a few words
#	cache_mend LISTS	removes what is damaged, by the archive's hashes, as
#				apt has them in the folder LISTS
#
# The cache is nginx, as the ordinary user, on a socket of its own. It fetches from
# the named hosts and no others: a guest cannot use it to look around the host's
# networks. What the archive names by its hash or version is kept; what changes
# (Release files) is asked for anew each time, and served as it was when the mirror
# does not answer. Where the host has a proxy for apt, it goes by way of that.
#
# It verifies nothing: who asks does, by the archive's signature. What was damaged on
# its disk since is found by cache_mend, when an installation has failed.
#
# Every build holds a shared lock. Who finds no cache starts one, and with it a
# waiter for the lock alone: it gets it when the last build has gone, however that
# ended, and ends the cache.

CACHE_DIR=$CACHE/packages

cache_lives() { kill -0 "$(cat "$CACHE_RUN/pid" 2> /dev/null)" 2> /dev/null; }

cache_answers() {
	curl -s -o /dev/null -m 5 --unix-socket "$CACHE_RUN/socket" http://seedbed/
}

# Looked up here, by the host's own means. Without an answer the address is one that
# refuses at once, so that what is kept can serve.
address_of() { # address_of HOST[:PORT]
	local ip port=80
	case $1 in *:*) port=${1##*:} ;; esac
	ip=$(getent ahostsv4 "${1%%:*}" | awk 'NR == 1 { print $1 }') || ip=
	printf '%s\n' "${ip:-127.0.0.1}:$([ -n "$ip" ] && echo "$port" || echo 9)"
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

upstream() { # upstream HOST[:PORT]: a server that stands for it
	local to by='' valid
	to=$(address_of "${via:-$1}")
	# the whole address is what a proxy is asked for
	[ -z "$via" ] || by="set \$way http://$1; rewrite ^ \$way\$uri break;"
	printf 'server {\nlisten unix:%s/socket;\nserver_name %s;\n' "$CACHE_RUN" "${1%%:*}"
	printf 'proxy_cache_key %s$request_uri;\n' "$1"
	# What is named by its version or hash stays as it is; an archive's lists do not.
	for valid in '/' '~ (\.u?deb|/by-hash/[^/]+/[0-9a-f]+)$'; do
		printf 'location %s {\n%s\n' "$valid" "$by"
		printf 'proxy_pass http://%s;\nproxy_set_header Host %s;\n' "$to" "$1"
		case $valid in
		/)	echo 'proxy_cache_valid 200 1s;' ;;
		*)	echo 'proxy_cache_valid 200 180d;' ;;
		esac
		echo '}'
	done
	echo '}'
}

cache_conf() { # cache_conf: with every host that any build has named, on stdout
	local h via
	via=$(host_proxy)
	cat <<-END
		daemon off;
		worker_processes 1;
		pid $CACHE_RUN/pid;
		error_log $CACHE_RUN/error.log warn;
		events { worker_connections 512; }
		http {
			access_log off;
			server_tokens off;
			server_names_hash_bucket_size 256;
			client_body_temp_path $CACHE_RUN/body;
			proxy_temp_path $CACHE_DIR/tmp;
			fastcgi_temp_path $CACHE_RUN/x; uwsgi_temp_path $CACHE_RUN/x; scgi_temp_path $CACHE_RUN/x;
			proxy_cache_path $CACHE_DIR/files levels=2 keys_zone=packages:8m
				max_size=${CACHE_SIZE:-20g} inactive=180d use_temp_path=off;
			proxy_cache packages;
			proxy_cache_revalidate on;
			proxy_cache_lock on;
			proxy_cache_lock_age 10m;
			proxy_cache_lock_timeout 10m;
			proxy_cache_use_stale error timeout invalid_header http_500 http_502 http_503 http_504;
			proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires;
			proxy_set_header Connection "";
			proxy_http_version 1.1;
			proxy_connect_timeout 20s;
			add_header X-Cache \$upstream_cache_status;
			server {
				listen unix:$CACHE_RUN/socket default_server;
				return 403 "no source of this build\n";
			}
	END
	for h in "$CACHE_RUN"/hosts/*; do
		[ ! -e "$h" ] || upstream "${h##*/}"
	done
	echo "}"
}

cache_up() {
	local m new=
	if [ -n "${PROXY:-}" ]; then
		m=${PROXY#http://}
		m=${m%%/*}
		CACHE_TARGET=$m
		return
	fi
	# a socket's path has 107 bytes, and a home may be deep: it lives in /tmp
	CACHE_RUN=/tmp/seedbed-cache-$(printf '%s' "$CACHE" | sha256sum | cut -c1-12)
	CACHE_TARGET=$CACHE_RUN/socket
	mkdir -p "$CACHE_DIR"
	exec 6>> "$CACHE/.cache-users"
	flock -s 6
	(
		flock 5
		as_user mkdir -p -m 700 "$CACHE_RUN"
		[ "$(stat -c %u "$CACHE_RUN")" = "$(as_user id -u)" ] || die "$CACHE_RUN: belongs to somebody else"
		if [ "$(id -u)" -eq 0 ] && [ "$(stat -c %U "$CACHE_DIR")" != "$RUNAS" ]; then
			chown -R "$RUNAS:$RUNAS" "$CACHE_DIR" # new, or kept by another SEEDBED_USER
		fi
		as_user mkdir -p "$CACHE_RUN/hosts"
		for m; do
			case $m in http://*) ;; *) die "$m: only http mirrors can be cached: say MIRROR=http://... or PROXY=" ;; esac
			m=${m#http://}
			m=${m%%/*}
			[[ $m =~ ^[A-Za-z0-9.-]+(:[0-9]+)?$ ]] || die "$m: not a host name"
			[ -e "$CACHE_RUN/hosts/$m" ] || new=yes
			as_user touch "$CACHE_RUN/hosts/$m"
		done
		if cache_answers && cache_lives; then
			[ -n "$new" ] || exit 0
			cache_conf | as_user tee "$CACHE_RUN/conf" > /dev/null
			kill -HUP "$(cat "$CACHE_RUN/pid")"
			sleep 1
			exit 0
		fi
		# of one that was killed its workers may be left: they are its group
		[ ! -s "$CACHE_RUN/pid" ] ||
			as_user bash -c 'kill -- "-$1"' - "$(cat "$CACHE_RUN/pid")" 2> /dev/null || true
		as_user rm -f "$CACHE_RUN/socket" "$CACHE_RUN/pid"
		cache_conf | as_user tee "$CACHE_RUN/conf" > /dev/null
		as_user setsid nginx -p "$CACHE_RUN" -e "$CACHE_RUN/error.log" -c "$CACHE_RUN/conf" \
			> /dev/null 2> "$CACHE_DIR.log" < /dev/null \
			3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
		for _ in $(seq 100); do
			! cache_answers || break
			sleep 0.1
		done
		cache_answers || { cat "$CACHE_DIR.log" >&2; die "nginx, the package cache, does not start"; }
		setsid sh -c 'exec 6>&-; exec 4<> "$1"; flock -x 4; kill -- "-$(cat "$2/pid")"; rm -rf "$2"' \
			waiter "$CACHE/.cache-users" "$CACHE_RUN" \
			> /dev/null 2>&1 < /dev/null 3>&- 4>&- 5>&- 7>&- 8>&- 9>&- &
	) 5>> "$CACHE/.cache-start"
}

cache_watch() { # sets cache_watch to a process that ends with the cache
	cache_watch=
	[ -n "${CACHE_RUN:-}" ] || return 0
	tail -s 1 --pid="$(cat "$CACHE_RUN/pid")" -f /dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 9>&- &
	cache_watch=$!
	pids+=("$cache_watch")
}

cache_word() { # cache_word URL
	local answer
	[ -n "${CACHE_RUN:-}" ] || return 0
	answer=$(curl -s -I -m 60 --unix-socket "$CACHE_RUN/socket" "$1" | tr -d '\r') || true
	case $answer in
	*"X-Cache: STALE"*) say "$name: $1: not reached; what the package cache has kept serves" ;;
	"HTTP/1.1 200"*) ;;
	*)	say "$name: $1: not reached, and the package cache has nothing of it" ;;
	esac
}

cache_says() { # cache_says URL: a guest's word, perhaps
	[ -n "${CACHE_RUN:-}" ] && [[ $1 =~ ^http://[[:graph:]]+$ ]] || return 0
	case $(curl -g -s -I -m 60 --unix-socket "$CACHE_RUN/socket" "$1" | sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p') in
	200)	echo "it is there by now" ;;
	403)	echo "no source of this build" ;;
	404)	echo "the mirror does not have it" ;;
	50?)	echo "the mirror does not answer" ;;
	esac
}

# A file of nginx's cache is a header of its own, the key in a line, the answer's
# header, and after the first empty line what was answered.
kept_url() { local key; key=$(LC_ALL=C grep -aom1 '^KEY: [[:graph:]]*' "$1") && printf '%s\n' "${key#KEY: }"; }
kept_body() { local at; at=$(LC_ALL=C grep -aobxm1 $'\r' "$1" | cut -d: -f1) && tail -c "+$((at + 3))" "$1"; }

sums_of() { # sums_of PREFIX: "PREFIX+FILE SHA256" of the list of packages on stdin
	awk -v p="$1" '/^Filename: / { f = $2; sub(/^\.\//, "", f) } /^SHA256: / { print p f, $2 }'
}

# Of packages of other sources than the release's: by the lists that are kept with them.
# Those are not verified here: where the two differ the package is fetched anew, no more.
kept_lists() {
	local f url
	while read -r f; do
		url=$(kept_url "$f") || continue
		case $url in
		*/dists/*/Packages*|*/dists/*/by-hash/SHA256/*) url=${url%%/dists/*}/ ;;
		*/Packages|*/Packages.[gx]z) url=${url%/*}/ ;;
		*)	continue ;;
		esac
		# -f: what is not compressed passes
		kept_body "$f" | xz -dcfq 2> /dev/null | gzip -dcfq 2> /dev/null | sums_of "$url" || true
	done < <(find "$CACHE_DIR/files" -type f)
}

cache_mend() { # cache_mend LISTS
	local f url want got file other others=
	declare -A sum=()
	[ -n "${CACHE_RUN:-}" ] || return 0
	while read -r file want; do
		sum[$file]=$want
	done < <(cat "$1"/*_Packages 2> /dev/null | sums_of '')
	while read -r f; do
		url=$(kept_url "$f") || continue
		file=${url//%2b/+} file=${file//%3a/:} file=${file//%7e/"~"}
		case $url in
		*/by-hash/SHA256/*) want=${url##*/} ;;
		*.deb)	want=${sum[pool/${file#*/pool/}]:-}
			if [ -z "$want" ] && [ -z "$others" ]; then
				others=known
				while read -r other got; do
					sum[$other]=$got
				done < <(kept_lists)
			fi
			want=${want:-${sum[$file]:-}} ;;
		*)	want= ;;
		esac
		[ -n "$want" ] || continue
		got=$(kept_body "$f" | sha256sum | cut -d' ' -f1) || continue
		[ "$got" != "$want" ] || continue
		rm -f "$f"
		say "$name: the package cache had http://$url, but damaged: removed, to be fetched anew"
	done < <(find "$CACHE_DIR/files" -type f)
}
