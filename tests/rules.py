# SPDX-License-Identifier: MIT
"""rules.py MK SOURCE... - what the scripts beneath the folder MK may not do, a line each:

1. match a sentence that a program of SOURCE (C files, scripts) prints for people;
2. read the output of a program of seedbed's but what is made for programs (records);
3. act on a text= of a result, which is for people;
4. keep more than one process in the background;
5. close a descriptor by its number.
"""
import os, re, sys

TOOLS = ("preseed autoinstall preseed-check preseed-index initrd-add domxml vmrun di-events vmfork netgate guestslot pkgcache "
         "kvmprobe randomart appliance-report appliance-outdated lvmtidy imgprobe imgfiles grubify dmdisk syscost").split()
# Output that is made for programs: key=value, tab-separated, one value.
RECORDS = ("preseed --keys", "preseed --facts", "preseed --explain", "autoinstall --facts", "vmfork info", "preseed-index --format",
           "domxml --facts")
MATCH = r"(?:\b(?:grep|sed|awk|case|expr)\b|=~|[!=]=)"
# Words of apt's and dpkg's, which seedbed's programs read as well.
OTHERS = {"error processing", "Failed to fetch"}
WORDS = re.compile(r"[A-Za-z][a-z']+(?: [a-z']{2,})+")


def code(text):
    """The script without comments and here-documents, and that without its strings, too;
    lines stay where they are."""
    out, plain, at, inside, ends = [], [], 0, [], []
    while at < len(text):
        c, state = text[at], inside[-1] if inside else ""
        if state == "'":
            if c == "'":
                inside.pop()
        elif c == "\\":
            out.append(c)
            at += 1
            c = text[at:at + 1]
        elif c == '"':
            inside.pop() if state == '"' else inside.append('"')
        elif text.startswith("$(", at):
            inside.append(")")
            out.append(c)
            at += 1
            c = "("
        elif state != '"' and c == "'":
            inside.append("'")
        elif state != '"' and c == "(":
            inside.append(")")
        elif c == ")" and state == ")":
            inside.pop()
        elif state != '"' and c == "#" and text[at - 1:at] in ("", " ", "\t", "\n", ";"):
            at = text.find("\n", at)
            continue
        elif state != '"' and text.startswith("<<<", at):
            out.append("<<<")
            at += 3
            continue
        elif state != '"' and text.startswith("<<", at):
            m = re.match(r"<<-?\s*['\"]?(\w+)", text[at:])
            if m:
                ends.append(m.group(1))
        if c == "\n" or "'" not in inside and '"' not in inside:
            plain.append(c)
        if c == "\n" and state != "'" and ends:
            out.append(c)
            at += 1
            for end in ends:
                m = re.compile(r"^\t*%s$" % end, re.M).search(text, at)
                stop = m.end() if m else len(text)
                out.append("\n" * text.count("\n", at, stop))
                plain.append(out[-1])
                at = stop
            ends = []
            continue
        out.append(c)
        at += 1
    return "".join(out), "".join(plain)


def sentences(paths):
    """Two and more words in a row, of all strings that a person may be shown."""
    said = set()
    for p in paths:
        text = open(p, errors="replace").read()
        if p.endswith((".c", ".h")):
            text = re.sub(r'"\s*\n?\s*"', "", text)
            # what is compared with is other programs' own words
            strings = [" ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', part)) for part in re.split(r"[;{}]", text)
                       if re.search(r"\b(diag|fail|error|f?printf|asprintf|puts|fputs|fail\w*|diag\w*|why|return|say)\b", part)
                       and not re.search(r"\bstr(str|n?cmp)|memmem|_match", part)]
        else:
            strings = [" ".join(re.findall(r'"((?:[^"\\]|\\.)*)"', l)) for l in text.split("\n")
                       if re.search(r"\b(say|die|word failed|fail|unlucky|gave_up)\b|\b(why|next|note)=", l)]
        for s in strings:
            for run in WORDS.findall(s):
                said.add(run)
    return "\n".join(said)


def quoted(text, at=0, closing=None, found=None):
    """(line, what stands before it, string) of every quoted string; $(...) is code of its own."""
    top = found is None
    found = [] if top else found
    start = at
    while at < len(text):
        c = text[at]
        if c == closing:
            break
        if c in "\n;":
            start = at + 1
        elif c == "\\":
            at += 1
        elif c == "'":
            end = text.find("'", at + 1)
            end = len(text) if end < 0 else end
            found.append((text.count("\n", 0, at) + 1, text[start:at], text[at + 1:end]))
            at = end
        elif c == '"':
            begun, string, at = at, "", at + 1
            while at < len(text) and text[at] != '"':
                if text.startswith("$(", at) and not text.startswith("$((", at):
                    at = quoted(text, at + 2, ")", found)
                elif text[at] == "\\":
                    string, at = string + text[at:at + 2], at + 1
                else:
                    string += text[at]
                at += 1
            found.append((text.count("\n", 0, begun) + 1, text[start:begun], string))
        elif c == "(" and not text.startswith("((", at):
            at = quoted(text, at + 1, ")", found) if text[at - 1:at] == "$" else at
        at += 1
    return found if top else at


def check(path, said):
    text, plain = code(open(path).read())
    flat = re.sub(r"\\\n", "  ", text)
    name = os.path.basename(path)
    for n, before, string in quoted(text):
        last = list(re.finditer(MATCH, before))
        if not last or re.search(r"\b(say|die|printf|echo|gave_up|passed)\b|\w=$", before[last[-1].end():]):
            continue
        for run in WORDS.findall(string):
            if run in said and run not in OTHERS and len(run) > 8:
                yield n, "matches a sentence: " + run
    for n, line in enumerate(flat.split("\n"), 1):
        bare = re.sub(r"'[^']*'", "''", line)
        for tool in TOOLS:
            for m in re.finditer(r"(?:^|[\t ;|&(!{\"])%s ((?:[0-9]?>&[0-9]|[^|;&)])*)" % re.escape(tool), bare):
                call = tool + " " + m.group(1)
                rest = bare[m.end():]
                ok = any(call.startswith(r) or r.split(" ")[0] == tool and " " + r.split(" ")[1] in call for r in RECORDS)
                to = re.match(r"\|&?\s*(grep|sed|awk|cut|head|tail|tr|sort|while)\b", rest)
                asked = re.search(r"(case|\[\[?|=~|==)\s*\"?\$\($", bare[:m.start() + 1].rstrip(tool))
                if (to or asked) and (not ok or "2>&1" in call or rest.startswith("|&")):
                    yield n, "reads what %s says to people" % tool
        if re.search(MATCH + r".*\b(result|field \S+) text\b", bare) and not re.search(r"\btext=\$\(", bare) or \
           re.search(r"\.text *([!=]=|\| *(test|match|contains|startswith|endswith))", line):
            yield n, "acts on a text for people"
        if re.search(r"(?<![\w$])\d+[<>]&-", bare):
            yield n, "closes a descriptor by its number"
    bare = re.sub(r"\$?\(\(.*?\)\)", "", plain)
    started = [m for m in re.finditer(r"(?<![&<>|\\])&(?![&>\d])", bare)] + list(re.finditer(r"\bcoproc\b", bare))
    if len(started) > 1:
        yield bare[:started[1].start()].count("\n") + 1, "keeps more than one process in the background"


def main():
    folder, sources = sys.argv[1], sys.argv[2:]
    said = sentences(sources)
    scripts = [os.path.join(d, f) for d, _, found in os.walk(folder) for f in found if f.endswith(".sh")]
    for f in sorted(scripts):
        for n, what in check(f, said):
            print("%s:%d: %s" % (os.path.relpath(f, folder), n, what))


main()
