// SPDX-License-Identifier: MIT
#include "answers.h"
#include "cleanup.h"

#include <string.h>

/* What [[:space:]] is in the installer's shell, less the newline that ends lines. */
static const char space[] = " \t\v\f\r";

struct reader {
	struct answers *a;
	char *joined; /* of the lines before that ended with a backslash */
	unsigned first;
	const char *why;
};

/* Cuts the first word off *s and moves *s to the next; NULL: no space follows it. */
static char *word(char **s)
{
	char *start = *s, *end = start + strcspn(start, space);

	if (!*end)
		return NULL;
	*end++ = '\0';
	*s = end + strspn(end, space);
	return start;
}

static void trim_end(char *s)
{
	size_t len = strlen(s);

	while (len && strchr(space, s[len - 1]))
		s[--len] = '\0';
}

static bool fetches(const char *question)
{
	static const char *const names[] = { "preseed/include",
		"preseed/include/checksum", "preseed/include_command", "preseed/run",
		"preseed/run/checksum" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], question) == 0)
			return true;
	return false;
}

static void answer_free(struct answer *a)
{
	free(a->question);
	free(a->value);
	free(a->line);
}

static int append(struct answers *a, struct answer *one)
{
	struct answer *list = NULL;

	if (one->question && one->value && one->line)
		list = realloc(a->list, (a->count + 1) * sizeof(*list));
	if (!list) {
		answer_free(one);
		return -ENOMEM;
	}
	a->list = list;
	list[a->count++] = *one;
	return 0;
}

/* Takes line apart. */
static int parse_line(struct reader *r, char *line)
{
	struct answer one = { .line = strdup(line) };
	char *rest = line, *question = NULL, *type;

	r->why = !word(&rest)		     ? "an owner and nothing after it"
		 : !(question = word(&rest)) ? "no type after the question"
					     : NULL;
	type = r->why ? NULL : word(&rest);
	if (!r->why && !type) {
		type = rest; /* the last word: an empty value */
		rest += strlen(rest);
	}
	if (!type || !type[0]) {
		r->why = r->why ? r->why : "no type after the question";
		answer_free(&one);
		return -EBADMSG;
	}
	trim_end(rest);
	one.question = strdup(question);
	one.value = strdup(rest);
	one.flag = strcmp(type, "seen") == 0;
	one.fetch = fetches(question);
	return append(r->a, &one);
}

/* A line without the spaces before it, perhaps to be joined with the next. */
static int take(struct reader *r, char *line, unsigned number)
{
	_cleanup_free_ char *whole = NULL;
	size_t len;
	bool more;

	line += strspn(line, space);
	len = strlen(line);
	more = len && line[len - 1] == '\\';
	if (more) {
		line[len - 1] = '\0';
		trim_end(line);
	}
	if (!r->joined)
		r->first = number;
	if (asprintf(&whole, "%s%s%s", r->joined ? r->joined : "",
		    r->joined && r->joined[0] ? " " : "", line) < 0) {
		whole = NULL;
		return -ENOMEM;
	}
	free(steal_ptr(&r->joined));
	if (more) {
		r->joined = steal_ptr(&whole);
		return 0;
	}
	return parse_line(r, whole);
}

/* A line's copy without carriage returns, wherever they are. */
static char *copy_line(const char *start, size_t len)
{
	char *line = malloc(len + 1), *to = line;

	for (; line && len > 0; start++, len--)
		if (*start != '\r')
			*to++ = *start;
	if (line)
		*to = '\0';
	return line;
}

/* Comments begin in the first column; both kinds may stand within a joined line. */
static bool skipped(const char *start, const char *end)
{
	if (start < end && *start == '#')
		return true;
	while (start < end && strchr(space, *start))
		start++;
	return start == end;
}

int answers_parse(struct answers *a, const char *text, size_t len, unsigned *line,
	const char **why)
{
	struct reader r = { .a = a };
	const char *end = text + len, *nl;
	unsigned number = 0;
	int rc = 0;

	*why = NULL;
	if (memchr(text, '\0', len)) {
		*line = 1;
		*why = "a NUL byte: not a text file";
		return -EBADMSG;
	}
	for (; rc == 0 && text < end; text = nl + 1) {
		_cleanup_free_ char *one = NULL;

		nl = memchr(text, '\n', (size_t)(end - text));
		nl = nl ? nl : end;
		number++;
		if (skipped(text, nl))
			continue;
		one = copy_line(text, (size_t)(nl - text));
		rc = one ? take(&r, one, number) : -ENOMEM;
	}
	if (rc == 0 && r.joined) {
		r.why = "ends with a backslash, and no line follows";
		rc = -EBADMSG;
	}
	*line = r.first;
	*why = r.why;
	free(r.joined);
	return rc;
}

void answers_free(struct answers *a)
{
	for (size_t i = 0; i < a->count; i++)
		answer_free(&a->list[i]);
	free(a->list);
	memset(a, 0, sizeof(*a));
}
