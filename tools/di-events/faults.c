// SPDX-License-Identifier: MIT
#include "faults.h"
#include "cleanup.h"

#include <stdlib.h>
#include <string.h>

enum { SAID_MAX = 16384, SAID_KEPT = 8192, TEXT_MAX = 1024 };

static const char NOWHERE[] = "none of its sources has it";

/* What follows head in s, or NULL. */
static const char *after(const char *s, const char *head)
{
	const size_t n = strlen(head);

	return strncmp(s, head, n) == 0 ? s + n : NULL;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_address(const char *s)
{
	return after(s, "http://") || after(s, "https://");
}

/* --- telling it, once --- */

static void tell(struct faults *fs, struct fault f)
{
	char *same = NULL;

	f.package = f.package ? f.package : "";
	f.source = f.source ? f.source : "";
	if (asprintf(&same, "%s\n%s\n%s\n%s", f.kind, f.package, f.source, f.text) < 0)
		return;
	/* the same again, or what is left of it where its line was broken */
	if (fs->last && strncmp(fs->last, same, strlen(same)) == 0) {
		free(same);
		return;
	}
	free(fs->last);
	fs->last = same;
	fs->tell(fs->opaque, &f);
}

/* The first address in text, without what it is quoted in; NULL: none. */
static char *address_in(const char *text)
{
	const char *s = text;
	size_t n;

	while (*s && !((s == text || strchr(" '\"", s[-1])) && is_address(s)))
		s++;
	n = strcspn(s, " '\"\t");
	while (n > 0 && strchr(":,.", s[n - 1]))
		n--;
	return n ? strndup(s, n) : NULL;
}

/* The package of an archive's address or path: what its last part begins with. */
static char *package_of(const char *path, size_t n)
{
	const char *from = path + n;
	size_t len;

	if (n < 4 || strncmp(path + n - 4, ".deb", 4) != 0)
		return NULL;
	while (from > path && from[-1] != '/')
		from--;
	/* apt numbers those that it gives to dpkg: .../apt-dpkg-install-aBc123/07-x_1.deb */
	if (memmem(path, n, "/apt-dpkg-install-", 18)) {
		const size_t digits = strspn(from, "0123456789");

		if (digits && from[digits] == '-')
			from += digits + 1;
	}
	len = strcspn(from, "_");
	return len && from + len < path + n && is_name(*from) ? strndup(from, len) : NULL;
}

/* --- dpkg --- */

/* "dpkg: error processing package x:amd64 (--configure):", and the words come next. */
static bool dpkg(struct faults *fs, const char *s)
{
	const char *rest;
	size_t n;

	if ((rest = after(s, "dpkg: error processing package "))) {
		n = strcspn(rest, " :");
		fs->package = n && is_name(*rest) ? strndup(rest, n) : NULL;
	} else if ((rest = after(s, "dpkg: error processing archive "))) {
		fs->package = package_of(rest, strcspn(rest, " "));
	}
	return rest;
}

/* One whose dependency failed is not at fault. */
static void dpkg_words(struct faults *fs, const char *s)
{
	_cleanup_free_ char *package = fs->package;

	fs->package = NULL;
	s += strspn(s, " ");
	if (!after(s, "dependency problems"))
		tell(fs, (struct fault){ "package", package, NULL, s });
}

/* --- apt --- */

/* Blanks in a row as one; without the address of a cache, "[IP: ...]", at the end. */
static char *words(const char *s)
{
	char *out = strdup(s), *to = out, *tail;

	for (const char *from = out; out && *from; from++)
		if (*from != ' ' || (to > out && to[-1] != ' '))
			*to++ = *from;
	if (!out)
		return NULL;
	while (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	tail = strstr(out, " [IP: ");
	if (tail && tail[strlen(tail) - 1] == ']')
		*tail = '\0';
	return out;
}

static void not_fetched(struct faults *fs, const char *s)
{
	const size_t n = strcspn(s, " ");
	_cleanup_free_ char *source = strndup(s, n);
	_cleanup_free_ char *package = package_of(s, n);
	_cleanup_free_ char *text = words(s + n);
	const bool other = strstr(s, "Hash Sum mismatch") || strstr(s, "unexpected size");

	if (source && text)
		tell(fs, (struct fault){ other ? "archive" : "source", package, source,
				 text });
}

static void no_such_package(struct faults *fs, const char *s, const char *end)
{
	const size_t n = strcspn(s, end);
	_cleanup_free_ char *package = n && is_name(*s) ? strndup(s, n) : NULL;

	if (package)
		tell(fs, (struct fault){ "package", package, NULL, NOWHERE });
}

static void apt(struct faults *fs, const char *s)
{
	const char *rest = after(s, "E:"), *name;

	if (rest)
		s = rest + strspn(rest, " ");
	if ((rest = after(s, "Unable to locate package ")))
		no_such_package(fs, rest, " ");
	else if ((rest = after(s, "Package ")) && *rest && (name = strpbrk(rest + 1, "' ")) &&
		 after(name + (*name == '\''), " has no installation candidate"))
		no_such_package(fs, rest + (*rest == '\''), "' ");
	else if ((rest = after(s, "Failed to fetch ")) && is_address(rest))
		not_fetched(fs, rest);
}

/* --- a source that apt-setup leaves out --- */

/* As it came: a sentence goes on in the next line, with or without the blank. */
static void remember(struct faults *fs, const char *s)
{
	const size_t n = strnlen(s, TEXT_MAX);
	char *p;

	if (fs->said_len > SAID_KEPT) {
		const size_t keep = SAID_KEPT / 2;

		memmove(fs->said, fs->said + fs->said_len - keep, keep);
		fs->said_len = keep;
	}
	p = fs->said ? fs->said : malloc(SAID_MAX);
	if (!p)
		return;
	fs->said = p;
	if (n && !strchr(":,.", *s))
		p[fs->said_len++] = ' ';
	memcpy(p + fs->said_len, s, n);
	fs->said_len += n;
	p[fs->said_len] = '\0';
}

/* Where apt's next message begins: "W: ", after a blank or a full stop. */
static size_t message(const char *s)
{
	size_t n = 0;

	while (s[n]) {
		const char *w = s + n + 1;

		if (strchr(" .", s[n]) && *w && strchr("WEN", *w) && w[1] == ':' &&
			(w[2] == ' ' || !w[2]))
			return n + 1;
		n++;
	}
	return n;
}

/* What follows the last begin in what apt said, up to its next message; NULL: nothing. */
static char *last_said(const struct faults *fs, const char *begin)
{
	const char *found = NULL;
	char *text, *hash;
	size_t n;

	for (const char *s = fs->said; s && (s = strstr(s, begin)); s = found)
		found = s + strlen(begin);
	if (!found)
		return NULL;
	n = message(found);
	while (n > 0 && found[n - 1] == ' ')
		n--;
	text = strndup(found, n < TEXT_MAX ? n : TEXT_MAX);
	hash = text ? strstr(text, "Hash Sum mismatch") : NULL;
	if (hash)
		hash[strlen("Hash Sum mismatch")] = '\0';
	return text;
}

/* "WHICH: Sub-process x returned an error code (1), error message is: WHY": those two. */
static bool which_and_why(char *text)
{
	static const char mark[] = " error message is:";
	char *which = text ? strstr(text, ": Sub-process ") : NULL, *why = NULL;

	for (char *s = which; s && (s = strstr(s, mark)); s++)
		why = s + strlen(mark);
	if (!why)
		return false;
	why += strspn(why, " ");
	memmove(which + 2, why, strlen(why) + 1);
	return true;
}

static void left_out(struct faults *fs)
{
	_cleanup_free_ char *signature =
		last_said(fs, "OpenPGP signature verification failed: ");
	_cleanup_free_ char *repository = last_said(fs, " The repository ");
	_cleanup_free_ char *fetch = last_said(fs, " Failed to fetch ");
	_cleanup_free_ char *source = NULL, *text = NULL;
	const char *kind = "signature";

	if (which_and_why(signature)) {
		text = strdup(signature);
	} else if (repository) {
		kind = strstr(repository, " signed") ? "signature" : "source";
		if (asprintf(&text, "The repository %s", repository) < 0)
			text = NULL;
	} else if (fetch) {
		kind = strstr(fetch, "Hash Sum mismatch") ? "archive" : "source";
		if (asprintf(&text, "Failed to fetch %s", fetch) < 0)
			text = NULL;
	} else {
		kind = "mirror";
		text = strdup("not reached, or not as its key says");
	}
	source = text ? address_in(text) : NULL;
	if (text)
		tell(fs, (struct fault){ kind, NULL, source, text });
	fs->said_len = 0;
	if (fs->said)
		*fs->said = '\0';
}

/* --- a line --- */

/* Without what busybox's syslogd writes for a carriage return, and blanks at its end. */
static char *plain(const char *s)
{
	size_t n = strnlen(s, TEXT_MAX);
	char *out = strndup(s, n), *to = out;

	for (const char *from = out; out && *from; from++) {
		if (from[0] == '^' && from[1] == 'M') {
			from++;
			continue;
		}
		if (*from != '\r' && *from != '\t')
			*to++ = *from;
	}
	while (to && to > out && to[-1] == ' ')
		to--;
	if (to)
		*to = '\0';
	return out;
}

void faults_line(struct faults *fs, const struct line *l)
{
	const bool target = strcmp(l->prog, "in-target") == 0;
	const bool base = strcmp(l->prog, "debootstrap") == 0;
	_cleanup_free_ char *text = NULL;
	char *s, *end;

	if (strcmp(l->prog, "apt-setup") == 0) {
		if (strstr(l->text, "warning: ") && strstr(l->text, " output did not verify"))
			left_out(fs);
		return;
	}
	if (!target && !base)
		return;
	text = plain(l->text);
	if (!text)
		return;
	if (target)
		remember(fs, text + strspn(text, " "));
	s = text;
	if (fs->package) {
		dpkg_words(fs, s);
		return;
	}
	if (dpkg(fs, s))
		return;
	if (target)
		apt(fs, s);
	else if (is_address(s) && (end = strstr(s, ": not fetched: given up"))) {
		_cleanup_free_ char *package = package_of(s, (size_t)(end - s));

		*end = '\0';
		tell(fs, (struct fault){ "source", package, s,
				 "the mirror does not have it, or does not answer" });
	}
}

/* --- a dialog --- */

void faults_question(struct faults *fs, const struct question *q)
{
	static const char *const kinds[][2] = {
		{ "base-installer/debootstrap/error/unknownrelsig", "signature" },
		{ "base-installer/debootstrap/error/badrelsig", "signature" },
		{ "base-installer/debootstrap/error/nogetrelsig", "signature" },
		{ "base-installer/debootstrap/error/nogetrel", "mirror" },
		{ "base-installer/debootstrap/error/invalidrel", "mirror" },
		{ "base-installer/debootstrap/error/missingrelentry", "mirror" },
		{ "base-installer/debootstrap/error/couldntdl", "source" },
		{ "mirror/bad", "mirror" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		const char *text = q->text && *q->text ? q->text : q->title;
		_cleanup_free_ char *line = NULL, *source = NULL;

		if (strcmp(q->name, kinds[i][0]) != 0)
			continue;
		line = strdup(text && *text ? text : q->name);
		if (!line)
			return;
		for (char *c = line; *c; c++)
			if (*c == '\n')
				*c = ' ';
		source = address_in(line);
		tell(fs, (struct fault){ kinds[i][1], NULL, source, line });
		return;
	}
}

void faults_free(struct faults *fs)
{
	free(fs->package);
	free(fs->said);
	free(fs->last);
	*fs = (struct faults){ 0 };
}
