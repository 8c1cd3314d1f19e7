// SPDX-License-Identifier: MIT
/* Any bytes as the other end of the disk that a guest is served. */
// uses: tools/grubify/nbd.c

#include "../../tools/grubify/nbd.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 10000, SENT_MAX = 60000, TURNS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct timeval soon = { .tv_usec = 1000 };
	struct overlay ov;
	struct nbd n;
	int fd = memfd_create("image", MFD_CLOEXEC), pair[2];

	if (fd < 0 || ftruncate(fd, SIZE) < 0 || size == 0 || size > SENT_MAX ||
		socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
		return close(fd), 0;
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon));
	overlay_init(&ov, fd, SIZE);
	nbd_init(&n, pair[0], &ov, SIZE);
	/* the first byte: whether it begins behind the greetings */
	n.greeted = data[0] & 1;
	n.ready = data[0] & 2;
	if (send(pair[1], data + 1, size - 1, 0) >= 0) {
		shutdown(pair[1], SHUT_WR);
		for (int i = 0; i < TURNS && nbd_serve(&n) > 0; i++) {
			char away[65536];

			if (recv(pair[1], away, sizeof(away), MSG_DONTWAIT) < 0)
				continue;
		}
	}
	overlay_free(&ov);
	close(pair[0]);
	close(pair[1]);
	close(fd);
	return 0;
}
