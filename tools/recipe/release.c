// SPDX-License-Identifier: MIT
/* release.c - distributions and their releases: the tables. */
#include "release.h"

#include <stdio.h>
#include <string.h>

const struct distribution debian = {
	.name = "Debian",
	.tool = "preseed",
	.release = "trixie",
	.disk = "4G",
	.packages = "openssh-server",
	.kernel_prefix = "linux-image-",
	.mirror = "http://deb.debian.org/debian",
	.security = "deb.debian.org",
};

/*
 * linux-virtual and linux-generic are names on all architectures. What the installer
 * unpacks is much larger than debootstrap's base system.
 */
const struct distribution ubuntu = {
	.name = "Ubuntu",
	.tool = "autoinstall",
	.release = "noble",
	.disk = "8G",
	.packages = "openssh-server locales tzdata",
	.kernel = "linux-generic",
	.cloud = "linux-virtual",
	.kernel_prefix = "linux-",
	.mirror = "http://archive.ubuntu.com/ubuntu",
	.security = "security.ubuntu.com",
	.ports = "http://ports.ubuntu.com/ubuntu-ports",
	.ports_security = "ports.ubuntu.com",
};

/* Since trixie and noble they are in tzdata-legacy. */
static const struct release releases[] = {
	{ "bookworm", "12", "oldstable", &debian, true, false },
	{ "trixie", "13", "stable", &debian, false, false },
	{ "forky", "14", "testing", &debian, false, false },
	{ "jammy", "22.04", NULL, &ubuntu, true, true },
	{ "noble", "24.04", NULL, &ubuntu, false, false },
	{ "resolute", "26.04", NULL, &ubuntu, false, false },
};

enum { COUNT = sizeof(releases) / sizeof(*releases) };

const struct release *release_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(name, releases[i].codename) == 0 ||
			strcmp(name, releases[i].number) == 0 ||
			(releases[i].alias && strcmp(name, releases[i].alias) == 0))
			return &releases[i];
	return NULL;
}

void release_names(char *out, size_t size, const struct distribution *of)
{
	size_t n = 0;

	*out = '\0';
	for (size_t i = 0; i < COUNT && n < size; i++)
		if (!of || releases[i].of == of)
			n += (size_t)snprintf(out + n, size - n, "%s%s %s",
				n ? ", " : "", releases[i].number, releases[i].codename);
}

static bool at_ports(const struct distribution *d, const struct platform *p)
{
	return d->ports && strcmp(p->name, "amd64") != 0;
}

const char *release_mirror(const struct distribution *d, const struct platform *p)
{
	return at_ports(d, p) ? d->ports : d->mirror;
}

const char *release_security(const struct distribution *d, const struct platform *p)
{
	return at_ports(d, p) ? d->ports_security : d->security;
}
