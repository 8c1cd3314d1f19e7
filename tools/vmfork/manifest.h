// SPDX-License-Identifier: MIT
/*
 * manifest.h - what a saved guest needs to go on: "key=value" lines, each key once but
 * for disk.
 */
#ifndef VMFORK_MANIFEST_H
#define VMFORK_MANIFEST_H

#include "sum.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { MANIFEST_DISKS = 26, MANIFEST_MAX = 65536 };

struct frozen_disk {
	char target[16]; /* vda */
	char format[16]; /* qcow2, raw */
	uint64_t bytes;	 /* the file's */
	char sum[SUM_ROOM];
};

struct manifest {
	char *name;	/* of the guest that was saved */
	char *created;	/* in UTC */
	char *qemu;	/* its version */
	char *machine;	/* pc-i440fx-10.0 */
	char *accel;	/* qemu or kvm */
	char *cpu;	/* QEMU's model */
	char *host_cpu; /* the host's own, where the model is that; else "-" */
	char *memory_sum, *state_sum; /* of the files, by sum.h */
	uint64_t memory_kib, cpus;
	uint64_t state_bytes; /* the file's */
	struct frozen_disk disk[MANIFEST_DISKS];
	size_t disks;
};

/*
 * Takes the text apart. 0; -EBADMSG with the number of the line in *line (0: a key is
 * missing, whose name is in *key); -ENOMEM.
 */
int manifest_parse(struct manifest *m, const char *text, size_t len, unsigned *line,
	const char **key);

void manifest_write(const struct manifest *m, FILE *f);
void manifest_json(const struct manifest *m, FILE *f);
void manifest_free(struct manifest *m);

#endif
