// SPDX-License-Identifier: MIT
#include "virt.h"
#include "asuser.h"
#include "cleanup.h"
#include "diag.h"
#include "hypervisor.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void quiet(void *opaque, virErrorPtr err)
{
	(void)opaque;
	(void)err;
}

char *virt_path(const char *path)
{
	_cleanup_free_ char *cwd = NULL;
	char *abs = NULL;

	if (*path == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd || asprintf(&abs, "%s/%s", cwd, path) < 0)
		return NULL;
	return abs;
}

const char *virt_why(void)
{
	const char *text = virGetLastErrorMessage();

	return text ? text : "no reason given";
}

virConnectPtr virt_open(const char *uri, const char *user)
{
	virConnectPtr c;
	int r;

	virSetErrorFunc(NULL, quiet);
	if (hypervisor_is_session(uri) && (r = as_user(user)) < 0) {
		if (!user)
			user = ASUSER_DEFAULT;
		if (r == -ENOENT)
			diag("user %s: there is none (root runs no guests; name an "
			     "ordinary user by --user)",
				user);
		else
			diag_errno(-r, "user %s", user);
		return NULL;
	}
	c = virConnectOpen(uri);
	if (!c)
		diag("%s: connect: %s", uri, virt_why());
	return c;
}

void cleanup_virconnect(virConnectPtr *c)
{
	if (*c)
		virConnectClose(*c);
}

void cleanup_virdomain(virDomainPtr *d)
{
	if (*d)
		virDomainFree(*d);
}
