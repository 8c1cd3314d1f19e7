#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# shown.pl - what another user's programs say, for root's terminal: text, colours, and the
# end of a line cleared, which a bar needs. All else that a terminal acts on is shown as "?".
# After a SIGTERM it shows what has come by then, and ends.
use strict;
use warnings;

my ($ending, $left) = (0, 1 << 24);
$SIG{TERM} = sub { $ending = 1 };
$SIG{INT} = 'IGNORE';
my $held = '';
for (;;) {
	my $in = '';
	vec($in, 0, 1) = 1;
	my $n = select($in, undef, undef, 0.5);
	next if $n < 0;
	last if $n == 0 && $ending;
	next if $n == 0;
	$n = sysread(STDIN, my $new, 65536);
	next if !defined $n;
	last if $n == 0;
	last if $ending && ($left -= $n) < 0;
	my $text = $held . $new;
	# the beginning of what may be one of these
	$held = $text =~ s/(\e(?:\[[0-9;]{0,16})?|\xc2)\z// ? $1 : '';
	$text =~ s/(\e\[[0-9;]{0,16}[mK])|\xc2[\x80-\x9f]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/$1 \/\/ '?'/ge;
	syswrite(STDOUT, $text);
}
