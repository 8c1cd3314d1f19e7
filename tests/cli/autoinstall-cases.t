#!/bin/bash
# SPDX-License-Identifier: MIT
# Recipes and what must become of them for Ubuntu: a folder each in
# tests/data/autoinstall/cases, as those of preseed-cases.t; and all other recipes there
# are, which must be refused by their lines, or be valid user-data.
. "${0%/*}/../lib.sh"
need python3
/usr/bin/python3 -c 'import yaml' 2>/dev/null || skip_all "python3-yaml is not installed"
key=$SRC/tests/data/preseed/key.pub

mkdir "$T/none"
for dir in "$SRC"/tests/data/autoinstall/cases/*/; do
	name=$(basename "$dir")
	cp -r "$dir" "$T/case" && cd "$T/case" || exit 1
	args=(-s architecture=amd64) host=$T/none
	! grep -q ^architecture in.recipe || args=()
	if [ -e args ]; then mapfile -t -O "${#args[@]}" args <args; fi
	[ ! -e host ] || host=host
	env -i PATH="$PATH" HOME="$T/none" autoinstall --host "$host" --key "$key" \
		"${args[@]}" in.recipe >out 2>said </dev/null
	status=$?
	if [ -e err ]; then
		is "$status:$(cat said)" "1:$(cat err)" "$name: what is said"
		is "$(cat out)" "" "$name: nothing is written"
	else
		is "$status:$(cat said)" "0:" "$name: compiles in silence"
		env -i PATH="$PATH" HOME="$T/none" autoinstall --host "$host" --key "$key" \
			"${args[@]}" --facts -o out.facts in.recipe
		is "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" out 2>&1)" "" "$name: is right"
		missing=
		[ ! -e want ] || while IFS= read -r line; do
			if [ "${line:0:2}" = "! " ]; then # no such key, or item
				! grep -E "^ *(- )?${line:2}(:|\$)" out || missing+="$line"$'\n'
			else
				grep -Fxq -e "$line" out || missing+="$line"$'\n'
			fi
		done <want
		is "$missing" "" "$name: what is written"
		[ -z "$missing" ] || show <out
	fi
	cd "$T" && rm -rf case
done

# --- all other recipes ---

mkdir out
for recipe in "$SRC"/recipes/*.recipe "$SRC"/tests/data/*/*/in.recipe "$SRC"/tests/data/hostile/*.recipe \
	"$SRC"/tests/data/everything/*.recipe; do
	[ -e "$recipe" ] || continue
	dir=${recipe%/*}
	[ "${recipe##*/}" = bench.recipe ] && [ ! -e "$SRC/recipes/bench/syscost" ] && continue
	name=$(basename "$dir")-$(basename "$recipe" .recipe)
	for o in -o --facts; do
		w=(-o "out/$name.yaml")
		[ $o = -o ] || w=(--facts -o "out/$name.yaml.facts")
		env -i PATH="$PATH" HOME="$T/none" autoinstall --host none --key "$key" \
			-s release=noble -s disk=20G "${w[@]}" "$recipe" >said 2>&1 </dev/null
		status=$?
	done
	case $status:$(grep -vcE '^(.*/)?[^ :/]+(\.recipe)?(:[0-9]+)?: .' said) in
	0:0) [ ! -s said ] || echo "$name: says something" ;;
	1:0) [ -s said ] && [ ! -e "out/$name.yaml" ] || echo "$name: is refused without a word" ;;
	*) echo "$name: $status"; cat said ;;
	esac
done >wrong 2>&1
is "$(cat wrong)" "" "each recipe is compiled, or refused by its lines"
made=(out/*.yaml)
ok $((${#made[@]} < 20)) "many are compiled (${#made[@]})"
is "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" "${made[@]}" 2>&1)" "" "all of them are right"
schema=${SHARED_DATA:-$SRC/../shared/data}/autoinstall-schema.json
if [ -e "$schema" ] && /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	is "$(/usr/bin/python3 "$SRC/tests/autoinstall.py" --schema "$schema" "${made[@]}" 2>&1)" "" "by the JSON schema, too"
else
	skip "by the JSON schema" "it is not beside the project, or python3-jsonschema is not installed"
fi
finish
