#!/bin/bash
# SPDX-License-Identifier: MIT
# The initramfs inside the installer: made where there is reason to, ahead of its time,
# and not twice.
. "${0%/*}/../lib.sh"

mkdir -p bin run target/{boot,usr/sbin,etc/initramfs-tools}
printf '#!/bin/sh\n' | tee target/usr/sbin/update-initramfs > bin/logger
# log-output -t TAG COMMAND...
printf '#!/bin/sh\nshift 2\nexec "$@"\n' > bin/log-output
# What is made takes a moment, and may be asked for or outdated in it.
cat > bin/chroot <<'END'
#!/bin/sh
shift
case $1 in
find)	cd target && find etc/initramfs-tools -cnewer "$(echo "$*" | sed 's/.*-cnewer .//')" ;;
unshare)
	for version; do :; done
	echo "made $version" >> made
	[ ! -p go ] || read -r _ < go
	if [ -e meanwhile ]; then sh meanwhile; rm -f meanwhile; fi
	: > "target/boot/initrd.img-$version" ;;
esac
END
chmod +x bin/* target/usr/sbin/update-initramfs
sed "s|/target|$T/target|g; s|/var/lib/seedbed|$T/run|g; s|chroot $T/target|chroot target|g" \
	"$SRC/udeb/usr/lib/seedbed/initramfs" > initramfs
chmod +x initramfs
export PATH=$T/bin:$PATH
made() { cat made 2> /dev/null; rm -f made; }
fresh() { rm -f target/boot/* target/boot/.seedbed* run/*; touch target/boot/vmlinuz-6.1; }

fresh
runs "there is a kernel and no initramfs" ./initramfs
is "$(made)" "made 6.1" "it is made"
runs "once more" ./initramfs
is "$(made)" "" "nothing has changed: it is not"
touch target/boot/.seedbed-initramfs
runs "a package asked for it" ./initramfs
is "$(made)" "made 6.1" "it is"
ok "$([ ! -e target/boot/.seedbed-initramfs ]; echo $?)" "and the note is gone"
sleep 0.05
touch target/etc/initramfs-tools/hook
runs "what it is made of has changed" ./initramfs
is "$(made)" "made 6.1" "it is made"
touch target/boot/vmlinuz-6.2
runs "a second kernel" ./initramfs
is "$(made)" "made 6.2" "its own is made"

# ahead: whoever comes later waits for it
ahead() { # ahead COMMAND...: what happens while it is being made
	fresh
	rm -f go
	mkfifo go
	./initramfs ahead
	"$@"
	./initramfs & later=$!
	echo > go
	rm go
	wait $later
}
ahead true
is "$(made)" "made 6.1" "ahead: made once, though asked for twice"
ok "$([ -e target/boot/initrd.img-6.1 ]; echo $?)" "and there when the second has ended"
echo 'touch target/boot/.seedbed-initramfs' > meanwhile
ahead true
is "$(made)" $'made 6.1\nmade 6.1' "asked for meanwhile: made again"
echo 'sleep 0.05; touch target/etc/initramfs-tools/hook' > meanwhile
ahead true
is "$(made)" $'made 6.1\nmade 6.1' "what it is made of changed meanwhile: made again"
finish
