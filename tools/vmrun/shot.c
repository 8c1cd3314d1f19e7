// SPDX-License-Identifier: MIT
/* A picture of a guest in trouble. In a thread, for the reason in watch.c. */
#include "shot.h"
#include "diag.h"
#include "virt.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

static int put(virStreamPtr st, const char *data, size_t n, void *opaque)
{
	(void)st;
	return sink_put(opaque, data, n) < 0 ? -1 : (int)n;
}

static void *shoot(void *opaque)
{
	struct guest *g = opaque;
	virStreamPtr st = virStreamNew(g->conn, 0);
	char *mime = st ? virDomainScreenshot(g->dom, st, 0, 0) : NULL;

	/* One that has no screen has none to look at; nothing else is an invalid call.
	 */
	if (!mime && virGetLastErrorCode() == VIR_ERR_OPERATION_INVALID)
		;
	else if (!mime)
		diag("screenshot: %s", virt_why());
	else if (virStreamRecvAll(st, put, &g->cfg->shot) < 0)
		diag("%s: screenshot: %s", g->cfg->shot.path, virt_why());
	else
		virStreamFinish(st);
	free(mime);
	if (st)
		virStreamFree(st);
	atomic_store(&g->shot_done, 1);
	return NULL;
}

int shot_start(struct guest *g)
{
	int r = pthread_create(&g->shot, NULL, shoot, g);

	g->shot_runs = r == 0;
	return -r;
}

void shot_stop(struct guest *g)
{
	if (g->shot_runs)
		pthread_join(g->shot, NULL);
	g->shot_runs = 0;
}
