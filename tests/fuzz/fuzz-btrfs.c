// SPDX-License-Identifier: MIT
/*
 * Any bytes as btrfs's superblock and what lies behind it: its subvolumes are read or
 * refused; no loop without end, and no path that leads out.
 */
// needs: blkid ext2fs

#include "btrfs.h"
#include "bytes.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { SUPER_AT = 0x10000, IMAGE = 1 << 20 };
	struct part p = { .start = 0, .size = IMAGE };
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct subvolumes s;
	struct image img;

	if (fd < 0 || size > IMAGE - SUPER_AT ||
		write_at(fd, SUPER_AT, data, size) < 0 || ftruncate(fd, IMAGE) < 0) {
		close(fd);
		return 0;
	}
	if (image_attach(&img, fd, "fuzz") == 0 &&
		btrfs_subvolumes(&img, &p, &s) == 0) {
		for (size_t i = 0; i < s.n; i++)
			assert(!s.list[i].path || !strstr(s.list[i].path, "/../"));
		btrfs_free(&s);
	}
	image_close(&img);
	return 0;
}
