#include "diag.h"
#include "cleanup.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/*
 * Length of the printable UTF-8 sequence at s, 0 where there is none: control
 * characters of C0 and C1, overlong and surrogate forms are not printable.
 */
static size_t printable(const unsigned char *s)
{
	static const unsigned min[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned cp;
	size_t n, i;

	if (*s >= 0x20 && *s < 0x7f)
		return 1;
	if (*s >= 0xc2 && *s < 0xe0)
		n = 2, cp = *s & 0x1f;
	else if (*s >= 0xe0 && *s < 0xf0)
		n = 3, cp = *s & 0x0f;
	else if (*s >= 0xf0 && *s < 0xf5)
		n = 4, cp = *s & 0x07;
	else
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (s[i] & 0x3f);
	}
	if (cp < min[n] || cp < 0xa0 || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	/* the bidirectional overrides reorder what stands around them */
	if ((cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069))
		return 0;
	return n;
}

void fput_visible(const char *s, FILE *f)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p) {
		size_t n = printable(p);

		if (n)
			fwrite(p, 1, n, f);
		else
			fprintf(f, "\\x%02x", *p);
		p += n ? n : 1;
	}
}

static void message(const char *head, const char *fmt, va_list ap, int err)
{
	_cleanup_free_ char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	flockfile(stderr);
	fput_visible(head, stderr);
	fputs(": ", stderr);
	fput_visible(text ? text : fmt, stderr);
	if (err)
		fprintf(stderr, ": %s", strerror(err < 0 ? -err : err));
	fputc('\n', stderr);
	funlockfile(stderr);
}

void diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(program_invocation_short_name, fmt, ap, 0);
	va_end(ap);
}

void diag_errno(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(program_invocation_short_name, fmt, ap, err);
	va_end(ap);
}

void diag_at(const char *file, unsigned line, const char *fmt, ...)
{
	_cleanup_free_ char *head = NULL;
	va_list ap;

	if (asprintf(&head, "%s:%u", file, line) < 0)
		head = NULL;
	va_start(ap, fmt);
	message(head ? head : file, fmt, ap, 0);
	va_end(ap);
}

int flush_stdout(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	if (!errno)
		errno = EIO;
	diag_errno(errno, "standard output");
	return -errno;
}
