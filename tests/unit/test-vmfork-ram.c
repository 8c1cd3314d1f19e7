// SPDX-License-Identifier: MIT
/* QEMU's stream: the memory into a file, all else stays; others are refused. */
// uses: tools/vmfork/ram.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/ram.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 600 * PAGE, VGA = 2 * PAGE };
enum { ZERO = 0x02, SIZES = 0x04, WHOLE = 0x08, LAST = 0x10, CONTINUES = 0x20 };

/* --- a stream as QEMU writes it --- */

static void put32(FILE *f, uint32_t v)
{
	v = htobe32(v);
	fwrite(&v, 4, 1, f);
}

static void put64(FILE *f, uint64_t v)
{
	v = htobe64(v);
	fwrite(&v, 8, 1, f);
}

static void put_name(FILE *f, const char *name)
{
	fputc((int)strlen(name), f);
	fputs(name, f);
}

static void head(FILE *f)
{
	put32(f, 0x5145564d);
	put32(f, 3);
	fputc(7, f);
	put32(f, 2);
	fputs("pc", f);
}

static void end_section(FILE *f)
{
	put64(f, LAST);
	fputc(0x7e, f);
	put32(f, 2);
}

static void list(FILE *f, const char *name, uint64_t size)
{
	fputc(1, f);
	put32(f, 2);
	put_name(f, "ram");
	put32(f, 0);
	put32(f, 4);
	put64(f, (SIZE + VGA) | SIZES);
	put_name(f, name);
	put64(f, size);
	put_name(f, "vga");
	put64(f, SIZE + VGA - size);
	end_section(f);
}

static void begin(FILE *f, int type)
{
	fputc(type, f);
	put32(f, 2);
}

/* name NULL: as before */
static void page(FILE *f, const char *name, unsigned n, int c)
{
	put64(f, (uint64_t)n * PAGE | (c ? WHOLE : ZERO) | (name ? 0 : CONTINUES));
	if (name)
		put_name(f, name);
	for (int i = 0; i < (c ? PAGE : 1); i++)
		fputc(c, f);
}

/* Of a guest that ran: page 3 came twice, page 4 was zeros in the end. */
static void sample(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE);
	begin(f, 2);
	page(f, name, 0, 'a');
	page(f, NULL, 1, 0);
	page(f, NULL, 3, 'b');
	page(f, NULL, 4, 'c');
	page(f, "vga", 0, 'v');
	page(f, NULL, 1, 0);
	end_section(f);
	fwrite("\x08\x00\x0b\x00\x02hi", 7, 1, f);
	begin(f, 3);
	for (unsigned i = 100; i < 500; i++)
		page(f, i == 100 ? name : NULL, i, 'd');
	page(f, NULL, 599, 'e');
	page(f, NULL, 3, 'B');
	page(f, NULL, 4, 0);
	end_section(f);
	fputs("\x04 devices, and what they are", f);
}

static void left(FILE *f)
{
	head(f);
	list(f, "memory", SIZE);
	begin(f, 2);
	page(f, "vga", 0, 'v');
	page(f, NULL, 1, 0);
	end_section(f);
	fwrite("\x08\x00\x0b\x00\x02hi", 7, 1, f);
	begin(f, 3);
	end_section(f);
	fputs("\x04 devices, and what they are", f);
}

struct text {
	char *p;
	size_t n;
};

static struct text made(void (*make)(FILE *f, const char *name), const char *name)
{
	struct text t = { 0 };
	FILE *f = open_memstream(&t.p, &t.n);

	make(f, name);
	fclose(f);
	return t;
}

static void make_left(FILE *f, const char *name)
{
	(void)name;
	left(f);
}

/* --- taken apart --- */

static int take(struct text in, struct text *out, int memory)
{
	FILE *from = fmemopen(in.p, in.n, "r"), *to = open_memstream(&out->p, &out->n);
	int r;

	assert_int_equal(ftruncate(memory, SIZE), 0);
	r = ram_take_out(from, to, memory, SIZE);
	fclose(from);
	fclose(to);
	return r;
}

static int filled(int memory, unsigned n)
{
	unsigned char page[PAGE];

	assert_int_equal(pread(memory, page, PAGE, (off_t)n * PAGE), PAGE);
	for (int i = 1; i < PAGE; i++)
		assert_int_equal(page[i], page[0]);
	return page[0];
}

static int wanted(unsigned n)
{
	switch (n) {
	case 0:
		return 'a';
	case 3:
		return 'B';
	case 599:
		return 'e';
	default:
		return n >= 100 && n < 500 ? 'd' : 0;
	}
}

static void taken_apart(void **state)
{
	static const char *const names[] = { "pc.ram", "memory" };
	const struct text want = made(make_left, NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct text in = made(sample, names[i]);
		const int memory = memfd_create("memory", 0);
		struct text out = { 0 };
		struct stat st;

		assert_int_equal(take(in, &out, memory), 0);
		assert_int_equal(out.n, want.n);
		assert_memory_equal(out.p, want.p, want.n);
		for (unsigned n = 0; n < SIZE / PAGE; n++)
			assert_int_equal(filled(memory, n), wanted(n));
		fstat(memory, &st);
		assert_int_equal(st.st_size, SIZE);
		assert_true(st.st_blocks <= 404 * PAGE / 512);
		free(in.p);
		free(out.p);
		close(memory);
	}
	free(want.p);
}

/* --- refused --- */

static void refused(struct text in, int want)
{
	const int memory = memfd_create("memory", 0);
	struct text out = { 0 };

	assert_int_equal(take(in, &out, memory), want);
	free(out.p);
	close(memory);
}

/* Wherever it ends before the devices do. */
static void cut(void **state)
{
	struct text in = made(sample, "pc.ram");
	const size_t all = in.n - strlen("\x04 devices, and what they are");

	(void)state;
	for (in.n = 1; in.n < all; in.n++)
		if (in.n < 300 || in.n > all - 300 || in.n % 997 == 0)
			refused(in, -EBADMSG);
	free(in.p);
}

static void other_memory(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE - PAGE);
}

static void no_memory(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE);
	begin(f, 3);
	end_section(f);
}

static void unknown_flag(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE);
	begin(f, 2);
	put64(f, 0x100);
}

static void outside(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE);
	begin(f, 2);
	page(f, name, SIZE / PAGE, 'x');
}

static void of_nothing(FILE *f, const char *name)
{
	head(f);
	list(f, name, SIZE);
	begin(f, 2);
	page(f, NULL, 0, 'x');
}

static void other_section(FILE *f, const char *name)
{
	(void)name;
	head(f);
	begin(f, 1);
	put_name(f, "dirty-bitmap");
}

static void capabilities(FILE *f, const char *name)
{
	head(f);
	fputc(5, f);
	put_name(f, name);
}

static void refusals(void **state)
{
	static const struct {
		void (*make)(FILE *f, const char *name);
		const char *name;
		int want;
	} all[] = {
		{ other_memory, "pc.ram", -ENOTSUP },
		{ no_memory, "mach-virt.ram", -ENOTSUP },
		{ unknown_flag, "pc.ram", -ENOTSUP },
		{ outside, "pc.ram", -EBADMSG },
		{ of_nothing, "pc.ram", -EBADMSG },
		{ other_section, "", -ENOTSUP },
		{ capabilities, "configuration/capabilities", -ENOTSUP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct text in = made(all[i].make, all[i].name);

		refused(in, all[i].want);
		free(in.p);
	}
	refused((struct text){ (char *)"QEVM\0\0\0\2", 8 }, -EBADMSG);
	refused((struct text){ (char *)"LibvirtQemudSave", 16 }, -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_apart),
		cmocka_unit_test(cut),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
