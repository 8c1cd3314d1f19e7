#!/bin/bash
# SPDX-License-Identifier: MIT
# Inside the installer: apt is spared what it need not do, and does all that it must.
. "${0%/*}/../lib.sh"

# Of the target, what dpkg-query would say of it.
mkdir -p bin target/var/lib/apt target/etc/apt/apt.conf.d
touch target/etc/apt/sources.list
cat > bin/chroot <<'END'
#!/bin/sh
for package; do :; done
[ "$2" != debconf-communicate ] || { cat >> purged; exit; }
case $package in
present|dependency|a.c) printf 'ii ' ;;
half) printf 'iF ' ;;
*) exit 1 ;;
esac
END
printf '#!/bin/sh\n' > bin/logger
printf '#!/bin/sh\necho "apt: $*"\nexit 7\n' > whole
chmod +x bin/* whole
cat > target/var/lib/apt/extended_states <<'END'
Package: dependency
Architecture: amd64
Auto-Installed: 1

Package: present
Architecture: amd64
Auto-Installed: 0

Package: abc
Architecture: amd64
Auto-Installed: 1
END
sed "s|/bin/apt-install|$T/whole|; s|/target|$T/target|g; s|/var/lib/seedbed|$T|" \
	"$SRC/udeb/usr/lib/seedbed/apt-install" > apt-install
install() { PATH="$T/bin:$PATH" sh apt-install "$@"; echo $?; }
is "$(install present)" 0 "what is there needs no apt"
is "$(install --allow-remove present present)" 0 "whatever the options"
is "$(install absent)" $'apt: absent\n7' "what is not there does, and apt's end is the end"
is "$(install --with-recommends present absent)" $'apt: --with-recommends present absent\n7' "with all that was said"
is "$(install half)" $'apt: half\n7' "one that is not configured does"
is "$(install dependency)" $'apt: dependency\n7' "one that came as a dependency does: apt marks it"
asked=target/var/cache/debconf/config.dat
mkdir -p "${asked%/*}"
: > $asked
is "$(install --no-recommends popularity-contest)" $'apt: --no-recommends popularity-contest\n7' \
	"popularity-contest is asked when there is no answer"
printf 'Name: popularity-contest/participate\nTemplate: x\nValue: true\n\nName: other\nValue: false\n' > $asked
is "$(install --no-recommends popularity-contest)" $'apt: --no-recommends popularity-contest\n7' "or it is yes"
printf 'Name: popularity-contest/participate\nTemplate: x\nValue: false\n\n' > $asked
is "$(install --no-recommends popularity-contest; cat purged)" $'1\nPURGE' "with a no it does not come at all"
is "$(install popularity-contest other absent)" $'apt: popularity-contest other absent\n7' "but among others it does"
is "$(install --with-recommends linux-image-amd64)" $'apt: --with-recommends linux-image-amd64\n7' "a kernel comes alone"
echo agent > with-kernel
is "$(install --with-recommends linux-image-amd64)" \
	$'apt: --with-recommends linux-image-amd64 agent\napt: --with-recommends linux-image-amd64\n7' \
	"or with what else is wanted, and alone when that fails"
sed -i 's/exit 7/[ $# -lt 3 ]/' whole
is "$(install --with-recommends linux-image-amd64)" \
	$'apt: --with-recommends linux-image-amd64 agent\napt: --with-recommends linux-image-amd64\n0' "(its own end counts)"
sed -i 's/\[ $# -lt 3 \]/exit 0/' whole
is "$(install --with-recommends linux-image-amd64)" $'apt: --with-recommends linux-image-amd64 agent\n0' "once, when it does not"
is "$(install linux-image-amd64)" $'apt: linux-image-amd64\n0' "not where it comes without what it recommends"
sed -i 's/exit 0/exit 7/' whole
rm target/etc/apt/sources.list
is "$(install present)" $'apt: present\n7' "before there are sources, the installer's own notes it"
touch target/etc/apt/sources.list
rm target/var/lib/apt/extended_states
is "$(install present)" 0 "no marks at all: none is a dependency"

# The cache is not made between these two generators, and is made after.
gen() { ROOT=$T/target sh "$SRC/udeb/usr/lib/apt-setup/generators/$1" "$T/out"; }
gen 02seedbed-hold-cache
is "$(cat target/etc/apt/apt.conf.d/*)" 'pkgCacheFile::Generate "false";' "while sources are set up, no cache"
if command -v apt-get > /dev/null; then
	mkdir -p lists/partial cache/archives/partial
	printf 'Dir::Etc "%s";\nDir::Etc::parts "%s";\nDir::State::lists "%s";\nDir::Cache "%s";\nDir::Etc::sourceparts "/dev/null";\n' \
		"$T/none" "$T/target/etc/apt/apt.conf.d" "$T/lists" "$T/cache" > apt.conf
	runs "apt takes it so" env APT_CONFIG="$T/apt.conf" apt-get -q update
	is "$(ls cache/*.bin 2> /dev/null)" "" "and makes none"
	gen 99seedbed-free-cache
	runs "afterwards" env APT_CONFIG="$T/apt.conf" apt-get -q update
	like "$(ls cache)" 'pkgcache.bin' "it does"
else
	gen 99seedbed-free-cache
fi
is "$(ls target/etc/apt/apt.conf.d)" "" "nothing of it stays"

# Cleaning up leaves apt's caches; they are made again only when packages came since.
printf '#!/bin/sh\nshift\ncase "$*" in\n"apt-get clean") rm -f %s/*.bin ;;\n*) echo "$*" > gen ;;\nesac\n' \
	"$T/target/var/cache/apt" > bin/chroot
mkdir -p target/var/cache/apt target/var/lib/dpkg
sed "s|/target/var|$T/target/var|g; s|chroot /target|chroot target|; s|/var/lib/seedbed|$T|" \
	"$SRC/udeb/usr/lib/seedbed/cleanup" > cleanup
cleaned() { # what is left, and what was done for it
	rm -f gen
	PATH=$T/bin:$PATH bash cleanup # whose read has -t, as busybox's
	(cd target/var/cache/apt && ls) | paste -sd ' '
	cat gen 2> /dev/null
}
touch -d '10 seconds ago' target/var/lib/dpkg/status
echo lists > target/var/cache/apt/srcpkgcache.bin
echo all > target/var/cache/apt/pkgcache.bin
is "$(cleaned)" "pkgcache.bin srcpkgcache.bin" "apt's caches outlive the cleaning up"
sleep 2 &
pid=$!
echo $pid > caches.pid
is "$(cleaned)" "pkgcache.bin srcpkgcache.bin" "whoever makes them"
runs "is waited for" sh -c "! kill -0 $pid 2> /dev/null"
touch -d '+10 seconds' target/var/lib/dpkg/status
is "$(cleaned)" $'pkgcache.bin srcpkgcache.bin\napt-cache gencaches' "with another package since they are made again"
is "$(cat target/var/cache/apt/srcpkgcache.bin)" "lists" "from that of the lists"
touch -d '10 seconds ago' target/var/lib/dpkg/status
rm target/var/cache/apt/srcpkgcache.bin
is "$(cleaned | tail -n 1)" "apt-cache gencaches" "and where one is not there"
rm -f target/var/cache/apt/*
is "$(cleaned | tail -n 1)" "apt-cache gencaches" "or none"
finish
