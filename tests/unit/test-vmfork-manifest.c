// SPDX-License-Identifier: MIT
/* The manifest of a saved guest: written, read, refused. */
// uses: tools/vmfork/manifest.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../tools/vmfork/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char good[] = "format=3\nname=a\ncreated=2026-01-01T00:00:00Z\n"
			   "qemu=10.0.2\nmachine=pc-i440fx-10.0\naccelerator=qemu\n"
			   "cpu=Nehalem\nhost-cpu=-\nmemory-kib=262144\ncpus=2\n"
			   "memory-sum=0123456789abcdef\n"
			   "state-bytes=988876\nstate-sum=fedcba9876543210\n"
			   "disk=vda qcow2 196616 00112233aabbccdd\n"
			   "disk=vdb raw 512 ffeeddcc99887766\n";

static void written_and_read(void **state)
{
	struct manifest m;
	const char *key;
	char *out = NULL;
	unsigned line;
	size_t len;
	FILE *f;

	(void)state;
	assert_int_equal(manifest_parse(&m, good, strlen(good), &line, &key), 0);
	assert_string_equal(m.machine, "pc-i440fx-10.0");
	assert_int_equal(m.cpus, 2);
	assert_int_equal(m.disks, 2);
	assert_string_equal(m.disk[1].target, "vdb");
	assert_string_equal(m.disk[1].sum, "ffeeddcc99887766");
	f = open_memstream(&out, &len);
	manifest_write(&m, f);
	fclose(f);
	assert_string_equal(out, good);
	free(out);
	manifest_free(&m);
}

/* One line more, or one replaced. */
static void refused(const char *from, const char *to, unsigned at, const char *missing)
{
	char text[1024];
	const char *p = strstr(good, from), *key;
	struct manifest m;
	unsigned line;

	assert_non_null(p);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(p - good), good, to,
		p + strlen(from));
	assert_int_equal(manifest_parse(&m, text, strlen(text), &line, &key), -EBADMSG);
	assert_int_equal(line, at);
	assert_string_equal(line ? "" : key, missing);
}

static void refusals(void **state)
{
	(void)state;
	refused("format=3\n", "", 0, "format");
	refused("format=3\n", "format=2\n", 1, "");
	refused("cpus=2\n", "", 0, "cpus");
	refused("cpus=2\n", "cpus=0\n", 10, "");
	refused("cpus=2\n", "cpus=2x\n", 10, "");
	refused("cpus=2\n", "cpus=99999999999999999999999\n", 10, "");
	refused("cpus=2\n", "cpus=2\ncpus=2\n", 11, "");
	refused("cpu=Nehalem\n", "cpu=\n", 7, "");
	refused("cpu=Nehalem\n", "other=1\n", 7, "");
	refused("disk=vda qcow2", "disk=../x qcow2", 14, "");
	refused("disk=vda qcow2", "disk=vda ../../etc", 14, "");
	refused("disk=vda qcow2 196616 00112233aabbccdd\n", "disk=vda qcow2\n", 14, "");
	refused("qcow2 196616 00112233aabbccdd\n", "qcow2 196616\n", 14, "");
	refused("00112233aabbccdd\n", "00112233aabbccdd0\n", 14, "");
	refused("ffeeddcc99887766\n", "ffeeddcc99887766", 15, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_and_read),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
