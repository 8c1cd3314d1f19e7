// SPDX-License-Identifier: MIT
/*
 * template.c - what another program takes out of the file before the installer reads
 * it: ERB's <% %>, Jinja's {% %}, {{ }} and {# #}, Terraform's %{ }, lines of Cheetah
 * and Mako.
 */
#include "check.h"

#include <ctype.h>
#include <string.h>

struct bracket {
	const char *open, *close;
	bool text; /* stands for text, so that the line has more than it shows */
};

static const struct bracket brackets[] = {
	{ "<%=", "%>", true },
	{ "<%", "%>", false },
	{ "{%", "%}", false },
	{ "{#", "#}", false },
	{ "{{", "}}", true },
	{ "%{", "}", false },
};

static bool begins(const char *s, const char *end, const char *with)
{
	size_t n = strlen(with);

	return (size_t)(end - s) >= n && memcmp(s, with, n) == 0;
}

static bool keyword(const char *s, const char *end, const char *const *list)
{
	for (; *list; list++) {
		size_t n = strlen(*list);

		if (begins(s, end, *list) &&
			(s + n == end ||
				(!isalnum((unsigned char)s[n]) && s[n] != '_')))
			return true;
	}
	return false;
}

static const char *const opens[] = { "if", "unless", "for", "case", "range", "with",
	"while", "define", "block", "macro", "try", "raw", NULL };
static const char *const turns[] = { "else", "elif", "elsif", "elseif", "when",
	"except", NULL };
static const char *const closes[] = { "end", "endif", "endfor", "endunless", "endwhile",
	"endcase", "endmacro", "endblock", "endraw", NULL };

/* The first word of what is between brackets, past the - or ~ that eats blanks. */
static const char *inner(const char *s, const char *end)
{
	while (s < end && (strchr("<%{#-~+", *s) || isspace((unsigned char)*s)))
		s++;
	return s;
}

static const struct bracket *bracket_at(const char *s, const char *end)
{
	for (size_t i = 0; i < sizeof(brackets) / sizeof(*brackets); i++) {
		const struct bracket *b = &brackets[i];

		if (!begins(s, end, b->open))
			continue;
		/* curl's %{http_code} is none of Terraform's */
		if (b->open[0] == '%') {
			const char *w = inner(s, end);

			if (!keyword(w, end, opens) && !keyword(w, end, turns) &&
				!keyword(w, end, closes))
				return NULL;
		}
		return b;
	}
	return NULL;
}

/* missing: a bit for each bracket that does not close before the end, 0 at first. */
static size_t length(const char *s, const char *end, bool *text, unsigned *missing)
{
	const struct bracket *b = *s && strchr("<{%", *s) ? bracket_at(s, end) : NULL;
	const char *from, *close;
	unsigned bit = b ? 1U << (b - brackets) : 0;

	if (!b || *missing & bit)
		return 0;
	from = s + strlen(b->open);
	close = memmem(from, (size_t)(end - from), b->close, strlen(b->close));
	if (!close) {
		*missing |= bit;
		return 0;
	}
	*text = b->text && !keyword(inner(s, close), close, opens) &&
		!keyword(inner(s, close), close, turns) &&
		!keyword(inner(s, close), close, closes);
	return (size_t)(close - s) + strlen(b->close);
}

size_t template_at(const char *s, const char *end, bool *text)
{
	unsigned missing = 0;

	return length(s, end, text, &missing);
}

enum turn template_next(const char **s, const char *end, unsigned *missing)
{
	bool text;

	while (*s < end) {
		size_t n = length(*s, end, &text, missing);
		const char *from = *s;

		*s += n ? n : 1;
		if (n && !text)
			return template_turn(from, from + n);
	}
	return TURN_NONE;
}

/* Whether a bracket begins here that the line does not close. */
bool template_opens(const char *s, const char *end)
{
	bool text;

	return begins(s, end, "<%") || begins(s, end, "{#") ||
	       (begins(s, end, "{%") && !template_at(s, end, &text));
}

/* A whole line that is yet to be filled in: it begins with text of the template. */
bool template_output(const char *s, const char *end)
{
	bool text = false;

	return (template_at(s, end, &text) && text) || begins(s, end, "@@") ||
	       (*s == '$' && s + 1 < end &&
		       (isalpha((unsigned char)s[1]) || strchr("_{", s[1])));
}

enum turn template_turn(const char *s, const char *end)
{
	const char *w = inner(s, end);
	const char *last = end;

	if (keyword(w, end, closes))
		return TURN_CLOSE;
	if (keyword(w, end, turns))
		return TURN_ELSE;
	if (keyword(w, end, opens))
		return TURN_OPEN;
	/* Ruby's blocks: xs.each do |x| */
	while (last > w && strchr("%>-~ \t", last[-1]))
		last--;
	if (last - w > 3 &&
		(memcmp(last - 3, " do", 3) == 0 ||
			(last[-1] == '|' && memmem(w, (size_t)(last - w), " do |", 5))))
		return TURN_OPEN;
	return TURN_NONE;
}

/* Lines that begin like these are a template's own: Cheetah's, and Mako's. */
bool template_line(const char *s, const char *end)
{
	static const char *const cheetah[] = { "#if", "#else", "#elif", "#end", "#set",
		"#for", "#include", "#import", "#try", "#except", "#raw", "#def",
		"#unless", "#while", "#silent", "#echo", "#slurp", NULL };

	if (begins(s, end, "@@") || begins(s, end, "$SNIPPET"))
		return true;
	if (keyword(s, end, cheetah))
		return true;
	if (s < end && *s == '%' && s + 1 < end && strchr(" \t", s[1])) {
		const char *w = inner(s, end);

		return keyword(w, end, opens) || keyword(w, end, turns) ||
		       keyword(w, end, closes);
	}
	return false;
}

/* A copy in which what is the template's is dollars; the text itself without any. */
const char *template_mask(struct pool *pool, const char *s)
{
	const char *end = s + strlen(s);
	char *copy = NULL;
	unsigned missing = 0;
	bool text;

	for (const char *p = s; (p = strpbrk(p, "<{%"));) {
		size_t n = length(p, end, &text, &missing);

		if (n) {
			if (!copy)
				copy = pool_strndup(pool, s, (size_t)(end - s));
			memset(copy + (p - s), '$', n);
		}
		p += n ? n : 1;
	}
	return copy ? copy : s;
}
