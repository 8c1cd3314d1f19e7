// SPDX-License-Identifier: MIT
#include "hypervisor.h"
#include "cleanup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Xen's driver in libvirt gives each guest one console; its channels end in a QEMU in
 * dom0, and no stream leads to them. Its guests' cards are on bridges.
 */
static const struct hypervisor hypervisors[] = {
	{ .driver = "qemu",
		.name = "QEMU",
		.uri = HYPERVISOR_URI,
		.can = NEED_PORTS | NEED_CREDENTIALS | NEED_GATE | NEED_USERNET |
		       NEED_GENID | NEED_UEFI | NEED_MODELS | NEED_FORK,
		.bus = "virtio",
		.disk = "vd",
		.packages = "libvirt-daemon, libvirt-daemon-driver-qemu and "
			    "qemu-system-x86" },
	{ .driver = "xen",
		.name = "Xen",
		.uri = "xen:///system",
		.bus = "xen",
		.disk = "xvd",
		.packages = "xen-system-amd64, libvirt-daemon-system and "
			    "libvirt-daemon-driver-xen" },
};

enum { COUNT = sizeof(hypervisors) / sizeof(*hypervisors) };

enum text { NAME, LACK, INSTEAD, TEXTS };

static const struct {
	unsigned need;
	const char *text[TEXTS];
} needs[] = {
	{ NEED_PORTS, { "ports", "no virtio ports",
			      "its console is all that is heard of it" } },
	{ NEED_CREDENTIALS,
		{ "credentials", "no strings in the SMBIOS tables",
			"what the guest is to know is put on a disk of it" } },
	{ NEED_GATE, { "gate", "no network card on a socket",
			     "--net bridge:NAME or network:NAME is on a network of the "
			     "host" } },
	{ NEED_USERNET, { "usernet", "no network of its own",
				"--net bridge:NAME or network:NAME is on a network of "
				"the host" } },
	{ NEED_GENID, { "genid", "no number that tells a guest of its fork",
			      "such a guest cannot be forked: leave it out" } },
	{ NEED_UEFI, { "uefi", "no UEFI that is known here", "--firmware bios" } },
	{ NEED_MODELS, { "models", "no choice of machine and processor",
			       "its guests have the host's: leave it out" } },
	{ NEED_FORK, { "fork", "no guests that vmfork knows to save",
			     "each is made from its beginning" } },
	{ NEED_OWN,
		{ "own", "no guests of one's own: they may not open this user's files",
			HYPERVISOR_URI " has them" } },
	{ NEED_HERE, { "here", "none of this host's files",
			     "a hypervisor of this host has them" } },
};

enum { NEEDS = sizeof(needs) / sizeof(*needs) };

const struct hypervisor *hypervisor_find(const char *driver)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(driver, hypervisors[i].driver) == 0)
			return &hypervisors[i];
	return NULL;
}

const struct hypervisor *hypervisor_of_host(const char *root)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *f = NULL;
	char line[64] = "";

	/* what is there in each guest of Xen, too, says so of its dom0 alone */
	if (asprintf(&path, "%s/proc/xen/capabilities", root) < 0)
		path = NULL;
	f = path ? fopen(path, "re") : NULL;
	if (f && fgets(line, sizeof(line), f) && strstr(line, "control_d"))
		return hypervisor_find("xen");
	return hypervisor_find("qemu");
}

const char *hypervisor_uri(const char *option)
{
	const char *said = getenv("HYPERVISOR");

	if (option)
		return option;
	return said && *said ? said : HYPERVISOR_URI;
}

/* DRIVER[+TRANSPORT]://[HOST]PATH */
struct parts {
	size_t driver;	  /* its length */
	bool here;	  /* no host, or a socket's of this one */
	const char *path; /* "/session" */
};

static bool take_apart(const char *uri, struct parts *p)
{
	const char *rest = strstr(uri, "://");
	const char *plus = memchr(uri, '+', rest ? (size_t)(rest - uri) : 0);

	if (!rest || rest == uri || plus == uri)
		return false;
	p->driver = (size_t)((plus ? plus : rest) - uri);
	rest += 3;
	p->here = *rest == '/' && (!plus || strncmp(plus, "+unix:", 6) == 0);
	p->path = strchr(rest, '/');
	return p->path != NULL;
}

static bool is_session(const struct parts *p)
{
	const char *end = p->path + strcspn(p->path, "?#");

	return end - p->path == 8 && strncmp(p->path, "/session", 8) == 0;
}

int hypervisor_at(struct hypervisor_at *at, const char *uri)
{
	struct parts p;
	_cleanup_free_ char *driver = NULL;

	*at = (struct hypervisor_at){ .uri = uri };
	if (!take_apart(uri, &p))
		return -EINVAL;
	driver = strndup(uri, p.driver);
	if (!driver)
		return -ENOMEM;
	at->hypervisor = hypervisor_find(driver);
	if (!at->hypervisor)
		return -ENOENT;
	at->can = at->hypervisor->can;
	if (is_session(&p))
		at->can |= NEED_OWN;
	if (p.here)
		at->can |= NEED_HERE;
	return 0;
}

bool hypervisor_is_session(const char *uri)
{
	struct parts p;

	return take_apart(uri, &p) && is_session(&p);
}

bool hypervisor_is_own(const char *uri)
{
	struct parts p;

	return take_apart(uri, &p) && is_session(&p) && p.here;
}

unsigned hypervisor_need(const char *name)
{
	for (size_t i = 0; i < NEEDS; i++)
		if (strcmp(name, needs[i].text[NAME]) == 0)
			return needs[i].need;
	return 0;
}

static const char *text_of(unsigned need, enum text which)
{
	for (size_t i = 0; i < NEEDS; i++)
		if (needs[i].need == need)
			return needs[i].text[which];
	return "";
}

const char *hypervisor_need_name(unsigned need)
{
	return text_of(need, NAME);
}

const char *hypervisor_lack(unsigned need)
{
	return text_of(need, LACK);
}

const char *hypervisor_instead(unsigned need)
{
	return text_of(need, INSTEAD);
}

void hypervisor_names(char *out, unsigned size)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < COUNT && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "",
			hypervisors[i].driver);
}
