# SPDX-License-Identifier: MIT
# common.sh - sourced by the scripts of this folder.
#
# What make tells them, by its environment:
#	SEEDBED_BUILD	where everything is made (O=; build)
#	SEEDBED_RECIPES	where the recipes are (RECIPES=; recipes)
#	SEEDBED_SHOWN	what messages call SEEDBED_BUILD
#	SEEDBED_CACHE	what outlives `make clean`: downloads, the kit, checkpoints

set -eu -o pipefail
umask 077 # images, answers, logs: nobody else's business (SHARE=GROUP: share.sh)
ME=${0##*/}
ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
BUILD=${SEEDBED_BUILD:-$ROOT/build}
RECIPES=${SEEDBED_RECIPES:-$ROOT/recipes}
SHOWN=${SEEDBED_SHOWN:-build}
CACHE=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/seedbed}
PATH=${SEEDBED_BIN:-$ROOT/build/bin}:$PATH:/usr/sbin:/sbin

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

# The ordinary user whom a build by root becomes.
RUNAS=${SEEDBED_USER:-seedbed}

# A recipe's or a guest's bytes are never root's to read: make is called by root, and
# becomes an ordinary user first (handover.sh).
not_root() {
	[ "$(id -u)" -ne 0 ] || die "not for root: make appliance-NAME becomes $RUNAS by itself"
}

# Where guests run is the operator's to say, HYPERVISOR=URI; the programs read it from the
# environment, and know what is to be had there.
hypervisor() { domxml --facts | sed -n "s/^$1=//p"; } # hypervisor FACT (domxml(1))
hypervisor_suits() { # what the guests of a build need of it
	[ -z "${HYPERVISOR:-}" ] || domxml --need ports --need credentials --need gate --need own --need here ||
		die "HYPERVISOR=$HYPERVISOR: installing there is not supported, for the reasons above; next: leave HYPERVISOR= out"
}

# One command at a time, in the background, so that a signal to the script is acted on at
# once; it ends with the script, however that ends.
running=
run() { # run COMMAND...: its exit status
	local status=0
	setpriv --pdeathsig TERM -- "$@" <&0 &
	running=$!
	wait "$running" 2> /dev/null || status=$? # bash would say which was killed
	running=
	return $status
}
stop() { # stop SIGNAL
	trap '' INT TERM HUP
	if [ -n "$running" ]; then
		kill "$running" 2> /dev/null || true
		wait "$running" || true
	fi
	exit $((128 + $1))
}
trap 'stop 2' INT
trap 'stop 15' TERM
trap 'stop 1' HUP

# One build of a name at a time: B is its folder, and is held until the script and all
# that it has started have ended.
lock_build() {
	mkdir -p "$B"
	exec 7>> "$B/.lock"
	flock -n 7 || die "$name: another build of it is running"
}

bytes() { # bytes VARIABLE DEFAULT: what the operator said, as a number
	local text=${!1:-$2}
	numfmt --from=iec -- "${text^^}" 2> /dev/null || die "$1=$text: is no size, such as 512M or 4G"
}

# --- records: files of KEY=VALUE lines ---

field() { # field FILE KEY: the first value of that key, or nothing
	[ ! -e "$1" ] || sed -n "s/^$2=//p" "$1" | head -n 1
}
fields() { # fields FILE KEY: all of them
	[ ! -e "$1" ] || sed -n "s/^$2=//p" "$1"
}

# Which installer a release has (installer.sh): said here, and nowhere else.
installer_of() { # installer_of SUITE
	case $1 in
	*) echo di ;;
	esac
}

declare -A fact=()
declare -a package=() expect=() key=()
read_facts() { # read_facts FILE: a recipe's facts (preseed --facts), and its INSTALLER
	local k v
	while IFS='=' read -r k v; do
		case $k in
		package) package+=("$v") ;;
		expect) expect+=("$v") ;;
		key) key+=("$v") ;;
		*) fact[$k]=$v ;;
		esac
	done < "$1"
	INSTALLER=$ROOT/mk/installers/$(installer_of "${fact[suite]:-}")
}

# What an appliance would be of which nothing is said: the release, its mirror.
read_empty() {
	local facts
	key_option
	[ -z "${MIRROR:-}" ] || key_option+=(--set "mirror=$MIRROR")
	facts=$(preseed "${key_option[@]}" --facts "$ROOT/mk/empty.recipe")
	read_facts /dev/stdin <<< "$facts"
}

# Whoever builds without an ssh key of their own gets one, kept beside the
# downloads: a machine that nobody can enter is no appliance.
key_option() { # sets the array key_option: what preseed is to be told
	local own=$CACHE/id_ed25519
	key_option=()
	if [ -n "${KEY:-}" ]; then
		key_option=(--key "$KEY")
	elif ! compgen -G "$HOME/.ssh/*.pub" > /dev/null; then
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
