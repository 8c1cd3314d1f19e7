// SPDX-License-Identifier: MIT
#include "spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static xmlNode *failed(xmlNode *parent)
{
	if (parent)
		parent->doc->_private = parent;
	return NULL;
}

int xml_failed(const xmlDoc *doc)
{
	return doc->_private != NULL;
}

xmlNode *xml_add(xmlNode *parent, const char *name, const char *text, ...)
{
	const char *key, *value;
	xmlNode *node;
	va_list ap;

	if (!parent)
		return NULL;
	node = xmlNewTextChild(parent, NULL, BAD_CAST name, BAD_CAST text);
	if (!node)
		return failed(parent);
	va_start(ap, text);
	while ((key = va_arg(ap, const char *))) {
		value = va_arg(ap, const char *);
		if (!xmlNewProp(node, BAD_CAST key, BAD_CAST value))
			node = failed(parent);
		if (!node)
			break;
	}
	va_end(ap);
	return node;
}

void xml_set(xmlNode *node, const char *name, const char *value)
{
	if (node && !xmlNewProp(node, BAD_CAST name, BAD_CAST value))
		failed(node);
}

/* UTF-8 leaves only C0, DEL and C1 to refuse; U+FFFE and U+FFFF XML forbids. */
int xml_can_hold(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	if (!xmlCheckUTF8(p))
		return 0;
	for (; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
			return 0;
		if (*p == 0xef && p[1] == 0xbf && p[2] >= 0xbe)
			return 0;
	}
	return 1;
}

void common_head(xmlNode *dom, const struct spec *s)
{
	char n[16];

	xml_add(dom, "name", s->name, NULL);
	if (s->uuid)
		xml_add(dom, "uuid", s->uuid, NULL);
	snprintf(n, sizeof(n), "%d", s->memory);
	xml_add(dom, "memory", n, "unit", "MiB", NULL);
	snprintf(n, sizeof(n), "%d", s->cpus);
	xml_add(dom, "vcpu", n, NULL);
}

void common_ends(xmlNode *dom, const struct spec *s)
{
	xml_add(dom, "on_poweroff", "destroy", NULL);
	xml_add(dom, "on_reboot", s->reboot ? "restart" : "destroy", NULL);
	xml_add(dom, "on_crash", "destroy", NULL);
}

xmlNode *common_disk(xmlNode *devices, const struct spec *s, int i)
{
	const struct hypervisor *h = s->at.hypervisor;
	char name[8];
	xmlNode *n =
		xml_add(devices, "disk", NULL, "type", "file", "device", "disk", NULL);
	xmlNode *driver = xml_add(
		n, "driver", NULL, "name", "qemu", "type", s->disks[i].format, NULL);

	snprintf(name, sizeof(name), "%s%c", h->disk, 'a' + i);
	xml_add(n, "source", NULL, "file", s->disks[i].path, NULL);
	xml_add(n, "target", NULL, "dev", name, "bus", h->bus, NULL);
	return driver;
}
