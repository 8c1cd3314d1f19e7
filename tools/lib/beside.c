// SPDX-License-Identifier: MIT
#include "beside.h"

#include "cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *beside_dir(void)
{
	char *self = realpath("/proc/self/exe", NULL);
	char *slash = self ? strrchr(self, '/') : NULL;

	if (slash)
		slash[slash == self] = '\0';
	return self;
}

char *beside_program(const char *name)
{
	_cleanup_free_ char *dir = beside_dir(), *path = NULL;

	if (dir && asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	return strdup(path && access(path, X_OK) == 0 ? path : name);
}
