// SPDX-License-Identifier: MIT
/* Addresses on the gate's command line, and frames cut up by a stream. */
// uses: tools/netgate/addr.c
// uses: tools/netgate/frames.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/netgate/addr.h"
#include "../../tools/netgate/frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void networks(void **state)
{
	static const char *const bad[] = { "", "10.0.2.0", "10.0.2.0/", "10.0.2.0/7",
		"10.0.2.0/30", "10.0.2.0/24x", "10.0.2/24", "10.0.2.0/-1", "/24",
		"10.0.2.0 /24", "010.0.2.256/24" };
	struct cidr c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(cidr_parse(bad[i], &c));
	assert_null(cidr_parse("192.0.2.77/26", &c));
	assert_int_equal(c.net.s_addr, inet_addr("192.0.2.64"));
	assert_int_equal(cidr_host(&c, 2).s_addr, inet_addr("192.0.2.66"));
	assert_true(cidr_has(&c, (struct in_addr){ inet_addr("192.0.2.126") }));
	assert_false(cidr_has(&c, (struct in_addr){ inet_addr("192.0.2.127") }));
	assert_false(cidr_has(&c, (struct in_addr){ inet_addr("192.0.2.64") }));
	assert_false(cidr_has(&c, (struct in_addr){ inet_addr("192.0.2.128") }));
}

static void proxies(void **state)
{
	static const char *const bad[] = { "", "=", "10.0.2.4=/s", "10.0.2.4:80",
		"10.0.2.4:80=", "10.0.2.4:80=host", "10.0.2.4:80=:80", "10.0.2.4:0=/s",
		"10.0.2.4:65536=/s", "10.0.2.4:80x=/s", "10.0.2:80=/s",
		"10.0.2.4:80=127.0.0.1:http", "10.0.2.4:80=127.0.0.1:0" };
	char longest[200];
	struct proxy p;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(proxy_parse(bad[i], &p));
	assert_null(proxy_parse("10.0.2.4:80=/run/s", &p));
	assert_int_equal(p.to.addr.ss_family, AF_UNIX);
	assert_int_equal(p.port, 80);
	assert_null(proxy_parse("10.0.2.4:80=127.0.0.1:3142", &p));
	assert_int_equal(p.to.addr.ss_family, AF_INET);
	assert_null(proxy_parse("10.0.2.4:80=[::1]:3142", &p));
	assert_int_equal(p.to.addr.ss_family, AF_INET6);
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	memcpy(longest, "10.0.2.4:80=/", 13);
	assert_non_null(proxy_parse(longest, &p));
}

static void forwards(void **state)
{
	static const char *const bad[] = { "", ":", "22", "0:0", "22:", ":22",
		"65536:22", "-1:22", "22:22:22" };
	struct forward f;
	char longest[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(forward_parse(bad[i], &f));
	assert_null(forward_parse("0:22", &f));
	assert_int_equal(f.host_port, 0);
	assert_int_equal(f.guest_port, 22);
	assert_int_equal(f.at.sun_family, AF_UNSPEC);
	assert_null(forward_parse("/tmp/a:b/s:22", &f));
	assert_int_equal(f.at.sun_family, AF_UNIX);
	assert_string_equal(f.at.sun_path, "/tmp/a:b/s");
	assert_int_equal(f.guest_port, 22);
	assert_non_null(forward_parse("/tmp/s:0", &f));
	memset(longest, 'x', sizeof(longest));
	memcpy(longest, "./", 2);
	strcpy(longest + sizeof(f.at.sun_path), ":22");
	assert_non_null(forward_parse(longest, &f));
	strcpy(longest + sizeof(f.at.sun_path) - 1, ":22");
	assert_null(forward_parse(longest, &f));
}

static void feed(struct frames_in *in, const void *data, size_t n)
{
	size_t room;
	uint8_t *p = frames_room(in, &room);

	assert_true(room >= n);
	memcpy(p, data, n);
	frames_came(in, n);
}

static void frames(void **state)
{
	static const uint8_t two[] = "\0\0\0\3abc\0\0\0\1d";
	struct frames_in *in = calloc(1, sizeof(*in));
	const uint8_t *frame;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(frames_next(in, &frame), 0);
		feed(in, two + i, 1);
	}
	feed(in, two + 6, sizeof(two) - 1 - 6);
	assert_int_equal(frames_next(in, &frame), 3);
	assert_memory_equal(frame, "abc", 3);
	assert_int_equal(frames_next(in, &frame), 1);
	assert_memory_equal(frame, "d", 1);
	assert_int_equal(frames_next(in, &frame), 0);
	feed(in, "\0\0\0\0", 4);
	assert_int_equal(frames_next(in, &frame), -EPROTO);
	memset(in, 0, sizeof(*in));
	feed(in, "\x7f\xff\xff\xff", 4);
	assert_int_equal(frames_next(in, &frame), -EPROTO);
	free(in);
}

/* A guest that does not read costs only so much memory. */
static void queue_is_bounded(void **state)
{
	struct frames_out out = { 0 };
	char frame[1500] = { 0 };
	int n = 0;

	(void)state;
	while (frames_put(&out, frame, sizeof(frame)) == 0)
		assert_true(++n < 10000);
	assert_true(n > 1000);
	frames_out_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks),
		cmocka_unit_test(proxies),
		cmocka_unit_test(forwards),
		cmocka_unit_test(frames),
		cmocka_unit_test(queue_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
