// SPDX-License-Identifier: MIT
/* What a program that reads an image may do besides: nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "child.h"
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		       LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static int secret_file(mode_t mode)
{
	char name[] = "/tmp/confine-XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "bytes", 5), 5);
	assert_int_equal(fchmod(fd, mode), 0);
	unlink(name);
	return fd;
}

/* The number of the first thing that is not as it should be; 0: all is. */
static int child_of(const struct confine *c, bool landlock)
{
	bool root = geteuid() == 0;
	char path[32], b[8];
	int fd;

	if (confine(c, "/usr/bin/true") < 0)
		return 1;
	if (root && (getuid() != 65534 || geteuid() != 65534 || getgid() != 65534))
		return 2;
	if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 3;
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || errno != EPERM)
		return 4;
	if (kill(getppid(), 0) == 0)
		return 5;
	if (landlock && open("/etc/passwd", O_RDONLY) >= 0)
		return 6;
	if (landlock && (fd = open("/tmp", O_TMPFILE | O_WRONLY, 0600)) >= 0)
		return 7;
	if (landlock && open("/tmp/confine-new", O_CREAT | O_WRONLY, 0600) >= 0)
		return 8;
	confine_path(c->files[0], path);
	if ((fd = open(path, O_RDONLY)) < 0 || read(fd, b, 5) != 5)
		return 9;
	if ((open(path, O_WRONLY) >= 0) != c->write)
		return 10;
	/* nor by the descriptor itself */
	if ((pwrite(c->files[0], "x", 1, 0) == 1) != c->write)
		return 11;
	return 0;
}

static void check(mode_t mode, bool write)
{
	int fd = secret_file(mode), status;
	const struct confine c = { { fd }, 1, write };
	bool landlock = has_landlock();
	pid_t pid = fork();

	if (pid == 0)
		_exit(child_of(&c, landlock));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* the parent's own is as it was */
	assert_int_equal(pwrite(fd, "y", 1, 0), 1);
	close(fd);
}

static void reads(void **state)
{
	(void)state;
	check(0644, false);
	/* nobody may not, but it was root who said so */
	check(0600, false);
}

static void writes(void **state)
{
	(void)state;
	check(0666, true);
	check(0600, true);
}

static void in_memory(void **state)
{
	const char *const argv[] = { "cat", "/proc/self/fd/100", NULL };
	struct confine c = { { 100 }, 1, true };
	int fd = memfd_create("x", MFD_CLOEXEC);
	char *out = NULL;
	struct child child;
	size_t len;

	(void)state;
	assert_int_equal(dup2(fd, 100), 100);
	assert_int_equal(write(fd, "bytes", 5), 5);
	assert_int_equal(child_start_confined(&child, argv, true, &c), 0);
	assert_int_equal(child_wait(&child, 100, &out, &len), 0);
	assert_string_equal(out, "bytes");
	free(out);
	close(fd);
	close(100);
}

static void no_program(void **state)
{
	const char *const argv[] = { "no-such-program", NULL };
	const struct confine c = { { 0 }, 0, false };
	struct child child;

	(void)state;
	assert_int_equal(child_start_confined(&child, argv, true, &c), 0);
	assert_int_equal(child_wait(&child, 0, NULL, NULL), 127);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(writes),
		cmocka_unit_test(in_memory),
		cmocka_unit_test(no_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
