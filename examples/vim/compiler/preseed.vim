" SPDX-License-Identifier: MIT
" Vim compiler file: recipes of seedbed, by preseed(1).
" Copy it to ~/.vim/compiler/; then in a recipe:
"	:compiler preseed
"	:make
if exists("current_compiler")
	finish
endif
let current_compiler = "preseed"

CompilerSet makeprg=preseed\ --facts\ --output\ /dev/null\ %:S
CompilerSet errorformat=%f:%l:\ %m,%-G%.%#
