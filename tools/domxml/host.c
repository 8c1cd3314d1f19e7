// SPDX-License-Identifier: MIT
/* What the host can do: libvirt's word, and for KVM a trial. */
#include "spec.h"
#include "beside.h"
#include "cleanup.h"
#include "diag.h"
#include "run.h"
#include "virt.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <string.h>

static void cleanup_xmldoc(xmlDoc **d)
{
	xmlFreeDoc(*d);
}

static char *first_text(xmlDoc *doc, const char *path)
{
	xmlXPathContext *ctx = xmlXPathNewContext(doc);
	xmlXPathObject *obj = ctx ? xmlXPathEval(BAD_CAST path, ctx) : NULL;
	char *text = NULL;

	if (obj && obj->nodesetval && obj->nodesetval->nodeNr > 0)
		text = (char *)xmlNodeGetContent(obj->nodesetval->nodeTab[0]);
	xmlXPathFreeObject(obj);
	xmlXPathFreeContext(ctx);
	return text;
}

/* The emulator that libvirt would take for this kind of guest, or NULL. */
static char *emulator(virConnectPtr c, const char *type, const struct spec *s)
{
	_cleanup_(cleanup_xmldoc) xmlDoc *doc = NULL;
	_cleanup_free_ char *caps = virConnectGetDomainCapabilities(
		c, NULL, s->platform->isa, s->machine, type, 0);

	if (!caps)
		return NULL;
	doc = xmlReadMemory(caps, (int)strlen(caps), "caps", NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	return doc ? first_text(doc, "/domainCapabilities/path") : NULL;
}

/*
 * Capabilities can promise a KVM that no stock kernel survives, so it is tried:
 * by kvmprobe from beside this program, or else from PATH.
 */
int host_kvm_works(void)
{
	_cleanup_free_ char *probe = beside_program("kvmprobe");
	const char *argv[] = { probe, "--quiet", NULL };

	return probe && run(argv) == 0;
}

static int is_local(virConnectPtr c)
{
	char here[256] = "", *there = virConnectGetHostname(c);
	int same;

	gethostname(here, sizeof(here) - 1);
	same = there && strcmp(here, there) == 0;
	free(there);
	return same;
}

static int ask_qemu(struct spec *s, virConnectPtr c)
{
	if (s->accel != ACCEL_TCG) {
		s->emulator = emulator(c, "kvm", s);
		if (s->accel == ACCEL_KVM && !s->emulator) {
			diag("kvm: %s", virt_why());
			return -ENOTSUP;
		}
		if (s->accel == ACCEL_AUTO)
			s->accel = s->emulator && (!is_local(c) || host_kvm_works())
					   ? ACCEL_KVM
					   : ACCEL_TCG;
	}
	if (s->accel == ACCEL_KVM)
		return 0;
	free(s->emulator);
	s->emulator = emulator(c, "qemu", s);
	if (s->emulator)
		return 0;
	diag("qemu: %s", virt_why());
	return -ENOTSUP;
}

int host_ask(struct spec *s, const char *uri)
{
	_cleanup_(cleanup_virconnect) virConnectPtr c = virt_open(uri, s->user);

	if (!c)
		return -EIO;
	if (virConnectGetVersion(c, &s->emulator_version) < 0) {
		diag("%s: version: %s", uri, virt_why());
		return -EIO;
	}
	if (s->xen)
		return 0;
	return ask_qemu(s, c);
}
