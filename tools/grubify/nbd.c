// SPDX-License-Identifier: MIT
#include "nbd.h"
#include "cleanup.h"

#include <endian.h>
#include <string.h>
#include <sys/socket.h>

/* The protocol's numbers, as its description names them. */
#define NBDMAGIC	   0x4e42444d41474943ULL
#define IHAVEOPT	   0x49484156454f5054ULL
#define OPTION_REPLY_MAGIC 0x0003e889045565a9ULL

enum {
	REQUEST_MAGIC = 0x25609513,
	REPLY_MAGIC = 0x67446698,
	FLAG_FIXED_NEWSTYLE = 1,
	FLAG_NO_ZEROES = 2,
	OPT_EXPORT_NAME = 1,
	OPT_ABORT = 2,
	OPT_INFO = 6,
	OPT_GO = 7,
	REP_ACK = 1,
	REP_INFO = 3,
	INFO_EXPORT = 0,
	FLAG_HAS_FLAGS = 1,
	FLAG_SEND_FLUSH = 4,
	CMD_READ = 0,
	CMD_WRITE = 1,
	CMD_DISC = 2,
	CMD_FLUSH = 3,
};
#define REP_ERR_UNSUP 0x80000001U

enum { OPTION_MAX = 4096, DATA_MAX = 32 << 20 };

struct __attribute__((packed)) greeting {
	uint64_t magic, opt_magic;
	uint16_t flags;
};

struct __attribute__((packed)) option {
	uint64_t magic;
	uint32_t option, len;
};

struct __attribute__((packed)) option_reply {
	uint64_t magic;
	uint32_t option, type, len;
};

struct __attribute__((packed)) export
{
	uint16_t type;
	uint64_t size;
	uint16_t flags;
};

struct __attribute__((packed)) request {
	uint32_t magic;
	uint16_t flags, type;
	uint64_t cookie, at;
	uint32_t len;
};

struct __attribute__((packed)) reply {
	uint32_t magic, error;
	uint64_t cookie;
};

void nbd_init(struct nbd *n, int fd, struct overlay *ov, uint64_t limit)
{
	*n = (struct nbd){ .fd = fd, .ov = ov, .left = limit };
}

/* All of len: 1; the end before the first byte: 0. */
static int get(int fd, void *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = recv(fd, (char *)buf + got, len - got, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : got ? -EPROTO : 0;
		got += (size_t)n;
	}
	return 1;
}

static int put(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EPIPE ? 0 : -errno;
		p += n, len -= (size_t)n;
	}
	return 1;
}

static int hello(struct nbd *n)
{
	struct greeting g = { htobe64(NBDMAGIC), htobe64(IHAVEOPT),
		htobe16(FLAG_FIXED_NEWSTYLE | FLAG_NO_ZEROES) };
	uint32_t flags;
	int r = put(n->fd, &g, sizeof(g));

	if (r <= 0 || (r = get(n->fd, &flags, sizeof(flags))) <= 0)
		return r;
	if ((be32toh(flags) & ~3U) || !(be32toh(flags) & FLAG_NO_ZEROES))
		return -EPROTO;
	n->greeted = true;
	return 1;
}

static int answer(
	struct nbd *n, uint32_t option, uint32_t type, const void *data, size_t len)
{
	struct option_reply a = { htobe64(OPTION_REPLY_MAGIC), htobe32(option),
		htobe32(type), htobe32((uint32_t)len) };
	int r = put(n->fd, &a, sizeof(a));

	return r <= 0 || len == 0 ? r : put(n->fd, data, len);
}

static int negotiate(struct nbd *n)
{
	struct export e = { htobe16(INFO_EXPORT), htobe64(n->ov->size),
		htobe16(FLAG_HAS_FLAGS | FLAG_SEND_FLUSH) };
	char data[OPTION_MAX];
	struct option o;
	uint32_t option;
	int r = get(n->fd, &o, sizeof(o));

	if (r <= 0)
		return r;
	if (be64toh(o.magic) != IHAVEOPT || be32toh(o.len) > sizeof(data))
		return -EPROTO;
	if (o.len && (r = get(n->fd, data, be32toh(o.len))) <= 0)
		return r;
	option = be32toh(o.option);
	switch (option) {
	case OPT_EXPORT_NAME: /* answered by the bare numbers */
		n->ready = true;
		return put(n->fd, &e.size, sizeof(e) - sizeof(e.type));
	case OPT_GO:
	case OPT_INFO:
		n->ready = option == OPT_GO;
		r = answer(n, option, REP_INFO, &e, sizeof(e));
		return r <= 0 ? r : answer(n, option, REP_ACK, NULL, 0);
	case OPT_ABORT:
		r = answer(n, option, REP_ACK, NULL, 0);
		return r < 0 ? r : 0;
	default:
		return answer(n, option, REP_ERR_UNSUP, NULL, 0);
	}
}

/* The numbers that the protocol has for them; -EPROTO and the like stay inside. */
static uint32_t error_number(int r)
{
	switch (r) {
	case 0:
		return 0;
	case -ENOMEM:
		return 12;
	case -ENXIO: /* past the end */
		return 22;
	case -ENOSPC:
		return 28;
	default:
		return 5;
	}
}

static int transmit(struct nbd *n)
{
	_cleanup_free_ char *data = NULL;
	struct request q;
	struct reply a;
	size_t len;
	int r = get(n->fd, &q, sizeof(q)), done;
	uint16_t type;

	if (r <= 0)
		return r;
	type = be16toh(q.type);
	len = type == CMD_READ || type == CMD_WRITE ? be32toh(q.len) : 0;
	if (be32toh(q.magic) != REQUEST_MAGIC || len > DATA_MAX)
		return -EPROTO;
	if (type == CMD_DISC)
		return 0;
	if (len && !(data = malloc(len)))
		return -ENOMEM;
	if (type == CMD_WRITE && len && (r = get(n->fd, data, len)) <= 0)
		return r < 0 ? r : -EPROTO;
	if (type == CMD_READ)
		done = len ? overlay_read(n->ov, be64toh(q.at), data, len) : 0;
	else if (type == CMD_WRITE)
		done = len > n->left ? -ENOSPC
				     : overlay_write(n->ov, be64toh(q.at), data, len);
	else
		done = type == CMD_FLUSH ? 0 : -ENXIO;
	if (type == CMD_WRITE && done == 0)
		n->left -= len;
	a = (struct reply){ htobe32(REPLY_MAGIC), htobe32(error_number(done)),
		q.cookie };
	r = put(n->fd, &a, sizeof(a));
	return r <= 0 || type != CMD_READ || done < 0 || len == 0
		       ? r
		       : put(n->fd, data, len);
}

int nbd_serve(struct nbd *n)
{
	return !n->greeted ? hello(n) : !n->ready ? negotiate(n) : transmit(n);
}
