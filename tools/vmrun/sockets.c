// SPDX-License-Identifier: MIT
#include "sockets.h"
#include "asuser.h"
#include "cleanup.h"
#include "diag.h"
#include "hypervisor.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <pwd.h>
#include <string.h>
#include <sys/un.h>

enum { LONGEST = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1, NAME_LEN = 20 };

static char *name_of(const char *xml)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), "domain", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	xmlXPathObject *obj =
		ctx ? xmlXPathEval(BAD_CAST "normalize-space(/domain/name)", ctx)
		    : NULL;
	char *name = obj && obj->stringval ? strdup((char *)obj->stringval) : NULL;

	xmlXPathFreeObject(obj);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return name;
}

/* The bytes of as many characters as libvirt takes of a name. */
static int short_name(const char *name)
{
	int chars = 0, n = 0;

	for (; name[n]; n++)
		if (((unsigned char)name[n] & 0xc0) != 0x80 && chars++ == NAME_LEN)
			break;
	return n;
}

static const char *home(void)
{
	const char *dir = getenv("HOME");
	const struct passwd *pw = dir && *dir ? NULL : getpwuid(geteuid());

	return pw ? pw->pw_dir : dir && *dir ? dir : "/";
}

/* One of the person's folders, as XDG names it, or else in HOME. */
static char *folder(const char *variable, const char *usual)
{
	const char *dir = getenv(variable);
	char *s;

	if (dir && *dir == '/')
		return strdup(dir);
	return asprintf(&s, "%s/%s", home(), usual) < 0 ? NULL : s;
}

static bool fits(const char *path, const char *variable)
{
	if (!path || strlen(path) <= LONGEST)
		return true;
	diag("%s: a socket's path of %zu bytes, and no more than %d can be: set %s to "
	     "a "
	     "shorter folder",
		path, strlen(path), (int)LONGEST, variable);
	return false;
}

bool sockets_fit(const char *uri, const char *user, const char *xml)
{
	_cleanup_free_ char *name = NULL, *config = NULL, *run = NULL;
	_cleanup_free_ char *monitor = NULL, *daemon = NULL;
	struct hypervisor_at at;
	const char *dir = NULL;
	bool fit;

	/* what is wrong with the user or the XML is told by those who need them */
	if (!hypervisor_is_own(uri) || hypervisor_at(&at, uri) < 0 || as_user(user) < 0 ||
		!(name = name_of(xml)))
		return true;
	dir = getenv("XDG_RUNTIME_DIR");
	config = folder("XDG_CONFIG_HOME", ".config");
	run = dir && *dir == '/' ? strdup(dir) : folder("XDG_CACHE_HOME", ".cache");
	if (!config || !run ||
		asprintf(&monitor, "%s/libvirt/%s/lib/domain-1-%.*s/monitor.sock", config,
			at.hypervisor->driver, short_name(name), name) < 0 ||
		asprintf(&daemon, "%s/libvirt/libvirt-admin-sock", run) < 0)
		return true;
	fit = fits(monitor, "XDG_CONFIG_HOME");
	return fits(daemon,
		       dir && *dir == '/' ? "XDG_RUNTIME_DIR" : "XDG_CACHE_HOME") &&
	       fit;
}
