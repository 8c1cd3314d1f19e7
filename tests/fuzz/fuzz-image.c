// SPDX-License-Identifier: MIT
/*
 * Any bytes as an image: it is probed, its roles are looked for, and where it
 * has a gap a core image is embedded; why GRUB would not read what lies in it, and
 * why its format is not to be converted. No crash, no read or write past its end.
 */
// uses: tools/grubify/embed.c
// needs: blkid ext2fs

#include "../../tools/grubify/embed.h"
#include "bytes.h"
#include "confine.h"
#include "convert.h"
#include "fswhy.h"
#include "roles.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void embed(struct image *img)
{
	static unsigned char core[54 * 512], boot[512];
	struct embed e;

	if (embed_in_gap(&img->ov, sizeof(core) / 512, &e) == EMBED_OK)
		embed_write(&img->ov, &e, core, sizeof(core), boot);
	embed_free(&e);
}

/* Each reader of a superblock, whatever lies there. */
static void why(struct image *img)
{
	static const char *const kinds[] = { "ext4", "xfs", "btrfs", "squashfs" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct part p = { .size = img->size, .fs = (char *)kinds[i] };
		struct fswhy w;

		fs_why(img, &p, &w);
		if (!*w.what)
			__builtin_trap();
	}
}

static void refusals(int fd)
{
	static const char *const kinds[] = { "qcow2", "vmdk", "qed", "vpc", "vdi" };
	char path[32];

	confine_path(fd, path);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		convert_refusal(path, kinds[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image img;
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	/* the bytes are the beginning; what follows are zeros */
	if (fd < 0 || write_at(fd, 0, data, size) < 0 || ftruncate(fd, 4 << 20) < 0)
		return 0;
	if (image_attach(&img, fd, "fuzz") == 0) {
		/* no program: only what is read in this process */
		if (image_probe(&img) == 0)
			roles_find(&img, "/nonexistent");
		embed(&img);
		why(&img);
		refusals(fd);
	}
	image_close(&img);
	return 0;
}
