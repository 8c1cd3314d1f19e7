// SPDX-License-Identifier: MIT
#include "asuser.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without it libvirt and its like use a folder in HOME, which is good enough. */
static void runtime_dir(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (dir && (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode)))
		unsetenv("XDG_RUNTIME_DIR");
}

static void environment(const struct passwd *pw)
{
	static const char *const private[] = { "XDG_CONFIG_HOME", "XDG_CACHE_HOME",
		"XDG_DATA_HOME", "XDG_STATE_HOME", "XAUTHORITY",
		"DBUS_SESSION_BUS_ADDRESS", "LIBVIRT_DEFAULT_URI", NULL };
	char dir[64];

	for (int i = 0; private[i]; i++)
		unsetenv(private[i]);
	setenv("HOME", pw->pw_dir, 1);
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	snprintf(dir, sizeof(dir), "/run/user/%lu", (unsigned long)pw->pw_uid);
	setenv("XDG_RUNTIME_DIR", dir, 1);
	runtime_dir();
}

int as_user(const char *name)
{
	const struct passwd *pw;

	if (geteuid() != 0) {
		runtime_dir();
		return 0;
	}
	errno = 0;
	pw = getpwnam(name ? name : ASUSER_DEFAULT);
	if (!pw)
		return errno ? -errno : -ENOENT;
	if (pw->pw_uid == 0)
		return -EPERM;
	if (initgroups(pw->pw_name, pw->pw_gid) < 0 ||
		setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		return -errno;
	environment(pw);
	return 0;
}
