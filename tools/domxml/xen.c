// SPDX-License-Identifier: MIT
/*
 * Guests of Xen. libvirt's Xen driver drops what it does not know without a
 * word (rng), so nothing of the kind is written; what was asked for and is not there is
 * told before (hypervisor.h).
 */
#include "spec.h"

#include <stdio.h>

static void os(xmlNode *dom, const struct spec *s)
{
	static const char *const types[] = {
		[XEN_PV] = "linux", [XEN_PVH] = "xenpvh", [XEN_HVM] = "hvm"
	};
	static const char *const machines[] = {
		[XEN_PV] = "xenpv", [XEN_PVH] = "xenpvh", [XEN_HVM] = "xenfv"
	};
	xmlNode *o = xml_add(dom, "os", NULL, NULL);

	xml_add(o, "type", types[s->xen], "arch", s->platform->isa, "machine",
		machines[s->xen], NULL);
	if (s->kernel) {
		xml_add(o, "kernel", s->kernel, NULL);
		if (s->initrd)
			xml_add(o, "initrd", s->initrd, NULL);
		if (s->cmdline)
			xml_add(o, "cmdline", s->cmdline, NULL);
	} else if (s->xen == XEN_HVM) {
		xml_add(o, "boot", NULL, "dev", "hd", NULL);
	}
}

static void interface(xmlNode *dev, const struct spec *s)
{
	const char *type = s->net == NET_BRIDGE ? "bridge" : "network";
	xmlNode *n;

	if (s->net == NET_NONE)
		return;
	n = xml_add(dev, "interface", NULL, "type", type, NULL);
	if (s->mac)
		xml_add(n, "mac", NULL, "address", s->mac, NULL);
	xml_add(n, "source", NULL, type, s->source, NULL);
}

static void console(xmlNode *dev, const struct spec *s)
{
	xmlNode *n;

	if (s->xen == XEN_HVM) {
		n = xml_add(dev, "serial", NULL, "type", "pty", NULL);
		xml_add(n, "target", NULL, "port", "0", NULL);
	}
	n = xml_add(dev, "console", NULL, "type", "pty", NULL);
	xml_add(n, "target", NULL, "type", s->xen == XEN_HVM ? "serial" : "xen", "port",
		"0", NULL);
}

/* Without a kernel of its own a PV guest is started from its disk by pygrub. */
static void loader(xmlNode *dom, const struct spec *s)
{
	if (s->xen == XEN_PV && !s->kernel)
		xml_add(dom, "bootloader", "pygrub", NULL);
}

xmlDoc *xen_domain(const struct spec *s)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *dom, *dev, *n;

	if (!doc)
		return NULL;
	dom = xmlNewNode(NULL, BAD_CAST "domain");
	xmlDocSetRootElement(doc, dom);
	xmlNewProp(dom, BAD_CAST "type", BAD_CAST "xen");
	common_head(dom, s);
	loader(dom, s);
	os(dom, s);
	if (s->xen != XEN_PV) {
		n = xml_add(dom, "features", NULL, NULL);
		xml_add(n, "acpi", NULL, NULL);
		xml_add(n, "apic", NULL, NULL);
		xml_add(n, "pae", NULL, NULL);
	}
	xml_add(dom, "clock", NULL, "offset", "utc", NULL);
	common_ends(dom, s);
	dev = xml_add(dom, "devices", NULL, NULL);
	if (s->emulator)
		xml_add(dev, "emulator", s->emulator, NULL);
	for (int i = 0; i < s->disk_count; i++)
		common_disk(dev, s, i);
	interface(dev, s);
	console(dev, s);
	if (s->video) {
		n = xml_add(dev, "video", NULL, NULL);
		xml_add(n, "model", NULL, "type", s->xen == XEN_HVM ? "vga" : "xen",
			NULL);
	}
	xml_add(dev, "memballoon", NULL, "model", "xen", NULL);
	return doc;
}
