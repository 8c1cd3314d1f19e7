// SPDX-License-Identifier: MIT
#include "domain.h"
#include "cleanup.h"
#include "qemuarg.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

#define QEMU_NS "http://libvirt.org/schemas/domain/qemu/1.0"

void cleanup_xmldoc(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

xmlDoc *domain_read(const char *xml)
{
	return xmlReadMemory(xml, (int)strlen(xml), "domain", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static xmlXPathObject *find(xmlDoc *doc, const char *path)
{
	xmlXPathContext *ctx = xmlXPathNewContext(doc);
	xmlXPathObject *obj = NULL;

	if (ctx && xmlXPathRegisterNs(ctx, BAD_CAST "qemu", BAD_CAST QEMU_NS) == 0)
		obj = xmlXPathEval(BAD_CAST path, ctx);
	xmlXPathFreeContext(ctx);
	return obj;
}

static int count(const xmlXPathObject *obj)
{
	return obj && obj->nodesetval ? obj->nodesetval->nodeNr : 0;
}

static char *own(xmlChar *s)
{
	char *copy = strdup(s ? (char *)s : "");

	xmlFree(s);
	return copy;
}

char *domain_get(xmlDoc *doc, const char *path)
{
	xmlXPathObject *obj = find(doc, path);
	char *text =
		own(count(obj) ? xmlNodeGetContent(obj->nodesetval->nodeTab[0]) : NULL);

	xmlXPathFreeObject(obj);
	return text;
}

static xmlNode *child(xmlNode *n, const char *name)
{
	for (n = n->children; n; n = n->next)
		if (n->type == XML_ELEMENT_NODE &&
			strcmp((const char *)n->name, name) == 0)
			return n;
	return NULL;
}

static char *prop(xmlNode *n, const char *element, const char *name)
{
	xmlNode *c = child(n, element);

	return own(c ? xmlGetProp(c, BAD_CAST name) : NULL);
}

static const char disks_path[] =
	"/domain/devices/disk[not(readonly)][@device='disk' or not(@device)]";

int domain_disks(xmlDoc *doc, struct domain_disk **out)
{
	xmlXPathObject *obj = find(doc, disks_path);
	const int n = count(obj);
	struct domain_disk *d = calloc((size_t)n + 1, sizeof(*d));
	int r = d ? n : -ENOMEM;

	for (int i = 0; d && i < n; i++) {
		xmlNode *node = obj->nodesetval->nodeTab[i];

		d[i].target = prop(node, "target", "dev");
		d[i].format = prop(node, "driver", "type");
		d[i].file = prop(node, "source", "file");
		if (!d[i].target || !d[i].format || !d[i].file)
			r = -ENOMEM;
	}
	xmlXPathFreeObject(obj);
	if (r < 0) {
		domain_disks_free(d, n);
		return r;
	}
	*out = d;
	return r;
}

void domain_disks_free(struct domain_disk *d, int n)
{
	for (int i = 0; d && i < n; i++) {
		free(d[i].target);
		free(d[i].format);
		free(d[i].file);
	}
	free(d);
}

static void drop(xmlNode *n)
{
	xmlUnlinkNode(n);
	xmlFreeNode(n);
}

static void drop_all(xmlDoc *doc, const char *path)
{
	xmlXPathObject *obj = find(doc, path);

	for (int i = count(obj) - 1; i >= 0; i--) {
		xmlNode *n = obj->nodesetval->nodeTab[i];

		/* Freed by drop(), and looked at when the set is. */
		obj->nodesetval->nodeTab[i] = NULL;
		if (n->type == XML_ATTRIBUTE_NODE)
			xmlRemoveProp((xmlAttr *)n);
		else
			drop(n);
	}
	xmlXPathFreeObject(obj);
}

/* One element below the root, which may be missing. */
static int set(xmlDoc *doc, const char *name, const char *value)
{
	xmlNode *root = xmlDocGetRootElement(doc), *n = child(root, name);

	if (n)
		drop(n);
	return xmlNewTextChild(root, NULL, BAD_CAST name, BAD_CAST value) ? 0 : -ENOMEM;
}

static int set_disk(xmlDoc *doc, const struct domain_disk *with)
{
	xmlXPathObject *obj = find(doc, disks_path);
	int r = -ENOENT;

	for (int i = 0; r == -ENOENT && i < count(obj); i++) {
		xmlNode *n = obj->nodesetval->nodeTab[i], *c;
		_cleanup_free_ char *target = prop(n, "target", "dev");

		if (!target || strcmp(target, with->target) != 0)
			continue;
		if ((c = child(n, "backingStore")))
			drop(c);
		if ((c = child(n, "source")))
			drop(c);
		r = (c = xmlNewChild(n, NULL, BAD_CAST "source", NULL)) &&
				    xmlNewProp(c, BAD_CAST "file", BAD_CAST with->file)
			    ? 0
			    : -ENOMEM;
		if (r == 0 && (c = child(n, "driver")))
			xmlSetProp(c, BAD_CAST "type", BAD_CAST with->format);
	}
	xmlXPathFreeObject(obj);
	return r;
}

#define ARG(begins)                                                                    \
	"/domain/qemu:commandline/qemu:arg/@value[starts-with(., '" begins "')]"

static const char gate_path[] = ARG(QEMUARG_GATE);
static const char memory_path[] = ARG(QEMUARG_PRIVATE);

int domain_has_gate(xmlDoc *doc)
{
	xmlXPathObject *obj = find(doc, gate_path);
	const int n = count(obj);

	xmlXPathFreeObject(obj);
	return n > 0;
}

/* Takes the value, which is allocated. -ENOENT: there is no such argument. */
static int set_arg(xmlDoc *doc, const char *path, char *value)
{
	xmlXPathObject *obj = find(doc, path);
	int r = !value ? -ENOMEM : count(obj) ? 0 : -ENOENT;

	if (r == 0)
		xmlSetProp(obj->nodesetval->nodeTab[0]->parent, BAD_CAST "value",
			BAD_CAST value);
	xmlXPathFreeObject(obj);
	free(value);
	return r;
}

static xmlNode *add(xmlNode *parent, const char *name, xmlNs *ns)
{
	xmlNode *n = parent ? xmlNewChild(parent, NULL, BAD_CAST name, NULL) : NULL;

	if (n)
		xmlSetNs(n, ns);
	return n;
}

static int add_args(xmlDoc *doc, const char *const args[])
{
	xmlNode *root = xmlDocGetRootElement(doc), *cmd = child(root, "commandline");
	xmlNs *ns = xmlSearchNsByHref(doc, root, BAD_CAST QEMU_NS);

	if (!ns)
		ns = xmlNewNs(root, BAD_CAST QEMU_NS, BAD_CAST "qemu");
	if (!cmd)
		cmd = add(root, "commandline", ns);
	for (int i = 0; args[i]; i++) {
		xmlNode *arg = add(cmd, "arg", ns);

		if (!arg || !xmlNewProp(arg, BAD_CAST "value", BAD_CAST args[i]))
			return -ENOMEM;
	}
	return 0;
}

/*
 * libvirt would choose the file itself. What is said last of the machine holds: its own
 * memory is there, too, and never touched. A fork's fork has such memory already.
 */
static int set_memory(xmlDoc *doc, const struct identity *who)
{
	_cleanup_free_ char *object = qemuarg_private(who->memory, who->memory_kib);
	const char *const args[] = { "-object", object, "-machine", QEMUARG_MACHINE,
		NULL };
	const int r = object ? set_arg(doc, memory_path, strdup(object)) : -ENOMEM;

	return r == -ENOENT ? add_args(doc, args) : r;
}

int domain_become(xmlDoc *doc, const struct identity *who, int *which)
{
	/* libvirt chooses the sockets anew; kernel and ramdisk are in memory. */
	static const char *const others[] = { "/domain/@id", "/domain/os/kernel",
		"/domain/os/initrd", "/domain/os/cmdline", "/domain/seclabel",
		"/domain/devices/channel/source/@path", "/domain/devices/serial/source",
		"/domain/devices/console/source", "/domain/devices/console/@tty" };
	int r;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		drop_all(doc, others[i]);
	if ((r = set(doc, "name", who->name)) < 0 ||
		(r = set(doc, "uuid", who->uuid)) < 0 ||
		(r = set(doc, "genid", who->genid)) < 0)
		return r;
	for (*which = 0; *which < who->disks; ++*which)
		if ((r = set_disk(doc, &who->disk[*which])) < 0)
			return r;
	r = set_memory(doc, who);
	if (r == 0 && who->gate)
		r = set_arg(doc, gate_path, qemuarg_gate(who->gate));
	return r;
}
