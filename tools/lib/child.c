// SPDX-License-Identifier: MIT
#include "child.h"
#include "cleanup.h"
#include "confine.h"
#include "parent.h"
#include "slurp.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* What it says is read by us, so in no language but its own. NULL: no memory. */
static char **plain_environment(void)
{
	size_t n = 0, k = 0;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (strncmp(environ[i], "LC_ALL=", 7) != 0 &&
			strncmp(environ[i], "LANGUAGE=", 9) != 0)
			env[k++] = environ[i];
	env[k] = (char *)"LC_ALL=C";
	return env;
}

int child_start(struct child *c, const char *const argv[], bool quiet)
{
	_cleanup_free_ char **env = plain_environment();
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	int r;

	if (!env)
		return -ENOMEM;
	*c = (struct child){ .out = memfd_create(argv[0], MFD_CLOEXEC) };
	if (c->out < 0)
		return -errno;
	r = posix_spawn_file_actions_init(&fa);
	if (r) {
		close(c->out);
		return -r;
	}
	posix_spawnattr_init(&at);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&at, &none);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	if (!r)
		r = posix_spawn_file_actions_adddup2(&fa, c->out, 1);
	if (!r && quiet)
		r = posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	if (!r)
		r = posix_spawnp(&c->pid, argv[0], &fa, &at, (char *const *)argv, env);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	if (r) {
		c->pid = 0;
		close(c->out);
	}
	return -r;
}

/* In the child: what posix_spawn() has no words for. */
static void become(const struct child *c, const char *const argv[], bool quiet,
	const struct confine *files, pid_t parent)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;
	int r;

	sigemptyset(&none);
	if (null < 0 || dup2(null, 0) < 0 || dup2(c->out, 1) < 0 ||
		(quiet && dup2(null, 2) < 0) ||
		sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		_exit(126);
	/* after it: another user's process is another one to the kernel */
	setenv("LC_ALL", "C", 1);
	unsetenv("LANGUAGE");
	if ((r = confine(files, argv[0])) == 0 && (r = end_with(parent)) == 0) {
		execvp(argv[0], (char *const *)argv);
		r = -errno;
	}
	/* a folder of PATH that is closed to it is one that does not have it */
	_exit(r == -ENOENT || r == -EACCES ? 127 : 126);
}

int child_start_confined(struct child *c, const char *const argv[], bool quiet,
	const struct confine *files)
{
	const pid_t parent = getpid();

	*c = (struct child){ .out = memfd_create(argv[0], MFD_CLOEXEC) };
	if (c->out < 0)
		return -errno;
	if ((c->pid = fork()) == 0)
		become(c, argv, quiet, files, parent);
	if (c->pid < 0) {
		const int err = errno;

		c->pid = 0;
		close(c->out);
		return -err;
	}
	return 0;
}

int child_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int child_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return child_status(status);
}

/* The child wrote by an open file that is ours as well. */
static int written(int fd, size_t max, char **out, size_t *len)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : slurp_fd(fd, max, out, len);
}

int child_wait(struct child *c, size_t max, char **out, size_t *len)
{
	int r, status = child_reap(c->pid);

	c->pid = 0;
	r = status < 0 ? status : out ? written(c->out, max, out, len) : 0;
	close(c->out);
	return r < 0 ? r : status;
}

void child_drop(struct child *c)
{
	if (c->pid <= 0)
		return;
	kill(c->pid, SIGTERM);
	child_wait(c, 0, NULL, NULL);
}
