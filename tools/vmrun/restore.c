// SPDX-License-Identifier: MIT
/*
 * A guest that goes on from where another was saved. libvirt has no AUTODESTROY for
 * it, so a process of our own stands guard.
 */
#include "restore.h"
#include "cleanup.h"
#include "clock.h"
#include "virt.h"

#include <fcntl.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>

/* How long a guest is looked for that may still be on its way, and the image. */
enum { LOOK = 10, COME = 60 };

/* In the guard, which has a connection of its own. */
static void destroy_it(void *opaque)
{
	const struct run_config *cfg = opaque;
	virConnectPtr c = virt_open(cfg->uri, cfg->user);
	const struct timespec nap = { .tv_nsec = 200000000 };
	const double end = clock_seconds() + LOOK;

	while (c && clock_seconds() < end) {
		virDomainPtr d = virDomainLookupByUUIDString(c, cfg->uuid);

		if (d && (virDomainDestroy(d) == 0 ||
				 virGetLastErrorCode() == VIR_ERR_NO_DOMAIN))
			return;
		nanosleep(&nap, NULL);
	}
}

int restore_guard(struct run_config *cfg)
{
	return guard_start(&cfg->guard, destroy_it, cfg);
}

/*
 * libvirt would open a pipe that nobody writes to and wait for ever, deaf to us: so
 * the first bytes are waited for here. 0 or a negative errno.
 */
static int image_comes(int fd, int sig)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLIN },
		{ .fd = sig, .events = POLLIN } };
	const int r = fd < 0 ? -1 : poll(p, 2, COME * 1000);

	return r < 0		       ? -errno
	       : p[1].revents	       ? -EINTR
	       : p[0].revents & POLLIN ? 0
	       : r == 0		       ? -ETIMEDOUT
				       : -ENODATA;
}

/*
 * Until libvirt is done with it a signal ends this program at once: what there is of
 * the guest is then the guard's.
 */
static int restore(struct guest *g)
{
	sigset_t before, none;
	int r;

	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, &before);
	r = virDomainRestoreFlags(
		g->conn, g->cfg->restore, NULL, VIR_DOMAIN_SAVE_PAUSED);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

virDomainPtr restore_guest(struct guest *g)
{
	/* Open until libvirt is done: a pipe without a reader breaks. */
	_cleanup_close_ int fd =
		open(g->cfg->restore, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	const int r = image_comes(fd, g->captive.signals);

	if (r == -EINTR)
		return NULL; /* start() will see the signal and say so */
	if (r < 0) {
		guest_end(g, OUT_NOT_STARTED, "restore", g->cfg->restore,
			"%s: restore: %s", g->cfg->restore,
			r == -ENODATA ? "there is nothing in it" : strerror(-r));
		return NULL;
	}
	if (restore(g) < 0) {
		guest_end(g, OUT_NOT_STARTED, "restore", g->cfg->restore,
			"%s: restore: %s", g->cfg->restore, virt_why());
		return NULL;
	}
	return virDomainLookupByUUIDString(g->conn, g->cfg->uuid);
}
