# SPDX-License-Identifier: MIT
# tests/vm/guest.sh - guests of a few seconds, for the tests that boot one.
#
# SEEDBED_KIT is a folder with the installer's `linux` and `initrd.gz`: the
# kernel is used as it is, of the initrd only the network card's driver. The
# rest of such a guest is a static busybox and the shell script of the test.

# shellcheck shell=bash
NONCE=nonce-$$-$RANDOM
PORT=org.seedbed.words

guest_ready() { # skips the test, or makes ready for guests
	[ -n "${SEEDBED_KIT:-}" ] || skip_all "SEEDBED_KIT is not set"
	[ -r "$SEEDBED_KIT/linux" ] || skip_all "$SEEDBED_KIT/linux is not there"
	need cpio virsh qemu-img qemu-system-x86_64
	[ -x /bin/busybox ] || skip_all "busybox-static is not installed"
	ldd /bin/busybox >/dev/null 2>&1 && skip_all "/bin/busybox is not static"
	if [ "$(id -u)" = 0 ]; then
		id seedbed >/dev/null 2>&1 || skip_all "there is no user seedbed"
		chown seedbed "$T"
	fi
}

as_guests() { # as_guests COMMAND...: as the user whose guests these are
	if [ "$(id -u)" = 0 ]; then
		runuser -u seedbed -- env -u XDG_RUNTIME_DIR HOME=~seedbed "$@"
	else
		"$@"
	fi
}

tiny_initrd() { # tiny_initrd FILE [net]: the guest's script on stdin
	local tree=$T/tree.$1
	mkdir -p "$tree"/{bin,proc,sys,dev,etc,mod}
	cp /bin/busybox "$tree/bin"
	if [ "${2:-}" = net ]; then
		(cd "$tree/mod" && zcat "$SEEDBED_KIT/initrd.gz" |
			cpio -id --quiet '*/failover.ko*' '*/net_failover.ko*' '*/virtio_net.ko*' &&
			find . -name '*.ko*' -exec mv {} . ';' && unxz -- *.xz)
		cat >"$tree/dhcp" <<-'END'
			#!/bin/busybox sh
			echo "dhcp $1 ip=$ip router=$router dns=$dns"
			[ "$1" = bound ] && ifconfig $interface $ip netmask $subnet
			exit 0
		END
		chmod +x "$tree/dhcp"
	fi
	{
		cat <<-'END'
			#!/bin/busybox sh
			/bin/busybox --install -s /bin
			export PATH=/bin
			mount -t proc proc /proc
			echo 1 >/proc/sys/kernel/printk
			mount -t sysfs sysfs /sys
			mount -t devtmpfs dev /dev
			P=/dev/null
			for p in /sys/class/virtio-ports/*; do
				[ -e $p/name ] && [ $(cat $p/name) = org.seedbed.words ] && P=/dev/${p##*/}
			done
			NONCE=$(sed -n 's/.*nonce=\([^ ]*\).*/\1/p' /proc/cmdline)
			exec 9>$P
			say() { echo "$NONCE $*" >&9; }
		END
		cat
	} >"$tree/init"
	chmod +x "$tree/init"
	(cd "$tree" && find . | cpio -o -H newc --quiet | gzip -1) >"$1"
	rm -rf "$tree"
}

with_disk() { # with_disk FILE: before tiny_initrd FILE, which then has /mod/virtio_blk.ko
	local udeb
	udeb=$(compgen -G "$SEEDBED_KIT/udebs/scsi-modules-*.udeb" | head -n 1)
	[ -n "$udeb" ] || skip_all "the kit has no scsi-modules"
	dpkg-deb --fsys-tarfile "$udeb" | tar -x -O --wildcards '*/virtio_blk.ko*' >driver
	mkdir -p "$T/tree.$1/mod"
	case $(head -c 6 driver | od -An -tx1 | tr -d ' ') in
	fd377a585a00) xz -dc <driver ;;
	*) cat driver ;;
	esac >"$T/tree.$1/mod/virtio_blk.ko"
	rm driver
}

guest_xml() { # guest_xml INITRD [OPTION...]: a guest of 256 MiB, under TCG
	local initrd=$1
	shift
	domxml --name "seedbed-test-$$-${initrd%.*}" --memory 256 --accel tcg \
		--kernel "$SEEDBED_KIT/linux" --initrd "$initrd" \
		--cmdline "console=ttyS0 panic=3 nonce=$NONCE" \
		--channel $PORT "$@"
}

guests_left() { as_guests virsh -q -c qemu:///session list --all --name | grep "seedbed-test-$$"; }
