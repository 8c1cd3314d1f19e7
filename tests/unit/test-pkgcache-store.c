// SPDX-License-Identifier: MIT
/* What a stored file begins with, the lists of checksums, and parts that two fill. */
// uses: tools/pkgcache/target.c
// uses: tools/pkgcache/header.c
// uses: tools/pkgcache/sums.c
// uses: tools/pkgcache/store.c tools/pkgcache/place.c tools/pkgcache/room.c
// uses: tools/pkgcache/digest.c
// needs: libcrypto libxxhash
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/pkgcache/store.h"
#include "../../tools/pkgcache/sums.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define URL "http://h/debian/pool/a_1_all.deb"

/* --- headers --- */

static void headers(void **state)
{
	struct header h = { .url = URL,
		.size = 12345678901,
		.etag = "\"x\"",
		.modified = "Sat, 06 Sep 2025 10:12:42 GMT" },
		      got;
	char block[HEADER_SIZE], bad[HEADER_SIZE];
	size_t covered, n;

	(void)state;
	memset(h.sha256, 'a', 64);
	n = header_write(&h, block);
	memset(h.sum, 'b', 32);
	assert_int_equal(header_write(&h, block), n);
	assert_true(header_read(block, &got, &covered));
	assert_int_equal(covered, n);
	assert_memory_equal(&got, &h, sizeof(h));

	h = (struct header){ .url = URL, .size = -1 };
	header_write(&h, block);
	assert_true(header_read(block, &got, &covered));
	assert_int_equal(got.size, -1);
	assert_string_equal(got.sum, "");

	/* each of its bytes matters, or what it says is another */
	h.size = 5;
	n = header_write(&h, block);
	for (size_t i = 0; i < n; i++) {
		memcpy(bad, block, sizeof(bad));
		bad[i] = '\n';
		assert_true(bad[i] == block[i] || !header_read(bad, &got, &covered));
	}
	memcpy(bad, block, sizeof(bad));
	bad[HEADER_SIZE - 1] = 'x';
	assert_false(header_read(bad, &got, &covered));
	memset(bad, 0, sizeof(bad));
	assert_false(header_read(bad, &got, &covered));
	memset(bad, 'x', sizeof(bad));
	assert_false(header_read(bad, &got, &covered));
}

static void longest(void **state)
{
	struct header h = { .size = INT64_MAX / 10 }, got;
	char block[HEADER_SIZE];
	size_t covered;

	(void)state;
	memset(h.url, 'u', URL_MAX_LEN);
	memset(h.etag, 'e', VALIDATOR_MAX);
	memset(h.modified, 'm', VALIDATOR_MAX);
	memset(h.sha256, 'a', 64);
	memset(h.sum, 'b', 32);
	header_write(&h, block);
	assert_true(header_read(block, &got, &covered));
	assert_memory_equal(&got, &h, sizeof(h));
	assert_false(validator_ok("", 0));
	assert_false(validator_ok("a\nb", 3));
	assert_false(validator_ok(h.url, VALIDATOR_MAX + 1));
}

/* --- checksums --- */

static char aa[65], bb[65];

static void add(struct sums *s, const char *name, const char *file, const char *sha256)
{
	char text[400];

	snprintf(text, sizeof(text), "Package: x\nFilename: %s\nSHA256: %s\n", file,
		sha256);
	assert_int_equal(sums_add(s, name, text, strlen(text)), 0);
}

static void sums(void **state)
{
	struct sums s = { 0 };

	(void)state;
	memset(aa, 'a', 64);
	memset(bb, 'b', 64);
	assert_int_equal(sums_fit(&s, URL, aa), FIT_UNKNOWN);
	add(&s, "Packages", "pool/a_1_all.deb", aa);
	assert_int_equal(sums_fit(&s, URL, aa), FIT_YES);
	assert_int_equal(sums_fit(&s, URL, bb), FIT_NO);
	assert_int_equal(
		sums_fit(&s, "http://h/debian/pool/a_2_all.deb", bb), FIT_UNKNOWN);
	assert_int_equal(
		sums_fit(&s, "http://h/debian/xpool/a_1_all.deb", bb), FIT_UNKNOWN);
	assert_true(sums_know(&s, "http://other/x/y/pool/a_1_all.deb"));
	add(&s, "b_Packages", "pool/a_1_all.deb", bb);
	assert_int_equal(sums_fit(&s, URL, bb), FIT_YES);
	sums_free(&s);

	add(&s, "h.org_debian_dists_x_main_binary-amd64_Packages",
		"pool/a+b_1%3a2_all.deb", aa);
	assert_int_equal(
		sums_fit(&s, "http://h.org/debian/pool/a%2bb_1%253a2_all.deb", bb),
		FIT_NO);
	assert_false(sums_know(&s, "http://h.org/pool/a%2bb_1%253a2_all.deb"));
	assert_false(sums_know(&s, "http://i.org/debian/pool/a%2bb_1%253a2_all.deb"));
	add(&s, "h.org_my%5fown_._Packages", "./b.deb", aa);
	assert_true(sums_know(&s, "http://h.org/my_own/b.deb"));
	add(&s, "h.org_flat_Packages", "sub/b.deb", aa);
	assert_true(sums_know(&s, "http://h.org/flat/sub/b.deb"));
	/* what is no file of an archive is no file of this one */
	add(&s, "Packages", "../../etc/passwd", aa);
	add(&s, "Packages", "pool/c.deb", "short");
	assert_false(sums_know(&s, "http://h.org/pool/c.deb"));
	assert_int_equal(sums_add(&s, "Packages", "no list", 7), -EBADMSG);
	for (int i = 0; i < 5000; i++) {
		char file[40];

		snprintf(file, sizeof(file), "pool/p%d.deb", i);
		add(&s, "Packages", file, aa);
	}
	assert_int_equal(sums_fit(&s, "http://x/pool/p4999.deb", aa), FIT_YES);
	assert_int_equal(sums_fit(&s, "http://x/pool/p0.deb", bb), FIT_NO);
	sums_free(&s);
}

/* --- parts --- */

static char folder[] = "/tmp/pkgcache-store.XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command); /* NOLINT(cert-env33-c) */
}

/* As two processes: each has descriptors of its own, and so have the locks. */
static void parts(void **state)
{
	struct header h = { .url = URL, .size = 3 }, got;
	struct store one, two;
	struct part filling, other, reading;
	uint64_t have;

	(void)state;
	assert_int_equal(store_open(&one, folder), 0);
	assert_int_equal(store_open(&two, folder), 0);
	assert_int_equal(part_join(&two, URL, &reading, &got), -ENOENT);
	assert_int_equal(part_begin(&one, URL, &filling), 0);
	assert_int_equal(part_begin(&two, URL, &other), -EBUSY);
	assert_int_equal(part_join(&two, URL, &reading, &got), -EAGAIN);
	assert_false(part_followed(&filling));
	assert_int_equal(part_header(&filling, &h), 0);
	assert_int_equal(part_join(&two, URL, &reading, &got), 0);
	assert_string_equal(got.url, URL);
	assert_true(part_followed(&filling));
	assert_false(part_take(&reading));
	assert_int_equal(pwrite(filling.fd, "ab", 2, HEADER_SIZE), 2);
	assert_int_equal(part_look(&reading, &got, &have), 0);
	assert_int_equal(have, 2);
	/* nobody sweeps it away, with who fills it gone, too */
	store_tidy(&two, 1);
	part_leave(&one, &filling);
	close(filling.fd);
	store_tidy(&one, 1);
	assert_int_equal(part_begin(&one, URL, &other), -EBUSY);
	assert_true(part_take(&reading));
	assert_int_equal(part_begin(&one, URL, &other), -EBUSY);
	part_leave(&two, &reading);
	close(reading.fd);
	assert_int_equal(part_join(&one, URL, &reading, &got), -ENOENT);

	/* one that was killed */
	assert_int_equal(part_begin(&one, URL, &filling), 0);
	close(filling.fd);
	assert_int_equal(part_join(&two, URL, &reading, &got), -ENOENT);
	assert_int_equal(part_begin(&two, URL, &filling), 0);
	close(filling.fd);
	store_close(&one);
	store_close(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(longest),
		cmocka_unit_test(sums),
		cmocka_unit_test_setup_teardown(parts, make_folder, remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
