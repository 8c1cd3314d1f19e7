// SPDX-License-Identifier: MIT
/* How long libvirt's sockets can be, to the byte. */
// uses: tools/vmrun/sockets.c
// needs: libxml-2.0 libvirt

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmrun/sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char session[] = "qemu:///session";

/* variable is a path of that many bytes. */
static void set(const char *variable, int len)
{
	char path[256];

	snprintf(path, sizeof(path), "/%0*d", len - 1, 0);
	assert_int_equal(setenv(variable, path, 1), 0);
}

static bool fit(const char *name)
{
	char xml[512];

	snprintf(xml, sizeof(xml), "<domain><name>%s</name></domain>", name);
	return sockets_fit(session, NULL, xml);
}

static void monitor(void **state)
{
	enum { REST = sizeof("/libvirt/qemu/lib/domain-1-/monitor.sock") - 1 };

	(void)state;
	setenv("XDG_CACHE_HOME", "/tmp", 1);
	unsetenv("XDG_RUNTIME_DIR");
	set("XDG_CONFIG_HOME", 107 - REST - 3);
	assert_true(fit("web"));
	assert_true(fit("\n web "));
	assert_false(fit("webs"));
	assert_true(sockets_fit(
		"qemu:///system", NULL, "<domain><name>webs</name></domain>"));
	assert_true(sockets_fit(session, NULL, "<domain"));
	/* twenty characters of a name count, of whatever bytes */
	set("XDG_CONFIG_HOME", 107 - REST - 20);
	assert_true(fit("abcdefghijklmnopqrstuvwxyz"));
	assert_false(fit("äbcdefghijklmnopqrstuvwxyz"));
	/* without it, below HOME */
	unsetenv("XDG_CONFIG_HOME");
	set("HOME", 107 - REST - 3 - (int)strlen("/.config"));
	assert_true(fit("web"));
	assert_false(fit("webs"));
	setenv("HOME", "/tmp", 1);
	assert_true(fit("web"));
}

static void daemon_socket(void **state)
{
	enum { REST = sizeof("/libvirt/libvirt-admin-sock") - 1 };

	(void)state;
	setenv("XDG_CONFIG_HOME", "/tmp", 1);
	unsetenv("XDG_RUNTIME_DIR");
	set("XDG_CACHE_HOME", 107 - REST);
	assert_true(fit("web"));
	set("XDG_CACHE_HOME", 108 - REST);
	assert_false(fit("web"));
	/* a folder that there is counts, another does not */
	setenv("XDG_RUNTIME_DIR", "/tmp", 1);
	assert_true(fit("web"));
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	assert_false(fit("web"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(monitor),
		cmocka_unit_test(daemon_socket),
	};

	/* root would become another, with folders of its own */
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
