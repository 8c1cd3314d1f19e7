// SPDX-License-Identifier: MIT
/* randomart's parts: the walk, and what a line may be. */
// uses: tools/randomart/walk.c
// uses: tools/randomart/record.c tools/randomart/key.c
// needs: libcrypto
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/randomart/record.h"
#include "../../tools/randomart/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void corners(void **state)
{
	uint8_t nw[16] = { 0 }, se[16];
	struct board b;

	(void)state;
	memset(se, 0xff, sizeof(se));
	walk_draw(&b, nw, sizeof(nw));
	assert_int_equal(b.end_x, 0);
	assert_int_equal(b.end_y, 0);
	assert_int_equal(b.cell[0][0], WALK_END);
	assert_int_equal(b.cell[WALK_H / 2][WALK_W / 2], WALK_START);
	/* 64 steps: 8 to the wall, the fourth of them meets the upper one. */
	assert_int_equal(b.cell[0][4], 1);
	walk_draw(&b, se, sizeof(se));
	assert_int_equal(b.end_x, WALK_W - 1);
	assert_int_equal(b.end_y, WALK_H - 1);
}

static void back_to_the_middle(void **state)
{
	const uint8_t there_and_back[] = { 0x33 }; /* SE NW SE NW */
	struct board b;

	(void)state;
	walk_draw(&b, there_and_back, 1);
	assert_int_equal(b.cell[WALK_H / 2][WALK_W / 2], WALK_END);
	assert_int_equal(b.cell[WALK_H / 2 + 1][WALK_W / 2 + 1], 2);
}

static void counts_stop(void **state)
{
	uint8_t d[64];
	struct board b;

	(void)state;
	memset(d, 0x33, sizeof(d));
	d[63] = 0;
	walk_draw(&b, d, sizeof(d));
	assert_int_equal(b.cell[WALK_H / 2 + 1][WALK_W / 2 + 1], WALK_START - 1);
}

static void differences(void **state)
{
	uint8_t diff[WALK_H][WALK_W];
	struct board b[3] = { 0 };

	(void)state;
	assert_int_equal(walk_differ(b, 3, diff), 0);
	b[2].cell[3][4] = 1;
	b[1].cell[8][16] = 2;
	assert_int_equal(walk_differ(b, 3, diff), 2);
	assert_int_equal(diff[3][4], 1);
	assert_int_equal(diff[8][16], 1);
}

#define ED25519                                                                        \
	"ssh-ed25519 "                                                                 \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBU81XLsMkBqeLqZIODE8/Rcd1TWw5IABkX8fkYVo0DJ"
#define ED25519_SHA256 "SHA256:/waFXsi6VgYrrogpeEX14Q8Ej9L56wv9NJbFwLIBrP8"
#define OLD_MD5	       "20:e9:b0:5b:5a:2b:ad:e8:4d:e4:b3:a0:32:49:2d:97"

static void lines(void **state)
{
	static const struct {
		const char *line;
		int got;
		const char *type, *comment, *fingerprint;
		unsigned bits;
	} cases[] = {
		{ "", LINE_EMPTY, 0, 0, 0, 0 },
		{ " \t# host:22 SSH-2.0-x", LINE_EMPTY, 0, 0, 0, 0 },
		{ ED25519, LINE_RECORD, "ED25519", NULL, ED25519_SHA256, 256 },
		{ "  " ED25519 "\tme @ home \r", LINE_RECORD, "ED25519", "me @ home ",
			ED25519_SHA256, 256 },
		{ "|1|aGFzaA==|c2FsdA== " ED25519, LINE_RECORD, "ED25519",
			"|1|aGFzaA==|c2FsdA==", ED25519_SHA256, 256 },
		{ "@cert-authority *.example " ED25519 " ca", LINE_RECORD, "ED25519",
			"ca", ED25519_SHA256, 256 },
		{ "command=\"x \\\" y\",pty " ED25519, LINE_RECORD, "ED25519",
			"command=\"x \\\" y\",pty", ED25519_SHA256, 256 },
		{ OLD_MD5, LINE_RECORD, "", NULL, "MD5:" OLD_MD5, 0 },
		{ "MD5:20:E9:B0:5B:5A:2B:AD:E8:4D:E4:B3:A0:32:49:2D:97", LINE_RECORD,
			"", NULL, "MD5:" OLD_MD5, 0 },
		{ "2048 " OLD_MD5 " root@old (RSA)", LINE_RECORD, "RSA", "root@old",
			"MD5:" OLD_MD5, 2048 },
		{ "256 " ED25519_SHA256 " no comment (ED25519)", LINE_RECORD, "ED25519",
			NULL, ED25519_SHA256, 256 },
		{ "ED25519 key fingerprint is " ED25519_SHA256 ".", LINE_RECORD,
			"ED25519", NULL, ED25519_SHA256, 0 },
		{ "/waFXsi6VgYrrogpeEX14Q8Ej9L56wv9NJbFwLIBrP8", LINE_RECORD, "", NULL,
			ED25519_SHA256, 0 },
		{ "SHA256:/waFXsi6VgYrrogpeEX14Q8Ej9L56wv9NJbFwLIBrP", LINE_UNKNOWN, 0,
			0, 0, 0 },
		{ "MD5:20:e9:b0", LINE_UNKNOWN, 0, 0, 0, 0 },
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBU8", LINE_BROKEN, 0, 0, 0, 0 },
		{ "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBU81XLsMkBqeLqZIODE8/"
		  "Rcd1TWw5IABkX8fkYVo0DJ",
			LINE_BROKEN, 0, 0, 0, 0 },
		{ "ssh-ed25519", LINE_UNKNOWN, 0, 0, 0, 0 },
		{ "what is this", LINE_UNKNOWN, 0, 0, 0, 0 },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", LINE_PRIVATE, 0, 0, 0, 0 },
		{ "PuTTY-User-Key-File-2: ssh-rsa", LINE_PRIVATE, 0, 0, 0, 0 },
		{ "---- BEGIN SSH2 PUBLIC KEY ----", LINE_FOREIGN, 0, 0, 0, 0 },
		{ "-----BEGIN RSA PUBLIC KEY-----", LINE_FOREIGN, 0, 0, 0, 0 },
	};

	(void)state;
	assert_int_equal(hash_select("sha256"), 0);
	assert_int_equal(hash_select("sha3"), -EINVAL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *line = strdup(cases[i].line), fp[FINGERPRINT_MAX];
		struct record r;

		if (record_read(&r, line) != cases[i].got)
			fail_msg("%s", cases[i].line);
		if (cases[i].got == LINE_RECORD) {
			record_fingerprint(&r, fp);
			assert_string_equal(fp, cases[i].fingerprint);
			assert_string_equal(r.type, cases[i].type);
			assert_int_equal(r.bits, cases[i].bits);
			assert_string_equal(r.comment ? r.comment : "(none)",
				cases[i].comment ? cases[i].comment : "(none)");
		}
		free(line);
	}
	record_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corners),
		cmocka_unit_test(back_to_the_middle),
		cmocka_unit_test(counts_stop),
		cmocka_unit_test(differences),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
