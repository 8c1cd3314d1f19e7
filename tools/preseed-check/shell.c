// SPDX-License-Identifier: MIT
/*
 * shell.c - whether a command is valid shell.
 *
 * Most commands are plain lists of words, which needs no shell to see. The others
 * are read by sh -n, which runs nothing; the same one is read only once.
 */
#include "check.h"
#include "cleanup.h"

#include <search.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

struct verdict {
	const char *text, *fault;
};

struct shell {
	struct pool *pool;
	void *known; /* of tsearch(3) */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(
		((const struct verdict *)a)->text, ((const struct verdict *)b)->text);
}

struct shell *shell_new(struct pool *pool)
{
	struct shell *s = pool_alloc(pool, sizeof(*s));

	s->pool = pool;
	return s;
}

static void nothing(void *p)
{
	(void)p;
}

void shell_free(struct shell *s)
{
	if (s)
		tdestroy(s->known, nothing);
}

static int spawn(const char *shell, int in, int err, pid_t *pid)
{
	char *const argv[] = { (char *)shell, (char *)"-n", NULL };
	char *const env[] = { (char *)"LC_ALL=C", (char *)"PATH=/usr/bin:/bin", NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	sigset_t none;
	int r;

	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&at);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&at, &none);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_adddup2(&fa, in, 0);
	posix_spawn_file_actions_adddup2(&fa, err, 1);
	posix_spawn_file_actions_adddup2(&fa, err, 2);
	r = posix_spawn(pid, shell, &fa, &at, argv, env);
	posix_spawnattr_destroy(&at);
	posix_spawn_file_actions_destroy(&fa);
	return -r;
}

/* "/bin/dash: 1: Syntax error: ..." without what stands before it. */
static const char *told(struct pool *pool, int err)
{
	char buf[256], *s;
	ssize_t n = pread(err, buf, sizeof(buf) - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	s = strstr(buf, "yntax error");
	if (s)
		return pool_printf(pool, "s%s", s);
	return pool_strdup(pool, *buf ? buf : "the shell does not take it");
}

static const char *ask(struct shell *s, const char *text)
{
	/* the installer's is of this family; bash takes more */
	static const char *const shells[] = { "/bin/dash", "/bin/sh" };
	_cleanup_close_ int in = memfd_create("command", MFD_CLOEXEC);
	_cleanup_close_ int err = memfd_create("told", MFD_CLOEXEC);
	size_t len = strlen(text);
	int r = -ENOENT, status;
	pid_t pid;

	if (in < 0 || err < 0 || write(in, text, len) != (ssize_t)len ||
		lseek(in, 0, SEEK_SET) < 0)
		return NULL;
	for (size_t i = 0; r == -ENOENT && i < sizeof(shells) / sizeof(*shells); i++)
		r = spawn(shells[i], in, err, &pid);
	if (r < 0)
		return NULL;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return NULL;
	return status == 0 ? NULL : told(s->pool, err);
}

const char *shell_fault(struct shell *s, const char *text)
{
	struct verdict *v = pool_alloc(s->pool, sizeof(*v));
	void *slot;

	v->text = text;
	slot = tfind(v, &s->known, by_text);
	if (slot)
		return (*(struct verdict **)slot)->fault;
	v->text = pool_strdup(s->pool, text);
	v->fault = ask(s, text);
	if (!tsearch(v, &s->known, by_text))
		abort();
	return v->fault;
}
