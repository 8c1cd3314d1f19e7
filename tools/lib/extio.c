// SPDX-License-Identifier: MIT
#include "extio.h"
#include "cleanup.h"

#include <string.h>

struct window {
	struct overlay *ov;
	uint64_t start, size;
};

/* What the next open is of: libext2fs's open hands on a name and nothing else. */
static _Thread_local struct window opening;

static errcode_t ex_set_blksize(io_channel ch, int size)
{
	ch->block_size = size;
	return 0;
}

static errcode_t ex_close(io_channel ch)
{
	if (--ch->refcount > 0)
		return 0;
	free(ch->private_data);
	free(ch->name);
	free(ch);
	return 0;
}

/* A negative count is a number of bytes. */
static size_t span(io_channel ch, int count)
{
	return count < 0 ? (size_t) - (long)count
			 : (size_t)count * (size_t)ch->block_size;
}

static bool inside(const struct window *w, uint64_t at, size_t len)
{
	return at <= w->size && len <= w->size - at;
}

static errcode_t ex_read64(
	io_channel ch, unsigned long long block, int count, void *data)
{
	const struct window *w = ch->private_data;
	uint64_t at;

	if (__builtin_mul_overflow(block, (uint64_t)ch->block_size, &at) ||
		!inside(w, at, span(ch, count)) ||
		overlay_read(w->ov, w->start + at, data, span(ch, count)) < 0)
		return EXT2_ET_SHORT_READ;
	return 0;
}

static errcode_t ex_write64(
	io_channel ch, unsigned long long block, int count, const void *data)
{
	const struct window *w = ch->private_data;
	uint64_t at;
	int r;

	if (__builtin_mul_overflow(block, (uint64_t)ch->block_size, &at) ||
		!inside(w, at, span(ch, count)))
		return EXT2_ET_SHORT_WRITE;
	r = overlay_write(w->ov, w->start + at, data, span(ch, count));
	return r < 0 ? -r : 0;
}

static errcode_t ex_read(io_channel ch, unsigned long block, int count, void *data)
{
	return ex_read64(ch, block, count, data);
}

static errcode_t ex_write(
	io_channel ch, unsigned long block, int count, const void *data)
{
	return ex_write64(ch, block, count, data);
}

static errcode_t ex_write_byte(
	io_channel ch, unsigned long at, int count, const void *data)
{
	const struct window *w = ch->private_data;
	int r;

	if (count < 0 || !inside(w, at, (size_t)count))
		return EXT2_ET_SHORT_WRITE;
	r = overlay_write(w->ov, w->start + at, data, (size_t)count);
	return r < 0 ? -r : 0;
}

static errcode_t ex_flush(io_channel ch)
{
	(void)ch;
	return 0;
}

static errcode_t ex_set_option(io_channel ch, const char *option, const char *arg)
{
	(void)ch, (void)option, (void)arg;
	return EXT2_ET_INVALID_ARGUMENT;
}

static errcode_t ex_zeroout(
	io_channel ch, unsigned long long block, unsigned long long count)
{
	_cleanup_free_ void *zero = calloc(1, (size_t)ch->block_size);
	errcode_t e = 0;

	if (!zero)
		return EXT2_ET_NO_MEMORY;
	while (!e && count-- > 0)
		e = ex_write64(ch, block++, 1, zero);
	return e;
}

static errcode_t ex_open(const char *name, int flags, io_channel *out);

static struct struct_io_manager overlay_io = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "overlay",
	.open = ex_open,
	.close = ex_close,
	.set_blksize = ex_set_blksize,
	.read_blk = ex_read,
	.write_blk = ex_write,
	.flush = ex_flush,
	.write_byte = ex_write_byte,
	.set_option = ex_set_option,
	.read_blk64 = ex_read64,
	.write_blk64 = ex_write64,
	.zeroout = ex_zeroout,
};

static errcode_t ex_open(const char *name, int flags, io_channel *out)
{
	io_channel ch = calloc(1, sizeof(*ch));
	struct window *w = malloc(sizeof(*w));

	(void)flags;
	if (!ch || !w || !(ch->name = strdup(name))) {
		free(ch);
		free(w);
		return EXT2_ET_NO_MEMORY;
	}
	*w = opening;
	ch->magic = EXT2_ET_MAGIC_IO_CHANNEL;
	ch->manager = &overlay_io;
	ch->block_size = 1024;
	ch->refcount = 1;
	ch->private_data = w;
	*out = ch;
	return 0;
}

errcode_t extio_open(struct image *img, const struct part *p, bool rw, ext2_filsys *fs)
{
	int flags = EXT2_FLAG_64BITS | (rw ? EXT2_FLAG_RW : EXT2_FLAG_SKIP_MMP);

	opening = (struct window){ .ov = &img->ov, .start = p->start, .size = p->size };
	return ext2fs_open2("image", NULL, flags, 0, 0, &overlay_io, fs);
}

int extio_errno(errcode_t e)
{
	switch (e) {
	case 0:
		return 0;
	case EXT2_ET_FILE_NOT_FOUND:
		return -ENOENT;
	case EXT2_ET_NO_DIRECTORY:
		return -ENOTDIR;
	case EXT2_ET_SYMLINK_LOOP:
		return -ELOOP;
	case EXT2_ET_NO_MEMORY:
		return -ENOMEM;
	case EXT2_ET_BLOCK_ALLOC_FAIL:
	case EXT2_ET_INODE_ALLOC_FAIL:
		return -ENOSPC;
	case EXT2_ET_FILE_TOO_BIG:
		return -EFBIG;
	case EXT2_ET_UNSUPP_FEATURE:
	case EXT2_ET_RO_UNSUPP_FEATURE:
		return -EOPNOTSUPP;
	default:
		/* below the library's own tables are the system's numbers */
		return e > 0 && e < 256 ? -(int)e : -EUCLEAN;
	}
}

void cleanup_ext(ext2_filsys *fs)
{
	if (*fs)
		ext2fs_free(*fs);
	*fs = NULL;
}
