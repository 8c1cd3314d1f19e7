# SPDX-License-Identifier: MIT
# mutate.awk OUT=FOLDER FILE - single-character mutations of the questions' names:
# file OUT/OP-POSITION has every name changed there. "FILE LINE NAME" goes to stdout.
/^#/ || NF < 3 { next }
{ line[++n] = $0; name[n] = $2; if (length($2) > longest) longest = length($2) }
END {
	k = split("delete near far insert", op, " ")
	for (p = 1; p <= longest; p++)
		for (o = 1; o <= k; o++) {
			f = OUT "/" op[o] "-" p
			for (i = 1; i <= n; i++) {
				q = mutant(name[i], p, op[o])
				if (q == "" || q == name[i]) { print "# left out" > f; continue }
				l = line[i]
				at = index(l, name[i])
				print substr(l, 1, at - 1) q substr(l, at + length(name[i])) > f
				print f, i, name[i]
			}
			close(f)
		}
}
function mutant(s, p, op,	c, alphabet, at) {
	if (p > length(s)) return ""
	c = substr(s, p, 1)
	alphabet = "abcdefghijklmnopqrstuvwxyz"
	at = index(alphabet, c)
	if (op == "delete") return substr(s, 1, p - 1) substr(s, p + 1)
	if (op == "insert") return substr(s, 1, p) c substr(s, p + 1)
	if (op == "near") return substr(s, 1, p - 1) (at ? substr(alphabet, at % 26 + 1, 1) : "x") substr(s, p + 1)
	return substr(s, 1, p - 1) "x" substr(s, p + 1)
}
