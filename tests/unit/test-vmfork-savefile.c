// SPDX-License-Identifier: MIT
/* What libvirt puts before the memory: taken apart and put together. */
// uses: tools/vmfork/savefile.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/savefile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DATA_LEN = 20, COOKIE = 32, RUNNING = 24, COMPRESSED = 28, VERSION = 16 };

static void set32(char *p, size_t at, uint32_t v)
{
	memcpy(p + at, &v, sizeof(v));
}

/* A file with XML and cookie, zeros behind as libvirt pads it. */
static size_t sample(char *p, const char *xml, const char *cookie)
{
	const size_t x = strlen(xml) + 1, c = cookie ? strlen(cookie) + 1 : 0;

	memset(p, 0, 4096);
	memcpy(p, "LibvirtQemudSave", 16);
	set32(p, VERSION, 2);
	set32(p, DATA_LEN, (uint32_t)(x + c + 100));
	set32(p, RUNNING, 1);
	set32(p, COOKIE, cookie ? (uint32_t)x : 0);
	memcpy(p + SAVEFILE_HEADER, xml, x);
	if (cookie)
		memcpy(p + SAVEFILE_HEADER + x, cookie, c);
	return SAVEFILE_HEADER + x + c + 100;
}

static void whole(void **state)
{
	char data[4096];
	const size_t n = sample(data, "<domain/>", "<cookie/>");
	struct savefile s, again;
	size_t len;
	void *out;

	(void)state;
	assert_int_equal(savefile_length(data, &len), 0);
	assert_int_equal(len, n);
	assert_int_equal(savefile_parse(&s, data, n), 0);
	assert_string_equal(s.xml, "<domain/>");
	assert_string_equal(s.cookie, "<cookie/>");
	assert_int_equal(savefile_make(&s, "<domain>other</domain>", &out, &len), 0);
	assert_int_equal(savefile_parse(&again, out, len), 0);
	assert_string_equal(again.xml, "<domain>other</domain>");
	assert_string_equal(again.cookie, "<cookie/>");
	assert_int_equal(again.stream, len);
	free(out);
	savefile_free(&again);
	savefile_free(&s);
}

static void without_cookie(void **state)
{
	char data[4096];
	const size_t n = sample(data, "<domain/>", NULL);
	struct savefile s;

	(void)state;
	assert_int_equal(savefile_parse(&s, data, n), 0);
	assert_null(s.cookie);
	savefile_free(&s);
}

static void refused(uint32_t at, uint32_t value, int want)
{
	char data[4096];
	const size_t n = sample(data, "<domain/>", "<cookie/>");
	struct savefile s;

	set32(data, at, value);
	assert_int_equal(savefile_parse(&s, data, n), want);
}

static void refusals(void **state)
{
	char data[4096];
	const size_t n = sample(data, "<domain/>", "<cookie/>");
	struct savefile s;

	(void)state;
	refused(0, 0, -EBADMSG);
	refused(VERSION, 3, -ENOTSUP);
	refused(COMPRESSED, 2, -ENOTSUP);
	refused(RUNNING, 0, -ENOTSUP);
	refused(DATA_LEN, 0, -EBADMSG);
	refused(DATA_LEN, UINT32_MAX, -EBADMSG);
	refused(DATA_LEN, 4000, -EBADMSG);
	refused(SAVEFILE_HEADER, 0, -EBADMSG); /* no XML at all */
	refused(COOKIE, 3, -EBADMSG);
	refused(COOKIE, UINT32_MAX, -EBADMSG);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(savefile_parse(&s, data, i), -EBADMSG);
	memcpy(data, "LibvirtQemudPart", 16);
	assert_int_equal(savefile_parse(&s, data, n), -EINPROGRESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(without_cookie),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
