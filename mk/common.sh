# common.sh - sourced by the scripts of this folder.

set -eu -o pipefail
umask 022
ME=${0##*/}
ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
PATH=$ROOT/build/bin:$PATH:/usr/sbin:/sbin

# Nothing acts on the terminal, whoever's words are in it.
say() {
	local LC_ALL=C text=$*
	text=${text//$'\xc2'[$'\x80'-$'\x9f']/?} # the control characters beyond ASCII
	# over the bar that may stand there
	[ ! -t 2 ] || [ "${TERM:-dumb}" = dumb ] || printf '\r\033[K' >&2
	printf '%s\n' "${text//[[:cntrl:]]/?}" >&2
}
die() { say "$ME: $*"; exit 1; }
visible() { LC_ALL=C sed 's/[^[:print:]\t]/?/g' | cut -b 1-500; } # lines of guests and mirrors

# One build of a name at a time: B is its folder, and is held until the script ends. One
# script may call another of the same build.
lock_build() {
	[ "${SEEDBED_HOLDS:-}" != "$B" ] || return 0
	exec 7>> "$B/.lock"
	flock -n 7 || die "$name: another build of it is running"
	export SEEDBED_HOLDS=$B
}

# A lock that may take long, in the background, so that a signal is acted on at once.
held() { # held FD [FLOCK OPTION]
	flock ${2:+"$2"} "$1" &
	pids+=($!)
	wait $!
}

bytes() { # bytes VARIABLE DEFAULT: what the operator said, as a number
	local text=${!1:-$2}
	numfmt --from=iec -- "$text" 2> /dev/null || die "$1=$text: is no size, such as 512M or 4G"
}

# What outlives `make clean`: downloads, the kit, the package cache.
if [ "$(id -u)" -eq 0 ]; then
	CACHE=${SEEDBED_CACHE:-/var/cache/seedbed}
else
	CACHE=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seedbed}
fi

# The ordinary user whom a build by root becomes for all that meets a guest.
RUNAS=${SEEDBED_USER:-seedbed}

as_user() { # as_user COMMAND...: as that user, or straight where we are one
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid="$RUNAS" --regid="$RUNAS" --init-groups --reset-env -- \
			env PATH="$PATH" "$@"
	else
		"$@"
	fi
}

# Whoever builds without an ssh key of their own gets one, kept beside the
# downloads: a machine that nobody can enter is no appliance.
key_option() { # sets the array key_option: what preseed is to be told
	local own=$CACHE/id_ed25519
	key_option=()
	if [ -n "${KEY:-}" ]; then
		key_option=(--key "$KEY")
	elif ! compgen -G "$HOME/.ssh/*.pub" > /dev/null && [ -z "${SUDO_USER:-}" ]; then
		mkdir -p "$CACHE"
		(
			flock 9
			[ ! -e "$own.pub" ] || exit 0
			rm -f "$own"
			ssh-keygen -q -t ed25519 -N '' -C seedbed -f "$own"
			say "$ME: you have no ssh key: $own is new (ssh -i $own root@...)"
		) 9>> "$CACHE/.key-lock"
		key_option=(--key "$own.pub")
	fi
}
