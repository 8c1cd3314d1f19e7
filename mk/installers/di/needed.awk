# SPDX-License-Identifier: MIT
# needed.awk -v names=FILE INDEX INDEX - the stanzas of an archive's index that its
# required and important packages may need, in its order; into FILE every name among
# their dependencies, alternatives too, whether or not the archive has such a package.
# The index is named twice, because it is read twice.

FNR == 1 { file++ }
FNR == 1 && file == 2 { close_over() }

/^Package: / { package = $2 }
file == 1 && /^(Pre-)?Depends: / { depends[package] = depends[package] "," substr($0, index($0, " ") + 1) }
file == 1 && /^Priority: (required|important)$/ { root[package] = 1 }

file == 2 { stanza = stanza $0 "\n" }
file == 2 && /^$/ { out() }
END { out() }

function out()
{
	if (package in need)
		printf "%s", stanza
	stanza = package = ""
}

function close_over(	queue, head, tail, name, n, i, list)
{
	for (name in root) {
		need[name] = 1
		queue[tail++] = name
	}
	while (head < tail) {
		n = split(depends[queue[head++]], list, /[,|]/)
		for (i = 1; i <= n; i++) {
			name = list[i]
			gsub(/\([^)]*\)|\[[^]]*\]|:[a-z0-9]+|[ \t]/, "", name)
			if (name != "" && !(name in need)) {
				need[name] = 1
				queue[tail++] = name
			}
		}
	}
	for (i = 0; i < tail; i++)
		printf "%s%s", (i ? " " : ""), queue[i] > names
	print "" > names
	close(names)
	package = ""
}
