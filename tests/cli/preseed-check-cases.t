#!/bin/bash
# SPDX-License-Identifier: MIT
# Each folder of tests/data/preseed-check/cases: what is found in in.cfg. A file
# "args" holds options, of which --cmdline takes the words up to the next option; of a
# case with a file "about", only lines with one of the texts in it are looked at;
# a file "fixed" is what --fix makes of in.cfg.
. "${0%/*}/../lib.sh"
. "$SRC/tests/questions.sh"
need dpkg-deb
questions small.index

for d in "$DATA"/cases/*/; do
	name=$(basename "$d")
	args=(--level note)
	if [ -e "$d/args" ]; then
		args=()
		while read -ra w; do
			for a in "${w[@]}"; do
				case $a in
				--*)	args+=("$a") new=yes ;;
				*)	if [ $new = yes ]; then args+=("$a"); else args[-1]+=" $a"; fi
					new=no ;;
				esac
			done
		done < "$d/args"
	fi
	got=$(cd "$d" && preseed-check --index "$T/small.index" --format gcc "${args[@]}" in.cfg)
	status=$?
	[ -e "$d/args" ] || got=$(grep -v '\[unanswered\]$' <<<"$got")
	[ ! -e "$d/about" ] || got=$(grep -Ff "$d/about" <<<"$got")
	is "$got" "$(cat "$d/want")" "$name"
	if [ -e "$d/fixed" ]; then
		cp "$d/in.cfg" "$T/fixed.cfg"
		preseed-check --index "$T/small.index" --fix "$T/fixed.cfg" > /dev/null 2>&1
		is "$(cat "$T/fixed.cfg")" "$(cat "$d/fixed")" "$name: put right"
	fi
	[ -e "$d/args" ] || [ -z "$got" ] || [ $status -eq 1 ] || ok 1 "$name: ends with 1"
done
finish
