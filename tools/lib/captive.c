// SPDX-License-Identifier: MIT
#include "captive.h"
#include "child.h"
#include "cleanup.h"
#include "parent.h"
#include "signals.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* What is opened later must not become COMMAND's standard output. */
static int standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR); /* NOLINT(android-cloexec-open) */
	while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int captive_hold(struct captive *c)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN },
			       usual = { .sa_handler = SIG_DFL };
	sigset_t set;
	int r;

	*c = (struct captive){ .signals = -1, .pidfd = -1 };
	r = standard_descriptors();
	if (r < 0)
		return r;
	/* where SIGCHLD is ignored, nobody learns how a child ended */
	sigaction(SIGCHLD, &usual, &c->child);
	sigaction(SIGPIPE, &ignore, &c->pipe);
	signals_hold(&c->mask);
	signals_to_end(&set);
	c->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (c->signals >= 0)
		return 0;
	r = -errno;
	captive_free(c);
	return r;
}

/* --- the start --- */

static size_t length(const char *const v[])
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

static int is_named(const char *const env[], const char *entry)
{
	const size_t n = strcspn(entry, "=");

	for (size_t i = 0; env && env[i]; i++)
		if (strcspn(env[i], "=") == n && strncmp(env[i], entry, n) == 0)
			return 1;
	return 0;
}

/* The environment with what is in more, which takes the place of its namesakes. */
static const char **environment(const char *const more[])
{
	const char *const *old = (const char *const *)environ;
	const char **all = calloc(length(old) + length(more) + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; all && old && old[i]; i++)
		if (!is_named(more, old[i]))
			all[n++] = old[i];
	for (size_t i = 0; all && more && more[i]; i++)
		all[n++] = more[i];
	return all;
}

/* Between fork and exec, where there may have been threads: system calls only. */
__attribute__((noreturn)) static void become(const struct captive *c, pid_t parent,
	int tell, const char *const argv[], const char **env)
{
	int err = -end_with(parent);

	if (err == 0 && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		err = errno;
	if (err == 0) {
		sigaction(SIGPIPE, &c->pipe, NULL);
		sigaction(SIGCHLD, &c->child, NULL);
		sigprocmask(SIG_SETMASK, &c->mask, NULL);
		execvpe(argv[0], (char *const *)argv, (char *const *)env);
		err = errno;
	}
	while (write(tell, &err, sizeof(err)) < 0 && errno == EINTR)
		;
	_exit(CAPTIVE_FAILED);
}

/* What exec said, or 0: the pipe closed on it. */
static int said(int fd)
{
	int err = 0;
	ssize_t n;

	do
		n = read(fd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == sizeof(err) ? -err : 0;
}

static int launch(struct captive *c, const char *const argv[], const char **env)
{
	const pid_t self = getpid();
	_cleanup_close_ int hear = -1, tell = -1;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	hear = ends[0];
	tell = ends[1];
	c->pid = fork();
	if (c->pid == 0)
		become(c, self, tell, argv, env);
	if (c->pid < 0) {
		r = -errno;
		c->pid = 0;
		return r;
	}
	close(steal_fd(&tell));
	r = said(hear);
	if (r == 0 && (c->pidfd = pidfd_open(c->pid, 0)) < 0)
		r = -errno;
	if (r < 0)
		captive_end(c);
	return r;
}

int captive_start(struct captive *c, const char *const argv[], const char *const env[])
{
	const char **all = environment(env);
	const int r = all ? launch(c, argv, all) : -ENOMEM;

	free(all);
	return r;
}

int captive_status(int err)
{
	switch (-err) {
	case ENOENT:
	case ENOTDIR:
		return CAPTIVE_NOT_FOUND;
	case EACCES:
	case ENOEXEC:
	case EISDIR:
	case ELOOP:
	case ENAMETOOLONG:
	case ETXTBSY:
		return CAPTIVE_NO_EXEC;
	default:
		return CAPTIVE_FAILED;
	}
}

/* --- while it runs --- */

int captive_signal(struct captive *c)
{
	struct signalfd_siginfo si;
	int last = 0;

	while (read(c->signals, &si, sizeof(si)) == sizeof(si)) {
		last = (int)si.ssi_signo;
		/* the terminal sends it to the whole group */
		if (c->pid > 0 && !(last == SIGINT && si.ssi_code == SI_KERNEL))
			kill(c->pid, last);
	}
	return last;
}

static int over(struct captive *c, int status)
{
	c->pid = 0;
	if (c->pidfd >= 0)
		close(steal_fd(&c->pidfd));
	return status;
}

int captive_ended(struct captive *c)
{
	int status;
	pid_t pid;

	if (c->pid <= 0)
		return -ECHILD;
	pid = waitpid(c->pid, &status, WNOHANG);
	if (pid == 0 || (pid < 0 && errno == EINTR))
		return -EAGAIN;
	return over(c, pid < 0 ? -errno : child_status(status));
}

int captive_wait(struct captive *c)
{
	struct pollfd p[] = { { .fd = c->signals, .events = POLLIN },
		{ .fd = c->pidfd, .events = POLLIN } };
	int r;

	while ((r = captive_ended(c)) == -EAGAIN) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return -errno;
		captive_signal(c);
	}
	return r;
}

void captive_end(struct captive *c)
{
	if (c->pid <= 0)
		return;
	kill(c->pid, SIGTERM);
	if (c->pidfd >= 0)
		captive_wait(c);
	else
		over(c, child_reap(c->pid));
}

void captive_free(struct captive *c)
{
	if (c->pidfd >= 0)
		close(steal_fd(&c->pidfd));
	if (c->signals >= 0)
		close(steal_fd(&c->signals));
	sigaction(SIGPIPE, &c->pipe, NULL);
	sigaction(SIGCHLD, &c->child, NULL);
	sigprocmask(SIG_SETMASK, &c->mask, NULL);
}
