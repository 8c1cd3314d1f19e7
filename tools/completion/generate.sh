#!/bin/sh
# SPDX-License-Identifier: MIT
# generate.sh TOOL - bash completion for TOOL, from what `TOOL --help` says and from words.
#
# What comes out stands alone: it needs nothing of the package bash-completion but that
# this loads it, by the tool's name.
set -eu
export LC_ALL=C
[ $# -eq 1 ] || { echo "usage: generate.sh TOOL" >&2; exit 2; }
name=${1##*/}
function=$(printf %s "$name" | tr - _)
here=$(cd "${0%/*}" && pwd)
help=$("$1" --help)
usage=$(printf '%s\n' "$help" | sed -n '1s/^Usage: [^ ]* *//p')
[ "${help%%:*}" = Usage ] || { echo "generate.sh: $1 --help: has no usage line" >&2; exit 1; }

# kind NAME METAVAR: what completes that: files, folders, a list, nothing
kind() {
	words=$(awk -v t="$name" -v o="$1" '$1 == t && $2 == o { $1 = $2 = ""; sub(/^ +/, ""); print }' "$here/words")
	case $words in
	'!'*)	echo "_seedbed_words \"\$({ ${words#!}; } 2> /dev/null)\""; return ;;
	?*)	echo "_seedbed_words '$words'"; return ;;
	esac
	case $2 in
	DIR | FOLDER) echo _seedbed_folders ;;
	RECIPE) echo "_seedbed_files recipe" ;;
	*.xml) echo "_seedbed_files xml" ;;
	*.json) echo "_seedbed_files json" ;;
	*=FILE | *=SOURCE*) echo '_seedbed_value _seedbed_files' ;;
	FILE* | *FILE | PATH | DIR\[* | IMAGE | INITRD | PACKAGE | LOG) echo _seedbed_files ;;
	*) echo : ;;
	esac
}

# OPTION<TAB>SHORT<TAB>METAVAR of each line that has an option
table=$(printf '%s\n' "$help" | sed -nE \
	's/^  (-(.),|   ) --([a-z-]+)([= ]([^ ]+))?(  .*)?$/\3\t\2\t\5/p')
tab=$(printf '\t')

# The operands: verbs where there are several forms, or the first one's name.
verbs=
case $usage in
*' | '*) verbs=$(printf '%s\n' "$usage" | tr '|' '\n' | awk '$1 ~ /^[a-z]/ { printf "%s%s", s, $1; s = " " }') ;;
esac
operand=$(printf '%s\n' "$usage" | sed 's/\[*-- COMMAND.*//; s/^\[//; s/[] |.]*\.\.\..*//; s/[] |].*//')

cat <<END
# bash completion for $name of seedbed; made from its --help: not to be edited
_seedbed_$function() {
	local line=\${COMP_LINE:0:COMP_POINT} cur prev i

	COMPREPLY=()
END
case $usage in
*'-- COMMAND'*)
	cat <<'END'
	# after "--" it is another program's command line
	for ((i = 1; i < COMP_CWORD; i++)); do
		[ "${COMP_WORDS[i]}" = -- ] || continue
		if declare -F _comp_command_offset > /dev/null; then
			_comp_command_offset $((i + 1))
		elif declare -F _command_offset > /dev/null; then
			_command_offset $((i + 1))
		elif [ $COMP_CWORD -eq $((i + 1)) ]; then
			mapfile -t COMPREPLY < <(compgen -c -- "${COMP_WORDS[COMP_CWORD]}")
		else
			_seedbed_files
		fi
		return
	done
END
	;;
esac
cat <<'END'
	# the word as it was typed: readline takes --option=VALUE for three
	cur=${line##*[[:space:]]}
	line=${line%"$cur"}
	line=${line%"${line##*[![:space:]]}"}
	prev=${line##*[[:space:]]}
	case $cur in --*=*) prev=${cur%%=*} cur=${cur#*=} ;; esac
	case $prev in
END
printf '%s\n' "$table" | while IFS= read -r line; do
	option=${line%%"$tab"*}
	rest=${line#*"$tab"}
	short=${rest%%"$tab"*} meta=${rest#*"$tab"}
	[ -n "$meta" ] || continue
	printf '\t%s--%s) %s ;;\n' "${short:+-$short | }" "$option" "$(kind "$option" "$meta")"
done
cat <<END
	*)	if [ "\${cur:0:1}" = - ]; then
			_seedbed_words '$(printf '%s\n' "$table" | cut -f1 | sed 's/^/--/' | paste -sd ' ')'
END
[ -z "$verbs" ] || cat <<END
		elif [ \$COMP_CWORD -eq 1 ]; then
			_seedbed_words '$verbs'
END
cat <<END
		else
			$(if [ -n "$verbs" ]; then echo _seedbed_files; else kind "$operand" "$operand"; fi)
		fi ;;
	esac
}
END
cat <<'END'
_seedbed_words() { # of these those that begin with cur
	local there=${cur%"${cur##*[=:]}"} # what readline takes for words before it

	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
	COMPREPLY=("${COMPREPLY[@]#"$there"}")
	case ${COMPREPLY[0]-} in *[=:]) compopt -o nospace 2> /dev/null ;; esac
}
_seedbed_files() { # those with that ending, or all, by readline itself
	[ $# -eq 0 ] || mapfile -t COMPREPLY < <(compgen -f -X "!*.$1" -- "$cur"; compgen -d -- "$cur")
	if [ ${#COMPREPLY[@]} -gt 0 ]; then
		compopt -o filenames 2> /dev/null
	else
		compopt -o default 2> /dev/null
	fi
}
_seedbed_folders() { compopt -o dirnames 2> /dev/null; }
_seedbed_value() { # of NAME=VALUE the second part
	case $cur in *=*) cur=${cur#*=}; "$@" ;; esac
}
END
echo "complete -F _seedbed_$function $name"
