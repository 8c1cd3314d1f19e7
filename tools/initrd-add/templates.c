// SPDX-License-Identifier: MIT
#include "templates.h"
#include "cleanup.h"
#include "diag.h"
#include "stanza.h"

#include <stdio.h>
#include <string.h>

/* "Description-de.UTF-8", but not "Choices-C". */
static bool translated(const struct field *f)
{
	const char *dash = memchr(f->name, '-', f->namelen);

	return dash && !(f->name + f->namelen - dash == 2 && dash[1] == 'C');
}

int templates_strip(
	const char *text, size_t len, char **out, size_t *outlen, unsigned *line)
{
	const char *p = text, *end = text + len;
	char *to = malloc(len + 2);
	struct field f;
	bool gap = false; /* a stanza has ended, and no other begun */
	int r;

	*out = to;
	*line = 0;
	if (!to)
		return -ENOMEM;
	while ((r = field_next(&p, end, &f)) >= 0) {
		if (r == 0)
			gap = to > *out;
		if (r == 1 && !translated(&f)) {
			if (gap)
				*to++ = '\n';
			gap = false;
			memcpy(to, f.name, (size_t)(f.end - f.name));
			to += f.end - f.name;
		}
	}
	if (r == -EBADMSG) {
		*line = line_of(text, p);
		free(*out);
		return r;
	}
	if (gap)
		*to++ = '\n';
	*to = '\0';
	*outlen = (size_t)(to - *out);
	return 0;
}

bool is_templates(const char *path)
{
	size_t len = strlen(path);

	return path_below(path, "var/lib/dpkg/info") && len > 10 &&
	       strcmp(path + len - 10, ".templates") == 0;
}

static int strip_node(struct initrd *rd, const struct node *n)
{
	struct node new = *n;
	unsigned line;
	int r;

	if (!is_templates(n->path) || !S_ISREG(n->mode))
		return 0;
	r = templates_strip(n->data, n->size, &new.owned, &new.size, &line);
	if (r < 0) {
		diag("%s: %s:%u: %s", rd->name, n->path, line,
			r == -EBADMSG ? "neither a field nor an empty line"
				      : "out of memory");
		return r;
	}
	new.data = new.owned;
	new.link = 0;
	if (tree_put(&rd->add, &new))
		return 0;
	free(new.owned);
	return -ENOMEM;
}

int templates_strip_all(struct initrd *rd)
{
	_cleanup_free_ struct node **base = tree_list(&rd->base);
	_cleanup_free_ struct node **add = tree_list(&rd->add);
	size_t added = rd->add.count;
	int r = base && add ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < rd->base.count; i++)
		if (!tree_get(&rd->add, base[i]->path))
			r = strip_node(rd, base[i]);
	for (size_t i = 0; r == 0 && i < added; i++)
		r = strip_node(rd, add[i]);
	return r;
}
