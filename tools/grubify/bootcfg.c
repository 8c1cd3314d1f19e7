// SPDX-License-Identifier: MIT
#include "bootcfg.h"
#include "cleanup.h"

#include <ctype.h>
#include <string.h>

enum { WORDS_MAX = 256, NEST_MAX = 64, OUTSIDE = -1 };

struct word {
	char *s;
	bool variable; /* what it is, is known at boot */
	bool bare;     /* without a quote: may be a brace */
};

struct parser {
	const char *p;
	int line;
	struct word words[WORDS_MAX];
	size_t n;
	int at; /* the line where its command begins */
	char nest[NEST_MAX]; /* 'm' for an entry, 's' for a submenu, 'f' for a function */
	int depth, entries, entry; /* the entry that we are in, or OUTSIDE */
	char *chosen;		   /* set default= */
	struct bootline *list;
	int *of; /* the entry of each */
	size_t lines;
	bool *elsewhere; /* for each entry: it is not linux alone that it runs */
	char **titles, **ids;
	bool elsewhere_outside, blscfg;
	int error;
};

static void words_free(struct parser *ps)
{
	for (size_t i = 0; i < ps->n; i++)
		free(ps->words[i].s);
	ps->n = 0;
}

static char take(struct parser *ps)
{
	char c = *ps->p;

	if (c) {
		ps->p++;
		ps->line += c == '\n';
	}
	return c;
}

/* A word, with its quotes off. */
static void read_word(struct parser *ps)
{
	struct word w = { .bare = true };
	char quote = 0;
	size_t len;
	FILE *f = open_memstream(&w.s, &len);

	if (!f) {
		ps->error = -ENOMEM;
		return;
	}
	while (*ps->p && (quote || !strchr(" \t\r\n;", *ps->p))) {
		char c = take(ps);

		if (c == quote) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			w.bare = false;
		} else if (c == '\\' && quote != '\'' && *ps->p) {
			c = take(ps);
			if (c != '\n')
				fputc(c, f);
		} else {
			w.variable |= c == '$' && quote != '\'';
			fputc(c, f);
		}
	}
	if (fclose(f) != 0)
		ps->error = -ENOMEM;
	else if (ps->n < WORDS_MAX)
		ps->words[ps->n++] = w;
	else
		free(w.s);
}

/* The words of one command; false: there are no more. */
static bool read_command(struct parser *ps)
{
	words_free(ps);
	while (*ps->p && ps->error == 0) {
		if (*ps->p == '#') {
			ps->p += strcspn(ps->p, "\n");
		} else if (*ps->p == '\n' || *ps->p == ';') {
			take(ps);
			if (ps->n > 0)
				return true;
		} else if (strchr(" \t\r", *ps->p)) {
			take(ps);
		} else if (ps->p[0] == '\\' && ps->p[1] == '\n') {
			take(ps), take(ps);
		} else {
			if (ps->n == 0)
				ps->at = ps->line;
			read_word(ps);
			/* what a brace opens or closes is a command of its own */
			if (ps->n > 0 && ps->words[ps->n - 1].bare &&
				(strcmp(ps->words[ps->n - 1].s, "{") == 0 ||
					(ps->n == 1 &&
						strcmp(ps->words[0].s, "}") == 0)))
				return true;
		}
	}
	return ps->n > 0;
}

static bool is(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

static void new_entry(struct parser *ps)
{
	size_t n = (size_t)ps->entries + 1;
	bool *elsewhere = reallocarray(ps->elsewhere, n, sizeof(*elsewhere));
	char **titles, **ids;

	if (elsewhere)
		ps->elsewhere = elsewhere;
	titles = reallocarray(ps->titles, n, sizeof(*titles));
	if (titles)
		ps->titles = titles;
	ids = reallocarray(ps->ids, n, sizeof(*ids));
	if (ids)
		ps->ids = ids;
	if (!elsewhere || !titles || !ids) {
		ps->error = -ENOMEM;
		return;
	}
	elsewhere[n - 1] = false;
	titles[n - 1] = ps->n > 1 ? strdup(ps->words[1].s) : NULL;
	ids[n - 1] = NULL;
	for (size_t i = 1; i + 1 < ps->n && !ids[n - 1]; i++)
		if (strcmp(ps->words[i].s, "--id") == 0 ||
			strcmp(ps->words[i].s, "$menuentry_id_option") == 0)
			ids[n - 1] = strdup(ps->words[i + 1].s);
	ps->entry = ps->entries++;
}

static void open_brace(struct parser *ps, char kind)
{
	if (kind != 'f' && ps->entry == OUTSIDE)
		new_entry(ps);
	if (ps->depth < NEST_MAX)
		ps->nest[ps->depth] = kind;
	ps->depth++;
}

static void close_brace(struct parser *ps)
{
	if (ps->depth > 0)
		ps->depth--;
	if (ps->depth == 0)
		ps->entry = OUTSIDE;
}

static void add_line(struct parser *ps, const struct bootline *l)
{
	struct bootline *list =
		reallocarray(ps->list, ps->lines + 1, sizeof(*list));
	int *of;

	if (list)
		ps->list = list;
	of = reallocarray(ps->of, ps->lines + 1, sizeof(*of));
	if (of)
		ps->of = of;
	if (!list || !of) {
		free(l->file);
		free(l->root);
		ps->error = -ENOMEM;
		return;
	}
	list[ps->lines] = *l;
	of[ps->lines++] = ps->entry;
}

static void kernel(struct parser *ps, bool any)
{
	struct bootline l = { .line = ps->at, .any = any };
	size_t i = 1;

	while (i < ps->n && strncmp(ps->words[i].s, "--", 2) == 0)
		i++;
	if (i < ps->n && !ps->words[i].variable)
		l.file = strdup(ps->words[i].s);
	for (i++; i < ps->n; i++)
		if (strncmp(ps->words[i].s, "root=", 5) == 0 &&
			!ps->words[i].variable) {
			free(l.root);
			l.root = strdup(ps->words[i].s + 5);
		}
	add_line(ps, &l);
}

static void initrds(struct parser *ps)
{
	for (size_t i = 1; i < ps->n; i++)
		if (!ps->words[i].variable && *ps->words[i].s == '/') {
			struct bootline l = { .line = ps->at,
				.initrd = true,
				.file = strdup(ps->words[i].s) };

			add_line(ps, &l);
		}
}

static void choose(struct parser *ps)
{
	for (size_t i = 1; i < ps->n; i++)
		if (strncmp(ps->words[i].s, "default=", 8) == 0 &&
			!ps->words[i].variable && ps->words[i].s[8]) {
			free(ps->chosen);
			ps->chosen = strdup(ps->words[i].s + 8);
		}
}

static void act(struct parser *ps)
{
	static const char *const loaders[] = { "linux", "linuxefi", NULL };
	static const char *const old_loaders[] = { "linux16", "kernel", NULL };
	static const char *const ramdisks[] = { "initrd", "initrdefi", "initrd16", NULL };
	static const char *const others[] = { "configfile", "source", ".", "normal",
		"chainloader", "multiboot", "multiboot2", "xen_hypervisor",
		"extract_entries_configfile", "extract_entries_source", "syslinux_configfile",
		"legacy_configfile", "legacy_source", "exit", "knetbsd", "kfreebsd",
		"kopenbsd", "ntldr", "freedos", "appleloader", NULL };
	size_t first = 0;
	const char *name;

	/* "if x" and "then x" begin commands, too */
	while (first + 1 < ps->n && ps->words[first].bare &&
		is(ps->words[first].s,
			(const char *const[]){ "then", "else", "do", "if", "elif", NULL }))
		first++;
	for (size_t i = 0; i < first; i++)
		free(ps->words[i].s);
	memmove(ps->words, ps->words + first, (ps->n - first) * sizeof(*ps->words));
	ps->n -= first;
	name = ps->words[0].s;
	if (strcmp(ps->words[ps->n - 1].s, "{") == 0 && ps->words[ps->n - 1].bare)
		open_brace(ps, strcmp(name, "menuentry") == 0 ? 'm'
			       : strcmp(name, "submenu") == 0 ? 's'
							      : 'f');
	else if (strcmp(name, "}") == 0)
		close_brace(ps);
	else if (is(name, loaders) || is(name, old_loaders))
		kernel(ps, is(name, old_loaders));
	else if (is(name, ramdisks))
		initrds(ps);
	else if (strcmp(name, "set") == 0 && ps->entry == OUTSIDE)
		choose(ps);
	else if (strcmp(name, "blscfg") == 0)
		ps->blscfg = true;
	else if (is(name, others)) {
		if (ps->entry == OUTSIDE)
			ps->elsewhere_outside |= ps->depth == 0;
		else
			ps->elsewhere[ps->entry] = true;
	}
}

/* As GRUB takes it: a number, with a path below it perhaps; a title; an identifier. */
static int chosen_entry(const struct parser *ps)
{
	char *end;
	unsigned long n;

	if (!ps->chosen || ps->entries == 0)
		return 0;
	n = strtoul(ps->chosen, &end, 10);
	if (end != ps->chosen && (!*end || *end == '>'))
		return n < (unsigned long)ps->entries ? (int)n : 0;
	for (int i = 0; i < ps->entries; i++) {
		const char *names[] = { ps->titles[i], ps->ids[i] };

		for (int k = 0; k < 2; k++) {
			size_t len = names[k] ? strlen(names[k]) : 0;

			if (len && strncmp(ps->chosen, names[k], len) == 0 &&
				(!ps->chosen[len] || ps->chosen[len] == '>'))
				return i;
		}
	}
	return 0;
}

/* What is not of the default entry goes. */
static void keep_chosen(struct parser *ps, struct bootcfg *cfg)
{
	int chosen = ps->entries > 0 ? chosen_entry(ps) : OUTSIDE;

	for (size_t i = 0; i < ps->lines; i++) {
		if (ps->of[i] == chosen) {
			ps->list[cfg->n++] = ps->list[i];
			continue;
		}
		free(ps->list[i].file);
		free(ps->list[i].root);
	}
	cfg->list = steal_ptr(&ps->list);
	cfg->blscfg = ps->blscfg && ps->entries == 0;
	cfg->other = chosen == OUTSIDE ? ps->elsewhere_outside : ps->elsewhere[chosen];
	cfg->empty = ps->entries == 0 && cfg->n == 0 && !cfg->other && !ps->blscfg;
}

int bootcfg_parse(struct bootcfg *cfg, const char *text)
{
	_cleanup_free_ struct parser *ps = calloc(1, sizeof(*ps));
	int r;

	*cfg = (struct bootcfg){ 0 };
	if (!ps)
		return -ENOMEM;
	ps->p = text;
	ps->line = 1;
	ps->entry = OUTSIDE;
	while (ps->error == 0 && read_command(ps))
		act(ps);
	if (ps->error == 0) {
		keep_chosen(ps, cfg);
		ps->lines = 0;
	}
	words_free(ps);
	for (size_t i = 0; i < ps->lines; i++) {
		free(ps->list[i].file);
		free(ps->list[i].root);
	}
	for (int i = 0; i < ps->entries; i++) {
		free(ps->titles[i]);
		free(ps->ids[i]);
	}
	free(ps->titles);
	free(ps->ids);
	free(ps->elsewhere);
	free(ps->list);
	free(ps->of);
	free(ps->chosen);
	r = ps->error;
	return r;
}

void bootcfg_free(struct bootcfg *cfg)
{
	for (size_t i = 0; i < cfg->n; i++) {
		free(cfg->list[i].file);
		free(cfg->list[i].root);
	}
	free(cfg->list);
	*cfg = (struct bootcfg){ 0 };
}
