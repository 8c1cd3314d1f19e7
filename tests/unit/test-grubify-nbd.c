// SPDX-License-Identifier: MIT
/* The disk that a guest is served: what is written stays in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/grubify/nbd.h"
#include "bytes.h"
#include "cleanup.h"

#include <endian.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

// uses: tools/grubify/nbd.c

enum { SIZE = 5 * 512 + 4096 * 3 };

struct world {
	struct overlay ov;
	struct nbd nbd;
	int image, ours;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char data[SIZE];
	int pair[2];

	memset(data, 'o', sizeof(data));
	w->image = memfd_create("image", MFD_CLOEXEC);
	assert_int_equal(write_at(w->image, 0, data, sizeof(data)), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	overlay_init(&w->ov, w->image, SIZE);
	nbd_init(&w->nbd, pair[0], &w->ov, 4096);
	w->ours = pair[1];
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	overlay_free(&w->ov);
	close(w->image);
	close(w->nbd.fd);
	if (w->ours >= 0)
		close(w->ours);
	free(w);
	return 0;
}

static void say(struct world *w, const void *p, size_t len)
{
	assert_int_equal(send(w->ours, p, len, 0), len);
}

static void hear(struct world *w, void *p, size_t len)
{
	assert_int_equal(recv(w->ours, p, len, MSG_WAITALL), len);
}

static void say32(struct world *w, uint32_t v)
{
	v = htobe32(v);
	say(w, &v, sizeof(v));
}

static uint32_t hear32(struct world *w)
{
	uint32_t v;

	hear(w, &v, sizeof(v));
	return be32toh(v);
}

static void option(struct world *w, uint32_t number, const void *data, uint32_t len)
{
	say(w, "IHAVEOPT", 8);
	say32(w, number);
	say32(w, len);
	if (len)
		say(w, data, len);
}

static void greet(struct world *w)
{
	char hello[18];

	say32(w, 3);
	assert_int_equal(nbd_serve(&w->nbd), 1);
	hear(w, hello, sizeof(hello));
	assert_memory_equal(hello, "NBDMAGICIHAVEOPT\0\3", 18);
}

static void reply(struct world *w, uint32_t number, uint32_t type, uint32_t len)
{
	char magic[8];

	hear(w, magic, sizeof(magic));
	assert_memory_equal(magic, "\0\3\xe8\x89\x04\x55\x65\xa9", 8);
	assert_int_equal(hear32(w), number);
	assert_int_equal(hear32(w), type);
	assert_int_equal(hear32(w), len);
}

static void go(struct world *w)
{
	unsigned char info[12];

	greet(w);
	option(w, 7, "\0\0\0\0\0\0", 6);
	assert_int_equal(nbd_serve(&w->nbd), 1);
	reply(w, 7, 3, 12);
	hear(w, info, sizeof(info));
	assert_int_equal(info[1], 0);
	assert_int_equal(info[8] << 8 | info[9], SIZE);
	reply(w, 7, 1, 0);
	assert_true(w->nbd.ready);
}

static void request(struct world *w, unsigned type, uint64_t at, uint32_t len)
{
	unsigned char head[8] = { 0x25, 0x60, 0x95, 0x13, 0, 0, 0,
		(unsigned char)type };

	at = htobe64(at);
	say(w, head, sizeof(head));
	say(w, "a cookie", 8);
	say(w, &at, sizeof(at));
	say32(w, len);
}

static uint32_t answered(struct world *w)
{
	char cookie[8];
	uint32_t error;

	assert_int_equal(nbd_serve(&w->nbd), 1);
	assert_int_equal(hear32(w), 0x67446698);
	error = hear32(w);
	hear(w, cookie, sizeof(cookie));
	assert_memory_equal(cookie, "a cookie", 8);
	return error;
}

static void reads_back_what_it_was_given(void **state)
{
	struct world *w = *state;
	char buf[600];

	go(w);
	request(w, 1, 4000, 512);
	memset(buf, 'n', sizeof(buf));
	say(w, buf, 512);
	assert_int_equal(answered(w), 0);
	request(w, 0, 3990, 600);
	assert_int_equal(answered(w), 0);
	hear(w, buf, 600);
	assert_memory_equal(buf, "oooooooooon", 11);
	assert_memory_equal(buf + 520, "nno", 3);
	/* and the file knows nothing of it */
	assert_int_equal(read_at(w->image, 4000, buf, 512), 0);
	assert_int_equal(buf[0], 'o');
	request(w, 3, 0, 0);
	assert_int_equal(answered(w), 0);
	request(w, 2, 0, 0);
	assert_int_equal(nbd_serve(&w->nbd), 0);
}

static void limits(void **state)
{
	struct world *w = *state;
	char buf[4096] = { 0 };

	go(w);
	request(w, 0, SIZE - 100, 101);
	assert_int_equal(answered(w), 22);
	request(w, 0, UINT64_MAX - 3, 8);
	assert_int_equal(answered(w), 22);
	request(w, 1, 0, 4096);
	say(w, buf, 4096);
	assert_int_equal(answered(w), 0);
	/* more than the limit, and what may not be done */
	request(w, 1, 0, 1);
	say(w, buf, 1);
	assert_int_equal(answered(w), 28);
	request(w, 9, 0, 1);
	assert_int_equal(answered(w), 22);
	request(w, 1, 0, 1 << 30);
	assert_int_equal(nbd_serve(&w->nbd), -EPROTO);
}

static void unknown_options_are_told_so(void **state)
{
	struct world *w = *state;

	greet(w);
	option(w, 8, NULL, 0);
	assert_int_equal(nbd_serve(&w->nbd), 1);
	reply(w, 8, 0x80000001, 0);
	option(w, 2, NULL, 0);
	assert_int_equal(nbd_serve(&w->nbd), 0);
	reply(w, 2, 1, 0);
}

static void nonsense_is_no_protocol(void **state)
{
	struct world *w = *state;

	go(w);
	option(w, 7, "and more of it", 14);
	assert_int_equal(nbd_serve(&w->nbd), -EPROTO);
}

static void an_end_is_an_end(void **state)
{
	struct world *w = *state;

	go(w);
	say(w, "half", 4);
	close(w->ours);
	w->ours = -1;
	assert_int_equal(nbd_serve(&w->nbd), -EPROTO);
	assert_int_equal(nbd_serve(&w->nbd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			reads_back_what_it_was_given, setup, teardown),
		cmocka_unit_test_setup_teardown(limits, setup, teardown),
		cmocka_unit_test_setup_teardown(
			unknown_options_are_told_so, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nonsense_is_no_protocol, setup, teardown),
		cmocka_unit_test_setup_teardown(an_end_is_an_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
