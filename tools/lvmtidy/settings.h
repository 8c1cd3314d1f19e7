// SPDX-License-Identifier: MIT
/* settings.h - what LVM's own configuration says about archives. */
#ifndef LVMTIDY_SETTINGS_H
#define LVMTIDY_SETTINGS_H

#include "child.h"

#include <limits.h>

struct settings {
	char source[PATH_MAX]; /* where they come from: "lvmconfig", a file, "defaults"
				*/
	int archive;
	unsigned retain_min, retain_days;
	char archive_dir[PATH_MAX], backup_dir[PATH_MAX], locking_dir[PATH_MAX];
	struct child lvmconfig; /* while it runs */
	bool known;
};

/* As LVM is compiled, below $LVM_SYSTEM_DIR or /etc/lvm. */
void settings_default(struct settings *s);

/*
 * Reads the text of an lvm.conf, or of what lvmconfig prints. 0, or -EBADMSG
 * and the number of the line that is wrong.
 */
int settings_parse(struct settings *s, const char *text, size_t len, unsigned *line);

/*
 * From file, or if that is NULL from lvmconfig, for root, else from lvm.conf.
 * lvmconfig runs beside us from settings_start() on; only after settings_finish(),
 * which may be called again, are they known. Both say what is wrong, and return 0 or
 * a negative errno.
 */
int settings_start(struct settings *s, const char *file);
int settings_finish(struct settings *s);
void cleanup_settings(struct settings *s);

#endif
