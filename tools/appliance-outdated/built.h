// SPDX-License-Identifier: MIT
/* built.h - what an appliance's manifest says that it was made of. */
#ifndef APPLIANCE_OUTDATED_BUILT_H
#define APPLIANCE_OUTDATED_BUILT_H

#include "names.h"

struct installed {
	unsigned name; /* its number among all packages */
	struct slice version;
	bool foreign; /* of another architecture than the appliance */
};

struct input {
	struct slice kind, hash, name;
	struct slice line; /* all of it */
};

struct built {
	struct installed *package;
	size_t packages, package_room;
	struct input *input;
	size_t inputs, input_room;
	struct slice answers, architecture;
};

/* Reads "key=value" lines; text must stay. Lines that are not known say nothing here.
 */
void built_read(struct built *b, struct slice text, struct names *packages);

/* Lines "KIND HASH NAME", of inputs alone; text must stay. */
void inputs_read(struct built *b, struct slice text);

void built_end(struct built *b);

#endif
