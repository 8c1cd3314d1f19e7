// SPDX-License-Identifier: MIT
/*
 * values.h - what each kind of value must look like.
 *
 * Each function is true for a good value; else false, and why says what is
 * wrong with it in words that name it.
 */
#ifndef PRESEED_VALUES_H
#define PRESEED_VALUES_H

#include "keys.h"

#include <stdint.h>

bool refuse(struct why *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

bool label_ok(const char *s, struct why *why);	 /* one RFC 1123 label */
bool domain_ok(const char *s, struct why *why);	 /* labels with dots between */
bool package_ok(const char *s, struct why *why); /* Debian policy 5.6.1 */
bool user_ok(const char *s, struct why *why);	 /* what useradd takes */
bool url_ok(const char *s, struct why *why);	 /* http(s)://host[:port][/path] */
/* Puts one that is a URL into one spelling: no "//", "/./" or "/" at its end, %XX only
 * where it must be. False: it has "..", or % without two digits. */
bool url_normal(char *s, struct why *why);
bool zone_ok(const char *s, struct why *why);	 /* of the time zone database */
bool size_ok(const char *s, uint64_t least, uint64_t most, struct why *why);
bool number_ok(const char *s, unsigned long least, unsigned long most, struct why *why);
bool target_ok(const char *s, struct why *why); /* an absolute path of a file */
bool ssh_key_ok(const char *s, struct why *why);

/* SIZE in bytes; 0 if it is none. */
uint64_t size_bytes(const char *s);

/* The installer's name of a locale it knows ("de_DE" is de_DE.UTF-8), or NULL. */
const char *locale_known(const char *name);

/* Whether the installer has such a keymap. */
bool keymap_known(const char *name);

/* The same without posix/ before it, NULL if there is no such time zone. */
const char *zone_known(const char *name);

/* What a time zone is called that has left tzdata for tzdata-legacy; else NULL. */
const char *zone_now(const char *name);

/* The one that was meant, NULL if none is near. */
const char *zone_nearest(const char *name);

/* Whether s is made of these characters only, and is not empty. */
bool made_of(const char *s, const char *chars);

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

#endif
