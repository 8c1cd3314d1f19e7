// SPDX-License-Identifier: MIT
/* EFI programs: which have a signature. */
// uses: tools/grubify/pe.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/pe.h"

#include <string.h>

enum { AT = 0x80, OPTIONAL = AT + 24, LEN = OPTIONAL + 240 };

/* A header without anything behind it; most is nothing that we look at. */
static void header(unsigned char *b)
{
	memset(b, 0, LEN);
	memcpy(b, "MZ", 2);
	b[0x3c] = AT;
	memcpy(b + AT, "PE\0\0", 4);
	b[OPTIONAL] = 0x0b;
	b[OPTIONAL + 1] = 0x02;
	b[OPTIONAL + 108] = 16;
	b[OPTIONAL + 112 + 32] = 0x10; /* where */
	b[OPTIONAL + 112 + 36] = 0x08; /* how many bytes */
}

static void with_and_without(void **state)
{
	unsigned char b[LEN];

	(void)state;
	header(b);
	assert_true(pe_is_signed(b, LEN));
	b[OPTIONAL + 112 + 36] = 0;
	assert_false(pe_is_signed(b, LEN));
	b[OPTIONAL + 112 + 39] = 1;
	assert_true(pe_is_signed(b, LEN));
}

static void no_such_program(void **state)
{
	static const struct {
		size_t at;
		unsigned char value;
	} wrong[] = { { 0, 'Z' }, { AT, 'p' }, { AT + 2, 1 }, { OPTIONAL + 1, 1 },
		{ OPTIONAL + 108, 4 }, { 0x3c, AT + 1 }, { 0x3f, 0xff } };
	unsigned char b[LEN];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		header(b);
		b[wrong[i].at] = wrong[i].value;
		assert_false(pe_is_signed(b, LEN));
	}
	assert_false(pe_is_signed(NULL, 0));
}

/* It ends with the last byte that is looked at, no earlier. */
static void broken_off(void **state)
{
	enum { NEEDED = OPTIONAL + 112 + 40 };
	unsigned char b[LEN];

	(void)state;
	header(b);
	for (size_t len = 1; len < NEEDED; len++)
		assert_false(pe_is_signed(b, len));
	assert_true(pe_is_signed(b, NEEDED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_and_without),
		cmocka_unit_test(no_such_program),
		cmocka_unit_test(broken_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
