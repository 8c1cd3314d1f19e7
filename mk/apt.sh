# SPDX-License-Identifier: MIT
# apt.sh - sourced: apt with a root of its own, so that the release's packages are
# looked up and fetched, verified by the archive's signature, whatever the host runs.
#
#	archive_name SUITE ARCH MIRROR [SECURITY_HOST]
#					what is kept of a release at that mirror is called so:
#					what one author names decides nothing for another
#	apt_dir SUITE ARCH MIRROR [SECURITY_HOST]	where its root is
#	private_apt SUITE ARCH MIRROR [SECURITY_HOST]
#					sets APT_CONFIG; the lists are the mirror's
#					of the last hour, if it can be reached
#	fetch_deb PACKAGE[=VERSION] FOLDER	the verified .deb or .udeb lies in FOLDER
# Builds that run at once share the folder: fetching is under a lock. An hour, because the
# guest's apt takes what the host has looked up and fetched for it only where both know
# the same lists; and to ask whether there are newer ones takes half a second.

. "$ROOT/mk/cache.sh"

archive_name() {
	local key
	key=$(printf '%s\n' "$1 $2 $3 ${4:-}" | sha256sum | cut -c1-12)
	printf '%s\n' "$1-$2-$key"
}
apt_dir() { printf '%s\n' "$CACHE/apt/$(archive_name "$@")"; }

private_apt() {
	local suite=$1 arch=$2 mirror=$3 security=${4:-} dir proxy
	dir=$(apt_dir "$suite" "$arch" "$mirror" "$security")
	hold "apt/${dir##*/}"
	[ -e "$dir/fresh" ] || prune_cache
	mkdir -p "$dir"/{lists/partial,archives/partial,etc/preferences.d}
	export APT_CONFIG=$dir/apt.conf
	APT_DIR=$dir
	(
		flock 9
		keyring=${KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
		[[ $keyring =~ ^/[A-Za-z0-9./_+~-]*$ ]] || die "KEYRING=$keyring: wants a plain path from / on"
		[ -r "$keyring" ] || die "$keyring: missing: apt-get install debian-archive-keyring"
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
		s="signed-by=$keyring arch=$arch"
		lists=$dir/etc/sources.list
		sources() { # sources SUITE: the list, with the installer's packages of that one
			printf 'deb [%s] %s %s main\n' "$s" "$mirror" "$suite"
			printf 'deb [%s] %s %s main/debian-installer\n' "$s" "$mirror" "$1"
			case $suite in
			sid|unstable) ;;
			*)	printf 'deb [%s] %s %s-updates main\n' "$s" "$mirror" "$suite"
				[ -z "$security" ] ||
					printf 'deb [%s] http://%s/debian-security %s-security main\n' "$s" "$security" "$suite" ;;
			esac
		}
		update() { apt-get -q update > "$dir/update.log" 2>&1 && ! grep -q '^[EW]:' "$dir/update.log"; }
		release() { # release SUITE FIELD: of its Release file, the new one if apt has set it aside
			{ sed -n "s/^$2: //p" "$dir"/lists/{partial/,}*_dists_"$1"_*Release 2> /dev/null || true; } | head -n 1
		}
		within() { [ -n "$(find "$dir/$1" -mmin "-$2" 2> /dev/null)" ]; } # within FILE MINUTES
		old_serve() { # and why
			local why='not reached'
			if ! grep -qE '^W: .*(resolv|connect|timed out|unreachable)' "$dir/update.log"; then
				why="no newer lists: $(sed -n 's/^[EW]: //p' "$dir/update.log" | head -n 1 | visible)"
			fi
			say "$ME: $mirror: $why; the lists of $(date -r "$dir/fresh" '+%F %R') serve"
		}
		borrowed=$(cat "$dir/borrowed" 2> /dev/null) || true
		if [ "$(cat "$lists" 2> /dev/null)" = "$(sources "${borrowed:-$suite}")" ]; then
			! within fresh 60 || exit 0
			# a mirror that does not answer may take its time with that
			if [ -e "$dir/fresh" ] && within unreached 10; then
				old_serve
				exit 0
			fi
		fi
		say "$ME: $suite: fetching the package lists from $mirror"
		sources "$suite" > "$lists"
		if update; then
			rm -f "$dir/borrowed" "$dir/unreached"
			touch "$dir/fresh"
			exit 0
		fi
		# A mirror that is being brought up to date may carry the new Release and yet
		# the old list of udebs. Under its other name (stable, testing) the release
		# may still be the old one, signed as well, and fit.
		other=$(release "$suite" Suite)
		if grep -q 'main/debian-installer/' "$dir/update.log" && [ -n "$other" ] && [ "$other" != "$suite" ]; then
			sources "$other" > "$lists"
			if update && [ "$(release "$other" Codename)" = "$(release "$suite" Codename)" ]; then
				echo "$other" > "$dir/borrowed"
				say "$ME: $mirror: its udebs do not fit $suite $(release "$suite" Version) (is it being" \
					"updated?); the list that is signed for $other $(release "$other" Version) serves"
				rm -f "$dir/unreached"
				touch "$dir/fresh"
				exit 0
			fi
		fi
		if [ -e "$dir/fresh" ]; then
			sources "${borrowed:-$suite}" > "$lists"
			touch "$dir/unreached"
			old_serve
		else
			rm -f "$lists"
			sed -n 's/^[EW]: //p' "$dir/update.log" | head -n 4 | visible >&2
			die "$mirror: cannot fetch the lists of $suite (say MIRROR=URL, or check the network)"
		fi
	) 9> "$dir/lock"
}

# 1 when the archive lists it but does not have it, or does not know it.
fetch_deb() {
	(cd "$2" && apt-get -q download "$1" > "$APT_DIR/download.$$" 2>&1) && return
	{ grep -m1 '^E:' "$APT_DIR/download.$$" || true; } | visible >&2
	return 1
}

# package_lists ARCH: after private_apt, the files of the lists, but for those of udebs.
package_lists() {
	find "$APT_DIR/lists" -maxdepth 1 -name "*_binary-$1_Packages" ! -name '*debian-installer*' | LC_ALL=C sort
}
