#!/bin/sh
# SPDX-License-Identifier: MIT
# pictures.sh BUILD/NAME - makes the picture in README.md, docs/timeline.svg, from a build that
# was forked and tested: where its time went.
set -eu
[ $# -eq 1 ] || { echo "usage: ${0##*/} BUILD/NAME" >&2; exit 2; }
out=$(dirname "$0")/timeline.svg
grep -q '^way=forked ' "$1/manifest" || { echo "${0##*/}: $1: was not forked from a checkpoint" >&2; exit 1; }
grep -q '^check=' "$1/manifest" || { echo "${0##*/}: $1: was not tested" >&2; exit 1; }
appliance-report --timeline -o "$out" "$1"
