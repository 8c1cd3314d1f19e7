// SPDX-License-Identifier: MIT
/* The rest of a command line, run inside: statuses, signals, descriptors, a killed
 * owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "captive.h"
#include "cleanup.h"
#include "slurp.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static void start(struct captive *c, const char *script, const char *const env[])
{
	const char *const argv[] = { "sh", "-c", script, NULL };

	assert_int_equal(captive_hold(c), 0);
	assert_int_equal(captive_start(c, argv, env), 0);
}

static int run(const char *script, const char *const env[])
{
	struct captive c;
	int r;

	start(&c, script, env);
	r = captive_wait(&c);
	assert_int_equal(c.pid, 0);
	captive_free(&c);
	return r;
}

static void statuses(void **state)
{
	(void)state;
	assert_int_equal(run("exit 0", NULL), 0);
	assert_int_equal(run("exit 7", NULL), 7);
	assert_int_equal(run("kill -9 $$", NULL), 128 + 9);
	assert_int_equal(run("kill -TERM $$", NULL), 128 + 15);
}

static int refused(const char *command)
{
	const char *const argv[] = { command, NULL };
	struct captive c;
	int r;

	assert_int_equal(captive_hold(&c), 0);
	r = captive_start(&c, argv, NULL);
	assert_true(r < 0);
	assert_int_equal(c.pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	captive_free(&c);
	return captive_status(r);
}

static void what_cannot_be_started(void **state)
{
	(void)state;
	assert_int_equal(refused("no-such-program"), 127);
	assert_int_equal(refused("/dev/null/x"), 127);
	assert_int_equal(refused("/etc/passwd"), 126);
	assert_int_equal(refused("/"), 126);
	assert_int_equal(captive_status(-ENOMEM), 125);
}

static void environments(void **state)
{
	const char *const env[] = { "A_PORT=1=2", "PATH_LIKE=x", NULL };

	(void)state;
	setenv("A_PORT", "old", 1);
	setenv("A_PORT_TOO", "kept", 1);
	assert_int_equal(run("[ \"$A_PORT|$PATH_LIKE|$A_PORT_TOO\" = '1=2|x|kept' ] && "
			     "[ $(env | grep -c ^A_PORT=) = 1 ]",
				 env),
		0);
	assert_string_equal(getenv("A_PORT"), "old");
}

static void descriptors(void **state)
{
	const int fd = fcntl(1, F_DUPFD, 200); /* of somebody who forgot O_CLOEXEC */

	(void)state;
	assert_int_equal(fd, 200);
	assert_int_equal(
		run("for n in 0 1 2; do [ -e /proc/$$/fd/$n ] || exit 1; done; "
		    "for n in 3 4 5 6 7 8 9 200; do "
		    "[ ! -e /proc/$$/fd/$n ] || exit 2; done",
			NULL),
		0);
	close(fd);
}

/* A file of the tool's must not become what COMMAND reads. */
static void closed_input(void **state)
{
	const int saved = fcntl(0, F_DUPFD_CLOEXEC, 100);
	struct captive c;
	int fd;

	(void)state;
	close(0);
	assert_int_equal(captive_hold(&c), 0);
	fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	assert_true(fd > 2);
	close(fd);
	captive_free(&c);
	dup2(saved, 0);
	close(saved);
}

/* The line of /proc/self/status, allocated. */
static char *status_line(const char *name)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	char *at;

	assert_int_equal(slurp_file("/proc/self/status", 1 << 16, &text, &len), 0);
	at = strstr(text, name);
	assert_non_null(at);
	at[strcspn(at, "\n")] = '\0';
	return strdup(at);
}

/* Whether COMMAND has the signals that this process had before. */
static int same_signals(const char *name)
{
	_cleanup_free_ char *line = status_line(name), *after = NULL;
	const char *const argv[] = { "grep", "-qxF", line, "/proc/self/status", NULL };
	struct captive c;
	int r;

	assert_int_equal(captive_hold(&c), 0);
	assert_int_equal(captive_start(&c, argv, NULL), 0);
	r = captive_wait(&c);
	captive_free(&c);
	after = status_line(name);
	assert_string_equal(after, line);
	return r;
}

static void signals_as_they_were(void **state)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction was;

	(void)state;
	assert_int_equal(same_signals("SigIgn:"), 0);
	assert_int_equal(same_signals("SigBlk:"), 0);
	/* and its status is known though nobody was to be told of it */
	sigaction(SIGCHLD, &ignore, &was);
	assert_int_equal(same_signals("SigIgn:"), 0);
	sigaction(SIGCHLD, &was, NULL);
}

/* One that says when it is ready; its words are read from fd. */
static int start_telling(struct captive *c, const char *script)
{
	const int saved = fcntl(1, F_DUPFD_CLOEXEC, 100);
	char ready;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	dup2(ends[1], 1);
	close(ends[1]);
	start(c, script, NULL);
	dup2(saved, 1);
	close(saved);
	assert_int_equal(read(ends[0], &ready, 1), 1);
	return ends[0];
}

static void signals_go_on(void **state)
{
	static const int passed[] = { SIGTERM, SIGHUP, SIGINT };
	struct captive c;

	(void)state;
	for (size_t i = 0; i < sizeof(passed) / sizeof(*passed); i++) {
		const int fd = start_telling(&c,
			"trap 'exit 21' TERM; trap 'exit 22' HUP; trap 'exit 23' INT; "
			"echo; while :; do sleep 0.02; done");

		assert_int_equal(captive_signal(&c), 0);
		assert_int_equal(captive_ended(&c), -EAGAIN);
		kill(getpid(), passed[i]);
		assert_int_equal(captive_wait(&c), 21 + (int)i);
		close(fd);
		captive_free(&c);
	}
}

static void ended_from_here(void **state)
{
	struct pollfd p;
	struct captive c;

	(void)state;
	p.fd = start_telling(
		&c, "trap 'echo end; exit' TERM; echo; while :; do sleep 0.02; done");
	p.events = POLLIN;
	captive_end(&c);
	assert_int_equal(c.pid, 0);
	assert_int_equal(poll(&p, 1, 0), 1); /* it had its time to say so */
	captive_end(&c);
	close(p.fd);
	captive_free(&c);
}

/* A signal that came before there was a COMMAND is the tool's own affair. */
static void before_the_start(void **state)
{
	struct captive c;

	(void)state;
	assert_int_equal(captive_hold(&c), 0);
	kill(getpid(), SIGHUP);
	assert_int_equal(captive_signal(&c), SIGHUP);
	assert_int_equal(captive_signal(&c), 0);
	captive_free(&c);
}

static void owner(int tell)
{
	struct captive c;
	const int fd = start_telling(&c, "echo; exec sleep 1000");

	if (write(tell, &c.pid, sizeof(c.pid)) != sizeof(c.pid))
		_exit(1);
	captive_wait(&c);
	close(fd);
	_exit(0);
}

static void killed_owner(void **state)
{
	pid_t pid, command = 0;
	int ends[2], status;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		owner(ends[1]);
	assert_int_equal(read(ends[0], &command, sizeof(command)), sizeof(command));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(waitpid(command, &status, 0), command); /* ours now */
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(what_cannot_be_started),
		cmocka_unit_test(environments),
		cmocka_unit_test(descriptors),
		cmocka_unit_test(closed_input),
		cmocka_unit_test(signals_as_they_were),
		cmocka_unit_test(signals_go_on),
		cmocka_unit_test(ended_from_here),
		cmocka_unit_test(before_the_start),
		cmocka_unit_test(killed_owner),
	};

	/* A shell's background job has SIGINT ignored, and would wait for it for ever. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
