// SPDX-License-Identifier: MIT
/* libvirt's own message about a file out of reach names the wrong thing. */
#include "check.h"
#include "cleanup.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>

static const struct {
	const char *path;
	int mode;
	const char *verb;
} wanted[] = {
	{ "/domain/devices/disk[not(readonly)]/source/@file", R_OK | W_OK, "write" },
	{ "/domain/devices/disk[readonly]/source/@file", R_OK, "read" },
	{ "/domain/os/kernel", R_OK, "read" },
	{ "/domain/os/initrd", R_OK, "read" },
	{ "/domain/devices/emulator", X_OK, "run" },
};

static const char *myself(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	return pw ? pw->pw_name : "this user";
}

/* The first part of the path that stands in the way is what must be named. */
static char *refused(const char *path, const char *verb, int err)
{
	char part[PATH_MAX], *why = NULL;

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part; (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (access(part, X_OK) < 0)
			return asprintf(&why,
				       "%s: user %s cannot pass the folder %s: %s",
				       path, myself(), part, strerror(errno)) < 0
				       ? NULL
				       : why;
		*p = '/';
	}
	return asprintf(&why, "%s: user %s cannot %s it: %s", path, myself(), verb,
		       strerror(err)) < 0
		       ? NULL
		       : why;
}

static int check_each(xmlXPathContext *ctx, const char *path, int mode,
	const char *verb, char **why, char **object)
{
	xmlXPathObject *obj = xmlXPathEval(BAD_CAST path, ctx);
	int r = 0;

	for (int i = 0; obj && obj->nodesetval && i < obj->nodesetval->nodeNr; i++) {
		xmlChar *file = xmlNodeGetContent(obj->nodesetval->nodeTab[i]);

		if (r == 0 && file && access((char *)file, mode) < 0) {
			r = -errno;
			*object = strdup((char *)file);
			*why = refused((char *)file, verb, -r);
		}
		xmlFree(file);
	}
	xmlXPathFreeObject(obj);
	return r;
}

char *xml_uuid(const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), "domain", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	xmlXPathObject *obj =
		ctx ? xmlXPathEval(BAD_CAST "normalize-space(/domain/uuid)", ctx)
		    : NULL;
	char *uuid = obj && obj->stringval && *obj->stringval
			     ? strdup((char *)obj->stringval)
			     : NULL;

	xmlXPathFreeObject(obj);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return uuid;
}

static char *not_xml(const char *file)
{
	const xmlError *err = xmlGetLastError();
	char *why = NULL;

	if (!err || asprintf(&why, "%s:%d: not XML: %.*s", file, err->line,
			    (int)strcspn(err->message, "\n"), err->message) < 0)
		return NULL;
	return why;
}

int check_files(const char *file, const char *xml, char **why, char **object)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), file, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	int r = ctx ? 0 : doc ? -ENOMEM : -EINVAL;

	*why = *object = NULL;
	if (!doc)
		*why = not_xml(file);
	for (size_t i = 0; r == 0 && i < sizeof(wanted) / sizeof(*wanted); i++)
		r = check_each(ctx, wanted[i].path, wanted[i].mode, wanted[i].verb, why,
			object);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return r;
}
