// SPDX-License-Identifier: MIT
#include "diag.h"
#include "cleanup.h"
#include "codepoint.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/*
 * Length of the printable UTF-8 sequence at s, 0 where there is none: control
 * characters of C0 and C1 and what reorders the text around it are not printable.
 */
static size_t printable(const char *s, size_t len)
{
	uint32_t cp = 0;
	size_t n = codepoint(s, len, &cp);

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || codepoint_turns(cp))
		return 0;
	return n;
}

void fput_visible(const char *s, FILE *f)
{
	const char *end = s + strlen(s);

	while (s < end) {
		size_t n = printable(s, (size_t)(end - s));

		if (n)
			fwrite(s, 1, n, f);
		else
			fprintf(f, "\\x%02x", (unsigned char)*s);
		s += n ? n : 1;
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
