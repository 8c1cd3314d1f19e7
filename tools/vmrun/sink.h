/* sink.h - a file that a guest may fill up to a limit. */
#ifndef VMRUN_SINK_H
#define VMRUN_SINK_H

#include <stddef.h>

struct sink {
	const char *path;
	int fd;
	unsigned long long bytes, max;
};

/* Creates or empties the file. 0 or a negative errno. */
int sink_open(struct sink *s, const char *path, unsigned long long max);

/* 0; -EFBIG: past the limit (what fits was written); or a negative errno. */
int sink_put(struct sink *s, const char *data, size_t n);

/* 0, or a negative errno if something was lost. */
int sink_close(struct sink *s);

#endif
