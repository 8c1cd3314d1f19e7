#!/bin/bash
# SPDX-License-Identifier: MIT
# noservices.sh around the real apt-get, dpkg and deb-systemd-helper, in a root of their own:
# what it newly installs is neither started nor enabled, all else is as ever, and
# whatever ends it, policy-rc.d is as it was.
. "${0%/*}/../lib.sh"
need apt-get dpkg-deb deb-systemd-helper deb-systemd-invoke update-rc.d setsid
if [ "$(id -u)" -ne 0 ]; then
	unshare -r true 2> /dev/null || skip_all "neither root nor user namespaces"
	[ -n "${UNSHARED:-}" ] || UNSHARED=1 exec unshare -r "$SRC/tests/cli/${0##*/}" "$@"
fi

P=$T/root/usr/sbin/policy-rc.d
S=$T/root/etc/systemd
H=$T/root/var/lib/seedbed-setup
WANTS=$S/system/multi-user.target.wants

# deb NAME VERSION [DEPENDS]: with a service, a socket that its service names, another that
# comes enabled, a service of users and a script of init; all by debhelper's own words.
deb() {
	local d=$T/deb/$1 u
	mkdir -p "$d"/DEBIAN "$d"/etc/init.d "$d"/usr/lib/systemd/{system/sockets.target.wants,user}
	cat > "$d/DEBIAN/control" <<-CONTROL
		Package: $1
		Version: $2
		Architecture: all
		Maintainer: x <x@example.org>
		${3:+Depends: $3}
		Description: serves
	CONTROL
	sed -i '/^$/d' "$d/DEBIAN/control"
	u=$d/usr/lib/systemd
	printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=%s-too.service\nAlso=%s.socket\n%s\n' \
		"$1" "$1" "${4:-}" > "$u/system/$1.service"
	printf '[Socket]\nListenStream=/run/x\n[Install]\nWantedBy=sockets.target\n' > "$u/system/$1.socket"
	printf '[Socket]\nListenStream=/run/y\n' > "$u/system/$1-static.socket"
	ln -s "../$1-static.socket" "$u/system/sockets.target.wants/"
	printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=default.target\n' > "$u/user/$1-user.service"
	printf '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: %s\n# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n### END INIT INFO\n' "$1" > "$d/etc/init.d/$1"
	cat > "$d/DEBIAN/postinst" <<-POSTINST
		#!/bin/sh
		set -e
		enable() { # enable OPTION UNIT
			if deb-systemd-helper \$1 --quiet was-enabled \$2; then
				deb-systemd-helper \$1 enable \$2
			else
				deb-systemd-helper \$1 update-state \$2
			fi
		}
		touch $T/begun
		while [ -e $T/hold-$1 ]; do sleep 0.1; done
		enable --system $1.service
		enable --system $1.socket
		enable --user $1-user.service
		update-rc.d $1 defaults
		deb-systemd-invoke start $1.service 2>&1 || true
	POSTINST
	chmod 755 "$d/DEBIAN/postinst" "$d/etc/init.d/$1"
	dpkg-deb --root-owner-group -Znone --build "$d" "$T/repo/$1_$2.deb" > /dev/null
	rm -r "$d"
}

fresh() { # a root without packages
	rm -rf root
	mkdir -p root/var/lib/dpkg/{info,updates} root/{sbin,etc,usr/sbin,usr/lib/systemd} root/var/log apt/{etc,cache/archives/partial,state/lists/partial}
	: > root/sbin/init
	: > root/usr/lib/systemd/systemd
	: > root/var/lib/dpkg/status
}

mkdir repo
deb op 1
deb new 1 'op (>= 2)' Also=op.service
cp -r repo repo.first
deb op 2
deb other 1
deb later 1
deb killed 1
deb mute 1
cat > apt.conf <<CONF
Dir "$T/apt"; Dir::State "$T/apt/state"; Dir::Cache "$T/apt/cache"; Dir::Etc "$T/apt/etc"; Dir::Log "$T/root/var/log";
Dir::State::status "$T/root/var/lib/dpkg/status"; Dir::Etc::parts "/dev/null"; Dir::Etc::trustedparts "/dev/null";
APT::Sandbox::User "root"; APT::Architecture "amd64"; APT::Architectures { "amd64"; };
DPkg::Options { "--root=$T/root"; "--force-not-root"; "--force-script-chrootless"; };
CONF
export APT_CONFIG=$T/apt.conf DPKG_ROOT=$T/root
repo() { # repo FOLDER: is what apt knows
	local f
	echo "deb [trusted=yes] file:$T/$1 ./" > apt/etc/sources.list
	for f in "$1"/*.deb; do
		dpkg-deb -f "$f"
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${f##*/}" "$(stat -c %s "$f")" "$(sha256sum < "$f" | cut -d' ' -f1)"
	done > "$1/Packages"
	apt-get -q update > apt.log 2>&1 || show < apt.log
}
without() { "$SRC/mk/noservices.sh" apt-get -q -y -o DPkg::Use-Pty=0 install "$@"; }
links() { find "$S" root/etc/rc2.d -type l -printf '%P %l\n' 2> /dev/null | sort; }
version() { dpkg-query --admindir="$T/root/var/lib/dpkg" -W -f '${db:Status-Abbrev}${Version}' "$1" 2> /dev/null; }
clean() { # clean NAME: nothing of a run is left but what can be undone
	is "$(cd "$H" && find . -type f ! -name held ! -name lock)$(ls "$T/root/usr/sbin")" "${2:-}" "$1"
}

fresh
repo repo.first
apt-get -q -y install op > op.log 2>&1
is "$(version op)" "ii 1" "a package of the operator's"
before=$(links)
like "$before" 'op.service' "whose service is enabled"

# an operator's policy, by a link as alternatives are
cat > policy <<POLICY
#!/bin/sh
echo "\$*" >> $T/asked
exit 101
POLICY
chmod +x policy
ln -s "$T/policy" "$P"
repo repo
said=$(without new 2>&1 > new.log)
is "$(version new) $(version op)" "ii 1 ii 2" "a new one, and the upgrade it needs"
is "$(diff <(echo "$before") <(links) | grep '^[<>]')" "> K01new ../init.d/new
> system/new-static.socket /dev/null" "nothing that it enables is enabled, and what was is, though new.service names op.service"
like "$(cat asked)" '^op.service (re)?start' "the operator's policy is asked about the operator's service"
unlike "$(cat asked)" 'new' "and not about the new one"
like "$(cat new.log)" "policy-rc.d returned 101, not running 'start new.service'" "which is not started"
like "$said" '^noservices.sh: neither started nor enabled: new-static.socket new-user.service new.service new.socket \(to have them: .*/setup.sh --undo-services\)$' "and told, with what undoes it"
is "$(readlink "$P")" "$T/policy" "the policy is as it was"
clean "no more is left" policy-rc.d

deb new 2 'op (>= 2)' Also=op.service
repo repo
held=$(links)
apt-get -q -y install new > upgrade.log 2>&1
is "$(version new) $(links)" "ii 2 $held" "an upgrade by the operator leaves it disabled"

said=$("$SRC/mk/noservices.sh" --undo 2>&1)
is "$(links | grep new)" "S01new ../init.d/new
system/multi-user.target.wants/new.service /usr/lib/systemd/system/new.service
system/new-too.service /usr/lib/systemd/system/new.service
system/sockets.target.wants/new.socket /usr/lib/systemd/system/new.socket
user/default.target.wants/new-user.service /usr/lib/systemd/user/new-user.service" "--undo enables all of it"
like "$said" 'enabled and started.* new.service' "and says so"
like "$("$SRC/mk/noservices.sh" --undo 2>&1)" 'nothing is held back' "there is nothing to undo twice"
is "$(version new)$(links | grep -c new)" "ii 25" "and nothing comes of it"

rm "$P" root/usr/lib/systemd/systemd
without other > other.log 2>&1
is "$(version other)$(ls root/usr/sbin)" "ii 1" "where there was no policy, there is none after"
unlike "$(links)" ' /.*other.*service$' "and it serves nothing"
unlike "$(links)" '/other-static.socket' "nothing is masked where there is no systemd"
: > root/usr/lib/systemd/systemd

# an operator who has enabled it before it came
mkdir -p "$WANTS"
ln -s /usr/lib/systemd/system/later.service "$WANTS/later.service"
without later > later.log 2>&1
like "$(links)" 'multi-user.target.wants/later.service' "what the operator had enabled beforehand stays"
unlike "$(links)" 'wants/later.socket' "the rest of it does not"

"$SRC/mk/noservices.sh" apt-get -q -y install mute 2>&1 > mute.log | true
until_true 10 test ! -e "$H/before"
is "$(version mute) $(links | grep -c ' /.*mute.*service$')" "ii 1 0" "nobody listens to what it says: the same"
clean "and nothing is left"

# begun COMMAND...: in the background, and its package's script is at work
begun() {
	rm -f begun
	touch hold-killed
	"$@" > killed.log 2> killed.err &
	pid=$!
	until_true 60 test -e begun
}
ln -s "$T/policy" "$P"
begun "$SRC/mk/noservices.sh" apt-get -q -y install killed
kill -TERM $pid
until_true 60 grep -q 'ends first' killed.err
rm hold-killed
status=0
wait $pid || status=$?
is "$status $(version killed) $(links | grep -c ' /.*killed.*service$')" "143 ii 1 0" "a signal: apt-get ends first, nothing is enabled"
is "$(readlink "$P")" "$T/policy" "the policy is as it was"
clean "and nothing is left" policy-rc.d

apt-get -q -y purge killed > /dev/null 2>&1
rm -f "$S"/system/killed-static.socket
begun "$SRC/mk/noservices.sh" apt-get -q -y install killed
kill -KILL $pid
wait $pid 2> /dev/null
: > asked
runs "killed: what is left of it refuses nothing to others" test "$(DPKG_MAINTSCRIPT_PACKAGE=foreign "$P" foreign.service start; cat asked)" = "foreign.service start"
(sleep 1; rm hold-killed) &
out=$("$SRC/mk/noservices.sh" --finish 2>&1)
like "$out" 'earlier set-up was killed' "the next one ends it"
is "$(version killed) $(links | grep -c ' /.*killed.*service$')" "ii 1 0" "when its apt-get has"
is "$(readlink "$P")" "$T/policy" "the policy is as it was"
clean "and nothing is left" policy-rc.d

# and all that it had started
apt-get -q -y purge killed > /dev/null 2>&1
rm -f "$S"/system/killed-static.socket
begun "$SRC/mk/noservices.sh" apt-get -q -y install killed
kill -KILL $pid
for p in /proc/[0-9]*; do
	! tr '\0' '\n' 2> /dev/null < "$p/environ" | grep -qx "DPKG_ROOT=$T/root" || case $(cat "$p/comm") in
	apt-get|dpkg|killed.postinst) kill -KILL "${p#/proc/}" ;;
	esac
done
wait $pid 2> /dev/null
rm hold-killed
unlike "$(version killed)" 'ii' "dpkg is killed, too"
out=$("$SRC/mk/noservices.sh" --finish 2>&1)
is "$(version killed) $(links | grep -c ' /.*killed.*service$')" "ii 1 0" "what it left unconfigured is configured, and does not serve"
clean "and nothing is left" policy-rc.d
finish
