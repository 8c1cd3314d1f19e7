# apt.sh - sourced: apt with a root of its own, so that the release's packages are
# looked up and fetched, verified by the archive's signature, whatever the host runs.
#
#	private_apt SUITE ARCH MIRROR [SECURITY_HOST]
#					sets APT_CONFIG; lists are fetched when
#					they are older than a day or missing
# Builds that run at once share the folder: fetching is under a lock.

private_apt() {
	local suite=$1 arch=$2 mirror=$3 security=${4:-} dir key proxy
	key=$(printf '%s\n' "$suite $arch $mirror $security" | sha256sum | cut -c1-12)
	dir=$CACHE/apt/$suite-$arch-$key
	mkdir -p "$dir"/{lists/partial,archives/partial,etc/preferences.d}
	export APT_CONFIG=$dir/apt.conf
	APT_DIR=$dir
	(
		flock 9
		keyring=/usr/share/keyrings/debian-archive-keyring.gpg
		[ -r $keyring ] || die "$keyring: missing: apt-get install debian-archive-keyring"
		proxy=$(env -u APT_CONFIG apt-config shell P Acquire::http::Proxy)
		# the host's own way to the mirror, but nothing else of its settings
		P=''
		eval "$proxy"
		{
			printf 'Dir "%s";\nDir::State "%s";\nDir::State::lists "lists";\n' "$dir" "$dir"
			printf 'Dir::State::status "%s/status";\nDir::Cache "%s";\n' "$dir" "$dir"
			printf 'Dir::Cache::archives "archives";\nDir::Etc "%s/etc";\n' "$dir"
			printf 'Dir::Etc::sourcelist "sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
			printf 'Dir::Etc::parts "/dev/null";\nDir::Etc::trusted "/dev/null";\n'
			printf 'Dir::Etc::trustedparts "/dev/null";\nAPT::Architecture "%s";\n' "$arch"
			printf 'APT::Architectures { "%s"; };\nAcquire::Languages "none";\n' "$arch"
			printf 'Acquire::Retries "3";\nAPT::Sandbox::User "root";\n'
			printf 'Acquire::http::Timeout "30";\nAPT::Get::AllowUnauthenticated "false";\n'
			printf 'Acquire::AllowInsecureRepositories "false";\n'
			[ -z "$P" ] || printf 'Acquire::http::Proxy "%s";\n' "$P"
		} > "$dir/apt.conf.tmp"
		mv "$dir/apt.conf.tmp" "$dir/apt.conf"
		: >> "$dir/status"
		{
			s="signed-by=$keyring arch=$arch"
			printf 'deb [%s] %s %s main main/debian-installer\n' "$s" "$mirror" "$suite"
			case $suite in
			sid|unstable) ;;
			*)	printf 'deb [%s] %s %s-updates main\n' "$s" "$mirror" "$suite"
				[ -z "$security" ] ||
					printf 'deb [%s] http://%s/debian-security %s-security main\n' "$s" "$security" "$suite" ;;
			esac
		} > "$dir/etc/sources.list.tmp"
		if ! cmp -s "$dir/etc/sources.list.tmp" "$dir/etc/sources.list"; then
			mv "$dir/etc/sources.list.tmp" "$dir/etc/sources.list"
			rm -f "$dir/fresh"
		fi
		rm -f "$dir/etc/sources.list.tmp"
		[ -z "$(find "$dir/fresh" -mmin -1440 2>/dev/null)" ] || exit 0
		say "$ME: $suite: fetching the package lists from $mirror"
		if apt-get -q update > "$dir/update.log" 2>&1 && ! grep -q '^[EW]:' "$dir/update.log"; then
			touch "$dir/fresh"
		elif [ -e "$dir/fresh" ]; then
			say "$ME: $mirror: not reached; the lists of $(date -r "$dir/fresh" +%F) serve"
		else
			sed -n 's/^[EW]: //p' "$dir/update.log" | head -n 4 >&2
			die "$mirror: cannot fetch the lists of $suite (say MIRROR=URL, or check the network)"
		fi
	) 9> "$dir/lock"
}

# fetch_deb PACKAGE[=VERSION] FOLDER: the verified .deb or .udeb lies in FOLDER.
# 1 when the archive lists it but does not have it, or does not know it.
fetch_deb() {
	(cd "$2" && apt-get -q download "$1" > "$APT_DIR/download.$$" 2>&1) && return
	grep -m1 '^E:' "$APT_DIR/download.$$" >&2 || true
	return 1
}
