#!/bin/bash
# SPDX-License-Identifier: MIT
# Recipes and what must become of them: a folder each in tests/data/preseed.
#
#	in.recipe   compiled, from within the folder
#	args        more arguments, one a line
#	env         more of the environment, NAME=value lines
#	host/       stands for the host's / (else: an empty one)
#	home/       stands for the user's home
#	want        lines that must be in the output; "! " before: must not
#	links       symbolic links to make in it: NAME TARGET lines
#	err         all that is said on stderr; nothing may be written then
. "${0%/*}/../lib.sh"

mkdir "$T/none"
for dir in "$SRC"/tests/data/preseed/*/; do
	name=$(basename "$dir")
	cp -r "$dir" "$T/case" && cd "$T/case" || exit 1
	if [ -e links ]; then
		while read -r link target; do ln -s "$target" "$link"; done <links
	fi
	args=() vars=() host=$T/none
	[ ! -e args ] || mapfile -t args <args
	[ ! -e env ] || mapfile -t vars <env
	[ ! -e host ] || host=host
	[ -e home ] || args+=(--key "$SRC/tests/data/preseed/key.pub")
	env -i PATH="$PATH" HOME="$T/case/home" "${vars[@]}" \
		preseed --host "$host" --fragments "$SRC/preseed.d" "${args[@]}" \
		in.recipe >out 2>said </dev/null
	status=$?
	if [ -e err ]; then
		is "$status:$(cat said)" "1:$(cat err)" "$name: what is said"
		is "$(cat out)" "" "$name: nothing is written"
	else
		is "$status:$(cat said)" "0:" "$name: compiles in silence"
		missing=
		while IFS= read -r line; do
			if [ "${line:0:2}" = "! " ]; then
				! grep -Fxq -e "${line:2}" out || missing+="$line"$'\n'
			else
				grep -Fxq -e "$line" out || missing+="$line"$'\n'
			fi
		done <want
		is "$missing" "" "$name: what is written"
		[ -z "$missing" ] || show <out
	fi
	cd "$T" && rm -rf case
done
finish
