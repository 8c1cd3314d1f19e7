// SPDX-License-Identifier: MIT
/*
 * keys.h - what a recipe can say.
 *
 * The table in keys.c is the single source: the parser, the suggestions in
 * error messages, --keys and the test of the manual all read it.
 */
#ifndef PRESEED_KEYS_H
#define PRESEED_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct setting;
struct pool;

enum key_id {
	K_ANSWER,
	K_ARCHITECTURE,
	K_CMDLINE,
	K_COUNTRY,
	K_CPUS,
	K_DISK,
	K_DOMAIN,
	K_EXPECT,
	K_FILE,
	K_FILESYSTEM,
	K_FIRMWARE,
	K_HOSTNAME,
	K_KERNEL,
	K_KEY,
	K_KEYBOARD,
	K_LANGUAGE,
	K_LAYOUT,
	K_LIKE,
	K_LOCALE,
	K_MEMORY,
	K_MIRROR,
	K_NAME,
	K_NETWORK,
	K_PACKAGE,
	K_PROXY,
	K_RELEASE,
	K_REPOSITORY,
	K_RUN,
	K_SECURITY,
	K_SWAP,
	K_TASK,
	K_TIMEZONE,
	K_USER,
	KEY_COUNT
};

enum key_flags {
	KEY_LIST = 1,	  /* may be said again; each adds */
	KEY_OPERATOR = 2, /* --set only, never a recipe */
};

/* Why a value is refused. */
struct why {
	char text[256];
};

struct key {
	enum key_id id;
	const char *name;
	const char *args; /* as the manual writes them */
	unsigned flags;
	unsigned min, max; /* words after the key */
	int raw;	   /* this word is the rest of the line as it is; -1: none */
	/* False with the reason in why; may put words into their normal form. */
	bool (*check)(struct setting *s, struct pool *p, struct why *why);
	const char *help;
};

extern const struct key keys[KEY_COUNT];

const struct key *key_find(const char *name);

/* The name in the table nearest to a misspelt one, NULL if none is near. */
const char *key_nearest(const char *name);

#endif
