// SPDX-License-Identifier: MIT
#include "manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int manifest_read(struct manifest *m, struct slice text)
{
	struct slice line;
	size_t room = 0;

	while (slice_line(&text, &line)) {
		struct entry e;

		if (!slice_split(line, '=', &e.key, &e.value)) {
			m->broken++;
			continue;
		}
		if (m->n == room) {
			struct entry *p;

			room = room ? 2 * room : 64;
			if (!(p = reallocarray(m->entries, room, sizeof(*p))))
				return -ENOMEM;
			m->entries = p;
		}
		m->entries[m->n++] = e;
	}
	return 0;
}

void manifest_end(struct manifest *m)
{
	free(m->entries);
}

bool manifest_next(
	const struct manifest *m, const char *key, size_t *i, struct slice *value)
{
	while (*i < m->n) {
		const struct entry *e = &m->entries[(*i)++];

		if (slice_is(e->key, key)) {
			*value = e->value;
			return true;
		}
	}
	return false;
}

struct slice manifest_get(const struct manifest *m, const char *key)
{
	struct slice value = { "", 0 };
	size_t i = 0;

	manifest_next(m, key, &i, &value);
	return value;
}

size_t manifest_count(const struct manifest *m, const char *key)
{
	struct slice value;
	size_t i = 0, n = 0;

	while (manifest_next(m, key, &i, &value))
		n++;
	return n;
}

/* Digits and a point: what strtod(3) takes besides (inf, hexadecimal) is no time. */
bool number_first(struct slice s, double *number, struct slice *rest)
{
	char digits[24];
	size_t n = 0;

	while (n < s.n && n < sizeof(digits) - 1 &&
		((s.s[n] >= '0' && s.s[n] <= '9') || (n && s.s[n] == '.'))) {
		digits[n] = s.s[n];
		n++;
	}
	digits[n] = '\0';
	if (n == 0 || n == sizeof(digits) - 1)
		return false;
	*number = strtod(digits, NULL);
	rest->s = s.s + n;
	rest->n = s.n - n;
	return true;
}

int steps_add(struct steps *s, struct slice line)
{
	struct step step;

	if (s->n == STEPS_MAX || !number_first(line, &step.at, &step.name) ||
		step.at > 1e7 || step.name.n < 2 || !strchr(" \t", *step.name.s)) {
		s->left_out++;
		return 0;
	}
	step.name.s++;
	step.name.n--;
	if (!s->list && !(s->list = calloc(STEPS_MAX, sizeof(*s->list))))
		return -ENOMEM;
	s->list[s->n++] = step;
	return 0;
}

void steps_end(struct steps *s)
{
	free(s->list);
}
