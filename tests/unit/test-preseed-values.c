// SPDX-License-Identifier: MIT
/* What the values of a recipe must look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>


#include "nearest.h"
#include "platform.h"
#include "../../tools/recipe/utf8.h"
#include "../../tools/recipe/release.h"
#include "../../tools/recipe/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef bool check(const char *s, struct why *why);

/* Lists end with NULL. A refusal has a reason. */
static void all(check *good, const char *const *list, bool want)
{
	for (; *list; list++) {
		struct why why = { "" };

		if (good(*list, &why) != want)
			fail_msg("%s: %s", *list, want ? why.text : "was taken");
		if (!want)
			assert_true(*why.text);
	}
}

#define GOOD(f, ...) all(f, (const char *const[]){ __VA_ARGS__, NULL }, true)
#define BAD(f, ...)  all(f, (const char *const[]){ __VA_ARGS__, NULL }, false)

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void names(void **state)
{
	(void)state;
	GOOD(label_ok, "a", "web", "web-1", "1web", A63);
	BAD(label_ok, "", "-a", "a-", "a.b", "A", "a_b", A63 "a", "a b", "\xc3\xa4");
	GOOD(domain_ok, "example.org", "a", "A.b-c.d", A63 "." A63 "." A63);
	BAD(domain_ok, "", ".", "a.", ".a", "a..b", "a b", A63 "a.b",
		A63 "." A63 "." A63 "." A63);
	GOOD(package_ok, "nginx", "g++", "libstdc++6", "0ad", "a.b-c", "foo+");
	BAD(package_ok, "", "a", "A1", "-ab", "+ab", "a_b", "ab-", "a;b", "ab/trixie");
	GOOD(user_ok, "anna", "_x", "a-b_9", "a23456789012345678901234567890ab");
	BAD(user_ok, "", "Anna", "9a", "-a", "a.b", "a b", "root", "www-data",
		"a23456789012345678901234567890abc");
}

static void places(void **state)
{
	(void)state;
	GOOD(url_ok, "http://a", "https://deb.debian.org/debian", "http://a:8080/",
		"http://10.0.2.2:1/x/~y");
	BAD(url_ok, "", "a", "ftp://a", "http://", "http://a:", "http://a:0",
		"http://a:65536", "http://a: 80", "http://a b", "http://a/b c",
		"http://u@a/", "http://a/?q", "http://a/$(x)", "http://a/'",
		"http://-a", "http://a:80x");
	GOOD(target_ok, "/a", "/a/b", "/a b/..c", "/...");
	BAD(target_ok, "", "/", "a", "a/b", "/a/", "//a", "/a//b", "/./a", "/a/..",
		"/../a", "/a/.");
	GOOD(zone_ok, "Etc/UTC", "Etc/GMT+5", "US/Eastern", "posix/Europe/Berlin",
		"Africa/Abidjan", "Zulu", "America/Argentina/Ushuaia");
	BAD(zone_ok, "Europe/Atlantis", "europe/berlin", "Europe", "zone.tab", "right/UTC");
	BAD(zone_ok, "", "/etc/passwd", "../passwd", "Etc/../UTC", "Etc//UTC", "Etc/",
		"Etc/UTC;x");
}

static void one_spelling(void **state)
{
	static const char *const same[][2] = {
		{ "http://a", "http://a" },
		{ "http://a/", "http://a" },
		{ "http://a//", "http://a" },
		{ "http://a/.", "http://a" },
		{ "http://a:80/b", "http://a:80/b" },
		{ "https://a//b/./c///", "https://a/b/c" },
		{ "http://a/./././b", "http://a/b" },
		{ "http://a/.b/c./...", "http://a/.b/c./..." },
		{ "http://a/%62%2Fc%7e%2b%2B", "http://a/b%2Fc~%2B%2B" },
		{ "http://a/%2e/b%2E", "http://a/b." },
		{ "http://a/%00%ff", "http://a/%00%FF" },
	};
	static const char *const refused[] = { "http://a/..", "http://a/b/../c",
		"http://a/%2e%2E/c", "http://a/%2", "http://a/%", "http://a/%g0",
		"http://a/%0g" };
	struct why why;
	char s[64];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		snprintf(s, sizeof(s), "%s", same[i][0]);
		assert_true(url_normal(s, &why));
		assert_string_equal(s, same[i][1]);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		snprintf(s, sizeof(s), "%s", refused[i]);
		assert_false(url_normal(s, &why));
	}
}

static void zones(void **state)
{
	struct why why;

	(void)state;
	assert_string_equal(zone_known("posix/Europe/Berlin"), "Europe/Berlin");
	assert_null(zone_known("Nowhere/At_All"));
	assert_string_equal(zone_now("US/Eastern"), "America/New_York");
	assert_string_equal(zone_now("Europe/Kiev"), "Europe/Kyiv");
	assert_string_equal(zone_now("EST5EDT"), "America/New_York");
	assert_null(zone_now("Europe/Kyiv"));
	assert_null(zone_now("Etc/GMT+5"));
	assert_false(zone_ok("Europe/Berln", &why));
	assert_non_null(strstr(why.text, "did you mean Europe/Berlin?"));
	assert_false(zone_ok("Europe/Xyzzy_Plugh", &why));
	assert_null(strstr(why.text, "did you mean"));
}

static void sizes(void **state)
{
	struct why why;

	(void)state;
	assert_int_equal(size_bytes("1K"), 1024);
	assert_int_equal(size_bytes("4G"), 4LL << 30);
	assert_int_equal(size_bytes("4GiB"), 4LL << 30);
	assert_int_equal(size_bytes("2T"), 2LL << 40);
	assert_int_equal(size_bytes("4"), 0);
	assert_int_equal(size_bytes("4GB"), 0);
	assert_int_equal(size_bytes("-4G"), 0);
	assert_int_equal(size_bytes(" 4G"), 0);
	assert_int_equal(size_bytes("+4G"), 0);
	assert_int_equal(size_bytes(""), 0);
	assert_int_equal(size_bytes("G"), 0);
	assert_int_equal(size_bytes("99999999999999999999G"), 0);
	assert_int_equal(size_bytes("18446744073709551615K"), 0);
	assert_true(size_ok("1M", 1 << 20, 1 << 20, &why));
	assert_false(size_ok("2M", 1 << 20, 1 << 20, &why));
	assert_true(number_ok("8", 8, 8, &why));
	assert_false(number_ok("", 0, 8, &why));
	assert_false(number_ok("0x8", 1, 8, &why));
	assert_false(number_ok("99999999999999999999", 1, 8, &why));
}

static void tables(void **state)
{
	(void)state;
	assert_string_equal(locale_known("de_DE"), "de_DE.UTF-8");
	assert_string_equal(locale_known("de_DE.utf8"), "de_DE.UTF-8");
	assert_string_equal(locale_known("de_DE.UTF-8"), "de_DE.UTF-8");
	assert_string_equal(locale_known("hi_IN.UTF-8"), "hi_IN");
	assert_string_equal(locale_known("C"), "C.UTF-8");
	assert_string_equal(locale_known("POSIX"), "C.UTF-8");
	assert_null(locale_known("de_DE.ISO-8859-1"));
	assert_null(locale_known("de_DE@euro"));
	assert_null(locale_known("xx_YY"));
	assert_null(locale_known(""));
	assert_null(locale_known(A63 A63));
	assert_true(keymap_known("ch(fr)"));
	assert_false(keymap_known("ch("));
	assert_string_equal(release_find("13")->codename, "trixie");
	assert_string_equal(release_find("testing")->codename, "forky");
	assert_null(release_find("sid"));
	assert_ptr_equal(release_find("24.04")->of, &ubuntu);
	assert_ptr_equal(release_find("stable")->of, &debian);
	assert_false(release_find("noble")->old_zones);
	assert_true(release_find("jammy")->old_zones);
	assert_string_equal(release_mirror(&ubuntu, platform_find("arm64")),
		"http://ports.ubuntu.com/ubuntu-ports");
	assert_string_equal(release_security(&ubuntu, platform_find("amd64")),
		"security.ubuntu.com");
	assert_string_equal(release_mirror(&debian, platform_find("arm64")),
		"http://deb.debian.org/debian");
	assert_string_equal(platform_find("x86_64")->name, "amd64");
	assert_null(platform_find(""));
}

static void keys_of_ssh(void **state)
{
	static const char blob[] = "AAAAC3NzaC1lZDI1NTE5AAAAILcp367yQbX9mRPoSHAW0rTN9"
				   "udl/OXqueqHEsmBajzg";
	char good[200], other[200];

	(void)state;
	snprintf(good, sizeof(good), "ssh-ed25519 %s a comment", blob);
	snprintf(other, sizeof(other), "ssh-rsa %s", blob);
	GOOD(ssh_key_ok, good);
	BAD(ssh_key_ok, other, "", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA",
		"ssh-ed25519 %%%%", "no-pty ssh-ed25519 AAAA", "ssh-dss AAAA",
		"-----BEGIN OPENSSH PRIVATE KEY-----");
}

static void plain_text(void **state)
{
	(void)state;
	assert_null(text_fault("a\t\xc3\xa4\xe2\x82\xac\xf0\x9f\x8c\xb1", 11));
	assert_non_null(text_fault("a\0b", 3));
	assert_non_null(text_fault("\xc0\x80", 2));	    /* overlong */
	assert_non_null(text_fault("\xe0\x80\x80", 3));	    /* overlong */
	assert_non_null(text_fault("\xf0\x80\x80\x80", 4)); /* overlong */
	assert_non_null(text_fault("\xed\xa0\x80", 3));	    /* surrogate */
	assert_non_null(text_fault("\xf4\x90\x80\x80", 4)); /* beyond */
	assert_non_null(text_fault("\xe2\x82", 2));	    /* cut */
	assert_non_null(text_fault("\x80", 1));
	assert_non_null(text_fault("\xc2\x85", 2));	/* C1 */
	assert_non_null(text_fault("\xe2\x80\xa8", 3)); /* line separator */
	assert_non_null(text_fault("\x7f", 1));
}

static void distances(void **state)
{
	(void)state;
	assert_int_equal(edit_distance("", ""), 0);
	assert_int_equal(edit_distance("abc", ""), 3);
	assert_int_equal(edit_distance("", "abc"), 3);
	assert_int_equal(edit_distance("pakage", "package"), 1);
	assert_int_equal(edit_distance("kitten", "sitting"), 3);
	assert_int_equal(edit_distance("ngnix", "nginx"), 1);
	assert_int_equal(edit_distance("ab", "ba"), 1);
	assert_int_equal(edit_distance("abcd", "badc"), 2);
	assert_true(near_enough("disc", edit_distance("disc", "disk")));
	assert_false(
		near_enough("frobnicate", edit_distance("frobnicate", "firmware")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(places), cmocka_unit_test(one_spelling),
		cmocka_unit_test(zones),
		cmocka_unit_test(sizes),
		cmocka_unit_test(tables),
		cmocka_unit_test(keys_of_ssh),
		cmocka_unit_test(plain_text),
		cmocka_unit_test(distances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
