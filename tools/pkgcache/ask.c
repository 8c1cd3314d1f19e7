// SPDX-License-Identifier: MIT
/*
 * What a server is asked, and what comes of it (libcurl).
 *
 * A request is the file's one spelling, the host, and what is known of the file's
 * state: nothing in it is from who asked us.
 */
#include "fetching.h"
#include "address.h"
#include "bytes.h"
#include "cleanup.h"
#include "digest.h"
#include "idle.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CONNECT_SECONDS = 20, REST_MAX = 65536 };

struct ask {
	struct fetch *f;
	CURL *curl;
	struct curl_slist *headers;
	char etag[VALIDATOR_MAX + 1], modified[VALIDATOR_MAX + 1];
	char location[URL_MAX_LEN + 1];
	bool framed;	/* it says where the body ends */
	uint64_t pos;	/* of the body */
	uint64_t taken; /* of the account */
	bool begun;
	/* why it was given up */
	bool busy, over, differs;
	int store_error;
	const char *inside; /* of an address that was not tried */
	bool tried;	    /* another was */
	struct digest digest;
};

/* --- the connection --- */

/* Each address that a name leads to passes here before anything is sent there. */
static curl_socket_t open_socket(
	void *opaque, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct ask *k = opaque;
	const struct source *s = k->f->s;
	const struct host *h = source_host(s, k->f->t.host);
	const char *kind = NULL;

	(void)purpose;
	if (!s->proxy && !(h && h->private))
		kind = address_of_inside(&a->addr);
	if (kind) {
		k->inside = kind;
		return CURL_SOCKET_BAD;
	}
	k->tried = true;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* --- what the header says --- */

static void value_of(
	const char *line, size_t len, const char *name, char *out, size_t max)
{
	const size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0)
		return;
	line += n;
	len -= n;
	while (len && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	while (len && strchr("\r\n \t", line[len - 1]))
		len--;
	if (len && len <= max) {
		memcpy(out, line, len);
		out[len] = '\0';
	}
}

static size_t header_line(char *line, size_t one, size_t len, void *opaque)
{
	struct ask *k = opaque;
	char coding[VALIDATOR_MAX + 1] = "";

	(void)one;
	if (len > 5 && strncasecmp(line, "HTTP/", 5) == 0) {
		k->etag[0] = k->modified[0] = k->location[0] = '\0';
		k->framed = false;
	}
	value_of(line, len, "ETag:", k->etag, VALIDATOR_MAX);
	value_of(line, len, "Last-Modified:", k->modified, VALIDATOR_MAX);
	value_of(line, len, "Location:", k->location, URL_MAX_LEN);
	value_of(line, len, "Transfer-Encoding:", coding, VALIDATOR_MAX);
	if (*coding)
		k->framed = true;
	if (!validator_ok(k->etag, strlen(k->etag)))
		k->etag[0] = '\0';
	if (!validator_ok(k->modified, strlen(k->modified)))
		k->modified[0] = '\0';
	return len;
}

static long status_of(const struct ask *k)
{
	long status = 0;

	curl_easy_getinfo(k->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static int64_t length_of(const struct ask *k)
{
	curl_off_t n = -1;

	curl_easy_getinfo(k->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &n);
	return n;
}

static void learn(const struct ask *k, struct header *h)
{
	*h = (struct header){ .size = length_of(k) };
	memcpy(h->url, k->f->t.kept, sizeof(h->url));
	memcpy(h->etag, k->etag, sizeof(h->etag));
	memcpy(h->modified, k->modified, sizeof(h->modified));
}

/* --- the body --- */

static bool take(struct ask *k, uint64_t n)
{
	k->over = !account_take(k->f->s->account, FETCHED, n, k->f->t.url);
	if (!k->over)
		k->taken += n;
	return !k->over;
}

static int digests(struct ask *k)
{
	const struct target *t = &k->f->t;

	return digest_begin(&k->digest, t->hashed ? t->algo : NULL);
}

static int new_part(struct ask *k)
{
	struct fetch *f = k->f;
	struct header h;
	struct part p;
	int r;

	learn(k, &h);
	r = f->alone ? part_alone(f->s->store, f->t.kept, NULL, 0, &p)
		     : part_begin(f->s->store, f->t.kept, &p);
	if (r < 0)
		return r;
	r = part_header(&p, &h);
	pthread_mutex_lock(&f->s->lock);
	f->part = p;
	f->h = h;
	pthread_mutex_unlock(&f->s->lock);
	return r;
}

/*
 * The first of the body is about to come. After another who did not bring it to its
 * end it must be the same: some have read of it.
 */
static bool begin(struct ask *k)
{
	struct fetch *f = k->f;
	const int64_t size = length_of(k);
	int r;

	k->begun = true;
	if (size >= 0 && !take(k, (uint64_t)size))
		return false;
	if (f->part.fd >= 0) {
		k->differs = size != f->h.size;
		r = k->differs ? -ESTALE : digests(k);
	} else {
		r = new_part(k);
		k->busy = r == -EBUSY;
		if (r == 0)
			r = digests(k);
	}
	if (r < 0) {
		if (!k->busy && !k->differs)
			k->store_error = r;
		return false;
	}
	fetch_say(f, ANSWER_BODY, NULL);
	return true;
}

/* What is there already must be what comes again. */
static bool same(struct ask *k, const char *data, size_t n)
{
	_cleanup_free_ char *buf = malloc(n);

	if (!buf || read_at(k->f->part.fd, k->pos + HEADER_SIZE, buf, n) < 0 ||
		memcmp(buf, data, n) != 0)
		k->differs = true;
	return !k->differs;
}

static void arrived(struct fetch *f, uint64_t have)
{
	pthread_mutex_lock(&f->s->lock);
	f->have = have;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->s->lock);
}

static bool put(struct ask *k, const char *data, size_t n)
{
	struct fetch *f = k->f;
	const uint64_t known = f->have > k->pos ? f->have - k->pos : 0;
	const size_t again = known < n ? (size_t)known : n;
	int r;

	if (again && !same(k, data, again))
		return false;
	r = write_at(f->part.fd, k->pos + again + HEADER_SIZE, data + again, n - again);
	if (r < 0) {
		k->store_error = r;
		return false;
	}
	digest_add(&k->digest, data, n);
	k->pos += n;
	/* the last of it is there when the store has it all */
	if (k->pos > f->have && (int64_t)k->pos != f->h.size)
		arrived(f, k->pos);
	return true;
}

static size_t body(char *data, size_t one, size_t n, void *opaque)
{
	struct ask *k = opaque;

	(void)one;
	if (status_of(k) != 200) {
		/* a few words of an error, so that the connection can stay */
		k->pos += n;
		return k->pos > REST_MAX || !take(k, n) ? 0 : n;
	}
	if (!k->begun && !begin(k))
		return 0;
	if (length_of(k) < 0 && !take(k, n))
		return 0;
	return put(k, data, n) ? n : 0;
}

static int progress(
	void *opaque, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct ask *k = opaque;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return !fetch_wanted(k->f);
}

/* --- the end --- */

static enum fit fits(struct ask *k)
{
	const struct fetch *f = k->f;
	char hash[HASH_MAX + 1];

	if (k->digest.named) {
		digest_named(&k->digest, hash);
		return strcmp(hash, f->t.hash) == 0 ? FIT_YES : FIT_NO;
	}
	return sums_fit(f->s->sums, f->t.url, f->h.sha256);
}

static void seal(struct ask *k, struct header *h)
{
	char block[HEADER_SIZE];

	digest_sha256(&k->digest, h->sha256);
	digest_sum(&k->digest, block, header_write(h, block), h->sum);
}

/* All of it came. Of what does not say its length a part looks like the whole. */
static enum step whole(struct ask *k)
{
	struct fetch *f = k->f;
	const bool sure = f->h.size >= 0 || k->framed;
	struct header h;
	enum fit fit;
	int r;

	learn(k, &h);
	h.size = (int64_t)k->pos;
	seal(k, &h);
	pthread_mutex_lock(&f->s->lock);
	memcpy(f->h.sha256, h.sha256, sizeof(h.sha256));
	pthread_mutex_unlock(&f->s->lock);
	fit = fits(k);
	r = part_header(&f->part, &h);
	if (r == 0 && (fit == FIT_YES || (fit == FIT_UNKNOWN && sure)))
		part_publish(f->s->store, &f->part);
	if (fit == FIT_NO)
		account_note(f->s->account, NOTE_MISMATCH, "%s", f->t.url);
	arrived(f, k->pos);
	fetch_say(f, ANSWER_WHOLE, NULL);
	return STEP_END;
}

static enum step said(struct fetch *f, enum answer a, const char *why)
{
	/* of a body that has begun there is nothing else to say */
	if (f->answer == ANSWER_BODY)
		a = ANSWER_BROKEN;
	fetch_say(f, a, why);
	return STEP_END;
}

static enum step no_body(struct ask *k, long status)
{
	struct fetch *f = k->f;
	char why[WHY_MAX];

	snprintf(why, sizeof(why), "it answers %ld", status);
	pthread_mutex_lock(&f->s->lock);
	f->status = (int)status;
	memcpy(f->location, k->location, sizeof(f->location));
	pthread_mutex_unlock(&f->s->lock);
	switch (status) {
	case 304:
		return said(f, *f->kept.url ? ANSWER_SAME : ANSWER_UNREACHED, why);
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return said(f, ANSWER_MOVED, why);
	case 408:
	case 425:
	case 429:
		return said(f, ANSWER_UNREACHED, why);
	default:
		return said(f,
			status >= 400 && status < 500 ? ANSWER_MISSING
						      : ANSWER_UNREACHED,
			why);
	}
}

static enum step failed(struct ask *k, CURLcode r)
{
	struct fetch *f = k->f;
	char why[WHY_MAX];

	if (k->busy)
		return STEP_JOIN;
	if (k->over)
		return said(f, ANSWER_OVER, NULL);
	if (k->store_error) {
		account_end(f->s->account, OUTCOME_FAILED, "%s: %s", f->s->store_path,
			strerror(-k->store_error));
		return said(f, ANSWER_BROKEN, "the store cannot take it");
	}
	if (k->differs)
		return said(f, ANSWER_BROKEN, "it is another file by now");
	if (r == CURLE_ABORTED_BY_CALLBACK)
		return said(f, ANSWER_BROKEN, "nobody wants it any more");
	if (k->inside && !k->tried && r == CURLE_COULDNT_CONNECT) {
		snprintf(why, sizeof(why), "a %s address", k->inside);
		return said(f, ANSWER_INSIDE, why);
	}
	/* a long answer to what went wrong was cut off */
	if (r == CURLE_WRITE_ERROR && status_of(k) != 200)
		return no_body(k, status_of(k));
	return said(f, ANSWER_UNREACHED, curl_easy_strerror(r));
}

static enum step answered(struct ask *k, CURLcode r)
{
	struct fetch *f = k->f;

	if (r != CURLE_OK)
		return failed(k, r);
	if (status_of(k) != 200)
		return no_body(k, status_of(k));
	if (f->head) {
		struct header h;

		learn(k, &h);
		pthread_mutex_lock(&f->s->lock);
		f->h = h;
		pthread_mutex_unlock(&f->s->lock);
		return said(f, ANSWER_WHOLE, NULL);
	}
	if (!k->begun && !begin(k))
		return failed(k, CURLE_WRITE_ERROR);
	if (k->pos < f->have)
		return said(f, ANSWER_BROKEN, "it is another file by now");
	return whole(k);
}

/* --- the question --- */

static bool add(struct ask *k, const char *name, const char *value)
{
	char line[VALIDATOR_MAX + 40];
	struct curl_slist *more;

	snprintf(line, sizeof(line), "%s: %s", name, value);
	more = curl_slist_append(k->headers, line);
	if (more)
		k->headers = more;
	return more != NULL;
}

static bool set_up(struct ask *k)
{
	const struct fetch *f = k->f;
	CURL *c = k->curl;
	bool ok = true;

	/* a part that was begun is of what there was then, and not a question */
	if (f->part.fd < 0 && *f->kept.etag)
		ok = add(k, "If-None-Match", f->kept.etag);
	if (ok && f->part.fd < 0 && *f->kept.modified)
		ok = add(k, "If-Modified-Since", f->kept.modified);
#define SET(option, value)                                                             \
	(ok = ok && curl_easy_setopt(c, CURLOPT_##option, value) == CURLE_OK)
	SET(URL, f->t.url);
	SET(PATH_AS_IS, 1L);
	SET(PROTOCOLS_STR, "http");
	SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(FOLLOWLOCATION, 0L);
	SET(HTTP_CONTENT_DECODING, 0L);
	SET(NOBODY, f->head ? 1L : 0L);
	SET(HTTPHEADER, k->headers);
	SET(USERAGENT, "seedbed-pkgcache");
	SET(PROXY, f->s->proxy ? f->s->proxy : "");
	SET(NOPROXY, "");
	SET(NOSIGNAL, 1L);
	SET(CONNECTTIMEOUT, f->s->silence < CONNECT_SECONDS ? f->s->silence
							    : (long)CONNECT_SECONDS);
	SET(LOW_SPEED_LIMIT, 1L);
	SET(LOW_SPEED_TIME, f->s->silence);
	SET(OPENSOCKETFUNCTION, open_socket);
	SET(OPENSOCKETDATA, k);
	SET(HEADERFUNCTION, header_line);
	SET(HEADERDATA, k);
	SET(WRITEFUNCTION, body);
	SET(WRITEDATA, k);
	SET(NOPROGRESS, 0L);
	SET(XFERINFOFUNCTION, progress);
	SET(XFERINFODATA, k);
#undef SET
	return ok;
}

static void settle(struct ask *k)
{
	struct account *a = k->f->s->account;
	const uint64_t came = k->pos < k->taken ? k->pos : k->taken;

	account_give_back(a, FETCHED, k->taken - came);
	digest_free(&k->digest);
	curl_slist_free_all(k->headers);
	if (k->curl)
		idle_keep(k->f->s, k->curl);
}

enum step fetch_ask(struct fetch *f)
{
	struct ask k = { .f = f, .curl = idle_take(f->s) };
	enum step next;

	if (!k.curl || !set_up(&k))
		next = said(f, ANSWER_BROKEN, "out of memory");
	else
		next = answered(&k, curl_easy_perform(k.curl));
	settle(&k);
	return next;
}
