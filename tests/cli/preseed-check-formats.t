#!/bin/bash
# SPDX-License-Identifier: MIT
# What programs read: JSON and SARIF.
. "${0%/*}/../lib.sh"
. "$SRC/tests/questions.sh"
need dpkg-deb perl
perl -MJSON::PP -e1 2>/dev/null || skip_all "perl has no JSON::PP"
questions small.index
printf 'd-i netcfg/enable boolean yes\nd-i netcfg/get_domain string "\\\xff\ttab"\nd-i "quoted"/x string y\n' >'a b.cfg'
echo 'd-i netcfg/enable boolean true' >clean.cfg
query() { perl -MJSON::PP -0777 -ne 'my $j = decode_json($_); '"$1"; }

preseed-check -i small.index -f json 'a b.cfg' clean.cfg >out
is "$(query 'print scalar(@$j), " ", join(",", map { "$_->{line}:$_->{column}-$_->{endColumn} $_->{level} $_->{rule}" } @$j)' <out)" \
	"3 1:27-30 error boolean,2:30-38 error quotes,3:5-15 error unknown" "JSON has all of it"
is "$(query 'print "$j->[0]{file} $j->[0]{fix}{from} $j->[0]{fix}{to} $j->[0]{fix}{with} $j->[0]{question}"' <out)" \
	"a b.cfg 26 29 true netcfg/enable" "and what would be put right"
is "$(preseed-check -i small.index -f json clean.cfg | query 'print scalar(@$j)')" 0 "JSON of nothing"
preseed-check -i small.index -f sarif 'a b.cfg' >out
is "$(query 'my $r = $j->{runs}[0]; my $f = $r->{results}[0]; my $p = $f->{locations}[0]{physicalLocation};
	print join " ", $j->{version}, scalar(@{$r->{results}}), $f->{ruleId}, $r->{tool}{driver}{rules}[$f->{ruleIndex}]{id},
		$f->{level}, $p->{artifactLocation}{uri}, @{$p->{region}}{qw(startLine startColumn endColumn)}' <out)" \
	"2.1.0 3 boolean boolean error a%20b.cfg 1 27 30" "SARIF"
is "$(preseed-check -i small.index -f sarif clean.cfg | query 'print scalar(@{$j->{runs}[0]{results}})')" 0 "SARIF of nothing"
finish
