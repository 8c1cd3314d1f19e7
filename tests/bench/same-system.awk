# SPDX-License-Identifier: MIT
# same-system.awk -F'\t' -v mode=MODE ALLOW DIFFERENCES - judges differences by the list
# of those that may be. same-system.sh calls it with each MODE:
#
#	mode=kernels	names the packages on one side that a "kernel" rule is about, and
#			the expression for others of that kind
#	mode=packages	names the packages that may differ, and do
#	mode=ways	"WAY<TAB>PATH": contents that are to be looked into, and how
#	mode=judge	counts what may be by its reason, prints what may not; exit 1
#
# A "kernel" rule is for those that the file OUTDATED names, one "NAME:ARCH" a line.
# A rule is HOW, PATTERN and REASON. In a pattern * stands for anything but a slash and
# ** for anything.

function regex(glob,	out, i, c) {
	for (i = 1; i <= length(glob); i++) {
		c = substr(glob, i, 1)
		if (c == "*" && substr(glob, i + 1, 1) == "*") {
			out = out ".*"
			i++
		} else if (c == "*") {
			out = out "[^/]*"
		} else if (c == "?") {
			out = out "[^/]"
		} else if (c ~ /[A-Za-z0-9\/_ -]/) {
			out = out c
		} else if (c == "\\") {
			out = out "\\\\"
		} else {
			out = out "[" c "]"
		}
	}
	return "^" out "$"
}

function bad_rule(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	wrong = 1
	exit 2
}

function is_way(h) { return h ~ /^(uuid|lines|stanzas|initrd)$/ }

# rule(how, what): the number of the first rule that lets it be, 0 if none
function rule(how, what,	r, h) {
	for (r = 1; r <= rules; r++) {
		h = rule_how[r]
		if (what !~ rule_re[r])
			continue
		if (h == "any" && how != "fact")
			return r
		if (h == "side" && (how == "first" || how == "second"))
			return r
		if (h == "fact" && how == "fact" || h == "content" && how == "content")
			return r
	}
	return 0
}

function package_rule(what,	r, name) {
	if (what !~ /^package /)
		return 0
	name = substr(what, 9)
	sub(/:.*/, "", name)
	for (r = 1; r <= rules; r++)
		if (name ~ rule_re[r] && (rule_how[r] == "package" ||
		    rule_how[r] == "kernel" && substr(what, 9) in old))
			return r
	return 0
}

function way(what,	r) {
	for (r = 1; r <= rules; r++)
		if (is_way(rule_how[r]) && what ~ rule_re[r])
			return r
	return 0
}

function let(r) { allowed++; count[r]++; if (verbose) each[r] = each[r] "\t" $1 " " $2 "\n" }

function say_what(how, what, detail) {
	if (how == "first" || how == "second")
		return "only in the " how ": " what " (" detail ")"
	if (how == "fact")
		return what ": " detail
	return how ": " what (detail == "" ? "" : ": " detail)
}

function judge(	r) {
	if ($1 == "content" && (r = way($2)) && !($2 in inside)) {
		let(r)
		return
	}
	r = $1 == "fact" ? package_rule($2) : 0
	if (!r)
		r = rule($1, $2)
	if (!r && ($1 == "first" || $1 == "second" || $1 == "target" && $2 ~ /\.old$/))
		for (p in owner_of)
			if ($2 ~ p) {
				r = package_rule("package " owner_of[p])
				break
			}
	if (r) {
		let(r)
	} else {
		denied++
		print say_what($1, $2, $3)
	}
}

BEGIN {
	while (outdated != "" && (getline line < outdated) > 0)
		old[line] = 1
}

FILENAME == ARGV[1] {
	if (/^[ \t]*(#|$)/)
		next
	if (split($0, w, /\t+/) != 3)
		bad_rule("not HOW, PATTERN and REASON with tabs between")
	if (w[1] !~ /^(any|side|content|fact|package|kernel)$/ && !is_way(w[1]))
		bad_rule(w[1] ": not any, side, content, fact, package, kernel, uuid, lines, stanzas or initrd")
	rule_how[++rules] = w[1]
	rule_re[rules] = regex(w[2])
	rule_of[rules] = w[2]
	why[rules] = w[3]
	next
}

mode == "kernels" {
	name = $1 == "fact" && $2 ~ /^package / ? substr($2, 9) : ""
	sub(/:.*/, "", name)
	for (r = 1; name != "" && r <= rules; r++)
		if (rule_how[r] == "kernel" && name ~ rule_re[r]) {
			print substr($2, 9) "\t" rule_re[r]
			break
		}
	next
}
mode == "packages" {
	if ($1 == "fact" && package_rule($2))
		print substr($2, 9)
	next
}
mode == "ways" {
	if ($1 == "content" && way($2))
		print rule_how[way($2)] "\t" $2
	next
}

!begun {
	begun = 1
	while ((getline line < owned) > 0) {
		split(line, w, "\t")
		owner_of[regex(w[2])] = w[1]
	}
	keep = $0
	while ((getline < looked) > 0) {
		inside[$2] = 1
		judge()
	}
	$0 = keep
}
# what was looked into has been judged by what was found inside
{ if (!($1 == "content" && way($2) && $2 in inside)) judge() }

END {
	if (wrong)
		exit 2
	if (mode != "judge")
		exit 0
	if (allowed)
		print "\nmay differ:"
	for (r = 1; r <= rules; r++)
		if (count[r])
			printf "%6d  %s: %s\n%s", count[r], rule_of[r], why[r], each[r]
	printf "\n%s files, %s packages; %d differences that may be, %d that may not\n", \
		files, packages, allowed, denied
	exit denied > 0
}
