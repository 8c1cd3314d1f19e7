# SPDX-License-Identifier: MIT
# licences.awk FILE... - what machine-readable copyright files (DEP-5) say, as lines of JSON:
#	{"package": NAME, "licence": EXPRESSION, "refs": {REF: TEXT, ...}}
# Each FILE is .../PACKAGE/copyright. One that is not machine-readable has no line. What SPDX
# has no name for is a LicenseRef of that package's, with the text that the file has. LC_ALL=C.

BEGIN {
	LINES = 100000 # of a file, and so many licences: more is no honest copyright file
	LICENCES = 1000
	n = split("GPL-1 GPL-2 GPL-3 LGPL-2 LGPL-2.1 LGPL-3 AGPL-3 GFDL-1.1 GFDL-1.2 GFDL-1.3", family, " ")
	for (i = 1; i <= n; i++) {
		long = family[i] ~ /\./ ? family[i] : family[i] ".0"
		known[tolower(family[i])] = known[tolower(long)] = long "-only"
		known[tolower(family[i]) "+"] = known[tolower(long) "+"] = long "-or-later"
	}
	for (i in known)
		if (i ~ /^gfdl/) {
			niv = i
			sub(/^gfdl/, "gfdl-niv", niv)
			long = known[i]
			sub(/-(only|or-later)$/, "-no-invariants&", long)
			later[niv] = long
		}
	for (i in later) known[i] = later[i]
	n = split("0BSD AFL-2.1 Apache-1.1 Apache-2.0 Artistic-1.0 Artistic-2.0 Beerware BSD-2-Clause BSD-3-Clause BSD-4-Clause BSD-4-Clause-UC " \
		"BSL-1.0 CC0-1.0 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CDDL-1.0 CPL-1.0 EPL-1.0 EPL-2.0 FSFAP FSFUL FSFULLR " \
		"HPND ICU IJG ISC LPPL-1.3c MirOS MIT MIT-0 MPL-1.1 MPL-2.0 NCSA NTP OFL-1.1 OpenSSL OLDAP-2.8 PostgreSQL PHP-3.01 " \
		"Ruby SSH-OpenSSH TCL Unlicense Vim W3C WTFPL X11 Zlib ZPL-2.1", name, " ")
	for (i = 1; i <= n; i++) known[tolower(name[i])] = name[i]
	known["expat"] = "MIT"
	known["cc0"] = "CC0-1.0"
	known["artistic-1"] = "Artistic-1.0"
	known["apache-2"] = "Apache-2.0"
	known["boost-1.0"] = "BSL-1.0"
	known["openldap-2.8"] = "OLDAP-2.8"
}

FNR == 1 {
	if (file != "") out()
	file = FILENAME
	package = file
	sub(/\/copyright$/, "", package)
	sub(/.*\//, "", package)
	split("", text)
	split("", used)
	dep5 = count = in_files = 0
	header = current = field = ""
	first = 1
}
{ sub(/\r$/, "") }
/^Format(-Specification)?: *https?:\/\/(www\.debian\.org\/doc\/packaging-manuals\/copyright-format\/1|dep\.debian\.net\/deps\/dep5|.*[Dd][Ee][Pp]-?5)/ { dep5 = 1 }
!dep5 || FNR > LINES { next }
/^[ \t]*$/ { in_files = 0; field = current = ""; first = 0; next }
/^[ \t]/ {
	if (field == "license" && current != "" && length(text[current]) < 20000) {
		line = substr($0, 2)
		if (line == ".") line = ""
		text[current] = text[current] line "\n"
	}
	next
}
/^[A-Za-z-]+:/ {
	field = tolower($0)
	sub(/:.*/, "", field)
	if (field == "files") in_files = 1
	if (field == "license") {
		current = $0
		sub(/^[^:]*:[ \t]*/, "", current)
		sub(/[ \t]+$/, "", current)
		if (current == "") next
		if (in_files && !(current in used) && count < LICENCES) { used[current] = ++count; order[count] = current }
		if (first) header = current
	}
}
END { if (file != "") out() }

function quoted(s,	i) {
	gsub(/\\/, "&&", s)
	gsub(/"/, "\\\"", s)
	gsub(/\n/, "\\n", s)
	gsub(/\t/, "\\t", s)
	gsub(/[\001-\037]/, "?", s)
	return "\"" s "\""
}

# One name: SPDX's, or a reference to what the file says.
function atom(s, whole,	key, ref) {
	gsub(/^[ \t]+|[ \t]+$/, "", s)
	key = tolower(s)
	if (key in known) return known[key]
	ref = package "-" s
	gsub(/[^A-Za-z0-9.-]+/, "-", ref)
	ref = "LicenseRef-" ref
	if (!(ref in refs)) {
		refs[ref] = s in text && text[s] != "" ? text[s] : whole in text && text[whole] != "" ? text[whole] : ""
		if (refs[ref] == "") refs[ref] = s ": see /usr/share/doc/" package "/copyright"
	}
	return ref
}

# "or" is looser than "and"; a comma among both turns that around, so such a one stays whole.
function expression(s,	alternatives, a, parts, n, m, i, j, r, one) {
	if (s ~ /,/ && s ~ / and / && s ~ / or /) return atom(s, s)
	a = s
	gsub(/, *or /, " or ", a)
	gsub(/, *(and )?/, " and ", a)
	n = split(a, alternatives, / +or +/)
	r = ""
	for (i = 1; i <= n; i++) {
		m = split(alternatives[i], parts, / +and +/)
		one = ""
		for (j = 1; j <= m; j++) one = one (j > 1 ? " AND " : "") atom(parts[j], s)
		r = r (i > 1 ? " OR " : "") (n > 1 && m > 1 ? "(" one ")" : one)
	}
	return r
}

function out(	i, j, m, e, r, sep, parts) {
	if (!dep5) return
	if (count == 0 && header != "") order[++count] = header
	if (count == 0) return
	split("", refs)
	split("", seen)
	r = ""
	for (i = 1; i <= count; i++) {
		e = expression(order[i])
		m = e ~ / OR / ? split((count > 1 ? "(" e ")" : e), parts, /\n/) : split(e, parts, / AND /)
		for (j = 1; j <= m; j++) {
			if (parts[j] in seen) continue
			seen[parts[j]] = 1
			r = r (r == "" ? "" : " AND ") parts[j]
		}
	}
	printf "{\"package\": %s, \"licence\": %s, \"refs\": {", quoted(package), quoted(r)
	sep = ""
	for (i in refs) {
		printf "%s%s: %s", sep, quoted(i), quoted(refs[i])
		sep = ", "
	}
	print "}}"
}
