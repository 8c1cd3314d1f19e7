// SPDX-License-Identifier: MIT
#include "embed.h"
#include "bytes.h"
#include "cleanup.h"

#include <stdbool.h>
#include <string.h>

enum {
	SECTOR = 512,
	/* boot.img */
	BPB = 0x03,
	BPB_END = 0x5a,
	CORE_SECTOR = 0x5c,
	BOOT_DRIVE = 0x64,
	DRIVE_CHECK = 0x66,
	DISK_ID = 0x1b8,
	MBR_END = 0x1fe,
	/* core.img's first sector: block lists grow downwards */
	LIST_FIRST = 0x1f4,
	LIST_ENTRY = 12,
	LIST_LAST = 0x100, /* code lies below */
	SEGMENT = 0x820,
	SEGMENT_STEP = 0x20,
	/* its second: the Reed-Solomon redundancy, which is left out */
	REDUNDANCY = SECTOR + 0x10,
	CORE_MAX = 454656 + SECTOR,
	CHAIN_MAX = 256,
};

/* Sectors that other software keeps in the gap, by what they begin with. */
static const struct {
	const char *name, *bytes;
	size_t len;
} software[] = {
	{ "ZISD", "ZISD", 4 },
	{ "FlexNet", "\xd4\x41\xa0\xf5\x03\x00\x03\x00", 8 },
	{ "FlexNet", "\xd8\x41\xa0\xf5\x02\x00\x02\x00", 8 },
	{ "HP Backup and Recovery Manager",
		"\x70\x8a\x5d\x46\x35\xc5\x1b\x93\xae\x3d\x86\xfd\xb1\x55\x3e\xe0",
		16 },
	{ "a HighPoint RAID controller", "ycgl", 4 },
	{ "Acer's registration utility", "GREGRegDone.Tag", 16 },
};

static bool is_extended(unsigned char type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The lowest sector that any entry of the MBR and the extended chain names. */
static enum embed_error lowest_start(struct overlay *ov, uint64_t *end, int *err)
{
	uint64_t table = 0, extended = 0;
	unsigned char mbr[SECTOR];

	*end = ov->size / SECTOR;
	for (int links = 0; links < CHAIN_MAX; links++) {
		const unsigned char *next = NULL;

		if ((*err = overlay_read(ov, table * SECTOR, mbr, SECTOR)) < 0)
			return links ? EMBED_BAD_CHAIN : EMBED_SYSTEM;
		if (get_le16(mbr + 510) != 0xaa55)
			return EMBED_BAD_CHAIN;
		for (int i = 0; i < 4; i++) {
			const unsigned char *e = mbr + 446 + (size_t)16 * i;
			uint64_t start = table + get_le32(e + 8);

			if (e[4] && start < *end)
				*end = start;
			if (!next && is_extended(e[4]))
				next = e;
		}
		if (!next)
			return EMBED_OK;
		table = extended + get_le32(next + 8);
		if (!extended)
			extended = table;
		if (table == 0)
			return EMBED_BAD_CHAIN;
	}
	return EMBED_BAD_CHAIN;
}

static const char *whose(const unsigned char *sector)
{
	for (size_t i = 0; i < sizeof(software) / sizeof(*software); i++)
		if (memcmp(sector, software[i].bytes, software[i].len) == 0)
			return software[i].name;
	return NULL;
}

enum embed_error embed_in_gap(struct overlay *ov, size_t need, struct embed *e)
{
	unsigned char buf[SECTOR];
	enum embed_error error;
	uint64_t end;
	size_t got = 0;

	*e = (struct embed){ .need = need };
	if ((error = lowest_start(ov, &end, &e->err)) != EMBED_OK)
		return error;
	e->first = end;
	if (end <= 1)
		return EMBED_NO_GAP;
	e->room = (size_t)(end - 1);
	if (!(e->sector = calloc(need + 1, sizeof(*e->sector)))) {
		e->err = -ENOMEM;
		return EMBED_SYSTEM;
	}
	for (uint64_t s = 1; s < end && got < need; s++) {
		const char *owner;

		if ((e->err = overlay_read(ov, s * SECTOR, buf, SECTOR)) < 0)
			return EMBED_SYSTEM;
		if ((owner = whose(buf))) {
			e->software = owner;
			e->room--;
			continue;
		}
		e->sector[got++] = s;
	}
	if (got == need)
		return EMBED_OK;
	return e->software ? EMBED_SOFTWARE : EMBED_SMALL;
}

enum embed_error embed_in_partition(
	uint64_t start, uint64_t size, size_t need, struct embed *e)
{
	*e = (struct embed){ .need = need, .room = (size_t)(size / SECTOR) };
	if (e->room < need)
		return EMBED_SMALL;
	if (!(e->sector = calloc(need + 1, sizeof(*e->sector)))) {
		e->err = -ENOMEM;
		return EMBED_SYSTEM;
	}
	for (size_t i = 0; i < need; i++)
		e->sector[i] = start / SECTOR + i;
	return EMBED_OK;
}

/* The core's first sector lists where the others are, run by run. */
static enum embed_error list_blocks(unsigned char *core, const struct embed *e)
{
	size_t at = LIST_FIRST;

	while (at >= LIST_LAST && get_le16(core + at + 8) != 0) {
		memset(core + at, 0, LIST_ENTRY);
		at -= LIST_ENTRY;
	}
	at = LIST_FIRST;
	for (size_t i = 1; i < e->need; at -= LIST_ENTRY) {
		size_t n = 1;

		if (at < LIST_LAST)
			return EMBED_BAD_CORE;
		while (i + n < e->need && e->sector[i + n] == e->sector[i] + n)
			n++;
		put_le64(core + at, e->sector[i]);
		put_le16(core + at + 8, (uint16_t)n);
		put_le16(core + at + 10, (uint16_t)(SEGMENT + (i - 1) * SEGMENT_STEP));
		i += n;
	}
	return EMBED_OK;
}

static int write_boot(
	struct overlay *ov, const struct embed *e, const unsigned char boot[512])
{
	unsigned char mbr[SECTOR], old[SECTOR];
	int r = overlay_read(ov, 0, old, SECTOR);

	if (r < 0)
		return r;
	memcpy(mbr, boot, SECTOR);
	memcpy(mbr + BPB, old + BPB, BPB_END - BPB);
	memcpy(mbr + DISK_ID, old + DISK_ID, MBR_END - DISK_ID);
	put_le64(mbr + CORE_SECTOR, e->sector[0]);
	mbr[BOOT_DRIVE] = 0xff;
	mbr[DRIVE_CHECK] = mbr[DRIVE_CHECK + 1] = 0x90;
	return overlay_write(ov, 0, mbr, SECTOR);
}

enum embed_error embed_write(struct overlay *ov, struct embed *e, const void *core,
	size_t len, const unsigned char boot[512])
{
	_cleanup_free_ unsigned char *copy = NULL;
	enum embed_error error;

	if (len < (size_t)2 * SECTOR || len > CORE_MAX ||
		e->need != (len + SECTOR - 1) / SECTOR)
		return EMBED_BAD_CORE;
	if (!(copy = calloc(e->need, SECTOR))) {
		e->err = -ENOMEM;
		return EMBED_SYSTEM;
	}
	memcpy(copy, core, len);
	put_le32(copy + REDUNDANCY, 0);
	if ((error = list_blocks(copy, e)) != EMBED_OK)
		return error;
	for (size_t i = 0; i < e->need; i++)
		if ((e->err = overlay_write(
			     ov, e->sector[i] * SECTOR, copy + i * SECTOR, SECTOR)) < 0)
			return EMBED_SYSTEM;
	e->err = write_boot(ov, e, boot);
	return e->err < 0 ? EMBED_SYSTEM : EMBED_OK;
}

void embed_free(struct embed *e)
{
	free(e->sector);
	e->sector = NULL;
}
