// SPDX-License-Identifier: MIT
#include "owner.h"
#include "cleanup.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>

enum { PID_LIMIT = 1 << 22 }; /* no kernel counts further */

int owners_start(struct owners *o, const char *former, bool remember)
{
	char host[sizeof(o->host)] = "";

	*o = (struct owners){ .former = former };
	if (gethostname(host, sizeof(host) - 1) < 0)
		strcpy(host, "nohostname");
	memcpy(o->host, host, sizeof(host));
	for (char *p = o->host; *p; p++)
		if (*p == '/')
			*p = '?';
	if (remember && !(o->known = calloc(1, PID_LIMIT / 4)))
		return -ENOMEM;
	return 0;
}

void cleanup_owners(struct owners *o)
{
	free(o->known);
	o->known = NULL;
}

static bool is_host(const struct name *n, const char *host)
{
	return host && strlen(host) == n->owner_len &&
	       memcmp(host, n->owner, n->owner_len) == 0;
}

/* A process that may not be signalled is there all the same. */
static bool alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno != ESRCH;
}

enum owner owner_of(struct owners *o, const struct name *n)
{
	unsigned shift = 2 * ((unsigned)n->pid % 4), bits;

	if (!is_host(n, o->host) && !is_host(n, o->former))
		return OWNER_ELSEWHERE;
	if (!o->known || n->pid >= PID_LIMIT)
		return alive(n->pid) ? OWNER_ALIVE : OWNER_DEAD;
	bits = (unsigned)o->known[n->pid / 4] >> shift & 3;
	if (!bits) {
		bits = alive(n->pid) ? 3 : 1;
		o->known[n->pid / 4] |= (unsigned char)(bits << shift);
	}
	return bits == 3 ? OWNER_ALIVE : OWNER_DEAD;
}

bool owner_has_lock(int dir, const char *name)
{
	_cleanup_close_ int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0)
		return errno != ENOENT;
	return fcntl(fd, F_GETLK, &l) < 0 || l.l_type != F_UNLCK;
}
