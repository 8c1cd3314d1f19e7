// SPDX-License-Identifier: MIT
/* vmfork.h - what the verbs share: the files of a saved guest, statuses. */
#ifndef VMFORK_H
#define VMFORK_H

#include "domain.h"
#include "manifest.h"
#include "savefile.h"
#include "sum.h"

#include <libvirt/libvirt.h>

/* Beside those that every tool has. */
enum {
	EX_ELSEWHERE =
		3,	/* another QEMU, machine or processor than it was saved with */
	EX_DAMAGED = 4, /* what is in the folder is not what was put there */
};

#define SAVED_MEMORY   "memory"
#define SAVED_STATE    "state"
#define SAVED_MANIFEST "manifest"

/* A saved guest: all its files are there, as long as they were. */
struct saved {
	struct manifest manifest;
	struct savefile file;
	int memory, state; /* both open */
};

/* An exit status, not 0 after a message. */
int saved_open(struct saved *s, const char *dir);
void saved_close(struct saved *s);

/* Whether memory, state and disks are what was saved, byte by byte: likewise. */
int saved_verify(const struct saved *s, const char *dir);

/* Reads what libvirt puts before QEMU's stream. 0 or a negative errno. */
int saved_head(int fd, struct savefile *file);

/* DIR/NAME, allocated. */
char *in_dir(const char *dir, const char *name);

/* What there is on this host, in the manifest's words, allocated. */
char *host_qemu(virConnectPtr c);
char *host_cpu(const char *model);

struct save_options {
	const char *uri, *user, *domain, *dir;
};
int save(const struct save_options *o);

struct spawn_options {
	const char *uri, *user, *name, *uuid, *gate, *dir;
	char **disks; /* TARGET=FILE */
};
int spawn(const struct spawn_options *o);

struct grow_options {
	const char *uri, *user, *domain, *target;
	unsigned long long bytes;
};
int grow(const struct grow_options *o);

/*
 * To stdout; or, where command is not NULL, through a pipe that is made under that name
 * while command runs, whose exit status it then returns (captive.h).
 */
int stream(const char *dir, const char *xml, const char *pipe,
	const char *const command[]);
int stream_inside(const struct saved *s, const char *xml, const char *pipe,
	const char *const command[]);

/* What libvirt restores a fork from, to fd. 0 or a negative errno. */
int put_image(const struct saved *s, const char *xml, int fd);
int info(const char *dir, int json);
int verify(const char *dir);

#endif
