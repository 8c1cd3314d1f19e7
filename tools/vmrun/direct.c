// SPDX-License-Identifier: MIT
/* Where libvirt has QEMU listen for a port, its own streams go, too. */
#include "direct.h"
#include "cleanup.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char *evaluate(const char *xml, const char *path)
{
	xmlDoc *doc = xmlReadMemory(xml, (int)strlen(xml), "domain", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlXPathContext *ctx = doc ? xmlXPathNewContext(doc) : NULL;
	xmlChar *text = NULL;
	xmlXPathObject *obj = ctx ? xmlXPathEval(BAD_CAST path, ctx) : NULL;
	char *s = NULL;

	if (obj)
		text = xmlXPathCastToString(obj);
	if (text && *text)
		s = strdup((char *)text);
	xmlFree(text);
	xmlXPathFreeObject(obj);
	xmlXPathFreeContext(ctx);
	xmlFreeDoc(doc);
	return s;
}

/* Its path, the caller's to free; NULL if it is no socket that can be connected to. */
static char *listens_at(virDomainPtr dom, const char *channel)
{
	_cleanup_free_ char *xml = virDomainGetXMLDesc(dom, 0), *path = NULL;

	if (!xml || strchr(channel, '\'') ||
		asprintf(&path,
			"string(/domain/devices/channel[@type='unix']"
			"[target/@name='%s']/source[@mode='bind']/@path)",
			channel) < 0)
		return NULL;
	return evaluate(xml, path);
}

int direct_open(virDomainPtr dom, const char *channel)
{
	_cleanup_free_ char *path = listens_at(dom, channel);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (!path || strlen(path) >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}
