/* libvirt's own message about a file out of reach names the wrong thing. */
#include "vmrun.h"
#include "diag.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <limits.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

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
static int refused(const char *path, const char *verb, int err)
{
	char part[PATH_MAX];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part; (p = strchr(p + 1, '/'));) {
		*p = '\0';
		if (access(part, X_OK) < 0) {
			diag_errno(errno, "%s: user %s cannot pass the folder %s", path,
				myself(), part);
			return -err;
		}
		*p = '/';
	}
	diag_errno(err, "%s: user %s cannot %s it", path, myself(), verb);
	return -err;
}

static int check_each(
	xmlXPathContext *ctx, const char *path, int mode, const char *verb)
{
	xmlXPathObject *obj = xmlXPathEval(BAD_CAST path, ctx);
	int r = 0;

	for (int i = 0; obj && obj->nodesetval && i < obj->nodesetval->nodeNr; i++) {
		xmlChar *file = xmlNodeGetContent(obj->nodesetval->nodeTab[i]);

		if (r == 0 && file && access((char *)file, mode) < 0)
			r = refused((char *)file, verb, errno);
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

int check_files(const char *file, const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), file, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	const xmlError *err = xmlGetLastError();
	int r = 0;

	if (!doc && err) {
		diag("%s:%d: not XML: %.*s", file, err->line,
			(int)strcspn(err->message, "\n"), err->message);
		r = -EINVAL;
	} else if (!ctx) {
		r = -ENOMEM;
	}
	for (size_t i = 0; r == 0 && i < sizeof(wanted) / sizeof(*wanted); i++)
		r = check_each(ctx, wanted[i].path, wanted[i].mode, wanted[i].verb);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return r;
}
