// SPDX-License-Identifier: MIT
/* The folder of a saved guest: opened, and looked over before anybody relies on it. */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"
#include "whole.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

char *in_dir(const char *dir, const char *name)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static int read_manifest(struct saved *s, const char *path)
{
	_cleanup_free_ char *text = NULL;
	const char *key = "";
	unsigned line = 0;
	size_t len = 0;
	int r = slurp_file(path, MANIFEST_MAX, &text, &len);

	if (r == 0)
		r = manifest_parse(&s->manifest, text, len, &line, &key);
	if (r == 0)
		return EX_DONE;
	if (r == -EBADMSG && line)
		diag("%s:%u: not a line of a saved guest", path, line);
	else if (r == -EBADMSG)
		diag("%s: %s: missing", path, key);
	else
		diag_errno(-r, "%s", path);
	return r == -EBADMSG || r == -EFBIG ? EX_DAMAGED : EX_FAILED;
}

int saved_head(int fd, struct savefile *file)
{
	char header[SAVEFILE_HEADER];
	_cleanup_free_ char *data = NULL;
	size_t len = 0;
	int r;

	if (lseek(fd, 0, SEEK_SET) < 0 ||
		whole_read(fd, header, sizeof(header)) != sizeof(header))
		return -EBADMSG;
	r = savefile_length(header, &len);
	if (r < 0)
		return r;
	data = malloc(len);
	if (!data)
		return -ENOMEM;
	if (lseek(fd, 0, SEEK_SET) < 0 || whole_read(fd, data, len) != (ssize_t)len)
		return -EBADMSG;
	return savefile_parse(file, data, len);
}

static int damaged(const char *path, long long bytes, unsigned long long was)
{
	diag("%s: damaged: has %lld bytes, was saved with %llu", path, bytes, was);
	return EX_DAMAGED;
}

/* Opens DIR/NAME, which must have that many bytes. */
static int open_part(const char *dir, const char *name, uint64_t bytes, int *fd)
{
	_cleanup_free_ char *path = in_dir(dir, name);
	struct stat st;

	*fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (*fd < 0 || fstat(*fd, &st) < 0) {
		diag_errno(errno, "%s/%s", dir, name);
		return EX_DAMAGED;
	}
	return (uint64_t)st.st_size == bytes ? EX_DONE
					     : damaged(path, st.st_size, bytes);
}

static int read_state(struct saved *s, const char *dir)
{
	int r = open_part(dir, SAVED_STATE, s->manifest.state_bytes, &s->state);

	if (r != EX_DONE)
		return r;
	r = saved_head(s->state, &s->file);
	if (r < 0)
		diag_errno(-r, "%s/" SAVED_STATE ": damaged", dir);
	return r == -ENOMEM ? EX_FAILED : r < 0 ? EX_DAMAGED : EX_DONE;
}

static int verify_file(int fd, const char *dir, const char *name, const char *sum)
{
	char now[SUM_ROOM];
	const int r = sum_file(fd, now);

	if (r < 0) {
		diag_errno(-r, "%s/%s", dir, name);
		return EX_FAILED;
	}
	if (strcmp(now, sum) == 0)
		return EX_DONE;
	diag("%s/%s: damaged: it is not what was saved", dir, name);
	return EX_DAMAGED;
}

static int open_disk(const struct frozen_disk *d, const char *dir, char **name, int *fd)
{
	if (asprintf(name, "%s.%s", d->target, d->format) < 0) {
		*name = NULL;
		return EX_FAILED;
	}
	return open_part(dir, *name, d->bytes, fd);
}

/* All disks: that they are there, and with contents what is in them. */
static int look_at_disks(const struct saved *s, const char *dir, int contents)
{
	int r = EX_DONE;

	for (size_t i = 0; r == EX_DONE && i < s->manifest.disks; i++) {
		const struct frozen_disk *d = &s->manifest.disk[i];
		_cleanup_free_ char *name = NULL;
		_cleanup_close_ int fd = -1;

		r = open_disk(d, dir, &name, &fd);
		if (r == EX_DONE && contents)
			r = verify_file(fd, dir, name, d->sum);
	}
	return r;
}

int saved_verify(const struct saved *s, const char *dir)
{
	int r = verify_file(s->state, dir, SAVED_STATE, s->manifest.state_sum);

	if (r == EX_DONE)
		r = verify_file(s->memory, dir, SAVED_MEMORY, s->manifest.memory_sum);
	return r == EX_DONE ? look_at_disks(s, dir, 1) : r;
}

int saved_open(struct saved *s, const char *dir)
{
	_cleanup_free_ char *manifest = in_dir(dir, SAVED_MANIFEST);
	int r = manifest ? EX_DONE : EX_FAILED;

	*s = (struct saved){ .memory = -1, .state = -1 };
	if (r == EX_DONE)
		r = read_manifest(s, manifest);
	if (r == EX_DONE)
		r = read_state(s, dir);
	if (r == EX_DONE)
		r = open_part(
			dir, SAVED_MEMORY, s->manifest.memory_kib << 10, &s->memory);
	if (r == EX_DONE)
		r = look_at_disks(s, dir, 0);
	return r;
}

void saved_close(struct saved *s)
{
	savefile_free(&s->file);
	manifest_free(&s->manifest);
	if (s->memory >= 0)
		close(s->memory);
	if (s->state >= 0)
		close(s->state);
}

int verify(const char *dir)
{
	struct saved s;
	int r = saved_open(&s, dir);

	if (r == EX_DONE)
		r = saved_verify(&s, dir);
	saved_close(&s);
	return r;
}

int info(const char *dir, int json)
{
	struct saved s;
	int r = saved_open(&s, dir);

	if (r == EX_DONE) {
		if (json)
			manifest_json(&s.manifest, stdout);
		else
			manifest_write(&s.manifest, stdout);
		r = flush_stdout() < 0 ? EX_FAILED : EX_DONE;
	}
	saved_close(&s);
	return r;
}
