// SPDX-License-Identifier: MIT
/* names.h - what the name of a file in LVM's archive directory says. */
#ifndef LVMTIDY_NAMES_H
#define LVMTIDY_NAMES_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum name_kind {
	NAME_ARCHIVE, /* VG_00042-1234567890.vg */
	NAME_TEMP,    /* .lvm_HOST_PID_NUMBER */
	NAME_FOREIGN,
};

struct name {
	enum name_kind kind;
	const char *owner; /* VG or host, within the name */
	size_t owner_len;
	uint32_t index, random; /* of an archive: VG_INDEX-RANDOM.vg */
	pid_t pid;
};

/* Strict: what LVM would not have written itself is foreign. */
void name_parse(const char *s, struct name *n);

/* The way back: what LVM names such an archive. */
void name_archive(
	char name[NAME_MAX + 1], const char *vg, uint32_t index, uint32_t random);

#endif
