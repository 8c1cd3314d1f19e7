// SPDX-License-Identifier: MIT
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* 1: dismissed; 0: the parent has gone. */
static int dismissed(int fd)
{
	char c;
	ssize_t n;

	do
		n = read(fd, &c, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

__attribute__((noreturn)) static void watch(
	int fd, void (*undo)(void *opaque), void *opaque)
{
	static const int deaf[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };

	setsid();
	for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++)
		signal(deaf[i], SIG_IGN);
	if (!dismissed(fd))
		undo(opaque);
	_exit(0);
}

int guard_start(struct guard *g, void (*undo)(void *opaque), void *opaque)
{
	int ends[2];

	*g = (struct guard){ 0 };
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	g->pid = fork();
	if (g->pid < 0) {
		const int err = errno;

		g->pid = 0;
		close(ends[0]);
		close(ends[1]);
		return -err;
	}
	if (g->pid == 0) {
		close(ends[1]);
		watch(ends[0], undo, opaque);
	}
	close(ends[0]);
	g->fd = ends[1];
	return 0;
}

void guard_dismiss(struct guard *g)
{
	ssize_t n;

	if (!g->pid)
		return;
	do
		n = write(g->fd, "", 1);
	while (n < 0 && errno == EINTR);
	close(g->fd);
	while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
}
