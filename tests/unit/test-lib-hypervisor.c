// SPDX-License-Identifier: MIT
/* The table of hypervisors, and what a URI tells of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hypervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned can(const char *uri)
{
	struct hypervisor_at at;

	assert_int_equal(hypervisor_at(&at, uri), 0);
	assert_ptr_equal(at.uri, uri);
	return at.can;
}

/* What an installation needs, and who has it. */
static void needs(void **state)
{
	const unsigned install =
		NEED_PORTS | NEED_CREDENTIALS | NEED_GATE | NEED_OWN | NEED_HERE;

	(void)state;
	assert_int_equal(can("qemu:///session") & install, install);
	assert_int_equal(can("qemu:///session?socket=/run/x") & install, install);
	assert_int_equal(can("qemu+unix:///session?socket=/run/x") & install, install);
	assert_int_equal(can("qemu:///system") & install, install & ~NEED_OWN);
	assert_int_equal(can("qemu+ssh://me@there:22/session") & install,
		install & ~NEED_HERE);
	assert_int_equal(can("qemu+ssh:///session") & NEED_HERE, 0);
	assert_int_equal(can("qemu://there/session") & NEED_HERE, 0);
	assert_int_equal(can("xen:///system"), NEED_HERE);
	assert_int_equal(can("xen+ssh://there/system"), 0);
	assert_int_equal(can("qemu:///session") & NEED_FORK, NEED_FORK);
}

static void no_uri(void **state)
{
	static const char *const no[] = { "", "qemu", "qemu:", "qemu://", "://session",
		"+ssh://h/session", "://" };
	struct hypervisor_at at;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		assert_int_equal(hypervisor_at(&at, no[i]), -EINVAL);
		assert_false(hypervisor_is_session(no[i]));
		assert_false(hypervisor_is_own(no[i]));
	}
	assert_int_equal(hypervisor_at(&at, "nosuch:///session"), -ENOENT);
	assert_int_equal(hypervisor_at(&at, "qemux:///session"), -ENOENT);
	assert_int_equal(hypervisor_at(&at, "qem:///session"), -ENOENT);
	assert_null(at.hypervisor);
}

static void whose(void **state)
{
	(void)state;
	assert_true(hypervisor_is_session("qemu:///session"));
	assert_true(hypervisor_is_session("nosuch:///session?x"));
	assert_true(hypervisor_is_session("qemu+ssh://there/session"));
	assert_false(hypervisor_is_session("qemu:///sessions"));
	assert_false(hypervisor_is_session("qemu:///system"));
	assert_false(hypervisor_is_session("qemu:///system?/session"));
	assert_true(hypervisor_is_own("qemu:///session"));
	assert_false(hypervisor_is_own("qemu+ssh://there/session"));
	assert_false(hypervisor_is_own("qemu:///system"));
}

/* An option before the environment, and that before the usual. */
static void said(void **state)
{
	(void)state;
	unsetenv("HYPERVISOR");
	assert_string_equal(hypervisor_uri(NULL), HYPERVISOR_URI);
	setenv("HYPERVISOR", "", 1);
	assert_string_equal(hypervisor_uri(NULL), HYPERVISOR_URI);
	setenv("HYPERVISOR", "xen:///system", 1);
	assert_string_equal(hypervisor_uri(NULL), "xen:///system");
	assert_string_equal(hypervisor_uri("qemu:///system"), "qemu:///system");
	unsetenv("HYPERVISOR");
}

/* A row has all that a description needs; each need has a name and texts. */
static void complete(void **state)
{
	char names[64], *save = NULL;
	unsigned need = 1, all = 0;

	(void)state;
	hypervisor_names(names, sizeof(names));
	for (char *s = strtok_r(names, ", ", &save); s;
		s = strtok_r(NULL, ", ", &save)) {
		const struct hypervisor *h = hypervisor_find(s);

		assert_non_null(h);
		assert_int_equal(can(h->uri) & ~h->can & ~(NEED_OWN | NEED_HERE), 0);
		assert_int_equal(h->can & (NEED_OWN | NEED_HERE), 0);
		assert_true(*h->name && *h->bus && *h->disk && *h->packages);
		all |= h->can;
	}
	for (; *hypervisor_need_name(need); need <<= 1) {
		assert_int_equal(hypervisor_need(hypervisor_need_name(need)), need);
		assert_true(*hypervisor_lack(need) && *hypervisor_instead(need));
	}
	assert_int_equal(all | NEED_OWN | NEED_HERE, need - 1);
	assert_int_equal(hypervisor_need("nosuch"), 0);
	assert_int_equal(hypervisor_need(""), 0);
	assert_string_equal(hypervisor_lack(0), "");
	hypervisor_names(names, 3);
	assert_string_equal(names, "qe");
}

static void put(const char *dir, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/proc/xen/capabilities", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void of_host(void **state)
{
	char dir[] = "/tmp/seedbed-test.XXXXXX", path[256];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_string_equal(hypervisor_of_host(dir)->driver, "qemu");
	snprintf(path, sizeof(path), "%s/proc", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/proc/xen", dir);
	mkdir(path, 0700);
	put(dir, "");
	assert_string_equal(hypervisor_of_host(dir)->driver, "qemu");
	put(dir, "control_d\n");
	assert_string_equal(hypervisor_of_host(dir)->driver, "xen");
	snprintf(path, sizeof(path), "%s/proc/xen/capabilities", dir);
	unlink(path);
	snprintf(path, sizeof(path), "%s/proc/xen", dir);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/proc", dir);
	rmdir(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(needs),
		cmocka_unit_test(no_uri),
		cmocka_unit_test(whose),
		cmocka_unit_test(said),
		cmocka_unit_test(complete),
		cmocka_unit_test(of_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
