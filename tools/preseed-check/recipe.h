// SPDX-License-Identifier: MIT
/* recipe.h - partman's recipe for the disk, as partman-auto's scripts read it. */
#ifndef CHECK_RECIPE_H
#define CHECK_RECIPE_H

#include "check.h"

struct word {
	const char *s;
	size_t at, len;
};

/* One partition; a key that is not said is NULL. */
struct partition {
	const struct word *v; /* MINIMUM PRIORITY MAXIMUM FILESYSTEM KEY{ VALUE } ... */
	size_t n;
	uint64_t least; /* MB */
	const char *method, *filesystem, *mountpoint, *label, *iflabel, *in_vg,
		*vg_name, *lv_name, *device;
	const struct word *at_mountpoint, *at_filesystem, *at_method;
	bool format, use;
	/* what partman looks for in the whole line, wherever it stands */
	bool lvmok, lvmignore, defaultignore;
	bool faulty; /* a key of it is lost, which has been said */
};

struct recipe {
	struct check *c;
	const struct answer *a;
	bool tell;	 /* put down what is wrong */
	bool named;	 /* a : or :: has come */
	size_t faults;	 /* errors so far */
	uint64_t memory; /* MB, as partman counts it */
	struct word *w;
	size_t words;
	struct partition *v;
	size_t n;
};

/* Takes the answer's value apart. With tell, says what partman reads otherwise. */
void recipe_read(struct recipe *r, struct check *c, const struct answer *a, bool tell);

#define wrong(r, w, level, ...)                                                        \
	do {                                                                           \
		(r)->faults += (level) == LEVEL_ERROR;                                 \
		if ((r)->tell)                                                         \
			found((r)->c, (r)->a, (w)->at, (w)->len, level, R_RECIPE,      \
				__VA_ARGS__);                                          \
	} while (0)

/* Text to text; for the last finding, if it was put down. */
void recipe_mend(struct recipe *r, size_t at, size_t len, const char *with);

/* partition.c: whether what is said of one partition makes it what it seems. */
void partition_check(struct recipe *r, const struct partition *p);

/* A filesystem that partman makes, mounts and asks a mount point for. */
bool partman_filesystem(const struct check *c, const char *name);

/* Whether partman takes it for a filesystem in use. */
bool partition_acts(const struct check *c, const struct partition *p);

/* layout.c: the stage that a recipe is read in, which leaves partitions out. */
enum stage { STAGE_DISK, STAGE_LVM, STAGES };

/* Whether the partition is made in that stage, on a disk with such a label. */
bool partition_made(const struct partition *p, enum stage stage, const char *label);

/* raid.c: one array of partman-auto-raid/recipe. */
struct array {
	const struct word *v; /* LEVEL COUNT SPARES FILESYSTEM MOUNTPOINT DEVICES ... */
	size_t n;
};

struct arrays {
	struct recipe text; /* its words and where they are */
	struct array *v;
	size_t n;
	bool lvm, swap, root; /* an array is for LVM, is swap, is mounted at / */
};

void arrays_read(struct arrays *r, struct check *c, const struct answer *a, bool tell);

#endif
