// SPDX-License-Identifier: MIT
#include "convert.h"
#include "bytes.h"
#include "cleanup.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

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

static uint64_t be(const unsigned char *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* qcow and qcow2: version, the backing file's place, bit 2 of what must be known. */
static const char *qcow_refusal(const unsigned char *h)
{
	enum { INCOMPATIBLE = 72, DATA_FILE = 4 };

	if (be(h + 8, 8) != 0)
		return "it has a backing file";
	if (be(h + 4, 4) >= 3 && be(h + INCOMPATIBLE, 8) & DATA_FILE)
		return "its data lies in another file";
	return NULL;
}

/* A text that names files: at the beginning, or where a header says. */
static const char *vmdk_refusal(int fd, const unsigned char *h, uint64_t size)
{
	enum {
		TEXT_MAX = 64 << 10,
		SECTOR = 512,
		CAPACITY = 12,
		TEXT_AT = 28,
		TEXT_LEN = 36
	};
	_cleanup_free_ char *text = calloc(1, TEXT_MAX + 1);
	uint64_t at = 0, len = TEXT_MAX;
	const char *parent;

	if (!text)
		return "no memory";
	if (memcmp(h, "COWD", 4) == 0)
		return "it is of an old kind that may have a parent";
	/* a header without a size is followed by such a text, too */
	if (memcmp(h, "KDMV", 4) != 0 || get_le64(h + CAPACITY) == 0)
		return "its data lies in another file";
	at = get_le64(h + TEXT_AT) * SECTOR;
	len = get_le64(h + TEXT_LEN) * SECTOR;
	if (at == 0)
		return NULL; /* no text: the image is whole by itself */
	if (at > size || len > size - at || len > TEXT_MAX ||
		read_at(fd, at, text, (size_t)len) < 0)
		return "its description can't be read";
	if (strcasestr(text, "parentFileNameHint"))
		return "it has a parent";
	parent = strcasestr(text, "parentCID=");
	if (parent && strncasecmp(parent + strlen("parentCID="), "ffffffff", 8) != 0)
		return "it has a parent";
	return NULL;
}

const char *convert_refusal(const char *path, const char *format)
{
	enum {
		HEAD = 512,
		VPC_TYPE = 60,
		VPC_DIFFERENCING = 4,
		VDI_TYPE = 76,
		VDI_DIFFERENCING = 4,
		QED_FEATURES = 16,
		QED_BACKING = 1
	};
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	unsigned char h[HEAD] = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || pread(fd, h, sizeof(h), 0) < 0)
		return "it can't be read";
	if (strncmp(format, "qcow", 4) == 0)
		return qcow_refusal(h);
	if (strcmp(format, "vmdk") == 0)
		return vmdk_refusal(fd, h, (uint64_t)st.st_size);
	if (strcmp(format, "qed") == 0 && get_le64(h + QED_FEATURES) & QED_BACKING)
		return "it has a backing file";
	if (strcmp(format, "vpc") == 0 && be(h + VPC_TYPE, 4) == VPC_DIFFERENCING)
		return "it has a parent";
	if (strcmp(format, "vdi") == 0 && get_le32(h + VDI_TYPE) == VDI_DIFFERENCING)
		return "it has a parent";
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
