// SPDX-License-Identifier: MIT
#include "manifest.h"
#include "json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "3"

static const struct {
	const char *key;
	size_t at;
	int is_number;
} keys[] = {
	{ "name", offsetof(struct manifest, name), 0 },
	{ "created", offsetof(struct manifest, created), 0 },
	{ "qemu", offsetof(struct manifest, qemu), 0 },
	{ "machine", offsetof(struct manifest, machine), 0 },
	{ "accelerator", offsetof(struct manifest, accel), 0 },
	{ "cpu", offsetof(struct manifest, cpu), 0 },
	{ "host-cpu", offsetof(struct manifest, host_cpu), 0 },
	{ "memory-kib", offsetof(struct manifest, memory_kib), 1 },
	{ "cpus", offsetof(struct manifest, cpus), 1 },
	{ "memory-sum", offsetof(struct manifest, memory_sum), 0 },
	{ "state-bytes", offsetof(struct manifest, state_bytes), 1 },
	{ "state-sum", offsetof(struct manifest, state_sum), 0 },
};

enum { KEYS = sizeof(keys) / sizeof(*keys) };

static char **text_of(struct manifest *m, size_t k)
{
	return (char **)(void *)((char *)m + keys[k].at);
}

static uint64_t *number_of(struct manifest *m, size_t k)
{
	return (uint64_t *)(void *)((char *)m + keys[k].at);
}

static const char *get_text(const struct manifest *m, size_t k)
{
	return *(char *const *)(const void *)((const char *)m + keys[k].at);
}

static uint64_t get_number(const struct manifest *m, size_t k)
{
	return *(const uint64_t *)(const void *)((const char *)m + keys[k].at);
}

/* Digits and nothing else, above zero. */
static int number(const char *s, uint64_t *out)
{
	char *end;

	if (*s < '0' || *s > '9')
		return -EBADMSG;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return *end || errno || *out == 0 ? -EBADMSG : 0;
}

/* Letters and digits: they become the name of a file. */
static int word(const char *s, char *out, size_t room)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	if (!*s || s[strspn(s, letters)] || strlen(s) >= room)
		return -EBADMSG;
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

static int disk(struct manifest *m, char *s)
{
	struct frozen_disk *d = &m->disk[m->disks];
	char *rest, *target = strtok_r(s, " ", &rest);
	char *format = strtok_r(NULL, " ", &rest), *bytes = strtok_r(NULL, " ", &rest);
	char *sum = strtok_r(NULL, " ", &rest);

	if (m->disks == MANIFEST_DISKS || !target || !format || !bytes || !sum)
		return -EBADMSG;
	if (word(target, d->target, sizeof(d->target)) < 0 ||
		word(format, d->format, sizeof(d->format)) < 0 ||
		number(bytes, &d->bytes) < 0 || word(sum, d->sum, sizeof(d->sum)) < 0)
		return -EBADMSG;
	m->disks++;
	return 0;
}

static int value(struct manifest *m, size_t k, const char *s, unsigned *seen)
{
	if (*seen & 1U << k || !*s)
		return -EBADMSG;
	*seen |= 1U << k;
	if (keys[k].is_number)
		return number(s, number_of(m, k));
	*text_of(m, k) = strdup(s);
	return *text_of(m, k) ? 0 : -ENOMEM;
}

static int line_(struct manifest *m, char *s, unsigned *seen, int *format)
{
	char *eq = strchr(s, '=');

	if (!eq)
		return -EBADMSG;
	*eq++ = '\0';
	if (strcmp(s, "format") == 0) {
		*format = strcmp(eq, FORMAT) == 0;
		return *format ? 0 : -EBADMSG;
	}
	if (strcmp(s, "disk") == 0)
		return disk(m, eq);
	for (size_t k = 0; k < KEYS; k++)
		if (strcmp(s, keys[k].key) == 0)
			return value(m, k, eq, seen);
	return -EBADMSG;
}

static int lines(struct manifest *m, char *text, unsigned *line, const char **key)
{
	unsigned seen = 0;
	int format = 0;

	for (char *end; *text; text = end + 1) {
		int r = -EBADMSG;

		++*line;
		end = strchr(text, '\n');
		if (end) {
			*end = '\0';
			r = line_(m, text, &seen, &format);
		}
		if (r < 0)
			return r;
	}
	*line = 0;
	for (size_t k = 0; k < KEYS; k++)
		if (!(seen & 1U << k)) {
			*key = keys[k].key;
			return -EBADMSG;
		}
	*key = "format";
	return format ? 0 : -EBADMSG;
}

int manifest_parse(struct manifest *m, const char *text, size_t len, unsigned *line,
	const char **key)
{
	char *copy;
	int r;

	*m = (struct manifest){ 0 };
	*line = 0;
	*key = "";
	if (memchr(text, '\0', len))
		return -EBADMSG;
	copy = strndup(text, len);
	if (!copy)
		return -ENOMEM;
	r = lines(m, copy, line, key);
	free(copy);
	if (r < 0)
		manifest_free(m);
	return r;
}

void manifest_write(const struct manifest *m, FILE *f)
{
	fputs("format=" FORMAT "\n", f);
	for (size_t k = 0; k < KEYS; k++)
		if (keys[k].is_number)
			fprintf(f, "%s=%" PRIu64 "\n", keys[k].key, get_number(m, k));
		else
			fprintf(f, "%s=%s\n", keys[k].key, get_text(m, k));
	for (size_t i = 0; i < m->disks; i++)
		fprintf(f, "disk=%s %s %" PRIu64 " %s\n", m->disk[i].target,
			m->disk[i].format, m->disk[i].bytes, m->disk[i].sum);
}

void manifest_json(const struct manifest *m, FILE *f)
{
	fputc('{', f);
	for (size_t k = 0; k < KEYS; k++) {
		fprintf(f, "\"%s\":", keys[k].key);
		if (keys[k].is_number)
			fprintf(f, "%" PRIu64, get_number(m, k));
		else
			json_string(get_text(m, k), f);
		fputc(',', f);
	}
	fputs("\"disks\":[", f);
	for (size_t i = 0; i < m->disks; i++)
		fprintf(f,
			"%s{\"target\":\"%s\",\"format\":\"%s\",\"bytes\":%" PRIu64
			",\"sum\":\"%s\"}",
			i ? "," : "", m->disk[i].target, m->disk[i].format,
			m->disk[i].bytes, m->disk[i].sum);
	fputs("]}\n", f);
}

void manifest_free(struct manifest *m)
{
	for (size_t k = 0; k < KEYS; k++)
		if (!keys[k].is_number)
			free(*text_of(m, k));
	*m = (struct manifest){ 0 };
}
