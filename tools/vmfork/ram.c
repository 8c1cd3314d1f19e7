// SPDX-License-Identifier: MIT
/*
 * A stream is a header, the machine's name, and sections. Those of "ram" come first, as
 * long as the guest runs: a list of its blocks of memory, then pages of them, one
 * perhaps more than once, of which the last holds. The devices' sections follow.
 */
#include "ram.h"
#include "bytes.h"
#include "cleanup.h"
#include "qemuarg.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

enum { MAGIC = 0x5145564d, VERSION = 3, PAGE = 4096 };

/* What begins and ends a section, and a word to who loads it between two of them. */
enum { START = 1, PART = 2, END = 3, CONFIGURATION = 7, COMMAND = 8, FOOTER = 0x7e };

/* In the low bits of a record's address. A record that continues is of the block
 * before. */
enum { ZERO = 0x02, SIZES = 0x04, WHOLE = 0x08, LAST = 0x10, CONTINUES = 0x20 };

/* What a record's page is of. */
enum { OTHER, MEMORY, NONE };

/* Pages that follow each other are written at once. */
struct run {
	uint64_t at;
	size_t len;
	char bytes[256 * PAGE];
};

struct stream {
	FILE *from, *to;
	int memory;
	uint64_t size;
	char *there; /* for each page of the memory: it is in the file */
	struct run *run;
	int found; /* the memory is one of the blocks */
	int block; /* of the last record */
};

static int get(struct stream *s, void *p, size_t n)
{
	if (fread(p, 1, n, s->from) == n)
		return 0;
	return ferror(s->from) ? -EIO : -EBADMSG;
}

static int put(struct stream *s, const void *p, size_t n)
{
	if (fwrite(p, 1, n, s->to) == n)
		return 0;
	return errno ? -errno : -EIO;
}

static int pass(struct stream *s, void *p, size_t n)
{
	const int r = get(s, p, n);

	return r < 0 ? r : put(s, p, n);
}

static int get_number(struct stream *s, uint64_t *out)
{
	const int r = get(s, out, sizeof(*out));

	*out = be64toh(*out);
	return r;
}

static int put_number(struct stream *s, uint64_t n)
{
	n = htobe64(n);
	return put(s, &n, sizeof(n));
}

/* A name is a byte that says how long it is, and as many. */
struct name {
	unsigned char len;
	char text[256];
};

static int get_name(struct stream *s, struct name *n)
{
	int r = get(s, &n->len, 1);

	if (r == 0)
		r = get(s, n->text, n->len);
	n->text[r == 0 ? n->len : 0] = '\0';
	return r;
}

static int put_name(struct stream *s, const struct name *n)
{
	return put(s, n, n->len + 1U);
}

/* As QEMU calls a PC's, or as it is called in a fork. */
static int is_memory(const struct name *n)
{
	return strcmp(n->text, "pc.ram") == 0 || strcmp(n->text, QEMUARG_RAM) == 0;
}

static int take_block(struct stream *s, struct name *n, uint64_t len)
{
	int r;

	if (is_memory(n)) {
		if (len != s->size)
			return -ENOTSUP;
		n->len = sizeof(QEMUARG_RAM) - 1;
		memcpy(n->text, QEMUARG_RAM, sizeof(QEMUARG_RAM));
		s->found = 1;
	}
	r = put_name(s, n);
	return r < 0 ? r : put_number(s, len);
}

static int take_list(struct stream *s, uint64_t total)
{
	struct name n;
	uint64_t len = 0;
	int r = 0;

	for (; r == 0 && total; total -= len) {
		r = get_name(s, &n);
		if (r == 0)
			r = get_number(s, &len);
		if (r == 0 && (len == 0 || len > total))
			r = -EBADMSG;
		if (r == 0)
			r = take_block(s, &n, len);
	}
	return r;
}

static int write_run(struct stream *s)
{
	const int r = write_at(s->memory, s->run->at, s->run->bytes, s->run->len);

	s->run->len = 0;
	return r;
}

static int keep(struct stream *s, uint64_t at, const char *page, int zeros)
{
	char *there = s->there + at / PAGE;
	struct run *run = s->run;
	int r = 0;

	if (zeros && !*there)
		return 0;
	*there = !zeros;
	if (run->len == sizeof(run->bytes) || at != run->at + run->len)
		r = write_run(s);
	if (run->len == 0)
		run->at = at;
	memcpy(run->bytes + run->len, page, PAGE);
	run->len += PAGE;
	return r;
}

/* Zeros are but one byte of the stream. */
static int take_page(struct stream *s, uint64_t head)
{
	const int zeros = (head & ZERO) != 0;
	const uint64_t at = head & ~(uint64_t)(PAGE - 1);
	const size_t len = zeros ? 1 : PAGE;
	char page[PAGE] = { 0 };
	struct name n;
	int r = 0;

	if (!(head & CONTINUES)) {
		r = get_name(s, &n);
		s->block = r == 0 && is_memory(&n) ? MEMORY : OTHER;
	}
	if (r == 0 && s->block == OTHER) {
		r = put_number(s, head);
		if (r == 0 && !(head & CONTINUES))
			r = put_name(s, &n);
		return r < 0 ? r : pass(s, page, len);
	}
	if (r == 0)
		r = get(s, page, len);
	if (r == 0 && (s->block == NONE || at >= s->size || (zeros && *page)))
		r = -EBADMSG;
	return r < 0 ? r : keep(s, at, page, zeros);
}

static int take_records(struct stream *s)
{
	uint64_t head;
	int r;

	do {
		r = get_number(s, &head);
		if (r < 0)
			return r;
		switch (head & (PAGE - 1)) {
		case SIZES:
			r = put_number(s, head);
			if (r == 0)
				r = take_list(s, head - SIZES);
			break;
		case ZERO:
		case ZERO | CONTINUES:
		case WHOLE:
		case WHOLE | CONTINUES:
			r = take_page(s, head);
			break;
		case LAST:
			r = put_number(s, head);
			break;
		default:
			return -ENOTSUP;
		}
	} while (r == 0 && head != LAST);
	return r;
}

/* Its number, where it begins its name, instance and version, and at the end a mark. */
static int take_section(struct stream *s, int type)
{
	unsigned char word[8];
	struct name n;
	int r = pass(s, word, 4);

	if (r == 0 && type == START) {
		r = get_name(s, &n);
		if (r == 0 && strcmp(n.text, "ram") != 0)
			r = -ENOTSUP;
		if (r == 0)
			r = put_name(s, &n);
		if (r == 0)
			r = pass(s, word, 8);
	}
	if (r == 0)
		r = take_records(s);
	if (r == 0)
		r = pass(s, word, 5);
	return r == 0 && *word != FOOTER ? -ENOTSUP : r;
}

static int take_header(struct stream *s)
{
	uint32_t word[2];
	unsigned char type;
	char machine[256];
	int r = pass(s, word, sizeof(word));

	if (r == 0 && (be32toh(word[0]) != MAGIC || be32toh(word[1]) != VERSION))
		r = -EBADMSG;
	if (r == 0)
		r = pass(s, &type, 1);
	if (r == 0 && type != CONFIGURATION)
		r = -ENOTSUP;
	if (r == 0)
		r = pass(s, word, 4);
	if (r < 0)
		return r;
	return be32toh(*word) > sizeof(machine) ? -EBADMSG
						: pass(s, machine, be32toh(*word));
}

static int pass_command(struct stream *s)
{
	unsigned char head[4], data[UINT16_MAX];
	const int r = pass(s, head, sizeof(head));

	return r < 0 ? r : pass(s, data, (size_t)head[2] << 8 | head[3]);
}

static int pass_rest(struct stream *s)
{
	char buf[BUFSIZ];
	size_t n;
	int r = 0;

	while (r == 0 && (n = fread(buf, 1, sizeof(buf), s->from)) > 0)
		r = put(s, buf, n);
	return r == 0 && ferror(s->from) ? -EIO : r;
}

static int take_all(struct stream *s)
{
	unsigned char type = 0;
	int r = take_header(s);

	while (r == 0 && type != END) {
		r = pass(s, &type, 1);
		if (r < 0)
			break;
		r = type == START || type == PART || type == END ? take_section(s, type)
		    : type == COMMAND				 ? pass_command(s)
								 : -ENOTSUP;
	}
	if (r == 0 && !s->found)
		r = -ENOTSUP;
	if (r == 0)
		r = write_run(s);
	return r < 0 ? r : pass_rest(s);
}

int ram_take_out(FILE *from, FILE *to, int memory, uint64_t size)
{
	_cleanup_free_ char *there = calloc(1, size / PAGE + 1);
	_cleanup_free_ struct run *run = calloc(1, sizeof(*run));
	struct stream s = { .from = from,
		.to = to,
		.memory = memory,
		.size = size,
		.there = there,
		.run = run,
		.block = NONE };

	if (size % PAGE)
		return -ENOTSUP;
	return there && run ? take_all(&s) : -ENOMEM;
}
