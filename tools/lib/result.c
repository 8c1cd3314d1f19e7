// SPDX-License-Identifier: MIT
#include "result.h"
#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"

#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

enum { PRIVATE = 0600 };

/* To open a pipe would wait for its reader. */
static int is_special(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 ||
	       (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode));
}

int result_prepare(const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	int r;

	if (!path || is_special(path))
		return 0;
	r = atomic_open_mode(&a, path, PRIVATE);
	if (r == 0 && unlink(a.path) < 0 && errno != ENOENT)
		return -errno;
	return r;
}

int result_begin(struct result *r, const char *tool, const char *outcome)
{
	*r = (struct result){ 0 };
	r->f = open_memstream(&r->text, &r->len);
	if (!r->f)
		return -ENOMEM;
	result_put(r, "tool", "%s", tool);
	result_put(r, "outcome", "%s", outcome);
	return 0;
}

void result_put(struct result *r, const char *key, const char *fmt, ...)
{
	_cleanup_free_ char *value = NULL;
	va_list ap;
	int n;

	if (!r->f)
		return;
	va_start(ap, fmt);
	n = vasprintf(&value, fmt, ap);
	va_end(ap);
	if (n < 0) {
		value = NULL;
		return;
	}
	fprintf(r->f, "%s=", key);
	fput_visible(value, r->f);
	fputc('\n', r->f);
}

static int publish(const struct result *r, const char *path)
{
	_cleanup_(atomic_drop) struct atomicfile a = { 0 };
	const int err = atomic_open_mode(&a, path, PRIVATE);

	if (err < 0)
		return err;
	fwrite(r->text, 1, r->len, a.f);
	return atomic_commit(&a);
}

int result_write(struct result *r, const char *path)
{
	int err = 0;

	if (!r->f)
		return path ? -ENOMEM : 0;
	if (fclose(steal_ptr(&r->f)) != 0)
		err = -ENOMEM;
	else if (path)
		err = publish(r, path);
	free(steal_ptr(&r->text));
	return err;
}
