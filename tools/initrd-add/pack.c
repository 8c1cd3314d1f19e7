// SPDX-License-Identifier: MIT
#include "pack.h"
#include "cleanup.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

static int put_node(struct archive *a, const struct node *n, uint32_t ino)
{
	struct archive_entry *e = archive_entry_new2(a);
	size_t size = S_ISREG(n->mode) ? n->size : 0;
	bool done;

	if (!e)
		return -ENOMEM;
	archive_entry_set_pathname(e, n->path);
	archive_entry_set_mode(e, n->mode);
	archive_entry_set_ino64(e, ino);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_uid(e, n->uid);
	archive_entry_set_gid(e, n->gid);
	archive_entry_set_mtime(e, n->mtime, 0);
	archive_entry_set_size(e, (la_int64_t)size);
	if (S_ISLNK(n->mode))
		archive_entry_set_symlink(e, n->data);
	done = archive_write_header(a, e) == ARCHIVE_OK &&
	       (!size || archive_write_data(a, n->data, size) == (la_ssize_t)size);
	archive_entry_free(e);
	return done ? 0 : -EIO;
}

static int put_tree(struct archive *a, const struct tree *t)
{
	_cleanup_free_ struct node **list = tree_list(t);
	int r = list ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < t->count; i++)
		r = put_node(a, list[i], (uint32_t)i + 1);
	return r;
}

static la_ssize_t to_stream(struct archive *a, void *f, const void *buf, size_t len)
{
	if (fwrite(buf, 1, len, f) == len)
		return (la_ssize_t)len;
	archive_set_error(a, errno ? errno : EIO, "%s", strerror(errno ? errno : EIO));
	return -1;
}

int pack(const struct tree *t, bool gzip, FILE *f, struct reason *why)
{
	struct archive *a = archive_write_new();
	bool ready = true;
	int r = -EIO;

	why->text[0] = '\0';
	if (!a)
		return -ENOMEM;
	archive_write_set_format_cpio_newc(a);
	archive_write_set_bytes_in_last_block(a, 1);
	/* Level 6 of zlib, and no time of day in the header. */
	if (gzip)
		ready = archive_write_add_filter_gzip(a) == ARCHIVE_OK &&
			archive_write_set_options(
				a, "gzip:compression-level=6,gzip:!timestamp") ==
				ARCHIVE_OK;
	if (ready && archive_write_open(a, f, NULL, to_stream, NULL) == ARCHIVE_OK)
		r = put_tree(a, t);
	if (r == 0 && archive_write_close(a) != ARCHIVE_OK)
		r = -EIO;
	if (r < 0 && archive_error_string(a))
		snprintf(why->text, sizeof(why->text), "%s", archive_error_string(a));
	archive_write_free(a);
	return r;
}
