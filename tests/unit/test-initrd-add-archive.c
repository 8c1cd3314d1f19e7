// SPDX-License-Identifier: MIT
/* What initrd-add reads and writes: cpio archives, compression, paths in an initrd. */
// uses: tools/initrd-add/tree.c
// uses: tools/initrd-add/newc.c
// uses: tools/initrd-add/pack.c
// uses: tools/initrd-add/unpack.c
// uses: tools/initrd-add/initrd.c
// needs: libarchive zlib
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/initrd-add/initrd.h"
#include "../../tools/initrd-add/newc.h"
#include "../../tools/initrd-add/pack.h"
#include "../../tools/initrd-add/unpack.h"
#include "cleanup.h"

#include <string.h>

static void put(struct tree *t, const char *path, uint32_t mode, const char *data)
{
	const struct node n = { .path = (char *)path,
		.mode = mode,
		.mtime = 12,
		.data = data,
		.size = strlen(data) };

	assert_non_null(tree_put(t, &n));
}

static char *packed(const struct tree *t, size_t *len)
{
	struct reason why;
	char *buf = NULL;
	FILE *f = open_memstream(&buf, len);

	assert_int_equal(pack(t, true, f, &why), 0);
	fclose(f);
	return buf;
}

static char *unpacked(const char *buf, size_t len, size_t *size)
{
	const char *why;
	size_t used;
	char *out;

	assert_int_equal(unpack(buf, len, 1 << 20, &out, size, &used, &why), 0);
	assert_int_equal(used, len);
	return out;
}

static void order_does_not_matter(void **state)
{
	_cleanup_free_ char *x = NULL, *y = NULL;
	struct tree a = { 0 }, b = { 0 };
	size_t xlen, ylen;

	(void)state;
	put(&a, "b/c", S_IFREG | 0644, "text");
	put(&a, "b", S_IFDIR | 0755, "");
	put(&a, "a", S_IFLNK | 0777, "b");
	put(&b, "a", S_IFLNK | 0777, "b");
	put(&b, "b", S_IFDIR | 0755, "");
	put(&b, "b/c", S_IFREG | 0644, "text");
	x = packed(&a, &xlen);
	y = packed(&b, &ylen);
	assert_int_equal(xlen, ylen);
	assert_memory_equal(x, y, xlen);
	assert_memory_equal(x + 4, "\0\0\0\0", 4); /* gzip's time */
	tree_free(&a);
	tree_free(&b);
}

static void what_is_written_is_read(void **state)
{
	_cleanup_free_ char *gz = NULL, *raw = NULL;
	struct tree a = { 0 }, b = { 0 };
	size_t len, size, used;
	const struct node *n;
	const char *why;

	(void)state;
	put(&a, "dir", S_IFDIR | 0700, "");
	put(&a, "dir/file", S_IFREG | 04755, "contents\n");
	put(&a, "link", S_IFLNK | 0777, "dir/file");
	put(&a, "empty", S_IFREG | 0600, "");
	gz = packed(&a, &len);
	raw = unpacked(gz, len, &size);
	assert_int_equal(newc_read(&b, raw, size, &used, &why), 0);
	assert_int_equal(used, size);
	assert_int_equal(b.count, 4);
	n = tree_get(&b, "dir/file");
	assert_int_equal(n->mode, S_IFREG | 04755);
	assert_int_equal(n->mtime, 12);
	assert_int_equal(n->size, 9);
	assert_memory_equal(n->data, "contents\n", 9);
	assert_string_equal(tree_get(&b, "link")->data, "dir/file");
	tree_free(&a);
	tree_free(&b);
}

static void damage_is_noticed(void **state)
{
	_cleanup_free_ char *gz = NULL, *raw = NULL;
	struct tree a = { 0 };
	size_t len, size, used;
	const char *why;
	char *out;

	(void)state;
	put(&a, "file", S_IFREG | 0644, "contents");
	gz = packed(&a, &len);
	raw = unpacked(gz, len, &size);
	for (size_t cut = 1; cut < len; cut++)
		assert_true(unpack(gz, cut, 1 << 20, &out, &size, &used, &why) < 0);
	gz[len - 6] ^= 1; /* gzip's checksum */
	assert_int_equal(unpack(gz, len, 1 << 20, &out, &size, &used, &why), -EBADMSG);
	tree_free(&a);
	/* One that ends anywhere within its only member. */
	for (size_t cut = 6; cut < 110 + 6 + 8; cut++) {
		assert_int_equal(newc_read(&a, raw, cut, &used, &why), -EBADMSG);
		tree_free(&a);
	}
}

static void several_archives(void **state)
{
	_cleanup_free_ char *x = NULL, *y = NULL, *both = NULL;
	char *kept[2] = { NULL, NULL };
	struct tree a = { 0 }, b = { 0 }, t = { 0 };
	size_t xlen, ylen, size, used;
	const char *why;

	(void)state;
	put(&a, "same", S_IFREG | 0644, "first");
	put(&a, "one", S_IFREG | 0644, "1");
	put(&b, "same", S_IFREG | 0644, "second");
	x = packed(&a, &xlen);
	y = packed(&b, &ylen);
	both = malloc(xlen + ylen);
	assert_non_null(both);
	memcpy(both, x, xlen);
	memcpy(both + xlen, y, ylen);
	/* one by one, as the kernel does */
	for (size_t at = 0; at < xlen + ylen; at += used) {
		char *raw;

		assert_int_equal(unpack(both + at, xlen + ylen - at, 1 << 20, &raw,
					 &size, &used, &why),
			0);
		assert_int_equal(used, at ? ylen : xlen);
		kept[at > 0] = raw;
		assert_int_equal(newc_read(&t, raw, size, &(size_t){ 0 }, &why), 0);
	}
	assert_int_equal(t.count, 2);
	assert_memory_equal(tree_get(&t, "same")->data, "second", 6);
	tree_free(&t);
	tree_free(&a);
	tree_free(&b);
	free(kept[0]);
	free(kept[1]);
	both[xlen - 7] ^= 1; /* the first one's checksum */
	{
		char *out;

		assert_int_equal(
			unpack(both, xlen + ylen, 1 << 20, &out, &size, &used, &why),
			-EBADMSG);
	}
}

static int add(struct initrd *rd, const char *path)
{
	return initrd_put_file(rd, path, 0644, "x", 1);
}

static void paths(void **state)
{
	struct initrd rd = { .name = "test" };
	const struct node dir = { .path = (char *)"/lib/", .mode = S_IFDIR | 0755 };
	const struct node twin = {
		.path = (char *)"twin", .mode = S_IFREG | 0644, .link = 7
	};

	(void)state;
	put(&rd.base, "usr", S_IFDIR | 0755, "");
	put(&rd.base, "usr/lib", S_IFDIR | 0755, "");
	put(&rd.base, "lib", S_IFLNK | 0777, "usr/lib");
	put(&rd.base, "var", S_IFLNK | 0777, "/usr/../usr/lib/");
	put(&rd.base, "loop", S_IFLNK | 0777, "loop");
	put(&rd.base, "file", S_IFREG | 0644, "");
	put(&rd.base, "out", S_IFLNK | 0777, "../../..");
	assert_non_null(tree_put(&rd.base, &twin));

	assert_int_equal(add(&rd, "/lib//./a/b"), 0);
	assert_non_null(tree_get(&rd.add, "usr/lib/a/b"));
	assert_non_null(tree_get(&rd.add, "usr/lib/a")); /* a folder that was missing */
	assert_int_equal(rd.add.count, 2);
	assert_int_equal(add(&rd, "var/c"), 0);
	assert_non_null(tree_get(&rd.add, "usr/lib/c"));
	assert_int_equal(add(&rd, "out/d"), 0); /* the root's parent is the root */
	assert_non_null(tree_get(&rd.add, "d"));
	assert_int_equal(initrd_put(&rd, &dir), 0);
	assert_null(tree_get(&rd.add, "lib"));
	assert_int_equal(add(&rd, "lib"), 0); /* a file replaces a symlink */
	assert_non_null(tree_get(&rd.add, "lib"));

	assert_int_equal(add(&rd, ""), -EINVAL);
	assert_int_equal(add(&rd, "/"), -EINVAL);
	assert_int_equal(add(&rd, "./."), -EINVAL);
	assert_int_equal(add(&rd, "a/../b"), -EINVAL);
	assert_int_equal(add(&rd, "a\nb"), -EINVAL);
	assert_int_equal(add(&rd, "usr"), -EISDIR);
	assert_int_equal(add(&rd, "file/a"), -ENOTDIR);
	assert_int_equal(add(&rd, "loop/a"), -ELOOP);
	assert_int_equal(add(&rd, "twin"), -EMLINK);
	initrd_free(&rd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_does_not_matter),
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(several_archives),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
