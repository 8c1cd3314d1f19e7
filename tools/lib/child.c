#include "child.h"
#include "cleanup.h"
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

static int reap(struct child *c)
{
	int status;

	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	c->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The child wrote by an open file that is ours as well. */
static int written(int fd, size_t max, char **out, size_t *len)
{
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : slurp_fd(fd, max, out, len);
}

int child_wait(struct child *c, size_t max, char **out, size_t *len)
{
	int r, status = reap(c);

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
