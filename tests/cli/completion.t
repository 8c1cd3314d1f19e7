#!/bin/bash
# SPDX-License-Identifier: MIT
# What <Tab> offers, by bash itself: the functions as it calls them, and bash on a terminal.
. "${0%/*}/../lib.sh"
generate=$SRC/tools/completion/generate.sh
words=$SRC/tools/completion/words
tools=$(sed -nE 's/^\$\(eval \$\(call tool,([a-z-]+).*/\1/p' "$SRC/Makefile")
mkdir completions
for t in $tools; do
	"$generate" "$(command -v "$t")" > "completions/$t" || echo "$t"
done > failed
is "$(cat failed)" "" "each tool has a completion"
is "$(for t in $tools; do bash -n "completions/$t" || echo "$t"; done)" "" "which is valid bash"

# completes LINE: what is offered at its end, a line each; compopt's options are in $T/opts
completes() {
	env -i PATH="$PATH" HOME="$T" LC_ALL="$LC_ALL" bash --norc -c '
		compopt() { echo "$@" >> "$1"; } # readline is not there
		eval "compopt() { echo \"\$@\" >> \"$2/opts\"; }"
		COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=()
		# as readline takes a line apart: = and : are words
		line=$1
		while [ -n "$line" ]; do
			case $line in
			[\ ]*)	line=${line# } ;;
			[=:]*)	COMP_WORDS+=("${line:0:1}"); line=${line:1} ;;
			*)	word=${line%%[ =:]*}; COMP_WORDS+=("$word"); line=${line#"$word"} ;;
			esac
		done
		case $1 in *" ") COMP_WORDS+=("") ;; esac
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		tool=${COMP_WORDS[0]}
		. "$2/completions/$tool"
		f=$(complete -p "$tool") && f=${f#complete -F } && ${f%% *} "$tool" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' - "$1" "$T"
}
offers() { # offers LINE WORDS
	is "$(completes "$1" | paste -sd ' ')" "$2" "<$1>: ${2:-nothing}"
}
opts() { # opts OPTION LINE: readline does it
	rm -f opts
	completes "$2" > out
	is "$(cat out; cat opts 2> /dev/null)" "-o $1" "<$2>: readline's own, $1"
}

for t in $tools; do
	[ "$(completes "$t --" | sort)" = "$("$t" --help | grep -oE '^  (-.,|   ) --[a-z-]+' | grep -oE -- '--[a-z-]+' | sort)" ] || echo "$t"
done > wrong
is "$(cat wrong)" "" "each tool's options are those of --help"
for t in $tools; do
	for o in $(completes "$t --"); do
		"$t" "$o=x" /nonexistent/x /nonexistent/y 2>&1 < /dev/null | grep -q "^$t: $o: unknown option" && echo "$t $o"
	done
done > unknown
is "$(cat unknown)" "" "and each is one that the tool knows"

offers 'preseed-check --f' '--format --fix'
offers 'preseed-check --format ' 'text gcc json sarif'
offers 'preseed-check -f s' 'sarif'
offers 'preseed-check --format=s' 'sarif'
offers 'preseed-check --format=' 'text gcc json sarif'
offers 'preseed-check --format sarif --level e' 'error'
offers 'vmrun --connect qemu:///se' '///session'
offers 'vmrun --connect=qemu:///se' '///session'
offers 'domxml --net n' 'none network:'
offers 'domxml ' ''
offers 'grubify --timeout ' ''
offers 'preseed --set time' 'timezone='
offers 'preseed --limit=d' 'disk='
offers 'syscost --only sys' "$(syscost --list | sed -n 's/^\(sys[^ ]*\) .*/\1/p' | paste -sd ' ')"
offers 'vmfork ' 'save spawn stream grow info verify'
offers 'vmfork sp' 'spawn'
opts default 'vmfork save guest '
opts default 'preseed-check --index '
opts default 'initrd-add --file /etc/motd='
offers 'initrd-add --file /etc/mo' ''
opts dirnames 'preseed --fragments '
opts dirnames 'appliance-report '
touch web.recipe other.txt 'two words.recipe'
mkdir db
offers 'preseed ' 'two words.recipe web.recipe completions db'
offers 'preseed w' 'web.recipe'
opts default 'preseed other'
like "$(completes 'guestslot --dir x -- ls' | sort -u)" '^ls$' "after -- a command"
offers 'vmrun x.xml -- ls --con' ''

# --- words ---
sed '/^#/d' "$words" | while read -r tool option rest; do
	completes "$tool --" | grep -qx -- "--$option" || echo "$tool: no option $option"
	case $rest in '!'*) continue ;; esac
	page=$(find "$SRC/tools" -name "$tool.[18]")
	for w in $rest; do
		{ "$tool" --help; cat "$page"; } | grep -qwF -- "${w%[=:]}" || echo "$tool --$option: $w"
	done
done > unknown
is "$(cat unknown)" "" "words has options that there are, and words that the manual or --help has"
for t in $tools; do # a list in --help: A, B or C
	"$t" --help | tr '\n' ' ' | tr -s ' ' | grep -oE -- '--[a-z-]+=[A-Z]+ [^-]*\b[a-z0-9-]+, [a-z0-9-]+ or [a-z]+' |
		grep -oE '^--[a-z-]+' | sed 's/--//' | while read -r o; do
		grep -qE "^$t[[:space:]]+$o[[:space:]]" "$words" || echo "$t $o"
	done
done > missing
is "$(cat missing)" "" "an option that lists words in --help is in words"

# --- bash on a terminal, with the package bash-completion where it is installed ---
if ! command -v python3 > /dev/null; then
	skip "on a terminal" "python3 is not installed"
	finish
fi
cat > tab.py <<'END'
# tab.py RCFILE TEXT: bash's command line after TEXT and <Tab>
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--rcfile", sys.argv[1], "--noprofile", "-i"])
def until(what, seconds):
    data, end = b"", time.time() + seconds
    while time.time() < end and not re.search(what, data):
        if select.select([fd], [], [], 0.2)[0]:
            try: data += os.read(fd, 65536)
            except OSError: break
    return data
until(rb"READY> ", 60)
os.write(fd, sys.argv[2].encode() + b"\t")
# ^A and a command in front of it: what the line has become is its argument
os.write(fd, b"\x01echo '<'\x05'>'\r")
out = until(rb"\n<.*>", 60)
m = re.search(rb"\n<(.*)>\r", out + b"\r")
print(re.sub(r"\s+$", "", m.group(1).decode()) if m else repr(out))
END
export INPUTRC=/dev/null TERM=dumb
{
	echo 'PS1="READY> " HISTFILE='
	echo "cd '$T'; PATH='$PATH'"
	for t in $tools; do echo ". '$T/completions/$t'"; done
	echo 'bind "set completion-query-items 0"; bind "set enable-bracketed-paste off"'
} > rc
tab() { is "$(python3 tab.py "$1" "$2")" "$3" "Tab after $2"; }
tab rc 'preseed-check --for' 'preseed-check --format'
tab rc 'preseed-check --format=sa' 'preseed-check --format=sarif'
tab rc 'preseed --limit cp' 'preseed --limit cpus='
tab rc 'vmrun --connect qemu:///se' 'vmrun --connect qemu:///session'
tab rc 'preseed we' 'preseed web.recipe'
tab rc 'randomart other' 'randomart other.txt'

loader=/usr/share/bash-completion/bash_completion
if [ -e "$loader" ] && command -v make > /dev/null; then
	mkdir -p share/bash-completion && cp -r completions share/bash-completion/
	{
		head -n 2 rc
		echo "export XDG_DATA_DIRS='$T/share'"
		echo ". $loader"
		tail -n 1 rc
	} > rc.loaded
	tab rc.loaded 'preseed-check --for' 'preseed-check --format'
	tab rc.loaded 'vmrun x -- preseed-check --form' 'vmrun x -- preseed-check --format'
	# make's goals, as make names them
	mkdir recipes.d && cd recipes.d || exit
	mkdir -p root && cp -r "$SRC"/{mk,preseed.d,udeb} root/ && cp "$SRC/mk/seedbed.mk" root/
	printf 'include root/seedbed.mk\n' > Makefile
	touch web.recipe mail.recipe
	sed "s|^cd '.*|cd '$PWD'; PATH='$PATH'|; s|XDG_DATA_DIRS='.*|XDG_DATA_DIRS=/usr/share|" ../rc.loaded > rc
	cd .. || exit
	tab recipes.d/rc 'make appliance-w' 'make appliance-web'
	tab recipes.d/rc 'make debug-m' 'make debug-mail'
	tab recipes.d/rc 'make checkp' 'make checkpoints'
	is "$(ls -d recipes.d/build 2> /dev/null)" "" "which makes nothing"
else
	skip "by bash-completion" "bash-completion or make is not installed"
fi
finish
