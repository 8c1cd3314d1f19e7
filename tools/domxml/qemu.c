// SPDX-License-Identifier: MIT
/* Guests of QEMU, with KVM and without. */
#include "spec.h"
#include "cleanup.h"
#include "qemuarg.h"

#include <stdio.h>
#include <string.h>

static const char qemu_ns[] = "http://libvirt.org/schemas/domain/qemu/1.0";

/*
 * The network card's place on the bus is part of its name in the guest
 * (ens16), so it is the same for every kind of network. libvirt hands out the
 * low slots itself and does not know of what stands on the command line.
 */
static const char nic_slot[] = "0x10";

static void cpu(xmlNode *dom, const struct spec *s)
{
	xmlNode *c;

	if (s->cpu || s->accel == ACCEL_TCG) {
		c = xml_add(dom, "cpu", NULL, "mode", "custom", "match", "exact",
			"check", "none", NULL);
		xml_add(c, "model", s->cpu ? s->cpu : s->platform->tcg_cpu, "fallback",
			"forbid", NULL);
	} else {
		xml_add(dom, "cpu", NULL, "mode", "host-passthrough", "check", "none",
			NULL);
	}
}

static void os(xmlNode *dom, const struct spec *s)
{
	xmlNode *o = xml_add(dom, "os", NULL, NULL), *fw;

	if (s->firmware == FIRMWARE_UEFI) {
		xmlNewProp(o, BAD_CAST "firmware", BAD_CAST "efi");
	}
	xml_add(o, "type", "hvm", "arch", s->platform->isa, "machine", s->machine,
		NULL);
	if (s->firmware == FIRMWARE_UEFI) {
		fw = xml_add(o, "firmware", NULL, NULL);
		xml_add(fw, "feature", NULL, "enabled", "no", "name", "secure-boot",
			NULL);
		if (s->nvram)
			xml_add(o, "nvram", s->nvram, NULL);
	}
	if (s->kernel) {
		xml_add(o, "kernel", s->kernel, NULL);
		if (s->initrd)
			xml_add(o, "initrd", s->initrd, NULL);
		if (s->cmdline)
			xml_add(o, "cmdline", s->cmdline, NULL);
	} else {
		xml_add(o, "boot", NULL, "dev", "hd", NULL);
	}
	if (s->oem_strings)
		xml_add(o, "smbios", NULL, "mode", "sysinfo", NULL);
}

static void oem_strings(xmlNode *dom, const struct spec *s)
{
	xmlNode *n;

	if (!s->oem_strings)
		return;
	n = xml_add(dom, "sysinfo", NULL, "type", "smbios", NULL);
	n = xml_add(n, "oemStrings", NULL, NULL);
	for (int i = 0; s->oem_strings[i]; i++)
		xml_add(n, "entry", s->oem_strings[i], NULL);
}

static void disks(xmlNode *dev, const struct spec *s)
{
	for (int i = 0; i < s->disk_count; i++) {
		xmlNode *driver = common_disk(dev, s, i);

		/* One whose build failed is thrown away: no flush is worth waiting for.
		 */
		xml_set(driver, "cache", s->throwaway ? "unsafe" : "writeback");
		xml_set(driver, "discard", "unmap");
	}
}

static void interface(xmlNode *dev, const struct spec *s)
{
	static const char *const types[] = {
		[NET_USER] = "user", [NET_NETWORK] = "network", [NET_BRIDGE] = "bridge"
	};
	xmlNode *n;

	if (s->net == NET_NONE || s->net == NET_GATE)
		return;
	n = xml_add(dev, "interface", NULL, "type", types[s->net], NULL);
	if (s->mac)
		xml_add(n, "mac", NULL, "address", s->mac, NULL);
	if (s->source)
		xml_add(n, "source", NULL, types[s->net], s->source, NULL);
	xml_add(n, "model", NULL, "type", "virtio", NULL);
	xml_add(n, "rom", NULL, "enabled", "no", NULL);
	xml_add(n, "address", NULL, "type", "pci", "domain", "0x0000", "bus", "0x00",
		"slot", nic_slot, "function", "0x0", NULL);
}

static void ports(xmlNode *dev, const struct spec *s)
{
	xmlNode *n = xml_add(dev, "serial", NULL, "type", "pty", NULL);

	xml_add(n, "target", NULL, "port", "0", NULL);
	n = xml_add(dev, "console", NULL, "type", "pty", NULL);
	xml_add(n, "target", NULL, "type", "serial", "port", "0", NULL);
	for (int i = 0; s->channels && s->channels[i]; i++) {
		/* A unix socket of libvirt's: only such can be opened as a stream. */
		n = xml_add(dev, "channel", NULL, "type", "unix", NULL);
		xml_add(n, "source", NULL, "mode", "bind", NULL);
		xml_add(n, "target", NULL, "type", "virtio", "name", s->channels[i],
			NULL);
	}
}

/* As few as will do: a guest under TCG spends seconds on finding each. */
static void devices(xmlNode *dom, const struct spec *s)
{
	xmlNode *dev = xml_add(dom, "devices", NULL, NULL), *n;

	if (s->emulator)
		xml_add(dev, "emulator", s->emulator, NULL);
	disks(dev, s);
	xml_add(dev, "controller", NULL, "type", "usb", "model", "none", NULL);
	interface(dev, s);
	ports(dev, s);
	if (s->video) {
		n = xml_add(dev, "video", NULL, NULL);
		xml_add(n, "model", NULL, "type", "vga", "vram", "16384", NULL);
	}
	xml_add(dev, "memballoon", NULL, "model", "none", NULL);
	n = xml_add(dev, "rng", NULL, "model", "virtio", NULL);
	xml_add(n, "backend", "/dev/urandom", "model", "random", NULL);
	xml_add(dev, "panic", NULL, "model", s->platform->panic, NULL);
}

static void argument(xmlNode *cmd, xmlNs *ns, const char *value)
{
	xmlSetNs(xml_add(cmd, "arg", NULL, "value", value, NULL), ns);
}

/* libvirt 9 knows neither the stream backend nor a CPU's vendor. */
static void commandline(xmlNode *dom, xmlNs *ns, const struct spec *s)
{
	_cleanup_free_ char *netdev = NULL, *device = NULL, *vendor = NULL;
	const int gate = s->net == NET_GATE;
	const char *bus = platform_bus(s->platform, s->machine);
	xmlNode *cmd;

	if (!gate && !s->cpu_vendor)
		return;
	cmd = xml_add(dom, "commandline", NULL, NULL);
	xmlSetNs(cmd, ns);
	if (s->cpu_vendor && asprintf(&vendor, "%s-cpu.vendor=%s", s->platform->isa,
				     s->cpu_vendor) >= 0) {
		argument(cmd, ns, "-global");
		argument(cmd, ns, vendor);
	}
	if (!gate)
		return;
	netdev = qemuarg_gate(s->gate);
	if (!netdev ||
		asprintf(&device,
			"virtio-net-pci,netdev=gate,id=nic,bus=%s,addr=%s,romfile=%s%s",
			bus, nic_slot, s->mac ? ",mac=" : "",
			s->mac ? s->mac : "") < 0) {
		dom->doc->_private = dom;
		return;
	}
	argument(cmd, ns, "-netdev");
	argument(cmd, ns, netdev);
	argument(cmd, ns, "-device");
	argument(cmd, ns, device);
}

xmlDoc *qemu_domain(const struct spec *s)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *dom, *n;
	xmlNs *ns;

	if (!doc)
		return NULL;
	dom = xmlNewNode(NULL, BAD_CAST "domain");
	xmlDocSetRootElement(doc, dom);
	ns = xmlNewNs(dom, BAD_CAST qemu_ns, BAD_CAST "qemu");
	xmlNewProp(
		dom, BAD_CAST "type", BAD_CAST(s->accel == ACCEL_KVM ? "kvm" : "qemu"));
	common_head(dom, s);
	if (s->genid)
		xml_add(dom, "genid", NULL, NULL);
	oem_strings(dom, s);
	os(dom, s);
	n = xml_add(dom, "features", NULL, NULL);
	xml_add(n, "acpi", NULL, NULL);
	xml_add(n, "apic", NULL, NULL);
	cpu(dom, s);
	xml_add(dom, "clock", NULL, "offset", "utc", NULL);
	common_ends(dom, s);
	devices(dom, s);
	commandline(dom, ns, s);
	return doc;
}
