// SPDX-License-Identifier: MIT
/* What a guest may ask for, in which spelling it is kept, and where addresses lead to.
 */
// uses: tools/pkgcache/target.c
// uses: tools/pkgcache/address.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/pkgcache/address.h"
#include "../../tools/pkgcache/target.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static void spellings(void **state)
{
	static const char *const same[][2] = {
		{ "http://h/debian/pool/a.deb", "http://h/debian/pool/a.deb" },
		{ "HTTP://H/debian/pool/a.deb", "http://h/debian/pool/a.deb" },
		{ "http://h:80/debian/pool/a.deb", "http://h/debian/pool/a.deb" },
		{ "http://h:8080/pool/a.deb", "http://h:8080/pool/a.deb" },
		{ "http://h//debian/./pool///a.deb", "http://h/debian/pool/a.deb" },
		{ "http://h/./a.deb", "http://h/a.deb" },
		{ "http://h/pool/a+b~c.deb", "http://h/pool/a%2bb~c.deb" },
		{ "http://h/pool/a%2Bb%7ec.deb", "http://h/pool/a%2bb~c.deb" },
		{ "http://h/pool/a:1.deb", "http://h/pool/a%3a1.deb" },
		{ "http://h/pool/a%3A1.deb", "http://h/pool/a%3a1.deb" },
		{ "http://h/pool/a%253a1.deb", "http://h/pool/a%253a1.deb" },
		{ "http://h/p%6fol/%61.deb", "http://h/pool/a.deb" },
	};
	struct target t;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_int_equal(target_parse(same[i][0], NULL, &t), ALLOWED);
		assert_string_equal(t.url, same[i][1]);
	}
	assert_int_equal(target_parse("/pool/a.deb", "H:80", &t), ALLOWED);
	assert_string_equal(t.url, "http://h/pool/a.deb");
	assert_string_equal(t.host, "h");
}

static void kinds(void **state)
{
	char url[400];
	struct target t;

	(void)state;
	assert_int_equal(target_parse("http://h/pool/a.deb", NULL, &t), ALLOWED);
	assert_true(t.package && t.pool && !t.hashed);
	assert_int_equal(target_parse("http://h/pool-x/a.udeb", NULL, &t), ALLOWED);
	assert_true(t.package && t.pool);
	assert_int_equal(target_parse("http://h/x/a.deb", NULL, &t), ALLOWED);
	assert_true(t.package && !t.pool);
	assert_int_equal(target_parse("http://h/pool/a.dsc", NULL, &t), ALLOWED);
	assert_false(t.package);
	assert_int_equal(target_parse("http://h/dists/x.debx", NULL, &t), ALLOWED);
	assert_false(t.package);
	strcpy(url, "http://h/d/by-hash/SHA256/");
	memset(url + strlen(url), 'a', 64);
	url[26 + 64] = '\0';
	assert_int_equal(target_parse(url, NULL, &t), ALLOWED);
	assert_true(t.hashed);
	assert_string_equal(t.algo, "SHA256");
	assert_int_equal(strlen(t.hash), 64);
	url[30] = 'A';
	assert_int_equal(target_parse(url, NULL, &t), REFUSE_LAYOUT);
	assert_int_equal(
		target_parse("http://h/dists/by-hash/SHA256/abc", NULL, &t), ALLOWED);
	assert_false(t.hashed);
}

static void refusals(void **state)
{
	static const struct {
		const char *raw, *host;
		enum refusal why;
	} rows[] = {
		{ "", "h", REFUSE_FORM },
		{ "*", "h", REFUSE_FORM },
		{ "h:443", "h", REFUSE_FORM },
		{ "/pool/a", NULL, REFUSE_FORM },
		{ "/pool/a", "", REFUSE_HOST },
		{ "/pool/a", "a b", REFUSE_HOST },
		{ "/pool/a", "u@h", REFUSE_USERINFO },
		{ "/pool/a", "h/x", REFUSE_HOST },
		{ "https://h/pool/a", "h", REFUSE_SCHEME },
		{ "http://u@h/pool/a", "h", REFUSE_USERINFO },
		{ "http://h@/pool/a", "h", REFUSE_USERINFO },
		{ "http:///pool/a", "h", REFUSE_HOST },
		{ "http://[::1]/pool/a", "h", REFUSE_HOST },
		{ "http://h:0/pool/a", "h", REFUSE_HOST },
		{ "http://h:65536/pool/a", "h", REFUSE_HOST },
		{ "http://h:080/pool/a", "h", REFUSE_HOST },
		{ "http://h:/pool/a", "h", REFUSE_HOST },
		{ "http://h./pool/a", "h", REFUSE_HOST },
		{ "http://h..x/pool/a", "h", REFUSE_HOST },
		{ "http://h\xc3\xa4/pool/a", "h", REFUSE_HOST },
		{ "http://h", "h", REFUSE_PATH },
		{ "http://h/", "h", REFUSE_PATH },
		{ "http://h?x", "h", REFUSE_QUERY },
		{ "http://h/pool/a?", "h", REFUSE_QUERY },
		{ "http://h/pool/a#", "h", REFUSE_FRAGMENT },
		{ "http://h/pool/../a.deb", "h", REFUSE_PATH },
		{ "http://h/..", "h", REFUSE_PATH },
		{ "http://h/pool/.", "h", REFUSE_PATH },
		{ "http://h/pool/%2e/a.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%2edeb", "h", REFUSE_PATH },
		{ "http://h/pool/a%2fb.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%5cb.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a\\b.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%00.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%3fb.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%20b.deb", "h", REFUSE_PATH },
		{ "http://h/pool/a%", "h", REFUSE_PATH },
		{ "http://h/pool/a%1", "h", REFUSE_PATH },
		{ "http://h/pool/a\x80", "h", REFUSE_PATH },
		{ "http://h/pool/", "h", REFUSE_PATH },
		{ "http://h/pool", "h", REFUSE_LAYOUT },
		{ "http://h/etc/passwd", "h", REFUSE_LAYOUT },
		{ "http://h/.deb", "h", REFUSE_LAYOUT },
		{ "http://h/xpool/a", "h", REFUSE_LAYOUT },
		{ "http://h/x.diff/a", "h", REFUSE_LAYOUT },
	};
	struct target t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const enum refusal r = target_parse(rows[i].raw, rows[i].host, &t);

		if (r != rows[i].why)
			print_message("%s: %s\n", rows[i].raw, refusal_name(r));
		assert_int_equal(r, rows[i].why);
		assert_true(*refusal_text(r));
	}
}

static void lengths(void **state)
{
	char raw[URL_MAX_LEN + 2] = "http://h/pool/";
	struct target t;

	(void)state;
	memset(raw + 14, 'x', 256);
	assert_int_equal(target_parse(raw, NULL, &t), REFUSE_PATH);
	raw[14 + 255] = '\0';
	assert_int_equal(target_parse(raw, NULL, &t), ALLOWED);
	/* each takes three bytes of the spelling that is kept */
	memset(raw + 14, '+', URL_MAX_LEN - 14);
	for (size_t i = 14; i < URL_MAX_LEN; i += 200)
		raw[i] = '/';
	assert_int_equal(target_parse(raw, NULL, &t), REFUSE_PATH);
	memset(raw + 14, 'x', URL_MAX_LEN - 13);
	assert_int_equal(target_parse(raw, NULL, &t), REFUSE_PATH);
	raw[14] = '\0';
	for (int i = 0; i < 70; i++)
		strcat(raw, "x/");
	strcat(raw, "a.deb");
	assert_int_equal(target_parse(raw, NULL, &t), REFUSE_PATH);
}

static const char *kind_of(const char *text)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return address_kind((struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return address_kind((struct sockaddr *)&v6);
}

static void addresses(void **state)
{
	static const char *const inside[] = { "0.0.0.0", "0.1.2.3", "10.0.0.1",
		"10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
		"127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.8", "192.168.1.1", "198.18.0.1", "198.19.255.255", "224.0.0.1",
		"239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
		"fe80::1", "febf::1", "fec0::1", "fc00::1", "fdff::1", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
		"::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
		"2002:7f00:1::", "2002:a00:1::1", "2001:0:1::1" };
	static const char *const outside[] = { "1.1.1.1", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.1.1.1", "128.0.0.1",
		"151.101.2.132", "169.253.1.1", "172.15.1.1", "172.32.0.1", "192.0.1.1",
		"192.167.1.1", "192.169.0.1", "198.17.1.1", "198.20.0.1",
		"223.255.255.255", "2a04:4e42::644", "2600::1", "::ffff:151.101.2.132",
		"64:ff9b::151.101.2.132", "2002:9765:284::1", "2001:1::1" };
	const struct sockaddr un = { .sa_family = AF_UNIX };

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		if (!kind_of(inside[i]))
			print_message("%s\n", inside[i]);
		assert_non_null(kind_of(inside[i]));
	}
	for (size_t i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
		if (kind_of(outside[i]))
			print_message("%s\n", outside[i]);
		assert_null(kind_of(outside[i]));
	}
	assert_string_equal(kind_of("::ffff:127.0.0.1"), "loopback");
	assert_non_null(address_kind(&un));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings),
		cmocka_unit_test(kinds),
		cmocka_unit_test(refusals),
		cmocka_unit_test(lengths),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
