#!/bin/bash
# SPDX-License-Identifier: MIT
# setup.sh on a fresh Debian with systemd, in a guest: whatever it installs, no service
# runs and nothing listens that did not before, nor after the next boot; the
# operator's service is there, upgraded; and --undo-services brings what was held back.
# SUITES="trixie bookworm": which releases. The packages are fetched on the host, into
# a repository inside the guest, which has no network.
. "${0%/*}/../lib.sh"
. "$SRC/tests/guest.sh"
need mmdebstrap mke2fs dpkg-deb

read -ra suites <<< "${SUITES:-trixie bookworm}"
mirror=${MIRROR:-http://deb.debian.org/debian}
keep=${SEEDBED_PROOF:-} # a folder for what the guests said

# The operator's own service, and what needs a newer one than there is.
operator_deb() { # operator_deb FOLDER NAME VERSION [DEPENDS]
	local d=$T/deb.$2
	mkdir -p "$d"/DEBIAN "$d"/usr/lib/systemd/system
	printf 'Package: %s\nVersion: %s\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: serves\n%s' \
		"$2" "$3" "${4:+Depends: $4
}" > "$d/DEBIAN/control"
	cat > "$d/usr/lib/systemd/system/$2.service" <<-UNIT
		[Service]
		ExecStart=/bin/sh -c 'echo $3 > /run/$2; exec sleep infinity'
		[Install]
		WantedBy=multi-user.target
	UNIT
	cat > "$d/DEBIAN/postinst" <<-POSTINST
		#!/bin/sh
		set -e
		if deb-systemd-helper --quiet was-enabled $2.service; then deb-systemd-helper enable $2.service; fi
		[ ! -d /run/systemd/system ] || { systemctl daemon-reload; deb-systemd-invoke restart $2.service; }
	POSTINST
	chmod 755 "$d/DEBIAN/postinst"
	dpkg-deb --root-owner-group -Znone --build "$d" "$1/$2_$3.deb" > /dev/null
	rm -r "$d"
}

# What the guest does, boot by boot; what it says goes to the host.
cat > proof.sh <<'PROOF'
#!/bin/bash
exec > /dev/ttyS1 2>&1
stty -F /dev/ttyS1 raw -echo
export LC_ALL=C
cd /srv/seedbed || exit
boot=$(cat boot 2> /dev/null || echo 0)
echo $((boot + 1)) > boot
systemctl is-system-running --wait > /dev/null
state() { # state NAME: what runs and listens
	{
		ss -H -lntux | awk '{ print "listens", $1, $5 }' | grep -v ' /run/user/'
		systemctl list-units --plain --no-legend --type=service,socket,timer,path --state=running,listening,waiting,exited,failed |
			awk '{ print "unit", $1 }' | grep -v '^unit \(user@\|user-runtime-dir@\|modprobe@\|systemd-tmpfiles-clean\|systemd-hostnamed\|systemd-timedated\|emergency\|rc-local\|ldconfig\|first-boot\|systemd-\(update-done\|journal-catalog\|sysusers\|hwdb-update\|firstboot\|machine-id\|random-seed\)\)'
		systemctl list-unit-files --plain --no-legend --state=enabled | awk '{ print "enabled", $1 }'
		systemctl --global list-unit-files --plain --no-legend --state=enabled | awk '{ print "enabled for users", $1 }'
		find /etc/rc?.d -name 'S*' -printf 'script %p\n'
		ls /usr/sbin/policy-rc.d 2> /dev/null
	} | sort -u > "$1"
}
new() { # new NAME: what was not there before the first set-up
	sed "s/^/$1: /" <(comm -13 before "$1")
	sed "s/^/$1: no more: /" <(comm -23 before "$1")
}
case $boot in
0)	state before
	sed 's/^/was: /' before
	mk/setup.sh build run check extra 2>&1 | sed 's/^/setup: /'
	echo "setup: status ${PIPESTATUS[0]}"
	state after
	new after
	echo "operator: $(cat /run/operator) $(systemctl is-active operator)"
	mk/setup.sh build run check extra 2>&1 | sed 's/^/again: /'
	echo "user: $(id seedbed)" ;;
1)	state boot
	new boot
	echo "operator: $(cat /run/operator) $(systemctl is-active operator)"
	mk/setup.sh --undo-services 2>&1 | sed 's/^/undo: /'
	state undone
	new undone ;;
esac
echo guest-exit 0
sync
systemctl poweroff
PROOF
chmod 755 proof.sh

guest_init() { # process 1 until the root is there
	cat <<-'INIT'
		#!/bin/busybox sh
		for m in $(busybox cat /modules/order); do busybox insmod /modules/$m; done
		busybox mount -t devtmpfs dev /dev
		busybox mount -t ext4 /dev/vda /run
		busybox mount --move /dev /run/dev
		exec busybox switch_root /run /sbin/init
	INIT
}

make_disk() { # make_disk SUITE: $1.img
	local suite=$1 packages extra=() from=''
	mkdir -p "$suite"/{repo,backports}
	operator_deb "$suite/repo" operator 1
	cp "$suite/repo/operator_1.deb" "$suite/operator.deb"
	operator_deb "$suite/repo" operator 2
	operator_deb "$suite/repo" extra 1 'operator (>= 2)'
	packages=$(awk '$1 ~ /^(build|run|check)$/ { $1 = ""; print }' "$SRC/mk/packages" | sed 's/|[^ ]*//g' | tr '\n' ' ')
	if [ "$suite" = bookworm ]; then
		extra=("deb $mirror bookworm-backports main")
		from=$(printf '%s/bookworm-backports ' qemu-system-x86 qemu-system-common qemu-system-data qemu-utils seabios)
		packages=$(tr ' ' '\n' <<< "$packages" | grep -vx 'qemu-.*\|seabios' | tr '\n' ' ')
	fi
	cat > "$suite/fetch" <<-FETCH
		#!/bin/sh -e
		chroot "\$1" apt-get -q -y -d --no-install-recommends install $packages $from
		mkdir -p "\$1/srv/seedbed" "\$1/srv/backports"
		cp -r "$T/$suite/repo" "\$1/srv/repo"
		mv "\$1"/var/cache/apt/archives/*.deb "\$1/srv/repo"
		cd "\$1/srv/repo"
		mv qemu-*bpo12* seabios*bpo12* ../backports/ 2> /dev/null || true
		for d in ../repo ../backports; do
			cd \$d
			for f in *.deb; do
				[ -e "\$f" ] || continue
				dpkg-deb -f "\$f"
				printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "\$f" "\$(stat -c %s "\$f")" "\$(sha256sum < "\$f" | cut -d' ' -f1)"
			done > Packages
		done
		printf 'Suite: bookworm-backports\nCodename: bookworm-backports\nNotAutomatic: yes\nSHA256:\n %s %s Packages\n' \
			"\$(sha256sum < Packages | cut -d' ' -f1)" "\$(stat -c %s Packages)" > Release
		rm -rf "\$1"/etc/apt/sources.list.d/* "\$1"/var/lib/apt/lists/*
		echo 'deb [trusted=yes] file:/srv/repo ./' > "\$1/etc/apt/sources.list"
		[ $suite != bookworm ] || echo 'deb [trusted=yes] file:/srv/backports ./' >> "\$1/etc/apt/sources.list"
		cp -r "$SRC/mk" "\$1/srv/seedbed/mk"
		printf 'extra\textra\n' >> "\$1/srv/seedbed/mk/packages"
		cp "$T/proof.sh" "\$1/srv/seedbed/"
		chroot "\$1" dpkg -i /srv/operator.deb
		printf '[Service]\nExecStart=/srv/seedbed/proof.sh\n[Install]\nWantedBy=multi-user.target\n' > "\$1/etc/systemd/system/proof.service"
		chroot "\$1" systemctl -q enable proof
		# no first boot, which asks questions, and nothing that comes at its own time
		chroot "\$1" sh -c 'rm -f /etc/machine-id; systemd-machine-id-setup'
		chroot "\$1" systemctl -q mask apt-daily.timer apt-daily-upgrade.timer
		touch "\$1/etc/.updated" "\$1/var/.updated"
		# without what is mounted there
		mkdir "\$1.tree"
		tar -C "\$1" -c --one-file-system . | tar -C "\$1.tree" -x -p
		rm "\$1.tree/usr/sbin/policy-rc.d" # mmdebstrap's own
		for f in "\$1".tree/usr/sbin/start-stop-daemon "\$1".tree/sbin/start-stop-daemon; do
			[ ! -e "\$f.REAL" ] || mv "\$f.REAL" "\$f"
		done
		mke2fs -q -t ext4 -d "\$1.tree" "$T/$suite.img"
		rm -rf "\$1.tree"
	FETCH
	chmod 755 "$suite/fetch"
	truncate -s 8G "$suite.img"
	chmod 666 "$suite.img"
	chmod 711 "$T"
	# as Debian's installer leaves a machine: what is important, and the system's own bus
	mmdebstrap --skip=cleanup/apt,output/dev --variant=important --format=null \
		--include=systemd-sysv,udev,dbus,libpam-systemd,iproute2,openssh-server \
		--customize-hook="mkdir -p \"\$1/srv\"; cp $T/$suite/operator.deb \"\$1/srv/\"" \
		--customize-hook="$T/$suite/fetch" \
		"$suite" /dev/null "deb $mirror $suite main" "deb $mirror $suite-updates main" "${extra[@]}" > "$suite.log" 2>&1
}

boot() { # boot SUITE: and what it says
	guest_begin virtio_blk ext4
	GUEST_MEMORY=2048 GUEST_CPUS=2 guest_boot "${PROOF_SECONDS:-3000}" /dev/null \
		-drive "file=$1.img,format=raw,if=virtio,cache=unsafe"
}

for suite in "${suites[@]}"; do
	make_disk "$suite" || { tail -n 30 "$suite.log" | show; ok 1 "$suite: a fresh system"; continue; }
	: > order
	first=$(boot "$suite")
	is $? 0 "$suite: set up, in a guest"
	[ -z "$keep" ] || { printf '%s\n' "$first" > "$keep/$suite.first"; cp console "$keep/$suite.console1"; }
	second=$(boot "$suite")
	is $? 0 "$suite: booted again"
	[ -z "$keep" ] || { printf '%s\n' "$second" > "$keep/$suite.second"; cp console "$keep/$suite.console2"; }
	like "$first" '^was: listens tcp .*:22$' "$suite: the operator's sshd listens"
	like "$first" '^was: unit operator.service$' "$suite: and a service of theirs runs"
	unlike "$first" '^was: .*policy-rc.d' "$suite: and nothing keeps services from starting"
	like "$first" '^setup: status 0$' "$suite: setup.sh comes to its end"
	like "$first" '^user: uid=.*seedbed' "$suite: the guests' user is there"
	# the two that extra was installed for are the operator's own doing
	is "$(grep '^after: ' <<< "$first")" "" "$suite: nothing runs, listens or is enabled after it that was not before, and all that was is"
	like "$first" '^operator: 2 active$' "$suite: the operator's service runs, and is the upgraded one"
	like "$first" '^setup: noservices.sh: neither started nor enabled: .*lvm2-monitor.service.*--undo-services\)$' "$suite: what was held back is told"
	unlike "$first" '^again: ' "$suite: a second time there is nothing to do, and no word"
	is "$(grep '^boot: ' <<< "$second")" "" "$suite: nor after the next boot"
	like "$second" '^operator: 2 active$' "$suite: the operator's service runs"
	like "$second" '^undone: unit dm-event.socket$' "$suite: --undo-services brings them back"
	[ "$suite" = bookworm ] || like "$second" '^undone: listens u_str /run/libvirt/libvirt-sock$' "$suite: libvirtd listens, then"
	rm -f "$suite.img"
done
finish
