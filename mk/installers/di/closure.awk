# SPDX-License-Identifier: MIT
# closure.awk UDEBS STATUS INDEX - prints "SET<TAB>UDEB<TAB>VERSION" for each udeb
# that the sets of UDEBS (kit.udebs) need and the ramdisk (STATUS) has not.
# Only udebs of kernel kver count among those that provide a name.

FNR == 1 { file++ }
file == 1 {
	sub(/#.*/, "")
	for (i = 2; i <= NF; i++)
		if ($1 == "-")
			never[$i] = 1
		else
			root[++roots] = $1 " " $i
	next
}

/^Package: / { package = $2 }
/^Version: / { version = $2 }
/^Kernel-Version: / { kernel = $2 }
/^Provides: / { provides = substr($0, 11) }
/^Depends: / { depends = substr($0, 10) }
/^$/ { stanza() }
END {
	stanza()
	for (r = 1; r <= roots; r++) {
		split(root[r], w, " ")
		want(w[1], w[2], "kit.udebs")
	}
	exit bad
}

function stanza(	n, i, p, list)
{
	if (package == "")
		return
	if (file == 2) {
		base[package] = 1
	} else if (kernel == "" || kernel == kver) {
		if (!(package in have)) {
			have[package] = version
			needs[package] = depends
		}
	}
	if (file == 2 || kernel == "" || kernel == kver) {
		n = split(provides, list, /[ ,]+/)
		for (i = 1; i <= n; i++) {
			p = list[i]
			if (p == "" || p ~ /^\(/)
				continue
			if (file == 2)
				base[p] = 1
			else if (!(p in by))
				by[p] = package
		}
	}
	package = version = kernel = provides = depends = ""
}

function want(set, name, for_whom,	n, i, list, d)
{
	if (name in base || name in never || (set, name) in seen || ("base", name) in seen)
		return
	seen[set, name] = 1
	if (!(name in have)) {
		if (name in by) {
			want(set, by[name], for_whom)
		} else {
			printf "%s: wanted by %s: the archive has no such udeb\n", name, for_whom > "/dev/stderr"
			bad = 1
		}
		return
	}
	printf "%s\t%s\t%s\n", set, name, have[name]
	n = split(needs[name], list, / *, */)
	for (i = 1; i <= n; i++) {
		d = list[i]
		sub(/ .*/, "", d)	# versions and alternatives
		if (d != "")
			want(set, d, name)
	}
}
