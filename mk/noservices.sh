#!/bin/bash
# SPDX-License-Identifier: MIT
# noservices.sh apt-get ARG...	runs it; no service of what it newly installs is started
# noservices.sh --finish	ends what a killed one left half done
# noservices.sh --undo		starts and enables what was held back
#
# As root. While apt-get runs, policy-rc.d (Debian policy 9.3.3.1) refuses the services of
# packages that were not there before; after it, what these packages have enabled is disabled again.
# Services of packages that were there start, stop and restart as ever, also when this
# apt-get upgrades them, and so does all that somebody else's apt-get installs meanwhile.
# Disabled and not masked, so that a unit still starts when another wants it and a later
# upgrade leaves it as it is; a unit whose package brings the link that starts it at boot is masked.
#
# /var/lib/seedbed-setup: held (what --undo needs), and while it runs: before, links
# (what was there), new (dpkg's own record), token. DPKG_ROOT is another root.
set -eu -o pipefail
umask 022
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
ME=${0##*/}
R=${DPKG_ROOT:-}
STATE=$R/var/lib/seedbed-setup
POLICY=$R/usr/sbin/policy-rc.d
MARK="# written by seedbed's mk/noservices.sh"
shopt -s nullglob

say() {
	local text=$*
	# who listened may have gone, which is no reason to stop half-way
	printf '%s\n' "${text//[[:cntrl:]]/?}" >&2 || true
}
die() { say "$ME: $*"; exit 1; }

# The policy in force is ours in the processes of our apt-get alone, so that one which is
# left behind changes nothing for anybody.
policy_in() {
	local was="$POLICY.before-seedbed"
	if [ -e "$POLICY" ] || [ -L "$POLICY" ]; then ln -P "$POLICY" "$was"; fi
	cat > "$STATE/policy" <<-END
		#!/bin/sh
		$MARK
		# For the time of its apt-get. If that was killed, the next "make setup" puts back
		# what was here; until then nothing is refused.
		if [ "\${SEEDBED_NOSERVICES:-}" = $token ] && [ -n "\${DPKG_MAINTSCRIPT_PACKAGE:-}" ] &&
			! grep -qxF -- "\$DPKG_MAINTSCRIPT_PACKAGE" $STATE/before; then
			exit 101
		fi
		if [ -x $was ]; then exec $was "\$@"; fi
		[ -e $R/sbin/init ] || exit 101 # which is what invoke-rc.d does without a policy
		exit 0
	END
	chmod 700 "$STATE/policy" # it names the token; who asks it is root
	mkdir -p "${POLICY%/*}"
	mv -f "$STATE/policy" "$POLICY.new-seedbed" # another filesystem, it may be
	mv -fT "$POLICY.new-seedbed" "$POLICY"
}

policy_out() {
	local was="$POLICY.before-seedbed"
	rm -f "$POLICY.new-seedbed"
	if grep -qsxF "$MARK" "$POLICY"; then
		if [ -e "$was" ] || [ -L "$was" ]; then
			mv -fT "$was" "$POLICY"
		else
			rm "$POLICY"
		fi
	else
		rm -f "$was" # killed before ours was in its place, or somebody has put in theirs
	fi
}

installed() { # the packages that are, whole or in part
	dpkg-query ${R:+--admindir="$R/var/lib/dpkg"} -W -f '${db:Status-Status} ${Package}\n' 2> /dev/null |
		awk '$1 != "not-installed" && $1 != "config-files" { print $2 }' | sort -u || true
}

boot_links() { # all that starts something at boot: PATH TARGET
	local dirs=("$R"/etc/systemd/{system,user} "$R"/etc/rc[S0-9].d)
	find "${dirs[@]}" -maxdepth 2 -type l -printf '%p %l\n' 2> /dev/null | sort || true
}

begin() {
	mkdir -p "$STATE"
	exec {lock}>> "$STATE/lock"
	flock -n "$lock" || {
		say "$ME: another set-up is at work: waiting for it"
		flock -w 1800 "$lock" || die "$STATE/lock: another set-up is still at work: try again when it has ended"
	}
	if [ -e "$STATE/before" ]; then finish; else policy_out; fi
}

systemd_runs() { [ -z "$R" ] && [ -d /run/systemd/system ]; }

# The files of the packages that our apt-get has installed anew.
files_of_new() {
	local p
	awk -F ': ' '$1 == "processing" && $2 == "install" { sub(/:.*/, "", $3); print $3 }' \
		"$STATE/new" 2> /dev/null | sort -u | comm -23 - "$STATE/before" |
		while read -r p; do
			dpkg-query ${R:+--admindir="$R/var/lib/dpkg"} -L "$p" 2> /dev/null || true
		done | sed 's|^/usr/lib/|/lib/|' | sort -u
}

# init_script NAME enable|disable: by Debian's own program (but not the unit of that name,
# with all that it has in Also=), and by hand where that does not know the script.
init_script() {
	local from=S to=K l
	[ "$2" = disable ] || { from=K to=S; }
	if [ -z "$R" ] && _SKIP_SYSTEMD_NATIVE=1 update-rc.d "$1" "$2" > /dev/null 2>&1; then return; fi
	for l in "$R"/etc/rc[2-5S].d/"$from"[0-9][0-9]"$1"; do
		mv -fT "$l" "${l%/*}/$to${l##*/"$from"}"
	done
}

# hold_back: what starts at boot by the packages that are new, no more does.
hold_back() {
	local path target scope unit names=() stop=()
	local -A ours=()
	files_of_new > "$STATE/files"
	boot_links | comm -13 "$STATE/links" - > "$STATE/made"
	while IFS=/ read -r _ _ _ scope unit; do
		# but not another name for a unit, nor one that the operator has a file of
		path=$R/lib/systemd/$scope/$unit
		[ -e "$path" ] || path=$R/usr/lib/systemd/$scope/$unit
		[ -L "$path" ] || [ -f "$R/etc/systemd/$scope/$unit" ] || ours[$scope/$unit]=1
	done < <(grep -E '^/lib/systemd/(system|user)/[^/]+\.[a-z]+$' "$STATE/files")

	# what their scripts have enabled, and nothing that those name beside it (Also=)
	while read -r path target; do
		unit=${target##*/}
		scope=${path#"$R/etc/systemd/"}
		[ -n "${ours[${scope%%/*}/$unit]:-}" ] || continue
		printf 'link %s %s\n' "$path" "$target" >> "$STATE/held"
		rm -f "$path"
		names+=("$unit")
	done < <(grep "^$R/etc/systemd/" "$STATE/made")

	# what comes enabled in the package itself, where systemd is there to read that
	while IFS=/ read -r _ _ _ scope _ unit; do
		[ -e "$R/usr/lib/systemd/systemd" ] || [ -e "$R/lib/systemd/systemd" ] || break
		path=$R/etc/systemd/$scope/$unit
		if [ -z "${ours[$scope/$unit]:-}" ] || [ -e "$path" ] || [ -L "$path" ]; then continue; fi
		printf 'mask %s\n' "$path" >> "$STATE/held"
		mkdir -p "${path%/*}"
		ln -s /dev/null "$path"
		names+=("$unit")
	done < <(grep -E '^/lib/systemd/(system|user)/[^/]+\.(wants|requires|upholds)/[^/]+\.(service|socket|timer|path)$' "$STATE/files")

	# scripts of init; those that are a unit, too, have been seen above
	while IFS=/ read -r _ _ _ unit; do
		grep -q "^$R/etc/rc[S0-9].d/S[0-9][0-9]$unit " "$STATE/made" || continue
		printf 'rc %s\n' "$unit" >> "$STATE/held"
		init_script "$unit" disable
		[ -n "${ours[system/$unit.service]:-}" ] || names+=("$unit")
	done < <(grep -E '^/etc/init\.d/[^/]+$' "$STATE/files")

	if systemd_runs; then
		systemctl daemon-reload || say "$ME: systemctl daemon-reload: failed"
		# a script that did not ask for the policy
		for unit in "${!ours[@]}"; do
			[[ $unit =~ ^system/(.*[^@]\.(service|socket|timer|path))$ ]] || continue
			! systemctl -q is-active "${BASH_REMATCH[1]}" || stop+=("${BASH_REMATCH[1]}")
		done
		[ ${#stop[@]} -eq 0 ] || systemctl stop "${stop[@]}" ||
			say "$ME: ${stop[*]}: running, and not stopped: systemctl stop ${stop[*]}"
	fi
	[ ${#names[@]} -eq 0 ] ||
		say "$ME: neither started nor enabled: $(printf '%s\n' "${names[@]}" | sort -u | tr '\n' ' ')(to have them: ${0%/*}/setup.sh --undo-services)"
}

ended() {
	hold_back
	policy_out
	rm -f "$STATE"/{files,made,links,new,token,policy}
	rm -f "$STATE/before" # the last: it says that something is unfinished
}

# apt_get COMMAND...: with our policy; nothing on the terminal ends it half-way.
apt_get() {
	local pid status
	SEEDBED_NOSERVICES=$token NEEDRESTART_MODE=l DEBIAN_FRONTEND=noninteractive \
		setsid env --default-signal=INT,QUIT,PIPE "$@" < /dev/null 2>&1 {lock}>&- &
	pid=$!
	while status=0; caught=''; wait $pid || status=$?; [ -n "$caught" ]; do
		say "$ME: ${1##*/} is at work and ends first, so that no package is left half installed"
	done
	return $status
}

at_work() { # the apt-get of the token, or its dpkg; not a daemon that a package has restarted
	local p
	for p in /proc/[0-9]*; do
		[ -O "$p" ] || continue # a process of anybody's may have that name
		case $(cat "$p/comm" 2> /dev/null) in
		apt-get|dpkg) ! grep -qszxF "SEEDBED_NOSERVICES=$token" "$p/environ" || return 0 ;;
		esac
	done
	return 1
}

# finish: after a run that was killed. Its apt-get may be at work still.
finish() {
	token=$(cat "$STATE/token")
	while at_work; do sleep 0.5; done
	say "$ME: an earlier set-up was killed: ending what it began"
	if [ -n "$(files_of_new)" ] && [ -n "$(dpkg ${R:+--root="$R"} --audit)" ]; then
		apt_get dpkg ${R:+--root="$R" --force-not-root --force-script-chrootless} --configure -a ||
			say "$ME: dpkg --configure -a: failed: what it said is above"
	fi
	ended
}

caught='' got=0
trap '' PIPE
trap 'caught=1 got=130' INT
trap 'caught=1 got=143' TERM
trap 'caught=1 got=129' HUP

run() {
	local status=0
	begin
	token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	(umask 077 && echo "$token" > "$STATE/token")
	rm -f "$STATE/new"
	boot_links > "$STATE/links"
	installed > "$STATE/before.new"
	mv "$STATE/before.new" "$STATE/before"
	policy_in
	[ $got -ne 0 ] || apt_get "$1" -o "DPkg::Options::=--status-logger=cat >> $STATE/new" "${@:2}" || status=$?
	ended
	[ $got -eq 0 ] || exit $got
	exit $status
}

undo() {
	local what path target units start=() scripts=() names=()
	begin
	[ -e "$STATE/held" ] || { say "$ME: nothing is held back"; exit 0; }
	while read -r what path target; do
		case $what in
		link)	if [ ! -e "$R$target" ]; then
				say "$ME: ${target##*/}: no longer installed"
				continue
			fi
			mkdir -p "${path%/*}"
			[ -e "$path" ] || [ -L "$path" ] || ln -s "$target" "$path"
			[[ $path == *.wants/* || $path == *.requires/* ]] || continue ;; # another name
		mask)	[ "$(readlink "$path")" != /dev/null ] || rm "$path" ;;
		rc)	[ ! -e "$R/etc/init.d/$path" ] || init_script "$path" enable
			scripts+=("$path")
			continue ;;
		esac
		[[ $path == */systemd/user/* ]] || start+=("${path##*/}")
	done < "$STATE/held"
	rm "$STATE/held"
	mapfile -t names < <(printf '%s\n' "${start[@]}" "${scripts[@]/%/.service}" | sort -u)
	if systemd_runs; then
		systemctl daemon-reload
		for what in "${scripts[@]}"; do # those that are a unit by systemd's generator
			! systemctl -q is-enabled "$what.service" 2> /dev/null || start+=("$what.service")
		done
		# a socket does not start once its service has
		for what in socket service; do
			mapfile -t units < <(printf '%s\n' "${start[@]}" | sort -u |
				if [ $what = socket ]; then grep '\.socket$'; else grep -v '\.socket$'; fi)
			[ ${#units[@]} -eq 0 ] || systemctl start "${units[@]}" ||
				say "$ME: not all have started: systemctl --failed"
		done
	elif [ -z "$R" ]; then
		for what in "${scripts[@]}"; do
			invoke-rc.d "$what" start || say "$ME: $what: does not start: the reason is above"
		done
	fi
	say "$ME: enabled and started, as their packages would have done: ${names[*]}"
}

case ${1:-} in
--finish) begin ;;
--undo)	undo ;;
apt-get|*/apt-get) run "$@" ;;
*)	say "usage: $ME apt-get ARG... | --finish | --undo"; exit 2 ;;
esac
