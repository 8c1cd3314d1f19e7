// SPDX-License-Identifier: MIT
/* lvmtidy's reading of directories: each entry once, however large, and what is kept.
 */
// uses: tools/lvmtidy/dirread.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/lvmtidy/dirread.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* A directory of so many files, as large reads of the kernel's return it. */
static unsigned long many, told;

static ssize_t tell_many(char *buf, size_t room)
{
	size_t at_byte = 0;

	for (; told < many && room - at_byte >= 40; told++, at_byte += 40) {
		struct dirent64 *d = (void *)(buf + at_byte);

		memset(d, 0, 40);
		d->d_ino = 12 + told * 7919 % many;
		d->d_reclen = 40;
		d->d_type = DT_REG;
		snprintf(d->d_name, 21, "vg0_%07u-1.vg", (unsigned)told);
	}
	return (ssize_t)at_byte;
}

/*
 * The kernel's part: so many reads, of three entries each, "." among the first. The
 * second lies in an earlier region of the disk than the others, the third before the
 * first, but in the same one.
 */
static unsigned reads, at, calls;

ssize_t getdents64(int fd, void *buf, size_t room)
{
	char *p = buf;

	(void)fd;
	assert_true(room >= 4096);
	calls++;
	if (many)
		return tell_many(p, room);
	if (at == reads)
		return 0;
	for (unsigned i = 0; i < 3; i++) {
		struct dirent64 *d = (void *)p;

		memset(d, 0, 32);
		d->d_ino = 3 * REGION * at + (i == 1 ? 0 : REGION + 10 - i);
		d->d_reclen = 32;
		d->d_type = DT_REG;
		if (at == 0 && i == 0)
			strcpy(d->d_name, ".");
		else
			snprintf(d->d_name, 12, "f%u", 3 * at + i);
		p += d->d_reclen;
	}
	at++;
	return p - (char *)buf;
}

struct seen {
	unsigned n, stop;
	uint64_t sum, last;
	int descents, swaps;
};

static int see(void *ctx, const struct entry *e)
{
	struct seen *s = ctx;
	uint64_t here = e->inode / REGION, there = s->last / REGION;

	assert_int_equal(e->name[0], 'f');
	s->sum += (uint64_t)atoi(e->name + 1);
	s->descents += here < there;
	s->swaps += here == there && e->inode > s->last && s->n;
	s->last = e->inode;
	return ++s->n == s->stop ? -5 : 0;
}

static void pass(struct listing *l, unsigned of, bool by_inode, unsigned calls_wanted)
{
	struct seen s = { 0 };
	uint64_t n = 3 * of;

	at = calls = 0;
	assert_int_equal(dir_each(l, by_inode, see, &s), 0);
	assert_int_equal(s.n, n - 1);
	assert_int_equal(s.sum, n * (n - 1) / 2);
	assert_int_equal(calls, calls_wanted);
	assert_int_equal(s.descents == 0, by_inode);
	assert_int_equal(s.swaps, 0);
}

static struct listing fresh(void)
{
	return (struct listing){ .fd = open("/", O_RDONLY | O_DIRECTORY),
		.keep = true };
}

static void drop(struct listing *l)
{
	close(l->fd);
	cleanup_listing(l);
}

static void small_is_kept(void **state)
{
	struct listing l = fresh();

	(void)state;
	reads = 4;
	pass(&l, 4, false, 5);
	reads = 6; /* what came since is not seen */
	pass(&l, 4, true, 0);
	pass(&l, 4, false, 0);
	drop(&l);
}

static void large_is_read_again(void **state)
{
	struct listing l = fresh();

	(void)state;
	reads = 100;
	pass(&l, 100, false, 101);
	pass(&l, 100, true, 101);
	reads = 2;
	pass(&l, 2, true, 3);
	pass(&l, 2, true, 0);
	drop(&l);
}

static void once_is_not_kept(void **state)
{
	struct listing l = fresh();

	(void)state;
	l.keep = false;
	reads = 4;
	pass(&l, 4, false, 5);
	assert_false(l.whole);
	reads = 20;
	pass(&l, 20, false, 21);
	pass(&l, 20, true, 21);
	drop(&l);
}

/* Around the number of reads that are kept, whichever it is. */
static void every_size(void **state)
{
	(void)state;
	for (reads = 1; reads < 20; reads++) {
		struct listing l = fresh();

		pass(&l, reads, true, reads + 1);
		pass(&l, reads, true, l.whole ? 0 : reads + 1);
		drop(&l);
	}
}

static void stopped(void **state)
{
	struct listing l = fresh();
	struct seen s = { .stop = 4 };

	(void)state;
	reads = 3;
	at = 0;
	assert_int_equal(dir_each(&l, false, see, &s), -5);
	assert_false(l.whole);
	pass(&l, 3, true, 4);
	drop(&l);
}

static int count(void *ctx, const struct entry *e)
{
	(void)e;
	++*(unsigned long *)ctx;
	return 0;
}

static long peak_mb(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss >> 10;
}

/* One million fits and is told once; of four no more is kept. */
static void millions(void **state)
{
	static const unsigned long sizes[] = { 1000000, 4000000 };
	long before = peak_mb();

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct listing l = fresh();
		unsigned long n = 0;

		many = sizes[i];
		for (int passes = 0; passes < 2; passes++) {
			told = passes && l.whole ? many : 0;
			assert_int_equal(dir_each(&l, passes > 0, count, &n), 0);
		}
		assert_int_equal(n, 2 * many);
		assert_int_equal(l.whole, i == 0);
		drop(&l);
	}
	many = 0;
#ifndef __SANITIZE_ADDRESS__
	/* 64 MB of names, and as much as a read needs to be sorted. */
	assert_true(peak_mb() - before < 96);
#else
	(void)before;
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_is_kept),
		cmocka_unit_test(large_is_read_again),
		cmocka_unit_test(once_is_not_kept),
		cmocka_unit_test(every_size),
		cmocka_unit_test(stopped),
		cmocka_unit_test(millions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
