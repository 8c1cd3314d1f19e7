// SPDX-License-Identifier: MIT
/* answers.c - fills fragments in, and puts the recipe's answers in their place. */
#include "answers.h"

#include "base64.h"
#include "beneath.h"
#include "cleanup.h"
#include "nearest.h"
#include "slurp.h"
#include "utf8.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { MAX_REPOSITORIES = 32 };

/*
 * The one given last counts; where it stands is where the first stood. Owners
 * are nothing to the installer.
 */
static void add(struct answers *a, struct answer new)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i].question, new.question) == 0 &&
			(strcmp(a->v[i].type, "seen") == 0) ==
				(strcmp(new.type, "seen") == 0)) {
			a->v[i] = new;
			return;
		}
	a->v = grow(a->v, a->n, &a->room, sizeof(*a->v));
	a->v[a->n++] = new;
}

static const char *nearest_var(const struct plan *p, const char *name)
{
	const char *best = "";
	unsigned distance = ~0U;

	for (size_t i = 0; i < p->n; i++) {
		unsigned d = edit_distance(name, p->var[i].name);

		if (d < distance) {
			distance = d;
			best = p->var[i].name;
		}
	}
	return best;
}

static char *place_of(struct pool *p, struct origin from)
{
	return from.line ? pool_printf(p, "%s:%u", from.name, from.line)
			 : pool_strdup(p, from.name);
}

/*
 * The line with each ${key} replaced. NULL if one has no value, or does not
 * exist, which is an error.
 */
static char *expand(
	struct answers *a, struct origin at, const char *line, char **because)
{
	struct pool *pool = a->plan->pool;
	struct text out, why;
	const char *dollar, *between = "";
	bool whole = true, known = true;
	char *expanded;

	text_open(&out);
	text_open(&why);
	for (; known && (dollar = strstr(line, "${")); between = "; ") {
		size_t n = strcspn(dollar, "}");
		char *name = pool_strndup(pool, dollar + 2, n > 2 ? n - 2 : 0);
		const struct var *v = dollar[n] ? plan_var(a->plan, name) : NULL;

		known = v != NULL;
		if (!known) {
			complain(a->plan->recipe, at,
				"${%s}: no such key; did you mean ${%s}?", name,
				nearest_var(a->plan, name));
			break;
		}
		whole = whole && v->value;
		fprintf(out.f, "%.*s%s", (int)(dollar - line), line,
			v->value ? v->value : "");
		fprintf(why.f, "%s%s: %s", between, name, place_of(pool, v->from));
		line = dollar + n + 1;
	}
	fputs(line, out.f);
	*because = text_close(&why, pool);
	expanded = text_close(&out, pool);
	return whole && known ? expanded : NULL;
}

static char *word(char **rest)
{
	char *w = *rest + strspn(*rest, " \t");
	size_t n = strcspn(w, " \t");

	*rest = w + n + (w[n] != '\0');
	w[n] = '\0';
	return w;
}

static void fragment_line(struct answers *a, struct origin at, const char *raw)
{
	struct answer new = { .from = at };
	char *because = pool_strdup(a->plan->pool, ""), *line;

	raw += strspn(raw, " \t");
	if (!*raw || *raw == '#')
		return;
	if (!(line = expand(a, at, raw, &because)))
		return;
	new.because = because;
	new.owner = word(&line);
	new.question = word(&line);
	new.type = word(&line);
	new.value = line + strspn(line, " \t");
	if (!*new.type)
		complain(a->plan->recipe, at, "wants OWNER QUESTION TYPE [VALUE]");
	else
		add(a, new);
}

void answers_fragment(struct answers *a, const char *file, const char *text)
{
	struct pool *pool = a->plan->pool;
	char *whole = pool_strdup(pool, "");
	unsigned line = 0, first = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");
		struct origin at = { file, ++line };
		const char *fault = text_fault(text, n);
		bool more = n && text[n - 1] == '\\';

		if (fault)
			complain(a->plan->recipe, at, "line: %s", fault);
		if (!*whole)
			first = line;
		whole = pool_printf(
			pool, "%s%.*s", whole, (int)(more ? n - 1 : n), text);
		text += n + (text[n] == '\n');
		if (more && *text)
			continue;
		at.line = first;
		fragment_line(a, at, whole);
		whole = pool_strdup(pool, "");
	}
}

static int is_fragment(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 8 && *d->d_name != '.' && strcmp(d->d_name + n - 8, ".preseed") == 0;
}

static int byte_order(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int answers_fragments(struct answers *a, const char *dir)
{
	struct pool *pool = a->plan->pool;
	struct dirent **found;
	int n = scandir(dir, &found, is_fragment, byte_order), err = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		char *path = pool_printf(pool, "%s/%s", dir, found[i]->d_name);
		_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
		char *text = NULL;
		size_t len = 0;
		int e = fd < 0 ? -errno : slurp_fd(fd, 1 << 20, &text, &len);

		free(found[i]);
		if (e < 0) {
			err = e;
			continue;
		}
		answers_fragment(a, path, pool_adopt(pool, text));
	}
	free(found);
	return err ? err : n ? 0 : -ENOENT;
}

static const char *repository_key(struct answers *a, const struct setting *s)
{
	struct plan *p = a->plan;
	const char *file = s->word[s->words - 1] + strlen("key=");
	_cleanup_free_ char *data = NULL;
	struct text t;
	size_t len = 0;
	int err = beneath_read(p->recipe->dir, file, 65536, &data, &len);

	if (err < 0) {
		complain(p->recipe, s->from, "repository: %s: %s", file,
			beneath_reason(err));
		return NULL;
	}
	/* Armoured, or the tag of a public key packet. */
	if (!strstr(data, "-----BEGIN PGP PUBLIC KEY BLOCK-----") &&
		!(len && strchr("\x98\x99\xc6", data[0]))) {
		complain(p->recipe, s->from, "repository: %s: is no OpenPGP public key",
			file);
		return NULL;
	}
	fputs("base64://", text_open(&t));
	base64_write(data, len, t.f);
	return text_close(&t, p->pool);
}

static void repository(struct answers *a, const struct setting *s, unsigned number)
{
	struct pool *p = a->plan->pool;
	struct answer new = {
		.owner = "d-i", .type = "string", .from = s->from, .because = ""
	};
	bool key = strncmp(s->word[s->words - 1], "key=", 4) == 0;
	char **words = pool_alloc(p, (s->words + 1) * sizeof(*words));

	memcpy(words, s->word, (s->words - key) * sizeof(*words));
	new.question = pool_printf(p, "apt-setup/local%u/repository", number);
	/* "deb URL ./" is a folder of packages; a suite without components ends so. */
	new.value = recipe_join(p, words);
	add(a, new);
	new.question = pool_printf(p, "apt-setup/local%u/key", number);
	if (key && (new.value = repository_key(a, s)))
		add(a, new);
}

void answers_recipe(struct answers *a)
{
	const struct recipe *r = a->plan->recipe;
	const struct var *late = plan_var(a->plan, "late-command");
	unsigned number = 0;
	const struct setting *s;

	for (s = NULL; (s = recipe_next(r, K_REPOSITORY, s));)
		if (number < MAX_REPOSITORIES)
			repository(a, s, number++);
		else
			complain(a->plan->recipe, s->from, "repository: more than %d",
				MAX_REPOSITORIES);
	for (s = NULL; (s = recipe_next(r, K_ANSWER, s));)
		add(a, (struct answer){ s->word[0], s->word[1], s->word[2],
			       s->words > 3 ? s->word[3] : "", s->from, "" });
	if (late)
		add(a, (struct answer){ "d-i", "preseed/late_command", "string",
			       late->value, late->from, "" });
}

void answers_free(struct answers *a)
{
	free(a->v);
	*a = (struct answers){ 0 };
}
