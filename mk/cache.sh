# cache.sh - sourced: the package cache that builds share while any of them runs.
#
#	cache_up MIRROR...	CACHE_TARGET is what netgate leads the guest's proxy
#				address to: the cache, for these mirrors' hosts
#
# The cache is nginx, as the ordinary user, on a socket of its own. It fetches from
# the named hosts and no others: a guest cannot use it to look around the host's
# networks. What the archive names by its hash or version is kept; what changes
# (Release files) is asked for anew each time, and served as it was when the mirror
# does not answer.
#
# Every build holds a shared lock. Who finds no cache starts one, and with it a
# waiter for the lock alone: it gets it when the last build has gone, however that
# ended, and ends the cache.

CACHE_DIR=$CACHE/packages

cache_answers() {
	curl -s -o /dev/null -m 5 --unix-socket "$CACHE_RUN/socket" http://seedbed/
}

upstream() { # upstream HOST[:PORT]: a server that stands for it
	local host=${1%%:*} port=80 ip
	case $1 in *:*) port=${1##*:} ;; esac
	# Looked up here, by the host's own means. Without an answer the address is
	# one that refuses at once, so that what is kept can serve.
	ip=$(getent ahostsv4 "$host" | awk 'NR == 1 { print $1 }') || ip=
	cat <<-END
		server {
			listen unix:$CACHE_RUN/socket;
			server_name $host;
			location / {
				proxy_pass http://${ip:-127.0.0.1}:$([ -z "$ip" ] && echo 9 || echo "$port");
				proxy_set_header Host $1;
			}
			location ~ /dists/.*Release(\.gpg)?\$ {
				proxy_pass http://${ip:-127.0.0.1}:$([ -z "$ip" ] && echo 9 || echo "$port");
				proxy_set_header Host $1;
				proxy_cache_valid 200 1s;
			}
		}
	END
}

cache_conf() { # cache_conf: with every host that any build has named, on stdout
	local h
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
			proxy_cache_key \$host\$request_uri;
			proxy_cache_valid 200 180d;
			proxy_cache_revalidate on;
			proxy_cache_lock on;
			proxy_cache_lock_age 10m;
			proxy_cache_lock_timeout 10m;
			proxy_cache_use_stale error timeout invalid_header http_500 http_502 http_503 http_504;
			proxy_ignore_headers Cache-Control Expires Set-Cookie Vary X-Accel-Expires;
			proxy_set_header Connection "";
			proxy_http_version 1.1;
			proxy_connect_timeout 20s;
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
	if [ "$(id -u)" -eq 0 ]; then
		chown "$RUNAS:$RUNAS" "$CACHE_DIR"
	fi
	exec 6>> "$CACHE/.cache-users"
	flock -s 6
	(
		flock 5
		as_user mkdir -p -m 700 "$CACHE_RUN"
		[ "$(stat -c %u "$CACHE_RUN")" = "$(as_user id -u)" ] || die "$CACHE_RUN: belongs to somebody else"
		as_user mkdir -p "$CACHE_RUN/hosts"
		for m; do
			case $m in http://*) ;; *) die "$m: only http mirrors can be cached: say MIRROR=http://... or PROXY=" ;; esac
			m=${m#http://}
			m=${m%%/*}
			[[ $m =~ ^[A-Za-z0-9.-]+(:[0-9]+)?$ ]] || die "$m: not a host name"
			[ -e "$CACHE_RUN/hosts/$m" ] || new=yes
			as_user touch "$CACHE_RUN/hosts/$m"
		done
		if cache_answers; then
			[ -n "$new" ] || exit 0
			cache_conf | as_user tee "$CACHE_RUN/conf" > /dev/null
			kill -HUP "$(cat "$CACHE_RUN/pid")"
			sleep 1
			exit 0
		fi
		as_user rm -f "$CACHE_RUN/socket"
		cache_conf | as_user tee "$CACHE_RUN/conf" > /dev/null
		as_user setsid nginx -p "$CACHE_RUN" -e "$CACHE_RUN/error.log" -c "$CACHE_RUN/conf" \
			> /dev/null 2> "$CACHE_DIR.log" < /dev/null \
			3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
		for _ in $(seq 100); do
			! cache_answers || break
			sleep 0.1
		done
		cache_answers || { cat "$CACHE_DIR.log" >&2; die "nginx, the package cache, does not start"; }
		setsid sh -c 'exec 6>&-; exec 4<> "$1"; flock -x 4; kill "$(cat "$2/pid")"; rm -rf "$2"' \
			waiter "$CACHE/.cache-users" "$CACHE_RUN" \
			> /dev/null 2>&1 < /dev/null 3>&- 4>&- 5>&- 7>&- 8>&- 9>&- &
	) 5>> "$CACHE/.cache-start"
}
