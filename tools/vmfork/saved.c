/* The folder of a saved guest: opened, and looked over before anybody relies on it. */
#include "vmfork.h"
#include "cleanup.h"
#include "diag.h"
#include "slurp.h"

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

static int read_memory(struct saved *s, const char *path)
{
	int r = packed_open(&s->packed, path);

	if (r == 0)
		r = savefile_parse(&s->file, s->packed.head, s->packed.head_len);
	if (r == 0 && (s->packed.bytes != s->manifest.stream_bytes ||
			      s->packed.size != s->manifest.packed_bytes))
		r = -EBADMSG;
	if (r == 0)
		return EX_DONE;
	if (r == -EBADMSG)
		diag("%s: damaged: it is not as long or not as it was when it was "
		     "saved",
			path);
	else
		diag_errno(-r, "%s", path);
	return r == -EBADMSG ? EX_DAMAGED : EX_FAILED;
}

static int look_at_disks(const struct saved *s, const char *dir)
{
	for (size_t i = 0; i < s->manifest.disks; i++) {
		const struct frozen_disk *d = &s->manifest.disk[i];
		_cleanup_free_ char *path = NULL;
		struct stat st;

		if (asprintf(&path, "%s/%s.%s", dir, d->target, d->format) < 0)
			return EX_FAILED;
		if (stat(path, &st) < 0) {
			diag_errno(errno, "%s", path);
			return EX_DAMAGED;
		}
		if ((uint64_t)st.st_size != d->bytes) {
			diag("%s: damaged: has %lld bytes, was saved with %llu", path,
				(long long)st.st_size, (unsigned long long)d->bytes);
			return EX_DAMAGED;
		}
	}
	return EX_DONE;
}

int saved_open(struct saved *s, const char *dir)
{
	_cleanup_free_ char *manifest = in_dir(dir, SAVED_MANIFEST);
	_cleanup_free_ char *memory = in_dir(dir, SAVED_MEMORY);
	int r = manifest && memory ? EX_DONE : EX_FAILED;

	*s = (struct saved){ 0 };
	if (r == EX_DONE)
		r = read_manifest(s, manifest);
	if (r == EX_DONE)
		r = read_memory(s, memory);
	if (r == EX_DONE)
		r = look_at_disks(s, dir);
	return r;
}

void saved_close(struct saved *s)
{
	savefile_free(&s->file);
	packed_close(&s->packed);
	manifest_free(&s->manifest);
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
