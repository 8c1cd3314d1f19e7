// SPDX-License-Identifier: MIT
/* recipe.c - reads a recipe: files into lines, lines into words, words checked. */
#include "recipe.h"

#include "beneath.h"
#include "cleanup.h"
#include "diag.h"
#include "utf8.h"
#include "values.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

/* Nobody needs more; what is worse than linear stays out of harm's way so. */
enum {
	MAX_LINE = 8192,
	MAX_FILE = 1 << 16,
	MAX_WORDS = 512,
	MAX_SETTINGS = 2048,
};

static void read_file(struct recipe *r, const char *file, struct origin from,
	const char **chain, unsigned depth);

void complain(struct recipe *r, struct origin at, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	r->errors++;
	if (r->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (at.line)
		diag_at(at.name, at.line, "%s", text);
	else
		diag("%s: %s", at.name, text);
}

/*
 * Takes one word off *s: blanks end it, "..." keeps them, with \" and \\
 * inside. NULL at the end of the line or at a comment; *bad when a quote is
 * never closed.
 */
static char *take_word(struct pool *p, const char **s, bool *bad)
{
	const char *c = *s + strspn(*s, " \t");
	char word[MAX_LINE + 1], *out = word;
	bool quoted = false;

	if (*c == '\0' || *c == '#')
		return NULL;
	for (; *c && (quoted || !strchr(" \t", *c)); c++) {
		if (*c == '"')
			quoted = !quoted;
		else if (quoted && *c == '\\' && (c[1] == '"' || c[1] == '\\'))
			*out++ = *++c;
		else
			*out++ = *c;
	}
	*bad = quoted;
	*s = c;
	return pool_strndup(p, word, (size_t)(out - word));
}

/* The rest of a line as it is; quotes around the whole of it are taken off. */
static char *take_rest(struct pool *p, const char *s, bool unquote)
{
	size_t len;
	const char *whole;
	char *word;
	bool bad = false;

	s += strspn(s, " \t");
	len = strlen(s);
	while (len && strchr(" \t", s[len - 1]))
		len--;
	if (!len)
		return NULL;
	word = pool_strndup(p, s, len);
	if (!unquote || len < 2 || *word != '"')
		return word;
	for (whole = word + 1; *whole && *whole != '"'; whole++)
		if (*whole == '\\' && whole[1])
			whole++;
	if (*whole != '"' || whole[1])
		return word;
	whole = word;
	return take_word(p, &whole, &bad);
}

/* Which word of this line is taken raw: expect's commands are, its units not. */
static int raw_word(const struct key *key, char *const *word, size_t n)
{
	if (key->id == K_EXPECT && n >= 1 && strcmp(word[0], "run") == 0)
		return 1;
	return key->raw;
}

/* NULL, or what is wrong with the line's form. */
static const char *split(struct pool *p, struct setting *s, const char *line)
{
	char *word[MAX_WORDS + 1];
	size_t n = 0;
	bool bad = false;

	for (; n < MAX_WORDS; n++) {
		if ((int)n == raw_word(s->key, word, n)) {
			word[n] = take_rest(
				p, line, s->key->id == K_RUN || s->key->id == K_EXPECT);
			n += word[n] != NULL;
			break;
		}
		if (!(word[n] = take_word(p, &line, &bad)))
			break;
		if (bad)
			return "a quotation mark is not closed";
	}
	if (n == MAX_WORDS)
		return "too many words";
	s->word = pool_alloc(p, (n + 1) * sizeof(*s->word));
	memcpy(s->word, word, n * sizeof(*s->word));
	s->words = n;
	return NULL;
}

static bool said_before(struct recipe *r, const struct setting *s, size_t start)
{
	if (s->key->flags & KEY_LIST)
		return false;
	for (size_t i = start; i < r->n; i++)
		if (r->set[i].key == s->key) {
			complain(r, s->from, "%s: said twice: line %u has it already",
				s->key->name, r->set[i].from.line);
			return true;
		}
	return false;
}

/* A setting that is right in itself, or false after saying what is wrong. */
static bool check_setting(struct recipe *r, struct setting *s, const char *rest)
{
	struct why why = { "" };
	const char *wrong = split(r->pool, s, rest);

	if (wrong)
		complain(r, s->from, "%s: %s", s->key->name, wrong);
	else if (s->words < s->key->min)
		complain(r, s->from, "%s: wants %s", s->key->name, s->key->args);
	else if (s->words > s->key->max)
		complain(r, s->from, "%s: %s: one word too many, wants %s",
			s->key->name, s->word[s->key->max], s->key->args);
	else if (s->key->check && !s->key->check(s, r->pool, &why))
		complain(r, s->from, "%s: %s", s->key->name, why.text);
	else
		return true;
	return false;
}

static const struct key *known_key(
	struct recipe *r, struct origin from, const char *name, bool by_operator)
{
	const struct key *key = key_find(name);
	const char *nearest = key ? NULL : key_nearest(name);

	if (key && (by_operator || !(key->flags & KEY_OPERATOR)))
		return key;
	if (key)
		complain(r, from, "%s: is the operator's to say (--set %s=...)", name,
			name);
	else if (nearest)
		complain(r, from, "%s: no such key; did you mean %s?", name, nearest);
	else
		complain(r, from, "%s: no such key; %s --keys lists them", name,
			program_invocation_short_name);
	return NULL;
}

static void keep(struct recipe *r, const struct setting *s)
{
	if (r->n == MAX_SETTINGS) {
		if (!r->full)
			complain(r, s->from, "%s: the recipe says more than %d things",
				s->key->name, MAX_SETTINGS);
		r->full = true;
		return;
	}
	r->set = grow(r->set, r->n, &r->room, sizeof(*r->set));
	r->set[r->n++] = *s;
}

static void parse_line(
	struct recipe *r, struct origin from, const char *line, size_t start)
{
	struct setting s = { .from = from };
	bool bad = false;
	char *name = take_word(r->pool, &line, &bad);

	if (!name || !(s.key = known_key(r, from, name, false)))
		return;
	if (check_setting(r, &s, line) && !said_before(r, &s, start))
		keep(r, &s);
}

void recipe_parse(struct recipe *r, const char *file, const char *text, size_t len)
{
	struct origin at = { file, 0 };
	size_t start = r->n;

	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;
		const char *wrong = text_fault(text, n);

		at.line++;
		if (n > MAX_LINE)
			complain(r, at, "line: longer than %d bytes", MAX_LINE);
		else if (wrong)
			complain(r, at, "line: %s", wrong);
		else
			parse_line(r, at, pool_strndup(r->pool, text, n), start);
		n += nl != NULL;
		text += n;
		len -= n;
	}
}

void recipe_override(struct recipe *r, const char *assignment)
{
	struct setting s = { 0 };
	const char *eq;
	char *name;

	s.from.name = pool_printf(r->pool, "--set %s", assignment);
	eq = strchr(assignment, '=');
	if (!eq || strlen(assignment) > MAX_LINE ||
		text_fault(assignment, strlen(assignment))) {
		complain(r, s.from, "is not KEY=VALUE in plain text");
		return;
	}
	name = pool_strndup(r->pool, assignment, (size_t)(eq - assignment));
	if (!(s.key = known_key(r, s.from, name, true)))
		return;
	if (s.key->id == K_LIKE)
		complain(r, s.from, "like: is for recipes");
	else if (check_setting(r, &s, eq + 1))
		keep(r, &s);
}

/* What a recipe is like comes first, so that what it says itself counts. */
static void read_base(
	struct recipe *r, size_t start, const char **chain, unsigned depth)
{
	const struct setting *like = NULL;
	struct setting *own;
	size_t n = r->n - start;
	char *file;

	for (size_t i = start; i < r->n; i++)
		if (r->set[i].key->id == K_LIKE)
			like = &r->set[i];
	if (!like)
		return;
	own = pool_alloc(r->pool, n * sizeof(*own));
	memcpy(own, r->set + start, n * sizeof(*own));
	like = &own[like - (r->set + start)];
	r->n = start;
	file = pool_printf(r->pool, "%s.recipe", like->word[0]);
	read_file(r, file, like->from, chain, depth + 1);
	for (size_t i = 0; i < n; i++)
		keep(r, &own[i]);
}

static bool in_chain(const char **chain, unsigned depth, const char *file)
{
	for (unsigned i = 0; i < depth; i++)
		if (strcmp(chain[i], file) == 0)
			return true;
	return false;
}

static void read_file(struct recipe *r, const char *file, struct origin from,
	const char **chain, unsigned depth)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0, start = r->n;
	const char *shown;
	int err;

	if (in_chain(chain, depth, file)) {
		complain(r, from, "like: %s: is like itself, by way of %s", file,
			chain[depth - 1]);
		return;
	}
	if (depth >= MAX_LIKE) {
		complain(
			r, from, "like: %s: more than %d recipes deep", file, MAX_LIKE);
		return;
	}
	err = beneath_read(r->dir, file, MAX_FILE, &text, &len);
	if (err < 0) {
		complain(r, from, "%s%s%s", depth ? file : "", depth ? ": " : "",
			beneath_reason(err));
		return;
	}
	chain[depth] = file;
	shown = pool_printf(r->pool, "%s%s", r->folder, file);
	r->file[r->files++] = shown;
	recipe_parse(r, shown, text, len);
	read_base(r, start, chain, depth);
}

void recipe_read(struct recipe *r, const char *path)
{
	char *copy = pool_strdup(r->pool, path);
	char *base = basename(copy);
	char *dir = dirname(pool_strdup(r->pool, path));
	const char *chain[MAX_LIKE];
	struct why why;
	char *dot;

	r->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0) {
		complain(r, (struct origin){ path, 0 }, "%s", strerror(errno));
		return;
	}
	r->name = pool_strdup(r->pool, base);
	dot = strrchr(r->name, '.');
	if (dot && strcmp(dot, ".recipe") == 0)
		*dot = '\0';
	if (!label_ok(r->name, &why)) {
		complain(r, (struct origin){ path, 0 },
			"the file's name is the appliance's: %s", why.text);
		return;
	}
	r->folder = pool_strndup(r->pool, path, strlen(path) - strlen(base));
	read_file(r, base, (struct origin){ path, 0 }, chain, 0);
}

const struct setting *recipe_find(const struct recipe *r, enum key_id id)
{
	for (size_t i = r->n; i-- > 0;)
		if (r->set[i].key->id == id)
			return &r->set[i];
	return NULL;
}

const struct setting *recipe_next(
	const struct recipe *r, enum key_id id, const struct setting *after)
{
	for (size_t i = after ? (size_t)(after - r->set) + 1 : 0; i < r->n; i++)
		if (r->set[i].key->id == id)
			return &r->set[i];
	return NULL;
}

char *recipe_join(struct pool *p, char *const *word)
{
	struct text t;
	FILE *f = text_open(&t);

	for (const char *between = ""; *word; word++, between = " ")
		fprintf(f, "%s%s", between, *word);
	return text_close(&t, p);
}

void recipe_free(struct recipe *r)
{
	if (r->dir >= 0)
		close(r->dir);
	free(r->set);
	*r = (struct recipe){ .dir = -1 };
}
