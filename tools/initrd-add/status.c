// SPDX-License-Identifier: MIT
#include "status.h"
#include "cleanup.h"
#include "stanza.h"

#include <stdio.h>
#include <string.h>

/* What libdebian-installer looks for in the status, in the order udpkg writes it. */
static const char *const kept[] = { "Essential", "Version", "Kernel-Version",
	"Subarchitecture", "Provides", "Pre-Depends", "Depends", "Recommends",
	"Conflicts", "Enhances", "Description", "Installer-Menu-Item", NULL };

static void package_free(struct package *p)
{
	free(p->name);
	free(p->version);
	free(p->text);
}

/* p's strings pass to the status, also on failure. */
static int append(struct status *s, struct package *p)
{
	struct package *list = NULL;

	if (p->name && p->version && p->text)
		list = realloc(s->list, (s->count + 1) * sizeof(*list));
	if (!list) {
		package_free(p);
		return -ENOMEM;
	}
	s->list = list;
	list[s->count++] = *p;
	return 0;
}

/* One stanza: its span and the fields that identify it. */
static int scan(const char **p, const char *end, struct package *out, const char **why)
{
	const char *start = *p;
	struct field f;
	int r;

	memset(out, 0, sizeof(*out));
	while ((r = field_next(p, end, &f)) == 1) {
		char **slot = field_is(&f, "Package")	? &out->name
			      : field_is(&f, "Version") ? &out->version
							: NULL;

		if (!slot)
			continue;
		free(*slot);
		*slot = field_value(&f);
	}
	*why = "neither a field nor an empty line";
	if (r != -EBADMSG && (!out->name || !out->name[0] || !out->version)) {
		*why = "a package without a name or version";
		r = -EBADMSG;
	}
	if (r == -EBADMSG) {
		package_free(out);
		return r;
	}
	if (asprintf(&out->text, "%.*s%s", (int)(f.end - start), start,
		    f.end[-1] == '\n' ? "" : "\n") < 0)
		out->text = NULL;
	return 0;
}

int status_parse(struct status *s, const char *text, size_t len, unsigned *line,
	const char **why)
{
	const char *p = text, *end = text + len;
	struct package one;
	int r;

	while (p < end && *p == '\n')
		p++;
	while (p < end) {
		r = scan(&p, end, &one, why);
		*line = line_of(text, p);
		if (r == 0)
			r = append(s, &one);
		if (r < 0)
			return r;
	}
	return 0;
}

struct package *status_find(const struct status *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	return NULL;
}

/* The field's first line, as udpkg writes it; for relations all that it says. */
static void copy_field(FILE *out, const char *control, size_t len, const char *name)
{
	const char *p = control, *end = control + len;
	struct field f;

	while (field_next(&p, end, &f) == 1) {
		if (!field_is(&f, name))
			continue;
		fprintf(out, "%s: %.*s", name, (int)f.valuelen, f.value);
		for (const char *c = f.value + f.valuelen;
			strcmp(name, "Description") != 0 && c < f.end; c++)
			if (*c != '\n')
				fputc(*c, out);
		fputc('\n', out);
		return;
	}
}

int status_add(struct status *s, const char *control, size_t len, const char **why)
{
	const char *p = control;
	struct package one;
	size_t size;
	FILE *out;
	int r;

	r = scan(&p, control + len, &one, why);
	if (r < 0)
		return r;
	if (status_find(s, one.name)) {
		package_free(&one);
		return -EEXIST;
	}
	free(steal_ptr(&one.text));
	out = open_memstream(&one.text, &size);
	if (out) {
		fprintf(out, "Package: %s\nStatus: install ok unpacked\n", one.name);
		for (size_t i = 0; kept[i]; i++)
			copy_field(out, control, len, kept[i]);
		fclose(out);
	}
	return append(s, &one);
}

int status_installed(struct package *p)
{
	const char *at = p->text, *end = at + strlen(at);
	const char *value = "install ok installed";
	struct field f;
	char *text;
	int r;

	while ((r = field_next(&at, end, &f)) == 1 && !field_is(&f, "Status"))
		;
	if (r != 1)
		return -EBADMSG;
	if (asprintf(&text, "%.*s%s%s", (int)(f.value - p->text), p->text, value,
		    f.value + f.valuelen) < 0)
		return -ENOMEM;
	free(p->text);
	p->text = text;
	return 0;
}

void status_remove(struct status *s, struct package *p)
{
	size_t i = (size_t)(p - s->list);

	package_free(p);
	memmove(p, p + 1, (s->count - i - 1) * sizeof(*p));
	s->count--;
}

char *status_text(const struct status *s, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	for (size_t i = 0; i < s->count; i++)
		fprintf(out, "%s\n", s->list[i].text);
	fclose(out);
	return text;
}

void status_free(struct status *s)
{
	for (size_t i = 0; i < s->count; i++)
		package_free(&s->list[i]);
	free(s->list);
	memset(s, 0, sizeof(*s));
}
