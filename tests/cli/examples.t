#!/bin/bash
# SPDX-License-Identifier: MIT
# What is in examples/: a folder of recipes checked as in somebody's CI, in Vim, before a
# commit; each by the real program.
. "${0%/*}/../lib.sh"
need jq ssh-keygen
. "$SRC/tests/questions.sh"
mkdir -p cache/templates home/.ssh recipes
export SEEDBED_CACHE=$T/cache HOME=$T/home
questions cache/templates/trixie-amd64.index --suite trixie --number 13 --alias stable --arch amd64
cp "$SRC/tests/data/preseed/key.pub" home/.ssh/id_test.pub
cd recipes || exit
printf '# nothing but the defaults\nrelease trixie\narchitecture amd64\nlocale C.UTF-8\nkeyboard us\n' > good.recipe
{ cat good.recipe; echo 'answer d-i netcfg/get_hostnam string x'; } > asked.recipe
{ cat good.recipe; echo 'pakage nginx'; echo 'memory much'; } > bad.recipe
printf 'd-i netcfg/enable boolean yes\n' > preseed.cfg

# --- CI ---
# answers that the small index has the questions of
mkdir -p ../root/preseed.d && cat > ../root/preseed.d/1.preseed <<'END'
d-i debian-installer/locale string ${locale}
d-i keyboard-configuration/xkb-keymap select ${keyboard}
d-i netcfg/get_hostname string ${hostname}
d-i debian-installer/language string en
d-i debian-installer/country string DE
d-i passwd/root-password-crypted password *
d-i passwd/make-user boolean false
d-i partman-auto/method string regular
d-i partman/choose_partition select finish
d-i partman/confirm boolean true
d-i finish-install/reboot_in_progress note
END
check() { "$SRC/examples/ci/check-recipes" -r "$T/root" "$@"; }
results() { jq -r '.runs[].results[] | .locations[0].physicalLocation as $l |
	[$l.artifactLocation.uri, $l.region.startLine, .level, .message.text] | @tsv' "$@"; }
check -o ../sarif ./*.recipe 2> ../said
is "$?" 1 "check-recipes ends with 1 when it finds something"
like "$(cat ../said)" '^\./asked\.recipe:6: error: netcfg/get_hostnam: .* no such question' "an answer to no question, at the recipe's line"
like "$(cat ../said)" '^\./bad\.recipe:6: pakage: no such key' "a wrong key"
is "$(ls ../sarif | paste -sd ' ')" "asked.sarif bad.sarif good.sarif" "SARIF for each recipe"
like "$(results ../sarif/asked.sarif)" $'^./asked.recipe\t6\terror\tnetcfg/get_hostnam' "SARIF of a wrong answer has the recipe's line"
is "$(results ../sarif/bad.sarif | cut -f1,2,3)" $'./bad.recipe\t6\terror\n./bad.recipe\t7\terror' "SARIF of wrong keys"
is "$(results ../sarif/good.sarif)" "" "SARIF of a good recipe has no results"
sed -i '/root-password/d' ../root/preseed.d/1.preseed
check -o ../sarif good.recipe 2> ../said
like "$(cat ../said)" '^good\.recipe:1: error: passwd/root-password .*will be asked' "a question without an answer is the recipe's as a whole"
is "$(results ../sarif/good.sarif | cut -f1,2)" $'good.recipe\t1' "in SARIF, too"
echo 'd-i passwd/root-password-crypted password *' >> ../root/preseed.d/1.preseed
if python3 -c 'import yaml' 2> /dev/null; then
	for f in "$SRC"/examples/ci/github.yml "$SRC"/examples/pre-commit-config.yaml "$SRC"/.pre-commit-hooks.yaml; do
		runs "${f##*/} is YAML" python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$f"
	done
	like "$(python3 -c 'import sys, yaml
for s in yaml.safe_load(open(sys.argv[1]))["jobs"]["check"]["steps"]: print(s.get("run", ""))' "$SRC/examples/ci/github.yml")" \
		'examples/ci/check-recipes -o sarif ' "the workflow runs check-recipes"
else
	skip "YAML" "python3-yaml is not installed"
fi
mv ../cache/templates ../cache/none
check good.recipe 2> ../said
is "$?" 3 "without an index nothing was checked, and the status says so"
mv ../cache/none ../cache/templates
check 2> ../said
is "$?" 2 "no recipe is a usage error"

# --- Vim ---
if command -v vim > /dev/null; then
	mkdir -p ../home/.vim && cp -r "$SRC/examples/vim/compiler" ../home/.vim/
	quickfix() { # quickfix COMPILER FILE: what :make has in its list
		rm -f ../list
		# :make is by $SHELL, which of a system's user runs nothing
		SHELL=/bin/sh vim -u NONE -i NONE -n -es --cmd 'set nocompatible' --cmd "set runtimepath^=$HOME/.vim" \
			-c "compiler $1" -c 'silent make' \
			-c "call writefile(map(filter(getqflist(), 'v:val.valid'), 'bufname(v:val.bufnr).\" \".v:val.lnum.\" \".v:val.col.\" \".v:val.type.\" \".v:val.text'), '../list')" \
			-c 'qall!' -- "$2" > /dev/null 2>&1 < /dev/null
		cat ../list
	}
	like "$(quickfix preseed-check preseed.cfg)" '^preseed\.cfg 1 [0-9]+ e yes is neither true nor false' "Vim: a preseed file's errors"
	is "$(quickfix preseed bad.recipe | cut -d: -f1)" "bad.recipe 6 0  pakage
bad.recipe 7 0  memory" "Vim: a recipe's errors"
	is "$(quickfix preseed good.recipe)" "" "Vim: none of a good one"
else
	skip "Vim" "vim is not installed"
fi

# --- pre-commit ---
if command -v pre-commit > /dev/null && command -v git > /dev/null; then
	export GIT_CONFIG_GLOBAL=$T/gitconfig PRE_COMMIT_HOME=$T/pre-commit
	git config --global user.name x && git config --global user.email x@example.org
	git config --global init.defaultBranch main
	git init -q ../seedbed && cp -r "$SRC"/{.pre-commit-hooks.yaml,examples} ../seedbed/
	git -C ../seedbed add -A && git -C ../seedbed commit -qm x && git -C ../seedbed tag v0.1.0
	git init -q . && sed "s|https://example.org/seedbed.git.*|$T/seedbed|" "$SRC/examples/pre-commit-config.yaml" |
		sed "s|args: .*recipes.*|args: [-r, $T/root]|" > .pre-commit-config.yaml
	git add -A
	pre-commit run --all-files > ../out 2>&1
	is "$?" 1 "pre-commit: errors stop a commit"
	like "$(cat ../out)" '^bad\.recipe:6: pakage' "pre-commit: a recipe's"
	like "$(cat ../out)" '^preseed\.cfg:1:[0-9]+: error: yes is neither' "pre-commit: a preseed file's"
	git rm -qf bad.recipe asked.recipe preseed.cfg
	runs "pre-commit: a good one passes" pre-commit run --all-files
else
	skip "pre-commit" "pre-commit or git is not installed"
fi
finish
