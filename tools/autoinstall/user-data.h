// SPDX-License-Identifier: MIT
/* user-data.h - the whole file, and where each part of it comes from. */
#ifndef AUTOINSTALL_USER_DATA_H
#define AUTOINSTALL_USER_DATA_H

#include "apt.h"
#include "plan.h"
#include "storage.h"

#include <stdio.h>

struct user_data {
	struct plan *plan;
	struct storage storage;
	struct apt apt;
	const char *command;	/* for the installed system */
	const char *selections; /* debconf's, a line each; "" if none */
	const char *report;	/* a URL that events go to; NULL: nowhere */
};

/* From a plan that is made. What this installer has no way to do is said. */
void user_data_make(struct user_data *u, struct plan *p);

/* 0 or a negative errno. */
int user_data_write(const struct user_data *u, FILE *f);

void user_data_explain(const struct user_data *u, FILE *f);

#endif
