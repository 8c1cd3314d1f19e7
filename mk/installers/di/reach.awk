# SPDX-License-Identifier: MIT
# reach.awk -v out=FOLDER ROOTS LIST... LIST... - of apt's lists, what it can come to from
# the packages named in ROOTS, a line each: all that any of them depends on or recommends,
# every alternative, whoever provides it, and so on. Each list's part goes to FOLDER, by
# the list's own name; the packages' names come out, those that no list has among them.
# The lists are named twice, because they are read twice.
#
# Among several that provide the same and are otherwise alike apt takes the one whose name
# it has come upon last, in whatever field: so each part begins with a package that nobody
# asks for and that has the names in the whole list's order. The fields are in that order
# in which apt reads them (debListParser::NewVersion).

BEGIN { fields = split("Pre-Depends Depends Conflicts Breaks Recommends Suggests Replaces Enhances Provides", field) }

FNR == 1 { # a file that is empty is not seen
	stanza_ends()
	part_ends()
	list = FILENAME
	if (list != ARGV[1] && seen[list]++ && !closed++)
		close_over()
}

list == ARGV[1] { want($1); next }

/^Package: / {
	stanza_ends()
	package = $2
	needed = closed && package in wanted
}
closed && needed && $0 != "" { part[++lines] = $0 }
/^[ \t]/ { if (name in value) value[name] = value[name] $0; next }
{ name = "" }
/^(Depends|Recommends|Provides|Pre-Depends|Conflicts|Breaks|Suggests|Replaces|Enhances): / {
	name = substr($1, 1, length($1) - 1)
	value[name] = substr($0, length($1) + 2)
}

END {
	stanza_ends()
	part_ends()
	for (i = 0; i < tail; i++)
		print queue[i]
}

function stanza_ends(	i, n, names)
{
	if (package == "")
		return
	if (!closed) {
		needs[package] = needs[package] "," value["Pre-Depends"] "," value["Depends"] "," value["Recommends"]
		n = split(value["Provides"], names, ",")
		for (i = 1; i <= n; i++)
			givers[plain(names[i])] = givers[plain(names[i])] " " package
	} else {
		come_upon(package)
		for (i = 1; i <= fields; i++)
			if (value[field[i]] != "")
				come_upon(value[field[i]])
		if (needed)
			part[++lines] = ""
	}
	package = name = needed = ""
	split("", value)
}

function come_upon(text,	i, n, names)
{
	n = split(text, names, /[,|]/)
	for (i = 1; i <= n; i++)
		if ((text = plain(names[i])) in wanted && !(text in met)) {
			met[text] = 1
			order = order ", " text
		}
}

function part_ends(	i)
{
	if (order != "") {
		sub(".*/", "", list)
		list = out "/" list
		print "Package: seedbed-order\nVersion: 0\nArchitecture: all\nSuggests: " substr(order, 3) "\n" > list
		for (i = 1; i <= lines; i++)
			print part[i] > list
	}
	lines = 0
	order = ""
	split("", met)
}

function plain(name) # of "NAME:any (>= 1) [amd64]"
{
	if (name ~ /[^a-z0-9.+-]/)
		gsub(/\([^)]*\)|\[[^]]*\]|:[a-z0-9]+|[ \t]/, "", name)
	return name
}

function want(name)
{
	if (name != "" && !(name in wanted)) {
		wanted[name] = 1
		queue[tail++] = name
	}
}

function close_over(	head, name, n, i, names)
{
	while (head < tail) {
		name = queue[head++]
		n = split(needs[name], names, /[,|]/)
		for (i = 1; i <= n; i++)
			want(plain(names[i]))
		n = split(givers[name], names, " ")
		for (i = 1; i <= n; i++)
			want(names[i])
	}
}
