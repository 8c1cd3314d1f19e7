#!/bin/bash
# SPDX-License-Identifier: MIT
# asked.sh QUESTION - the recipe's key that answers this question of the installer's, or
# nothing: by the fragments that ask it, but for what another question, or a key of another
# name, answers.
. "${BASH_SOURCE[0]%/*}/di.sh"

[ $# -eq 1 ] || { say "usage: $ME QUESTION"; exit 2; }
case $1 in
localechooser/continentlist|localechooser/countrylist*|localechooser/shortlist*) echo country ;;
localechooser/*) echo language ;;
partman-auto/*) echo layout ;;
lowmem/*) echo memory ;;
netcfg/get_ipaddress|netcfg/get_netmask|netcfg/get_gateway|netcfg/get_nameservers) echo network ;;
*)	awk -v q="$1" '$2 == q && match($0, /\${[a-z-]+}$/) {
		print substr($0, RSTART + 2, RLENGTH - 3); exit }' "$ROOT"/preseed.d/*.preseed ;;
esac
