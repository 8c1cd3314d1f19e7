# SPDX-License-Identifier: MIT
# tests/lib.sh - sourced by every test script; speaks TAP to prove.
#
#	. "${0%/*}/../lib.sh"
#	is "$(tool x)" "y" "tool says y"
#	fails 2 "unknown key" tool --bad
#	finish
#
# Each test has a scratch folder in $T, its working directory, gone at the end.

set -u
SRC=${SEEDBED_ROOT:-$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)}
export SRC PATH="$SRC/build/bin:$PATH" LC_ALL=C.UTF-8
T=$(mktemp -d "${TMPDIR:-/tmp}/seedbed-test.XXXXXX") || exit 1
# A test adds to this what must be undone: at_end 'kill $pid'
at_end=()
at_end() { at_end+=("$1"); }
# shellcheck disable=SC2154
trap 'for u in "${at_end[@]}"; do eval "$u"; done; cd /; rm -rf "$T"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$T" || exit 1
n=0 bad=0

# What hangs is ended after TEST_SECONDS, with all that at_end says, and shows as a
# failure of this test and no other.
(
	timeout "${TEST_SECONDS:-1500}" tail -s 5 --pid=$$ -f /dev/null
	[ $? -ne 124 ] || { kill -TERM $$; pkill -TERM -P $$; }
) > /dev/null 2>&1 &
disown

ok() { # ok STATUS NAME: 0 is a pass
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		echo "# ${0##*/}: $n - $2: failed" >&2
		bad=$((bad + 1))
	fi
	return "$1"
}

# What went wrong, in comments.
show() { sed 's/^/#   /' | head -n "${1:-40}" >&2; }

is() { # is GOT WANTED NAME
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		echo "# got:" >&2; printf '%s\n' "$1" | show
		echo "# wanted:" >&2; printf '%s\n' "$2" | show
	fi
	return 0
}

like() { # like TEXT REGEX NAME: an extended regular expression, any line
	if grep -Eq -- "$2" <<<"$1"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		echo "# no line of this matches $2:" >&2; printf '%s\n' "$1" | show
	fi
	return 0
}

unlike() { # the opposite
	if grep -Eq -- "$2" <<<"$1"; then
		ok 1 "$3"
		echo "# a line matches $2:" >&2; printf '%s\n' "$1" | show
	else
		ok 0 "$3"
	fi
	return 0
}

runs() { # runs NAME COMMAND...: exits 0
	local name=$1 out
	shift
	if out=$("$@" 2>&1 </dev/null); then
		ok 0 "$name"
	else
		ok 1 "$name"
		printf '%s\n' "$out" | show
	fi
	return 0
}

# fails STATUS REGEX COMMAND...: ends with just that status (so not by a
# signal), and says so on stderr in a line that matches.
fails() {
	local want=$1 re=$2 got=0 err
	shift 2
	err=$("$@" 2>&1 >/dev/null </dev/null) || got=$?
	if [ "$got" -eq "$want" ] && grep -Eq -- "$re" <<<"$err"; then
		ok 0 "$* fails: $re"
	else
		ok 1 "$* fails with $want: $re"
		echo "# status $got:" >&2; printf '%s\n' "$err" | show
	fi
	return 0
}

skip_all() { echo "1..0 # SKIP $*"; exit 0; }

skip() { # skip NAME REASON
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

need() { # need PROGRAM...: or the whole test is skipped
	local p
	for p in "$@"; do
		command -v "$p" >/dev/null || skip_all "$p is not installed"
	done
}

# A copy of the tree and its programs in the working directory, and nothing of the make
# that surrounds the test: for what calls make itself.
own_tree() {
	[ "$(id -u)" != 0 ] || skip_all "is for an ordinary user: make check by root becomes one"
	tar -C "$SRC" -c --exclude ./build --exclude ./.git . | tar -x
	mkdir -p build && cp -r "$SRC/build/bin" "$SRC/build/obj" "$SRC/build/.setup" build/
	# no older than the copied sources, nor than each other
	touch build/now && find build -exec touch -r build/now {} + && rm build/now
	unset MAKEFLAGS MFLAGS MAKELEVEL
}

# until_true SECONDS COMMAND...: polls; the deadline is for the hopeless case.
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

finish() {
	echo "1..$n"
	[ "$bad" -eq 0 ]
	exit
}
