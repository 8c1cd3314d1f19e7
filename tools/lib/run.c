// SPDX-License-Identifier: MIT
#include "run.h"
#include "child.h"
#include "cleanup.h"
#include "slurp.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>

static int start(const char *const argv[], int out, pid_t *pid)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	int r;

	r = posix_spawn_file_actions_init(&fa);
	if (r)
		return -r;
	posix_spawnattr_init(&at);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&at, &none);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	if (!r && out >= 0)
		r = posix_spawn_file_actions_adddup2(&fa, out, 1);
	if (!r)
		r = posix_spawnp(pid, argv[0], &fa, &at, (char *const *)argv, environ);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return -r;
}

int run(const char *const argv[])
{
	pid_t pid = -1;
	int r = start(argv, -1, &pid);

	return r < 0 ? r : child_reap(pid);
}

int run_capture(const char *const argv[], size_t max, char **out, size_t *len)
{
	_cleanup_close_ int rd = -1;
	int p[2], r, status;
	pid_t pid = -1;

	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	rd = p[0];
	r = start(argv, p[1], &pid);
	close(p[1]);
	if (r < 0)
		return r;
	r = slurp_fd(rd, max, out, len);
	if (r < 0)
		kill(pid, SIGTERM);
	close(steal_fd(&rd)); /* a child that still writes sees EPIPE */
	status = child_reap(pid);
	if (r == 0 && status < 0) {
		free(*out);
		*out = NULL;
	}
	return r < 0 ? r : status;
}
