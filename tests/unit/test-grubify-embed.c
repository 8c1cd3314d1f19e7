// SPDX-License-Identifier: MIT
/* The embedding area: gaps, foreign sectors, chains that lead nowhere. */
// uses: tools/grubify/embed.c

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/embed.h"
#include "bytes.h"
#include "cleanup.h"

#include <string.h>
#include <sys/mman.h>

enum { SECTORS = 4096 };

static int disk(struct overlay *ov)
{
	unsigned char mbr[512] = { 0 };
	int fd = memfd_create("disk", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SECTORS * 512), 0);
	mbr[510] = 0x55;
	mbr[511] = 0xaa;
	assert_int_equal(write_at(fd, 0, mbr, 512), 0);
	overlay_init(ov, fd, SECTORS * 512);
	return fd;
}

static void entry(
	struct overlay *ov, uint64_t table, int i, unsigned char type, uint32_t start)
{
	unsigned char s[512];

	assert_int_equal(overlay_read(ov, table * 512, s, 512), 0);
	s[446 + 16 * i + 4] = type;
	put_le32(s + 446 + (size_t)16 * i + 8, start);
	s[510] = 0x55;
	s[511] = 0xaa;
	assert_int_equal(overlay_write(ov, table * 512, s, 512), 0);
}

static void drop(struct overlay *ov, int fd)
{
	overlay_free(ov);
	close(fd);
}

static void gap(void **state)
{
	struct embed e;
	struct overlay ov;
	int fd = disk(&ov);

	(void)state;
	entry(&ov, 0, 0, 0x83, 63);
	assert_int_equal(embed_in_gap(&ov, 62, &e), EMBED_OK);
	assert_int_equal(e.sector[0], 1);
	assert_int_equal(e.sector[61], 62);
	embed_free(&e);
	assert_int_equal(embed_in_gap(&ov, 63, &e), EMBED_SMALL);
	assert_int_equal(e.room, 62);
	embed_free(&e);
	entry(&ov, 0, 1, 0x83, 1);
	assert_int_equal(embed_in_gap(&ov, 1, &e), EMBED_NO_GAP);
	embed_free(&e);
	drop(&ov, fd);
}

static void around_others(void **state)
{
	struct embed e;
	struct overlay ov;
	int fd = disk(&ov);

	(void)state;
	entry(&ov, 0, 0, 0x83, 10);
	assert_int_equal(overlay_write(&ov, 512, "ZISD", 4), 0);
	assert_int_equal(
		overlay_write(&ov, (uint64_t)4 * 512, "GREGRegDone.Tag\0", 16), 0);
	assert_int_equal(embed_in_gap(&ov, 7, &e), EMBED_OK);
	assert_int_equal(e.sector[0], 2);
	assert_int_equal(e.sector[2], 5);
	embed_free(&e);
	assert_int_equal(embed_in_gap(&ov, 8, &e), EMBED_SOFTWARE);
	assert_int_equal(e.room, 7);
	embed_free(&e);
	drop(&ov, fd);
}

static void chains(void **state)
{
	struct embed e;
	struct overlay ov;
	int fd = disk(&ov);

	(void)state;
	/* the logical one of an extended partition may lie below all others */
	entry(&ov, 0, 0, 0x83, 2000);
	entry(&ov, 0, 1, 0x05, 100);
	entry(&ov, 100, 0, 0x83, 50);
	assert_int_equal(embed_in_gap(&ov, 10, &e), EMBED_OK);
	assert_int_equal(e.room, 99);
	embed_free(&e);
	/* to itself */
	entry(&ov, 100, 1, 0x05, 0);
	assert_int_equal(embed_in_gap(&ov, 10, &e), EMBED_BAD_CHAIN);
	/* out of the image */
	entry(&ov, 100, 1, 0x05, 1U << 31);
	assert_int_equal(embed_in_gap(&ov, 10, &e), EMBED_BAD_CHAIN);
	/* to a sector that is no table */
	entry(&ov, 100, 1, 0x05, 700);
	assert_int_equal(embed_in_gap(&ov, 10, &e), EMBED_BAD_CHAIN);
	drop(&ov, fd);
}

static void block_list(void **state)
{
	_cleanup_free_ unsigned char *core = calloc(6, 512);
	unsigned char boot[512], mbr[512], first[512];
	struct embed e;
	struct overlay ov;
	int fd = disk(&ov);

	(void)state;
	entry(&ov, 0, 0, 0x83, 100);
	assert_int_equal(overlay_write(&ov, (uint64_t)3 * 512, "ycgl", 4), 0);
	assert_int_equal(overlay_write(&ov, 0x1b8, "\x11\x22\x33\x44", 4), 0);
	memset(boot, 0xcc, sizeof(boot));
	boot[510] = 0x55;
	boot[511] = 0xaa;
	assert_int_equal(embed_in_gap(&ov, 6, &e), EMBED_OK);
	assert_int_equal(embed_write(&ov, &e, core, 6 * 512 - 100, boot), EMBED_OK);
	assert_int_equal(overlay_read(&ov, 0, mbr, 512), 0);
	assert_int_equal(get_le64(mbr + 0x5c), 1);
	assert_int_equal(mbr[0x64], 0xff);
	assert_int_equal(get_le16(mbr + 0x66), 0x9090);
	assert_int_equal(mbr[0], 0xcc);
	assert_int_equal(mbr[3], 0); /* the disk's own */
	assert_memory_equal(mbr + 0x1b8, "\x11\x22\x33\x44", 4);
	assert_int_equal(mbr[446 + 4], 0x83);
	/* sector 2, then 4 to 7: two runs */
	assert_int_equal(overlay_read(&ov, 512, first, 512), 0);
	assert_int_equal(get_le64(first + 0x1f4), 2);
	assert_int_equal(get_le16(first + 0x1fc), 1);
	assert_int_equal(get_le16(first + 0x1fe), 0x820);
	assert_int_equal(get_le64(first + 0x1e8), 4);
	assert_int_equal(get_le16(first + 0x1f0), 4);
	assert_int_equal(get_le16(first + 0x1f2), 0x840);
	assert_int_equal(get_le16(first + 0x1e4), 0);
	/* sizes that no core has */
	assert_int_equal(embed_write(&ov, &e, core, 512, boot), EMBED_BAD_CORE);
	assert_int_equal(embed_write(&ov, &e, core, 5 * 512, boot), EMBED_BAD_CORE);
	embed_free(&e);
	drop(&ov, fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gap),
		cmocka_unit_test(around_others),
		cmocka_unit_test(chains),
		cmocka_unit_test(block_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
