# SPDX-License-Identifier: MIT
# di.sh - sourced by the scripts of this folder, which know debian-installer.
# What others may ask of them is in mk/installer.sh.

DI=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
. "$DI/../../common.sh"

# boot_options KERNEL INITRD NONCE WORDS: what the installer's guest is besides a machine, as
# options of domxml(1), one a line. Before "---" is for the installer's kernel alone: its
# guest has no IPv6 (the installer would wait for it), holds no secret to guard from itself,
# and under emulation each of these guards is paid for at every fork.
boot_options() {
	local append="console=${fact[console]} ipv6.disable=1 ${3:+seedbed_nonce=$3 }auto=true priority=critical DEBIAN_FRONTEND=text"
	append+=" mitigations=off init_on_alloc=0 hardened_usercopy=off randomize_kstack_offset=off"
	append+=" audit=0 lsm= cgroup_disable=memory"
	# On a host with much to do, the kernel takes a timer that comes late for a broken one.
	append+=" no_timer_check${4:+ $4}"
	# A screen to take a picture of: the kernel's words and the installer's log (udeb:
	# S11seedbed). Of letters: those that are made of pixels are slow to draw under
	# emulation, and a kernel that panics draws them no more. UEFI has no others.
	[ "${fact[firmware]}" != bios ] || append="console=tty0 nomodeset $append"
	printf '%s\n' --kernel "$1" --initrd "$2" --cmdline "$append ---"
	# nobody listens where somebody looks on
	[ -n "${DEBUG:-}" ] || printf -- '--channel\norg.seedbed.%s\n' log debconf word rest
	[ "${fact[firmware]}" != bios ] || echo --video
}

# installer_index KERNEL: the control stanzas of the release's udebs, after private_apt.
# A list older than the images (a mirror being updated) has no modules for this kernel:
# those of the kernel before it stand for them, with the version of the kernel's .deb.
installer_index() {
	local kver=$1 all before kdeb
	all=$(apt-cache dumpavail | awk -v RS= -v ORS='\n\n' '/\nSection: [a-z\/]*debian-installer/')
	printf '%s\n\n' "$all"
	if grep -qxF "Kernel-Version: $kver" <<<"$all"; then return; fi
	before=$(sed -n 's/^Kernel-Version: //p' <<<"$all" | grep -- "-${kver##*-}\$" | sort -Vu | tail -n 1) || true
	kdeb=$(apt-cache show "linux-image-$kver" 2> /dev/null | sed -n 's/^Version: //p' | head -n 1) || true
	[ -n "$before" ] && [ -n "$kdeb" ] ||
		die "the installer has kernel $kver, but the mirror has no modules of it, as udebs or as .deb"
	say "$ME: no udebs for kernel $kver on the mirror: modules come from linux-image-$kver $kdeb"
	awk -v RS= -v ORS='\n\n' -v k="$before" 'index($0 "\n", "\nKernel-Version: " k "\n")' <<<"$all" |
		sed "s/${before//./\\.}/$kver/g; s/^Version: .*/Version: $kdeb/"
}
