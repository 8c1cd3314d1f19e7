# SPDX-License-Identifier: MIT
# shared-cases.awk - whether what preseed-check said is what a line "want:" asks for.
#
#	awk -v want=TEXT [-v before=TEXT] [-v cmdline=1] -v fixed=FILE -f shared-cases.awk OUTPUT
#
# FILE is what the same command says of the file after --fix, and its text; "the same" in
# a want is what the one before it says. Prints nothing where all is as wanted, else why
# not. A want is one of
#
#	nothing | nothing of [RULE]
#	no [LEVEL] [RULE] NAME, ...
#	not: "TEXT" | not: TEXT ... TEXT
#	[LINE, ...:] LEVEL[/LEVEL] [RULE]: what must be said [; no "TEXT"]
#
# with remarks in parentheses. Of what must be said, half of the longer words are looked
# for, and all of "did you mean X".

function bare(s) { # without remarks
	while (match(s, / ?\([^()]*\)/)) s = substr(s, 1, RSTART - 1) substr(s, RSTART + RLENGTH)
	return s
}
function fail(why) { print why; failed = 1; exit 0 }
function plain(s) { gsub(/\\\\/, "\\", s); return s }
function has_rule(line, rule) { return rule == "" || index(line, "[" rule "]") == length(line) - length(rule) - 1 }
function line_of(s) { split(s, a, ":"); return a[2] }
function level_of(s) { return match(s, /: (note|warning|error): /) ? substr(s, RSTART + 2, RLENGTH - 4) : "" }

# the quoted texts of s that must not be there
function forbidden(s,   q) {
	while (match(s, /"[^"]*"/)) {
		q = plain(substr(s, RSTART + 1, RLENGTH - 2))
		sub(/\.\.\.$/, "", q)
		s = substr(s, RSTART + RLENGTH)
		for (i = 1; i <= n; i++) if (index(out[i], q)) fail("says \"" q "\"")
	}
}
# words of four letters and more, names and the like
function words_found(text, line,   w, k, all, hit) {
	sub(/;.*/, "", text)
	k = split(text, w, /[ ,:"?]+/)
	for (i = 1; i <= k; i++) {
		if (length(w[i]) < 4 || w[i] == "error" || w[i] ~ /^\.+$/) continue
		all++
		if (index(line, w[i])) hit++
	}
	return all == 0 || hit * 2 >= all
}
function one(lines, levels, rule, text,   l, k, i, j, right, near) {
	if (lines == "") lines = "*"
	if (text ~ /^the same/) {
		text = bare(before) substr(text, 9)
		sub(/^[^a-z]*(note|warning|error)[a-z\/]*( \[[a-z-]+\])?: /, "", text)
	}
	near = match(text, /did you mean [^ ?]+\?/) ? substr(text, RSTART, RLENGTH) : ""
	k = split(lines, l, /, */)
	for (j = 1; j <= k; j++) {
		right = 0
		for (i = 1; i <= n; i++)
			if ((l[j] == "*" || line_of(out[i]) == l[j]) && index(levels, level_of(out[i])) &&
			    has_rule(out[i], rule)) {
				cand = out[i]
				if (text ~ /^as now/ || text == "" ||
				    ((near == "" || index(cand, near)) && words_found(text, cand))) right = 1
			}
		if (!right) fail("no such finding" (l[j] == "*" ? "" : " at line " l[j]) (cand != "" ? "; but " cand : ""))
	}
	if (index(text, "no --fix to ")) {
		sub(/.*no --fix to /, "", text); sub(/ .*/, "", text)
		if (index(after, "\nd-i " text " ") || index(after, "d-i " text " ") == 1) fail("--fix writes " text)
	} else if (index(text, "--fix") && k == 1) {
		m = split(after, f, "\n")
		for (i = 1; i <= m; i++)
			if (f[i] == cand) fail("--fix leaves it")
	}
}

{ if (cmdline || want ~ /unanswered/ || $0 !~ /\[unanswered\]$/) out[++n] = $0 }
END {
	if (failed) exit 0
	while ((getline line < fixed) > 0) after = after line "\n"
	whole = want
	w = bare(want)
	if (w ~ /^nothing of \[/) {
		match(w, /\[[a-z-]+\]/); rule = substr(w, RSTART + 1, RLENGTH - 2)
		for (i = 1; i <= n; i++) if (has_rule(out[i], rule)) fail("says " out[i])
	} else if (w ~ /^nothing/) {
		if (n) fail("says " out[1])
	} else if (w ~ /^no (error |warning )?\[/) {
		match(w, /\[[a-z-]+\]/); rule = substr(w, RSTART + 1, RLENGTH - 2)
		names = substr(w, RSTART + RLENGTH); sub(/:.*/, "", names)
		k = split(names, name, /[ ,]+/)
		for (i = 1; i <= n; i++)
			for (j = 1; j <= k; j++)
				if (name[j] ~ /\// && has_rule(out[i], rule) && index(out[i], name[j] " ") &&
				    (w !~ /^no error/ || level_of(out[i]) == "error")) fail("says " out[i])
	} else if (w ~ /^not: /) {
		forbidden(w)
		sub(/^not: /, "", w); sub(/, nor .*/, "", w)
		if (w !~ /^"/) {
			k = split(w, part, " [.][.][.] ")
			for (i = 1; i <= n; i++) {
				all = 1
				for (j = 1; j <= k; j++) all = all && index(out[i], part[j])
				if (all) fail("says " out[i])
			}
		}
	} else {
		if (match(w, /(no|not) ".*/)) forbidden(substr(w, RSTART))
		if (match(whole, /\((not|now:) ".*/)) forbidden(substr(whole, RSTART))
		if (match(w, /and no \[[a-z-]+\]/)) {
			rule = substr(w, RSTART + 8, RLENGTH - 9)
			for (i = 1; i <= n; i++) if (has_rule(out[i], rule)) fail("says " out[i])
			w = substr(w, 1, RSTART - 1)
		}
		sub(/^one /, "", w)
		# "2: error [unknown], 3: error [recipe]: text"
		while (match(w, /^[0-9]+: [a-z]+ \[[a-z-]+\], [0-9]+: /)) {
			head = w; sub(/, [0-9]+: .*/, "", head)
			w = substr(w, length(head) + 3)
			split(head, h, /: | \[|\]/)
			one(h[1], h[2], h[3], "")
			many = 1
		}
		lines = ""
		if (match(w, /^[0-9]+(, *[0-9]+)*: /)) { lines = substr(w, 1, RLENGTH - 2); w = substr(w, RLENGTH + 1) }
		if (!match(w, /^(note|warning|error)((\/| or )(note|warning|error))*/)) fail("the want is not understood")
		levels = substr(w, 1, RLENGTH); w = substr(w, RLENGTH + 1)
		sub(/^, not error/, "", w)
		rule = ""
		if (match(w, /^ \[[a-z-]+\]/)) { rule = substr(w, 3, RLENGTH - 3); w = substr(w, RLENGTH + 1) }
		sub(/^[:, ]+/, "", w)
		one(lines, levels, rule, many ? "" : w)
	}
}
