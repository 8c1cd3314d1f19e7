// SPDX-License-Identifier: MIT
#include "serve.h"
#include "cleanup.h"

#include <microhttpd.h>
#include <poll.h>
#include <string.h>

enum { CHUNK = 128 * 1024, STACK = 512 * 1024, IDLE_SECONDS = 600, TRIES = 4 };

struct server {
	struct MHD_Daemon *daemon;
	struct source *source;
};

/* One request, from its first line to the last byte of its answer. */
struct request {
	struct source *s;
	char *raw; /* its target, as it came; NULL: too long, or no memory */
	bool heard, with_body;
	/* the answer's body, of one of both */
	struct fetch *fetch;
	struct kept kept;
	int client;
	const char *url;
	struct target t;
	uint64_t taken, sent; /* of the account */
};

/* --- the guest's connection --- */

static bool still_there(void *opaque)
{
	const struct request *q = opaque;
	struct pollfd p = { .fd = q->client, .events = POLLRDHUP };

	return poll(&p, 1, 0) <= 0 || !(p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

static struct patience patience(struct request *q)
{
	return (struct patience){ still_there, q };
}

static int client_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);

	return i ? i->connect_fd : -1;
}

/* --- answers --- */

static enum MHD_Result send_off(
	struct MHD_Connection *c, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result sent = r ? MHD_queue_response(c, status, r) : MHD_NO;

	if (r)
		MHD_destroy_response(r);
	return sent;
}

static enum MHD_Result answer_text(
	struct request *q, struct MHD_Connection *c, unsigned status, const char *text)
{
	char line[300];
	struct MHD_Response *r;
	const int n = snprintf(line, sizeof(line), "%s\n", text);

	if (!account_take(q->s->account, SERVED, (uint64_t)n, "answers"))
		return MHD_NO;
	r = MHD_create_response_from_buffer((size_t)n, line, MHD_RESPMEM_MUST_COPY);
	if (r)
		MHD_add_response_header(r, "Content-Type", "text/plain");
	if (r && status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, "Allow", "GET, HEAD");
	return send_off(c, status, r);
}

static enum MHD_Result refuse(
	struct request *q, struct MHD_Connection *c, enum refusal why)
{
	const char *host = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host");
	const bool path = q->raw && q->raw[0] == '/';

	account_note(q->s->account, NOTE_REFUSED, "%s %s%.200s%.250s",
		refusal_name(why), path ? "http://" : "", path && host ? host : "",
		q->raw ? q->raw : "-");
	return answer_text(q, c,
		why == REFUSE_METHOD ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_FORBIDDEN,
		refusal_text(why));
}

static ssize_t body_of(struct request *q, uint64_t at, char *buf, size_t max)
{
	if (q->kept.fd >= 0)
		return pread(q->kept.fd, buf, max, (off_t)(at + HEADER_SIZE));
	return fetch_read(q->fetch, buf, max, at, patience(q));
}

/* MHD's reader: as much as there is, and waits while there is nothing. */
static ssize_t read_body(void *opaque, uint64_t at, char *buf, size_t max)
{
	struct request *q = opaque;
	const ssize_t n = body_of(q, at, buf, max);

	if (n < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	q->sent = at + (uint64_t)n;
	if (q->sent > q->taken) {
		if (!account_take(q->s->account, SERVED, q->sent - q->taken, q->url))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		q->taken = q->sent;
	}
	return n;
}

static enum MHD_Result give(struct request *q, struct MHD_Connection *c, int64_t size,
	const char *etag, const char *modified, const char *how, bool head)
{
	struct MHD_Response *r;

	if (!head && size > 0) {
		if (!account_take(q->s->account, SERVED, (uint64_t)size, q->url))
			return answer_text(
				q, c, MHD_HTTP_FORBIDDEN, refusal_text(REFUSE_LIMIT));
		q->taken = (uint64_t)size;
	}
	r = MHD_create_response_from_callback(
		size < 0 ? MHD_SIZE_UNKNOWN : (uint64_t)size, CHUNK, read_body, q,
		NULL);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Content-Type", "application/octet-stream");
	MHD_add_response_header(r, "X-Cache", how);
	if (*etag)
		MHD_add_response_header(r, "ETag", etag);
	if (*modified)
		MHD_add_response_header(r, "Last-Modified", modified);
	return send_off(c, MHD_HTTP_OK, r);
}

static enum MHD_Result give_kept(
	struct request *q, struct MHD_Connection *c, const char *how, bool head)
{
	const struct header *h = &q->kept.h;

	account_hit(q->s->account);
	return give(q, c, h->size, h->etag, h->modified, how, head);
}

static enum MHD_Result give_fetched(
	struct request *q, struct MHD_Connection *c, bool head)
{
	kept_close(&q->kept);
	account_miss(q->s->account);
	return give(q, c, fetch_size(q->fetch), fetch_etag(q->fetch),
		fetch_modified(q->fetch), "MISS", head);
}

static enum MHD_Result give_moved(struct request *q, struct MHD_Connection *c)
{
	struct MHD_Response *r;
	struct target to;

	/* the guest asks there itself, and as for any other address */
	if (target_parse(fetch_location(q->fetch), q->t.host, &to) != ALLOWED ||
		!source_host(q->s, to.host)) {
		account_note(q->s->account, NOTE_UNREACHABLE,
			"%s it leads to %.200s, which is no source of this build",
			q->url, fetch_location(q->fetch));
		return answer_text(q, c, MHD_HTTP_BAD_GATEWAY,
			"the source leads to what is no source of this build");
	}
	r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (r)
		MHD_add_response_header(r, "Location", to.url);
	return send_off(c, (unsigned)fetch_status(q->fetch), r);
}

static enum MHD_Result give_stale(
	struct request *q, struct MHD_Connection *c, bool head)
{
	account_note(
		q->s->account, NOTE_UNREACHABLE, "%s %s", q->url, fetch_why(q->fetch));
	if (q->kept.fd < 0)
		return answer_text(q, c, MHD_HTTP_BAD_GATEWAY, "the source does not answer");
	account_note(q->s->account, NOTE_STALE, "%s", q->url);
	return give_kept(q, c, "STALE", head);
}

static enum MHD_Result give_missing(struct request *q, struct MHD_Connection *c)
{
	account_note(q->s->account, NOTE_MISSING, "%s", q->url);
	return answer_text(
		q, c, (unsigned)fetch_status(q->fetch), "the source does not have it");
}

static enum MHD_Result give_inside(struct request *q, struct MHD_Connection *c)
{
	account_note(q->s->account, NOTE_REFUSED, "%s %s %s",
		refusal_name(REFUSE_ADDRESS), q->url, fetch_why(q->fetch));
	return answer_text(q, c, MHD_HTTP_FORBIDDEN, refusal_text(REFUSE_ADDRESS));
}

/* --- from the request to its answer --- */

/* What is kept of it and is what it has to be. */
static void find(struct request *q)
{
	struct source *s = q->s;

	if (store_find(s->store, q->t.kept, &q->kept) == -EBADMSG)
		account_note(s->account, NOTE_DAMAGED, "%s", q->url);
	if (q->kept.fd < 0 || q->t.hashed ||
		sums_fit(s->sums, q->url, q->kept.h.sha256) != FIT_NO)
		return;
	account_note(s->account, NOTE_MISMATCH, "%s", q->url);
	store_drop(s->store, &q->kept);
	kept_close(&q->kept);
}

/*
 * Named by its hash or its version, or known to be right: it stays as it is. What lies
 * outside of a pool is named as somebody liked.
 */
static bool lasts(const struct request *q)
{
	return q->t.hashed ||
	       (q->t.package && (q->t.pool || sums_know(q->s->sums, q->url)));
}

static enum MHD_Result answer_with(
	struct request *q, struct MHD_Connection *c, enum answer a, bool head)
{
	switch (a) {
	case ANSWER_BODY:
	case ANSWER_WHOLE:
		return give_fetched(q, c, head);
	case ANSWER_SAME:
		return give_kept(q, c, "REVALIDATED", head);
	case ANSWER_MISSING:
		return give_missing(q, c);
	case ANSWER_MOVED:
		return give_moved(q, c);
	case ANSWER_UNREACHED:
		return give_stale(q, c, head);
	case ANSWER_INSIDE:
		return give_inside(q, c);
	case ANSWER_OVER:
		return answer_text(q, c, MHD_HTTP_FORBIDDEN, refusal_text(REFUSE_LIMIT));
	default:
		return answer_text(q, c, MHD_HTTP_BAD_GATEWAY, "the source broke off");
	}
}

/* Whether what came is no answer to this request: another began the fetch. */
static bool again(const struct request *q, enum answer a)
{
	return a == ANSWER_AGAIN || (a == ANSWER_SAME && q->kept.fd < 0);
}

static enum MHD_Result answer(struct request *q, struct MHD_Connection *c, bool head)
{
	enum answer a = ANSWER_AGAIN;

	for (int i = 0; i < TRIES && again(q, a); i++) {
		kept_close(&q->kept);
		find(q);
		if (q->kept.fd >= 0 && lasts(q))
			return give_kept(q, c, "HIT", head);
		if (q->fetch)
			fetch_leave(q->fetch);
		q->fetch = fetch_begin(
			q->s, &q->t, q->kept.fd < 0 ? NULL : &q->kept.h, head);
		if (!q->fetch)
			return MHD_NO;
		a = fetch_answer(q->fetch, patience(q));
		if (a == ANSWER_ASKED)
			return MHD_NO; /* it has gone */
	}
	return answer_with(q, c, a, head);
}

static bool has_body(struct MHD_Connection *c)
{
	const char *n =
		MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length");

	return (n && strcmp(n, "0") != 0) ||
	       MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Transfer-Encoding");
}

static enum MHD_Result judge(
	struct request *q, struct MHD_Connection *c, const char *method)
{
	const bool head = strcmp(method, "HEAD") == 0;
	const struct host *h;
	enum refusal r;

	if (!head && strcmp(method, "GET") != 0)
		return refuse(q, c, REFUSE_METHOD);
	if (q->with_body)
		return refuse(q, c, REFUSE_BODY);
	r = q->raw ? target_parse(q->raw,
			     MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Host"),
			     &q->t)
		   : REFUSE_PATH;
	h = r == ALLOWED ? source_host(q->s, q->t.host) : NULL;
	if (r == ALLOWED && !h)
		r = REFUSE_HOST;
	if (r != ALLOWED)
		return refuse(q, c, r);
	if (h->private)
		target_inside(&q->t);
	q->url = q->t.url;
	return answer(q, c, head);
}

/* MHD's handler: once for the header, once when all has come. */
static enum MHD_Result handle(void *opaque, struct MHD_Connection *c, const char *url,
	const char *method, const char *version, const char *data, size_t *len,
	void **con)
{
	struct request *q = *con;

	(void)opaque;
	(void)url;
	(void)version;
	(void)data;
	if (!q)
		return MHD_NO;
	if (!q->heard) {
		q->heard = true;
		q->client = client_of(c);
		q->with_body = has_body(c);
		/* its body is not waited for */
		return q->with_body ? judge(q, c, method) : MHD_YES;
	}
	if (*len) {
		*len = 0;
		return MHD_YES;
	}
	return judge(q, c, method);
}

/* Before MHD takes it apart: the request's target as it came. */
static void *target_came(void *opaque, const char *uri, struct MHD_Connection *c)
{
	const struct server *v = opaque;
	struct request *q = calloc(1, sizeof(*q));

	(void)c;
	if (!q)
		return NULL;
	q->s = v->source;
	q->kept.fd = q->client = -1;
	if (strnlen(uri, URL_MAX_LEN + 1) <= URL_MAX_LEN)
		q->raw = strdup(uri);
	return q;
}

static void request_over(void *opaque, struct MHD_Connection *c, void **con,
	enum MHD_RequestTerminationCode why)
{
	struct request *q = *con;

	(void)opaque;
	(void)c;
	(void)why;
	if (!q)
		return;
	if (q->taken > q->sent)
		account_give_back(q->s->account, SERVED, q->taken - q->sent);
	if (q->fetch)
		fetch_leave(q->fetch);
	kept_close(&q->kept);
	free(q->raw);
	free(q);
	*con = NULL;
}

/* MHD would decode it, a query would be taken apart: nothing here looks at that. */
static size_t as_it_is(void *opaque, struct MHD_Connection *c, char *s)
{
	(void)opaque;
	(void)c;
	return strlen(s);
}

struct server *serve_begin(struct source *s, int listener, unsigned connections)
{
	struct server *v = calloc(1, sizeof(*v));

	if (!v)
		return NULL;
	v->source = s;
	v->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
					     MHD_USE_INTERNAL_POLLING_THREAD |
					     MHD_USE_POLL | MHD_USE_ITC,
		0, NULL, NULL, handle, v, MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)IDLE_SECONDS, MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK,
		MHD_OPTION_URI_LOG_CALLBACK, target_came, v,
		MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, request_over, NULL, MHD_OPTION_END);
	if (v->daemon)
		return v;
	free(v);
	return NULL;
}

void serve_end(struct server *v)
{
	if (!v)
		return;
	MHD_stop_daemon(v->daemon);
	free(v);
}
