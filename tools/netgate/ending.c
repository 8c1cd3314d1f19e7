// SPDX-License-Identifier: MIT
#include "ending.h"
#include "diag.h"
#include "result.h"

#include <stdarg.h>

void counts_print(const struct counts *c, FILE *f)
{
	fprintf(f,
		"bytes rx=%llu tx=%llu connections=%lu refused=%lu failed=%lu "
		"lost=%lu\n",
		(unsigned long long)c->to_guest, (unsigned long long)c->from_guest,
		c->connections, c->refused, c->failed, c->lost);
	fflush(f);
}

void ending_set(struct ending *e, const char *outcome, int status, const char *fmt, ...)
{
	va_list ap;

	if (e->outcome)
		return;
	e->outcome = outcome;
	e->status = status;
	if (!fmt)
		return;
	va_start(ap, fmt);
	if (vasprintf(&e->text, fmt, ap) < 0)
		e->text = NULL;
	va_end(ap);
	diag("%s", e->text ? e->text : fmt);
}

int ending_write(const struct ending *e, const struct counts *c, const char *path)
{
	struct result r;
	int err;

	result_begin(&r, "netgate", e->outcome);
	result_put(&r, "status", "%d", e->status);
	result_put(&r, "rx", "%llu", (unsigned long long)c->to_guest);
	result_put(&r, "tx", "%llu", (unsigned long long)c->from_guest);
	result_put(&r, "connections", "%lu", c->connections);
	result_put(&r, "refused", "%lu", c->refused);
	result_put(&r, "failed", "%lu", c->failed);
	result_put(&r, "lost", "%lu", c->lost);
	if (e->command >= 0)
		result_put(&r, "command", "%d", e->command);
	if (e->text)
		result_put(&r, "text", "%s", e->text);
	err = result_write(&r, path);
	if (err < 0)
		diag_errno(-err, "%s: write", path);
	return err;
}
