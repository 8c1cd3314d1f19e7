// SPDX-License-Identifier: MIT
#include "yaml-out.h"

#include "values.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static int write_bytes(void *data, unsigned char *bytes, size_t n)
{
	struct out *o = data;

	return fwrite(bytes, 1, n, o->f) == n;
}

/* libyaml frees the event, whatever becomes of it. */
static void emit(struct out *o, yaml_event_t *e, int made)
{
	if (!made || o->failed || !yaml_emitter_emit(&o->emitter, e))
		o->failed = true;
}

void out_open(struct out *o, FILE *f)
{
	yaml_event_t e;

	*o = (struct out){ .f = f };
	if (!yaml_emitter_initialize(&o->emitter)) {
		o->failed = true;
		return;
	}
	yaml_emitter_set_output(&o->emitter, write_bytes, o);
	yaml_emitter_set_unicode(&o->emitter, 1);
	yaml_emitter_set_width(&o->emitter, -1);
	emit(o, &e, yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING));
	emit(o, &e, yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1));
	out_map(o, false);
}

int out_close(struct out *o)
{
	yaml_event_t e;

	out_end(o);
	emit(o, &e, yaml_document_end_event_initialize(&e, 1));
	emit(o, &e, yaml_stream_end_event_initialize(&e));
	yaml_emitter_delete(&o->emitter);
	return o->failed ? -EIO : 0;
}

static void push(struct out *o, bool list)
{
	if (o->deep == OUT_DEEP)
		o->failed = true;
	else
		o->list[o->deep++] = list;
}

void out_map(struct out *o, bool flow)
{
	yaml_event_t e;

	push(o, false);
	emit(o, &e,
		yaml_mapping_start_event_initialize(&e, NULL, NULL, 1,
			flow ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE));
}

void out_list(struct out *o, bool flow)
{
	yaml_event_t e;

	push(o, true);
	emit(o, &e,
		yaml_sequence_start_event_initialize(&e, NULL, NULL, 1,
			flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE));
}

void out_end(struct out *o)
{
	yaml_event_t e;

	if (o->deep == 0)
		o->failed = true;
	else if (o->list[--o->deep])
		emit(o, &e, yaml_sequence_end_event_initialize(&e));
	else
		emit(o, &e, yaml_mapping_end_event_initialize(&e));
}

static void scalar(struct out *o, const char *s, yaml_scalar_style_t style)
{
	yaml_event_t e;

	emit(o, &e,
		yaml_scalar_event_initialize(&e, NULL, NULL, (const yaml_char_t *)s,
			(int)strlen(s), 1, 1, style));
}

/* What no reader takes for a number, a time, a truth or nothing: letters first, and none
 * of the words. */
static bool is_plain(const char *s)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "true",
		"false", "null" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcasecmp(s, words[i]) == 0)
			return false;
	return made_of(s, LOWER UPPER DIGITS "_-./") && strchr(LOWER UPPER "/", *s);
}

const char *out_odd(const char *s)
{
	static const char *const odd[] = { "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9",
		"\xef\xbb\xbf", "\xef\xbf\xbe", "\xef\xbf\xbf" };

	for (; *s; s++)
		for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
			if (strncmp(s, odd[i], strlen(odd[i])) == 0)
				return s;
	return NULL;
}

void out_text(struct out *o, const char *s)
{
	scalar(o, s,
		out_odd(s)	? YAML_DOUBLE_QUOTED_SCALAR_STYLE
		: strchr(s, '\n') ? YAML_LITERAL_SCALAR_STYLE
		: is_plain(s)	? YAML_PLAIN_SCALAR_STYLE
				: YAML_SINGLE_QUOTED_SCALAR_STYLE);
}

void out_bool(struct out *o, bool value)
{
	scalar(o, value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
}

void out_number(struct out *o, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	scalar(o, text, YAML_PLAIN_SCALAR_STYLE);
}

void out_pair(struct out *o, const char *key, const char *value)
{
	out_text(o, key);
	out_text(o, value);
}

void out_pair_bool(struct out *o, const char *key, bool value)
{
	out_text(o, key);
	out_bool(o, value);
}

void out_pair_number(struct out *o, const char *key, long value)
{
	out_text(o, key);
	out_number(o, value);
}
