// SPDX-License-Identifier: MIT
#include "qindex.h"
#include "cleanup.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char *const types[QT_COUNT] = { "", "string", "boolean", "select",
	"multiselect", "password", "note", "text", "title", "error", "entropy" };
static const char *const priorities[] = { "", "low", "medium", "high", "critical" };

const char *qtype_name(enum qtype t)
{
	return t < QT_COUNT ? types[t] : "";
}

static int word(const char *const *list, int n, const char *s, size_t len)
{
	for (int i = 1; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			return i;
	return n;
}

enum qtype qtype_find(const char *name, size_t len)
{
	if (len == 8 && memcmp(name, "terminal", 8) == 0)
		return QT_OTHER;
	return (enum qtype)word(types, QT_COUNT, name, len);
}

const char *qpriority_name(enum qpriority p)
{
	return p <= QP_CRITICAL ? priorities[p] : "";
}

enum qpriority qpriority_find(const char *name, size_t len)
{
	int p = word(priorities, QP_CRITICAL + 1, name, len);

	return p > QP_CRITICAL ? QP_NONE : (enum qpriority)p;
}

/* A table's entries; NULL where it is not within the file. */
static const void *table(
	const void *data, size_t len, struct qindex_table t, size_t item)
{
	if (t.at % 4 || t.at > len || t.count > (len - t.at) / item)
		return NULL;
	return (const char *)data + t.at;
}

int qindex_read(struct qindex *x, const void *data, size_t len)
{
	const struct qindex_header *h = data;

	if (len < sizeof(*h) || memcmp(h->magic, QINDEX_MAGIC, 8) != 0 ||
		h->order != QINDEX_ORDER || h->size != len)
		return -EBADMSG;
	x->h = h;
	x->question = table(data, len, h->question, sizeof(*x->question));
	x->pattern = table(data, len, h->pattern, sizeof(*x->pattern));
	x->package = table(data, len, h->package, sizeof(*x->package));
	x->unseen = table(data, len, h->unseen, sizeof(*x->unseen));
	x->locale = table(data, len, h->locale, sizeof(*x->locale));
	x->language = table(data, len, h->language, sizeof(*x->language));
	x->user = table(data, len, h->user, sizeof(*x->user));
	x->zone = table(data, len, h->zone, sizeof(*x->zone));
	x->outside = table(data, len, h->outside, sizeof(*x->outside));
	x->text = table(data, len, h->text, 1);
	x->questions = h->question.count;
	x->patterns = h->pattern.count;
	x->packages = h->package.count;
	x->unseens = h->unseen.count;
	x->locales = h->locale.count;
	x->languages = h->language.count;
	x->users = h->user.count;
	x->zones = h->zone.count;
	x->outsides = h->outside.count;
	x->textlen = h->text.count;
	if (!x->question || !x->pattern || !x->package || !x->unseen || !x->locale ||
		!x->language || !x->user || !x->zone || !x->outside || !x->text ||
		!x->textlen || x->text[0] || x->text[x->textlen - 1])
		return -EBADMSG;
	return 0;
}

int qindex_open(struct qindex *x, const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int r;

	*x = (struct qindex){ 0 };
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (size_t)st.st_size < sizeof(struct qindex_header))
		return -EBADMSG;
	x->maplen = (size_t)st.st_size;
	x->map = mmap(NULL, x->maplen, PROT_READ, MAP_PRIVATE, fd, 0);
	if (x->map == MAP_FAILED) {
		x->map = NULL;
		return -errno;
	}
	r = qindex_read(x, x->map, x->maplen);
	if (r < 0)
		qindex_close(x);
	return r;
}

void qindex_close(struct qindex *x)
{
	if (x->map)
		munmap(x->map, x->maplen);
	*x = (struct qindex){ 0 };
}

const char *qindex_text(const struct qindex *x, uint32_t at)
{
	return at < x->textlen ? x->text + at : "";
}

const struct qindex_question *qindex_find(const struct qindex *x, const char *name)
{
	size_t lo = 0, hi = x->questions;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, qindex_text(x, x->question[mid].name));

		if (c == 0)
			return &x->question[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/* A * of a pattern stands for one component or a part of it, never for a slash. */
bool qindex_matches(const struct qindex *x, const char *name)
{
	for (size_t i = 0; i < x->patterns; i++)
		if (fnmatch(qindex_text(x, x->pattern[i]), name,
			    FNM_PATHNAME | FNM_NOESCAPE) == 0)
			return true;
	return false;
}

static const uint32_t *find_text(
	const struct qindex *x, const uint32_t *list, size_t n, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, qindex_text(x, list[mid] & ~QINDEX_DEBCONF));

		if (c == 0)
			return &list[mid];
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

bool qindex_package(const struct qindex *x, const char *name, bool *debconf)
{
	const uint32_t *p = find_text(x, x->package, x->packages, name);

	if (debconf)
		*debconf = p && (*p & QINDEX_DEBCONF);
	return p != NULL;
}

bool qindex_unseen(const struct qindex *x, const char *package)
{
	return find_text(x, x->unseen, x->unseens, package) != NULL;
}

bool qindex_locale(const struct qindex *x, const char *name)
{
	return find_text(x, x->locale, x->locales, name) != NULL;
}

bool qindex_language(const struct qindex *x, const char *name)
{
	return find_text(x, x->language, x->languages, name) != NULL;
}

bool qindex_user(const struct qindex *x, const char *name)
{
	return find_text(x, x->user, x->users, name) != NULL;
}

static const char *find_pair(const struct qindex *x, const struct qindex_pair *list,
	size_t n, const char *name)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(name, qindex_text(x, list[mid].name));

		if (c == 0)
			return qindex_text(x, list[mid].value);
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *qindex_zone(const struct qindex *x, const char *name)
{
	return find_pair(x, x->zone, x->zones, name);
}

const char *qindex_outside(const struct qindex *x, const char *package)
{
	return find_pair(x, x->outside, x->outsides, package);
}
