" SPDX-License-Identifier: MIT
" Vim compiler file: preseed files of the Debian installer, by preseed-check(1).
" Copy it to ~/.vim/compiler/; then in a preseed file:
"	:compiler preseed-check
"	:make
if exists("current_compiler")
	finish
endif
let current_compiler = "preseed-check"

CompilerSet makeprg=preseed-check\ --format\ gcc\ --level\ note\ %:S
CompilerSet errorformat=%f:%l:%c:\ %t%*[a-z]:\ %m,%f:%l:\ %t%*[a-z]:\ %m,%-G%.%#
