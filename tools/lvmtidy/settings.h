/* settings.h - what LVM's own configuration says about archives. */
#ifndef LVMTIDY_SETTINGS_H
#define LVMTIDY_SETTINGS_H

#include <limits.h>
#include <stddef.h>

struct settings {
	char source[PATH_MAX]; /* where they come from: "lvmconfig", a file, "defaults"
				*/
	int archive;
	unsigned retain_min, retain_days;
	char archive_dir[PATH_MAX], backup_dir[PATH_MAX], locking_dir[PATH_MAX];
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
 * Says what is wrong. 0 or a negative errno.
 */
int settings_read(struct settings *s, const char *file);

#endif
