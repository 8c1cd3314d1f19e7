#!/bin/bash
# SPDX-License-Identifier: MIT
# initrd-add: files, lists and folders put into an initrd.
. "${0%/*}/../lib.sh"
need cpio gzip

# The installer's kind of initrd: lib is a symlink.
mkdir -p base/usr/lib base/etc && ln -s usr/lib base/lib && echo one > base/etc/one
(cd base && find . | LC_ALL=C sort | cpio -oH newc --quiet) > base.cpio
gzip -9n < base.cpio > base.gz
echo text > text
printf '#!/bin/sh\n' > script && chmod 755 script

added() { tail -c +$(($(stat -c %s "${2:-base.gz}") + 1)) "$1" | gzip -dc; }
list() { added "$@" | cpio -tv --quiet 2>/dev/null | awk '{ print $1, $3, $4, $9 $10 $11 }'; }

runs "files go in" initrd-add -o new.gz --file /a/b/text=text --file lib/x=script \
	--file /secret=text:0400 --file /etc/one=text base.gz
is "$(list new.gz)" "drwxr-xr-x root root a
drwxr-xr-x root root a/b
-rw-r--r-- root root a/b/text
-rw-r--r-- root root etc/one
-r-------- root root secret
-rwxr-xr-x root root usr/lib/x" "with the folders above them, their modes, below no symlink"
runs "the given bytes come first, unchanged" cmp -n "$(stat -c %s base.gz)" base.gz new.gz
initrd-add --file /a/b/text=text --file lib/x=script --file /secret=text:0400 \
	--file /etc/one=text - < base.gz > again.gz
runs "the same input makes the same output, also from stdin to stdout" cmp new.gz again.gz
SOURCE_DATE_EPOCH=86400 initrd-add -o dated.gz --file /a=text base.gz
like "$(added dated.gz | TZ=UTC cpio -tv --quiet)" 'Jan  2  1970 a$' "SOURCE_DATE_EPOCH dates it"
runs "twice added" initrd-add -o two.gz --file /a/c=text new.gz
is "$(list two.gz new.gz)" "-rw-r--r-- root root a/c" "what the first time made is seen"
runs "nothing to add" initrd-add -o same.gz base.gz
runs "is the same initrd" cmp base.gz same.gz

mkdir -p tree/sub && cp script tree/sub/run && ln -s run tree/sub/link && echo x > tree/x
chmod 600 tree/x
runs "a folder" initrd-add -o tree.gz --tree tree --tree tree=/lib base.gz
is "$(list tree.gz)" "drwxr-xr-x root root sub
lrwxrwxrwx root root sub/link->run
-rwxr-xr-x root root sub/run
drwxr-xr-x root root usr/lib/sub
lrwxrwxrwx root root usr/lib/sub/link->run
-rwxr-xr-x root root usr/lib/sub/run
-rw-r--r-- root root usr/lib/x
-rw-r--r-- root root x" "all that is in it"

printf '/p/a b\t0640\t%s\n\n/p/c\t755\ttext\n' "$T/text" > list
runs "a list" initrd-add -o list.gz --list list base.gz
is "$(added list.gz | cpio -tv --quiet | sed 's/ .* 1970//')" "drwxr-xr-x p
-rw-r----- p/a b
-rwxr-xr-x p/c" "with its modes"

# zeros up to a multiple of four, as the kernel wants them
four() { head -c $((-$(stat -c %s "$1") & 3)) /dev/zero >> "$1"; }
for kind in xz zstd cat; do
	need "$kind"
	case $kind in xz) set -- xz --check=crc32 ;; *) set -- $kind ;; esac
	"$@" < base.cpio > base.$kind
	{ cat base.$kind; head -c 8 /dev/zero; cat base.gz; } > mixed.$kind
	four mixed.$kind
	cat base.$kind >> mixed.$kind
	runs "an initrd of $kind, nothing, gzip and $kind" initrd-add -o x.$kind \
		--file lib/y=text mixed.$kind
	like "$(list x.$kind mixed.$kind)" "usr/lib/y" "is understood"
done

runs "not compressed" initrd-add -o plain.gz --compress none --file b=script --file a=text base.gz
runs "begins at a multiple of four" cmp -n 6 -i "$((($(stat -c %s base.gz) + 3) / 4 * 4)):0" plain.gz base.cpio
runs "and is understood" initrd-add -o plain2.gz --file c=text plain.gz
is "$(tail -c +$((($(stat -c %s base.gz) + 3) / 4 * 4 + 1)) plain.gz | cpio -t --quiet)" "a
b" "also by others"

ls > before
fails 1 'initrd-add: no.gz: No such file' initrd-add -o out --file a=text no.gz
fails 1 'text: neither gzip, xz, zstd nor a cpio' initrd-add -o out --file a=text text
head -c 150 base.gz > cut.gz
fails 1 'cut.gz: the compressed data is damaged or cut short' initrd-add -o out cut.gz
head -c 300 base.cpio > cut
fails 1 'cut: ends within' initrd-add -o out --file a=text cut
: > empty
fails 1 'empty: holds no files' initrd-add -o out --file a=text empty
fails 1 '\.\./a: not a path' initrd-add -o out --file ../a=text base.gz
fails 1 'a/\.\./b: not a path' initrd-add -o out --file a/../b=text base.gz
two_lines() { initrd-add -o out --file $'a\nb=text' base.gz; }
fails 1 'a\\x0ab: not a path' two_lines
fails 1 'usr: the initrd has a folder there' initrd-add -o out --file usr=text base.gz
fails 1 'etc/one/a: the initrd has a file where' initrd-add -o out --file etc/one/a=text base.gz
fails 1 'nofile: No such file' initrd-add -o out --file a=nofile base.gz
fails 1 'tree: Is a directory' initrd-add -o out --file a=tree base.gz
fails 1 'text: Not a directory' initrd-add -o out --tree text base.gz
printf 'a\t0644\ttext\nb text\n' > badlist
fails 1 '^badlist:2: not TARGET' initrd-add -o out --list badlist base.gz
mkfifo tree/fifo
fails 1 'tree/fifo: neither a file' initrd-add -o out --tree tree base.gz
fails 2 'base.gz: not TARGET=SOURCE' initrd-add --file base.gz base.gz
fails 2 'compress: lz4: neither' initrd-add --compress lz4 base.gz
fails 2 'INITRD: missing operand' initrd-add --file a=text
SOURCE_DATE_EPOCH=now fails 2 'SOURCE_DATE_EPOCH: now' initrd-add -o out base.gz
fails 1 'nodir/out: No such file' initrd-add -o nodir/out base.gz
mkfifo fifo
initrd-add -o out --udeb fifo base.gz 2>/dev/null &
exec 3> fifo # it reads now
kill -TERM $!
exec 3>&- # should the signal come just before it reads
wait $!
is $? 143 "it ends by the signal that it gets"
rm -f fifo empty cut cut.gz badlist before.new
is "$(ls)" "$(cat before)" "and nothing is left behind"
finish
