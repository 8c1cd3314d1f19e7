#include "convert.h"
#include "cleanup.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { TRIES = 1000 };

char *shell_word(const char *s)
{
	_cleanup_free_ char *out = NULL;
	bool bare = *s, shown = true;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	for (const char *p = s; *p; p++) {
		bare &= isalnum((unsigned char)*p) || strchr("_./+:@%,-", *p);
		shown &= *p >= 0x20 && *p < 0x7f;
	}
	if (!bare)
		fputs(shown ? "'" : "$'", f);
	for (const char *p = s; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (shown)
			fputs(!bare && c == '\'' ? "'\\''" : (char[]){ *p, '\0' }, f);
		else if (c == '\'' || c == '\\')
			fprintf(f, "\\%c", c);
		else
			fprintf(f, c < 0x20 || c >= 0x7f ? "\\%03o" : "%c", c);
	}
	if (!bare)
		putc('\'', f);
	return fclose(f) == 0 ? steal_ptr(&out) : NULL;
}

/* qemu-img takes "a:b" for a protocol, and "-x" for an option. */
static char *as_file(const char *path)
{
	size_t n = strcspn(path, ":/");
	char *s;

	if (*path != '-' && path[n] != ':')
		return strdup(path);
	return asprintf(&s, "./%s", path) < 0 ? NULL : s;
}

/* The name without what says the format; none, if nothing else is left. */
static size_t stem(const char *path)
{
	static const char *const known[] = { ".qcow2", ".qcow", ".qed", ".vmdk", ".vdi",
		".vhdx", ".vhd", ".vpc", ".hdd", ".dmg", ".img", ".gz", ".xz", ".zst",
		".bz2", ".lz4", ".lzma", ".lz", ".lzo", ".simg" };
	size_t len = strlen(path), before;

	do {
		before = len;
		for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
			size_t n = strlen(known[i]);

			if (len > n && path[len - n - 1] != '/' &&
				strncasecmp(path + len - n, known[i], n) == 0)
				len -= n;
		}
	} while (len < before);
	return len;
}

char *convert_name(const char *path)
{
	for (int i = 0; i < TRIES; i++) {
		char number[16] = "", *s;

		if (i > 0)
			snprintf(number, sizeof(number), "-%d", i);
		if (asprintf(&s, "%.*s%s.raw", (int)stem(path), path, number) < 0)
			return NULL;
		if (access(s, F_OK) < 0)
			return s;
		free(s);
	}
	return NULL;
}

char *convert_line(const char *path, const char *format)
{
	_cleanup_free_ char *file = as_file(path),
			    *to = file ? convert_name(file) : NULL;
	_cleanup_free_ char *a = to ? shell_word(file) : NULL;
	_cleanup_free_ char *b = to ? shell_word(to) : NULL;
	char *s;

	if (!a || !b ||
		asprintf(&s, "qemu-img convert -f %s -O raw %s %s", format, a, b) < 0)
		return NULL;
	return s;
}
