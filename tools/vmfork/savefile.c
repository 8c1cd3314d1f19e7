// SPDX-License-Identifier: MIT
#include "savefile.h"
#include "cleanup.h"

#include <string.h>

static const char magic[16] = "LibvirtQemudSave", partial[16] = "LibvirtQemudPart";

/* In the byte order of who wrote it, which must be that of who reads it. */
struct header {
	char magic[16];
	uint32_t version, data_len, was_running, compressed, cookie;
	uint32_t unused[14];
};

_Static_assert(sizeof(struct header) == SAVEFILE_HEADER, "libvirt's header");

int savefile_length(const void *header, size_t *len)
{
	struct header h;

	*len = 0;
	memcpy(&h, header, sizeof(h));
	if (memcmp(h.magic, partial, sizeof(partial)) == 0)
		return -EINPROGRESS;
	if (memcmp(h.magic, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	if (h.version < 1 || h.version > 2 || h.compressed || !h.was_running)
		return -ENOTSUP;
	if (h.data_len < 2 || h.data_len > SAVEFILE_MAX - sizeof(h))
		return -EBADMSG;
	*len = sizeof(h) + h.data_len;
	return 0;
}

/* The string at data + at, which must end before data + len. */
static int text_at(const char *data, size_t len, size_t at, char **out)
{
	if (at >= len || !memchr(data + at, '\0', len - at))
		return -EBADMSG;
	*out = strdup(data + at);
	return *out ? 0 : -ENOMEM;
}

int savefile_parse(struct savefile *s, const void *data, size_t len)
{
	struct header h;
	int r;

	*s = (struct savefile){ 0 };
	if (len < sizeof(h))
		return -EBADMSG;
	r = savefile_length(data, &s->stream);
	if (r < 0)
		return r;
	if (len < s->stream)
		return -EBADMSG;
	memcpy(&h, data, sizeof(h));
	s->version = h.version;
	r = text_at(data, s->stream, sizeof(h), &s->xml);
	if (r == 0 && !*s->xml)
		r = -EBADMSG;
	if (r == 0 && h.cookie)
		r = h.cookie <= strlen(s->xml)
			    ? -EBADMSG
			    : text_at(data, s->stream, sizeof(h) + h.cookie,
				      &s->cookie);
	if (r < 0)
		savefile_free(s);
	return r;
}

void savefile_free(struct savefile *s)
{
	free(s->xml);
	free(s->cookie);
	*s = (struct savefile){ 0 };
}

int savefile_make(const struct savefile *s, const char *xml, void **out, size_t *len)
{
	const size_t xml_len = strlen(xml) + 1;
	const size_t cookie_len = s->cookie ? strlen(s->cookie) + 1 : 0;
	struct header h = { .version = s->version,
		.data_len = (uint32_t)(xml_len + cookie_len),
		.was_running = 1,
		.cookie = s->cookie ? (uint32_t)xml_len : 0 };
	char *p;

	if (xml_len + cookie_len > SAVEFILE_MAX - sizeof(h))
		return -EFBIG;
	memcpy(h.magic, magic, sizeof(magic));
	*len = sizeof(h) + xml_len + cookie_len;
	*out = p = malloc(*len);
	if (!p)
		return -ENOMEM;
	memcpy(p, &h, sizeof(h));
	memcpy(p + sizeof(h), xml, xml_len);
	if (s->cookie)
		memcpy(p + sizeof(h) + xml_len, s->cookie, cookie_len);
	return 0;
}
