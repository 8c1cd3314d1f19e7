// SPDX-License-Identifier: MIT
/*
 * randomart - the pictures of SSH keys, drawn as ssh-keygen draws them.
 *
 * Reads public keys and fingerprints, writes text, JSON or SVG; opens no private
 * key and changes nothing.
 */
#include "atomicfile.h"
#include "cleanup.h"
#include "diag.h"
#include "opts.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EX_DIFFER = 3 };
#define TYPE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"

struct session {
	char *hash, *type, *output;
	int bits, old, picture, explain, compare, json, svg;
	struct style style;
	struct atomicfile out;
	struct record *kept; /* for --compare and --svg, which need all at once */
	size_t n_kept, room;
	unsigned long found, bad;
};

static int keep(struct session *s, const struct record *r)
{
	struct record *copy;

	if (s->n_kept == s->room) {
		size_t room = s->room ? 2 * s->room : 16;
		struct record *p = reallocarray(s->kept, room, sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->kept = p;
		s->room = room;
	}
	copy = &s->kept[s->n_kept];
	*copy = *r;
	if (r->comment && !(copy->comment = strdup(r->comment)))
		return -ENOMEM;
	s->n_kept++;
	return 0;
}

static int take_record(struct session *s, struct record *r)
{
	s->found++;
	if (s->type && !r->type[0])
		snprintf(r->type, sizeof(r->type), "%s", s->type);
	if (s->bits && !r->bits)
		r->bits = (unsigned)s->bits;
	if (s->compare || s->svg)
		return keep(s, r);
	if (s->json)
		json_record(r, s->out.f);
	else if (s->explain)
		draw_explained(r, &s->style, s->out.f);
	else
		draw_record(r, &s->style, s->out.f);
	return ferror(s->out.f) ? -EIO : 0;
}

static const char *fault(int what)
{
	if (what == LINE_BROKEN)
		return "a broken key";
	if (what == LINE_PRIVATE)
		return "a private key: its public half is in the .pub file";
	if (what == LINE_FOREIGN)
		return "a key in another form: ssh-keygen -i makes it one of OpenSSH's";
	return "neither a public key nor a fingerprint";
}

/* Lines that are none are said and counted; the others are still drawn. */
static int read_lines(struct session *s, FILE *f, const char *name)
{
	_cleanup_free_ char *line = NULL;
	unsigned long number = 0;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, f)) > 0) {
		struct record r;
		int got, err;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		number++;
		if ((got = record_read(&r, line)) < 0)
			return got;
		r.file = name;
		r.line = number;
		if (got == LINE_RECORD) {
			if ((err = take_record(s, &r)) < 0)
				return err;
		} else if (got != LINE_EMPTY) {
			diag_at(name, (unsigned)number, "%s", fault(got));
			s->bad++;
			if (got == LINE_PRIVATE || got == LINE_FOREIGN)
				return 0; /* its other lines would say no more */
		}
	}
	return ferror(f) ? -errno : 0;
}

static int read_operand(struct session *s, const char *operand)
{
	_cleanup_fclose_ FILE *opened = NULL;
	_cleanup_free_ char *text = NULL;
	struct record r;
	int got;

	if (strcmp(operand, "-") == 0)
		return read_lines(s, stdin, "-");
	if (!(text = strdup(operand)))
		return -ENOMEM;
	if ((got = record_read(&r, text)) < 0)
		return got;
	if (got == LINE_RECORD)
		return take_record(s, &r);
	if (!(opened = fopen(operand, "re")))
		return -errno;
	return read_lines(s, opened, operand);
}

static int write_kept(struct session *s, int *differ)
{
	_cleanup_(cleanup_comparison) struct comparison c = { 0 };
	int r;

	for (size_t i = 1; s->compare && i < s->n_kept; i++)
		if (strcmp(s->kept[i].hash, s->kept[0].hash) != 0) {
			diag("%s and %s: two walks of two hashes cannot be compared",
				s->kept[0].hash, s->kept[i].hash);
			return -EINVAL;
		}
	if (s->compare && s->n_kept < 2) {
		diag("--compare: wants two keys or more: %zu found", s->n_kept);
		return -EINVAL;
	}
	if ((r = compare(&c, s->kept, s->n_kept)) < 0)
		return r;
	*differ = s->compare && c.count > 0;
	if (s->svg)
		svg_all(&c, s->compare, s->out.f);
	else if (s->json)
		json_compared(&c, s->out.f);
	else
		draw_compared(&c, &s->style, s->out.f);
	return 0;
}

static void cleanup_session(struct session *s)
{
	atomic_drop(&s->out);
	for (size_t i = 0; i < s->n_kept; i++)
		free(s->kept[i].comment);
	free(s->kept);
	free(s->hash);
	free(s->type);
	free(s->output);
	record_end();
}

static int work(struct session *s, const char **args)
{
	static const char *const from_stdin[] = { "-", NULL };
	const char *const *operands = *args ? args : (const char **)from_stdin;
	int r, differ = 0;

	if ((r = atomic_open(&s->out, s->output)) < 0) {
		diag_errno(-r, "%s", s->output ? s->output : "-");
		return EX_FAILED;
	}
	s->style.mark = s->out.f == stdout && isatty(STDOUT_FILENO);
	for (; *operands; operands++)
		if ((r = read_operand(s, *operands)) < 0) {
			diag_errno(-r, "%s", *operands);
			s->bad++;
		}
	if ((s->compare || s->svg) && s->found && write_kept(s, &differ) < 0)
		return EX_FAILED;
	if (!s->found && !s->bad)
		diag("no key in the input");
	if ((r = atomic_commit(&s->out)) < 0) {
		diag_errno(-r, "%s", s->output ? s->output : "stdout");
		return EX_FAILED;
	}
	if (s->bad || !s->found)
		return EX_FAILED;
	return differ ? EX_DIFFER : EX_DONE;
}

int main(int argc, char **argv)
{
	_cleanup_(cleanup_popt) poptContext ctx = NULL;
	_cleanup_(cleanup_session) struct session s = { 0 };
	const struct poptOption table[] = {
		{ "hash", 'E', POPT_ARG_STRING, &s.hash, 0,
			"Fingerprint of keys: sha256 (default), md5, sha1, sha384, "
			"sha512",
			"HASH" },
		{ "old", '\0', POPT_ARG_NONE, &s.old, 0,
			"The frame of OpenSSH before 6.8, and its MD5", NULL },
		{ "type", 't', POPT_ARG_STRING, &s.type, 0,
			"Title of a bare fingerprint, such as RSA", "TYPE" },
		{ "bits", 'b', POPT_ARG_INT, &s.bits, 0, "Size in that title", "N" },
		{ "picture", 'p', POPT_ARG_NONE, &s.picture, 0,
			"The picture without the line above it", NULL },
		{ "explain", 'x', POPT_ARG_NONE, &s.explain, 0,
			"How to read the picture", NULL },
		{ "compare", 'c', POPT_ARG_NONE, &s.compare, 0,
			"Side by side, with the cells that differ", NULL },
		{ "json", 'j', POPT_ARG_NONE, &s.json, 0, "JSON, an object a line",
			NULL },
		{ "svg", '\0', POPT_ARG_NONE, &s.svg, 0, "A drawing for documents",
			NULL },
		{ "output", 'o', POPT_ARG_STRING, &s.output, 0,
			"Write to FILE instead of standard output", "FILE" },
		OPTS_COMMON
	};
	const char **args = NULL;
	int r = opts_parse(
		&ctx, argc, argv, table, "[KEYFILE|FINGERPRINT|-]...", 0, -1, &args);

	if (r != OPTS_GO)
		return r;
	if (s.json + s.svg > 1 || s.explain + s.json + s.svg > 1 ||
		s.explain + s.compare > 1)
		return opts_error("--json, --svg and --explain: one at a time");
	if (s.bits < 0 || s.bits > 99999)
		return opts_error("%d: not a size of a key", s.bits);
	if (s.type && (strlen(s.type) >= sizeof(s.kept->type) ||
			      s.type[strspn(s.type, TYPE_CHARS)]))
		return opts_error("%s: not a type of key", s.type);
	if (hash_select(s.hash ? s.hash : s.old ? "MD5" : "SHA256") < 0)
		return opts_error("%s: not a hash of SSH keys", s.hash);
	s.style.old = s.old;
	s.style.picture_only = s.picture;
	return work(&s, args);
}
