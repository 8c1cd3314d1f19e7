// SPDX-License-Identifier: MIT
/* A fork's image, fed through a pipe of that name to who runs it, inside. */
#include "vmfork.h"
#include "captive.h"
#include "cleanup.h"
#include "diag.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process of its own: to open the pipe it waits for who reads, which may never come. */
static pid_t feed(const struct saved *s, const char *xml, const char *pipe)
{
	const pid_t parent = getpid(), pid = fork();
	int fd, r;

	if (pid != 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(EX_FAILED);
	fd = open(pipe, O_WRONLY | O_CLOEXEC);
	r = fd < 0 ? -errno : put_image(s, xml, fd);
	if (r < 0)
		diag_errno(-r, "%s: write", pipe);
	_exit(r < 0 ? EX_FAILED : EX_DONE);
}

static void end(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int stream_inside(const struct saved *s, const char *xml, const char *pipe,
	const char *const command[])
{
	struct captive c;
	pid_t feeder;
	int r = captive_hold(&c);

	if (r < 0) {
		diag_errno(-r, "signals");
		return CAPTIVE_FAILED;
	}
	if (mkfifo(pipe, 0600) < 0) {
		diag_errno(errno, "%s: make a pipe", pipe);
		captive_free(&c);
		return CAPTIVE_FAILED;
	}
	feeder = feed(s, xml, pipe);
	if (feeder < 0) {
		diag_errno(errno, "fork");
		r = CAPTIVE_FAILED;
	} else if ((r = captive_start(&c, command, NULL)) < 0) {
		diag_errno(-r, "%s", command[0]);
		r = captive_status(r);
	} else if ((r = captive_wait(&c)) < 0) {
		diag_errno(-r, "%s: wait", command[0]);
		r = CAPTIVE_FAILED;
	}
	end(feeder);
	unlink(pipe);
	captive_free(&c);
	return r;
}
