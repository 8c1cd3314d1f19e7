#!/bin/bash
# Inside the installer: apt is spared what it need not do, and does all that it must.
. "${0%/*}/../lib.sh"

# Of the target, what dpkg-query would say of it.
mkdir -p bin target/var/lib/apt target/etc/apt/apt.conf.d
cat > bin/chroot <<'END'
#!/bin/sh
for package; do :; done
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
sed "s|/usr/lib/seedbed/apt-install.whole|$T/whole|; s|/target|$T/target|g" \
	"$SRC/udeb/usr/lib/seedbed/apt-install" > apt-install
install() { PATH="$T/bin:$PATH" sh apt-install "$@"; echo $?; }
is "$(install present)" 0 "what is there needs no apt"
is "$(install --allow-remove present present)" 0 "whatever the options"
is "$(install absent)" $'apt: absent\n7' "what is not there does, and apt's end is the end"
is "$(install --with-recommends present absent)" $'apt: --with-recommends present absent\n7' "with all that was said"
is "$(install half)" $'apt: half\n7' "one that is not configured does"
is "$(install dependency)" $'apt: dependency\n7' "one that came as a dependency does: apt marks it"
rm target/var/lib/apt/extended_states
is "$(install present)" 0 "no marks at all: none is a dependency"

# The cache is not made between these two generators, and is made after.
gen() { ROOT=$T/target sh "$SRC/udeb/usr/lib/apt-setup/generators/$1" "$T/out"; }
gen 02seedbed
is "$(cat target/etc/apt/apt.conf.d/*)" 'pkgCacheFile::Generate "false";' "while sources are set up, no cache"
if command -v apt-get > /dev/null; then
	mkdir -p lists/partial cache/archives/partial
	printf 'Dir::Etc "%s";\nDir::Etc::parts "%s";\nDir::State::lists "%s";\nDir::Cache "%s";\nDir::Etc::sourceparts "/dev/null";\n' \
		"$T/none" "$T/target/etc/apt/apt.conf.d" "$T/lists" "$T/cache" > apt.conf
	runs "apt takes it so" env APT_CONFIG="$T/apt.conf" apt-get -q update
	is "$(ls cache/*.bin 2> /dev/null)" "" "and makes none"
	gen 99seedbed
	runs "afterwards" env APT_CONFIG="$T/apt.conf" apt-get -q update
	like "$(ls cache)" 'pkgcache.bin' "it does"
else
	gen 99seedbed
fi
is "$(ls target/etc/apt/apt.conf.d)" "" "nothing of it stays"
finish
