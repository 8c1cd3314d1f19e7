# SPDX-License-Identifier: MIT
# tests/guest.sh - a guest of a kernel and a handful of the host's programs, for
# tests of what only a kernel of its own can show. Sourced after lib.sh (. "$SRC/tests/guest.sh"); needs no
# root, and nothing of the guest is installed on the host.
#
#	guest_begin dm-mod virtio_blk		a root tree with these modules
#	guest_add lvcreate mke2fs		programs, with their libraries
#	guest_file here.conf /etc/x.conf
#	guest_boot 120 script.sh -drive ...	runs script.sh in it
#
# guest_boot prints what the script wrote and returns its exit status, 124 if
# the time was over. The script runs as root under bash, with busybox for all else;
# /proc, /sys, /dev, /run and /tmp are there. What the kernel said is in $T/console.

guest_cache=${SEEDBED_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/seedbed}/guest

# The distribution's kernel for clouds: small, and all it needs for a guest.
# Downloaded by apt, which verifies it, and unpacked beside its name and version.
guest_kernel() {
	local package deb dir
	need qemu-system-x86_64 cpio gzip ldd timeout depmod modprobe busybox bash
	if [ -n "${SEEDBED_GUEST_KERNEL:-}" ]; then
		guest_tree=$SEEDBED_GUEST_KERNEL # has boot/vmlinuz-* and lib/modules/*
	else
		need apt-get apt-cache dpkg-deb
		package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
			awk '$1 == "Depends:" && $2 ~ /^linux-image-/ { print $2; exit }')
		[ -n "$package" ] || skip_all "no linux-image-cloud-amd64 in apt's lists"
		dir=$guest_cache/$(apt-cache policy "$package" |
			awk -v p="$package" '$1 == "Candidate:" { sub(/:/, "%", $2); print p "_" $2 }')
		if [ ! -e "$dir/complete" ]; then
			mkdir -p "$guest_cache" "$T/deb"
			(cd "$T/deb" && apt-get -q download "$package") >"$T/apt.log" 2>&1 ||
				skip_all "$package cannot be downloaded"
			deb=$(echo "$T"/deb/*.deb)
			# Beside its place and then renamed: others may do the same.
			rm -rf "$dir.$$"
			mkdir "$dir.$$"
			dpkg-deb --fsys-tarfile "$deb" |
				tar -xf - -C "$dir.$$" ./boot ./lib/modules || exit 1
			depmod -b "$dir.$$" "$(ls "$dir.$$/lib/modules")" || exit 1
			touch "$dir.$$/complete"
			mv -T "$dir.$$" "$dir" 2>/dev/null || rm -rf "$dir.$$"
			rm -rf "$T/deb"
		fi
		guest_tree=$dir
	fi
	guest_vmlinuz=$(ls "$guest_tree"/boot/vmlinuz-* | head -n 1)
	guest_release=$(ls "$guest_tree/lib/modules" | head -n 1)
}

# guest_begin MODULE...: in the order in which they are to be loaded.
guest_begin() {
	local m path
	[ -n "${guest_vmlinuz:-}" ] || guest_kernel
	guest_root=$T/guest.$RANDOM
	mkdir -p "$guest_root"/{bin,dev,proc,sys,run,tmp,etc,modules,var}
	ln -s bin "$guest_root/sbin"
	: >"$guest_root/modules/order"
	for m in virtio_pci "$@"; do
		modprobe -d "$guest_tree" -S "$guest_release" --show-depends "$m" |
			while read -r verb path _; do
				[ "$verb" = insmod ] || continue
				cp -n "$path" "$guest_root/modules/"
				grep -qxF "${path##*/}" "$guest_root/modules/order" ||
					echo "${path##*/}" >>"$guest_root/modules/order"
			done
	done
	guest_add bash
	cp "$(command -v busybox)" "$guest_root/bin/busybox"
	guest_libs "$guest_root/bin/busybox"
}

# The libraries of a program, at the places where its loader looks.
guest_libs() {
	local lib
	for lib in $(ldd "$1" 2>/dev/null | grep -o '/[^ ]*'); do
		[ -e "$guest_root$lib" ] && continue
		mkdir -p "$guest_root${lib%/*}"
		cp -L "$lib" "$guest_root$lib"
	done
}

# guest_add PROGRAM...: names in PATH, or paths; all end up in /bin.
guest_add() {
	local p path
	for p in "$@"; do
		path=$(PATH="$PATH:/usr/sbin:/sbin" command -v "$p") || skip_all "$p is not installed"
		cp -L "$path" "$guest_root/bin/${p##*/}"
		guest_libs "$path"
	done
}

guest_file() { # guest_file SOURCE DESTINATION
	mkdir -p "$guest_root${2%/*}"
	cp -L "$1" "$guest_root$2"
}

guest_init() { # what runs as process 1
	cat <<-'INIT'
		#!/bin/busybox sh
		busybox=/bin/busybox
		$busybox --install -s /tmp
		for f in /tmp/*; do
			[ -e /bin/${f##*/} ] || $busybox mv $f /bin/
		done
		$busybox rm -f /tmp/*
		export PATH=/bin HOME=/tmp LC_ALL=C
		mount -t proc proc /proc
		mount -t sysfs sys /sys
		mount -t devtmpfs dev /dev
		mkdir -p /dev/shm /run/lock
		mount -t tmpfs run /run
		mount -t tmpfs tmp /tmp
		mkdir -p /run/lock
		hostname guest
		while read -r m; do
			insmod /modules/$m
		done </modules/order
		echo 1 >/proc/sys/kernel/printk
		# A port of its own: the kernel's words do not get in between.
		stty -F /dev/ttyS1 raw -echo
		bash /script >/dev/ttyS1 2>&1 </dev/null
		echo "guest-exit $?" >/dev/ttyS1
		sync
		poweroff -f
	INIT
}

# guest_boot SECONDS SCRIPT [QEMU-ARGUMENT...]
guest_boot() {
	local limit=$1 script=$2 qemu
	shift 2
	guest_file "$script" /script
	guest_init >"$guest_root/init"
	chmod 755 "$guest_root/init"
	(cd "$guest_root" && find . | cpio -o -H newc --quiet --owner=0:0 | gzip -1) \
		>"$T/guest.img" || return 125
	: >"$T/guest.out"
	timeout -k 5 "$limit" qemu-system-x86_64 -accel "${SEEDBED_ACCEL:-tcg}" \
		-m "${GUEST_MEMORY:-512}" -smp "${GUEST_CPUS:-1}" -nodefaults -no-user-config \
		-display none -no-reboot -kernel "$guest_vmlinuz" -initrd "$T/guest.img" \
		-append "console=ttyS0 panic=-1 quiet ${GUEST_APPEND:-}" \
		-chardev file,id=c0,path="$T/console" -serial chardev:c0 \
		-chardev file,id=c1,path="$T/guest.out" -serial chardev:c1 \
		"$@" </dev/null >"$T/qemu.log" 2>&1
	qemu=$?
	sed '/^guest-exit [0-9]*$/d' "$T/guest.out"
	[ $qemu -eq 124 ] && return 124
	if ! grep -q '^guest-exit' "$T/guest.out"; then
		cat "$T/qemu.log"
		tail -n 20 "$T/console"
		return 125
	fi
	return "$(sed -n 's/^guest-exit //p' "$T/guest.out" | tail -n 1)"
}
