// SPDX-License-Identifier: MIT
/*
 * sources.c - the files of a recipe: what is in them, or, for --payload, where
 * they are.
 */
#include "sources.h"

#include "atomicfile.h"
#include "beneath.h"
#include "beside.h"
#include "cleanup.h"
#include "slurp.h"
#include "utf8.h"
#include "values.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All files of a recipe that go into the preseed file, together. */
enum { MAX_INLINE = 128 << 10 };

static void read_inline(struct plan *p, const struct setting *s, struct late_file *file,
	int fd, size_t *total)
{
	int err = fd < 0 ? fd
			 : slurp_fd(fd, MAX_INLINE - *total, &file->text, &file->len);

	if (err == 0) {
		pool_adopt(p->pool, file->text);
		*total += file->len;
	} else if (err == -EFBIG) {
		complain(p->recipe, s->from,
			"file: %s: over %d KiB in all, too much to go into a preseed "
			"file; --payload sends files beside it",
			s->word[0], MAX_INLINE >> 10);
		*total = MAX_INLINE;
	} else {
		complain(p->recipe, s->from, "file: %s: %s", s->word[0],
			beneath_reason(err));
	}
}

/* Copies what is left of fd, at most that many bytes. 0 or a negative errno. */
static int copy(int fd, uint64_t most, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile out = { 0 };
	char buf[65536];
	uint64_t done = 0;
	ssize_t n;
	int r = atomic_open(&out, path);

	while (r == 0 && (n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0) {
			r = errno == EINTR ? 0 : -errno;
			continue;
		}
		done += (uint64_t)n;
		if (done > most)
			r = -EFBIG;
		else if (fwrite(buf, 1, (size_t)n, out.f) != (size_t)n)
			r = -errno;
	}
	return r < 0 ? r : atomic_commit(&out);
}

/* So that what was checked is what travels, whatever becomes of the recipe's folder. */
static void keep(struct plan *p, const struct setting *s, struct late_file *file, int fd,
	uint64_t size)
{
	int r;

	file->path = pool_printf(p->pool, "%s/%zu", p->copies, (size_t)(file - p->file));
	r = copy(fd, size, file->path);
	if (r == -EFBIG)
		complain(p->recipe, s->from, "file: %s: grew while it was read",
			s->word[0]);
	else if (r < 0)
		complain(p->recipe, s->from, "file: %s: copy to %s: %s", s->word[0],
			file->path, strerror(-r));
}

/* They are in the installer's memory, before a disk is there to put them on. */
static void locate(struct plan *p, const struct setting *s, struct late_file *file,
	int fd, size_t *total)
{
	uint64_t most = size_bytes(plan_get(p, "memory")) / 4;
	char path[4096];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0) {
		complain(p->recipe, s->from, "file: %s: %s", s->word[0],
			beneath_reason(fd < 0 ? fd : -errno));
		return;
	}
	n = readlink(
		pool_printf(p->pool, "/proc/self/fd/%d", fd), path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	file->path = pool_strdup(p->pool, path);
	if (n <= 0 || text_fault(path, (size_t)n) || strchr(path, '\t'))
		complain(p->recipe, s->from, "file: %s: its path is no plain text",
			s->word[0]);
	if (*total <= most && *total + (uint64_t)st.st_size > most)
		complain(p->recipe, s->from,
			"file: %s: all files together take over a quarter of the "
			"memory",
			s->word[0]);
	*total += (size_t)st.st_size;
	if (p->copies && *total <= most)
		keep(p, s, file, fd, (uint64_t)st.st_size);
}

const char *program_dir(struct pool *pool)
{
	char *dir = beside_dir();

	return dir ? pool_adopt(pool, dir) : ".";
}

/* A file of the recipe's folder, or, by "@NAME", one of the programs beside this one. */
static int open_source(struct plan *p, const char *word)
{
	_cleanup_close_ int dir = -1;

	if (*word != '@')
		return beneath_open(p->recipe->dir, word);
	dir = open(program_dir(p->pool), O_PATH | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -errno : beneath_open(dir, word + 1);
}

void sources_read(struct plan *p)
{
	const struct setting *s;
	size_t i = 0, total = 0;

	for (s = NULL; (s = recipe_next(p->recipe, K_FILE, s));)
		p->files++;
	p->file = pool_alloc(p->pool, p->files * sizeof(*p->file));
	for (s = NULL; (s = recipe_next(p->recipe, K_FILE, s));) {
		_cleanup_close_ int fd = open_source(p, s->word[0]);

		if (p->payload)
			locate(p, s, &p->file[i++], fd, &total);
		else
			read_inline(p, s, &p->file[i++], fd, &total);
	}
}
