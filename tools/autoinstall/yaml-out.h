// SPDX-License-Identifier: MIT
/*
 * yaml-out.h - YAML written piece by piece, by libyaml.
 *
 * What is text stays text whatever is in it: a word that YAML 1.1 would take for
 * something else ("no", "0x1", "~") is quoted.
 */
#ifndef AUTOINSTALL_YAML_OUT_H
#define AUTOINSTALL_YAML_OUT_H

#include <stdbool.h>
#include <stdio.h>
#include <yaml.h>

enum { OUT_DEEP = 32 };

struct out {
	yaml_emitter_t emitter;
	FILE *f;
	bool failed;
	bool list[OUT_DEEP]; /* what is open: a list, else a map */
	unsigned deep;
};

/* A document that is a map begins. */
void out_open(struct out *o, FILE *f);

/* 0, or -EIO where something was not written. */
int out_close(struct out *o);

/* A map or list, as the next value; on one line (flow), or a line for each of its. */
void out_map(struct out *o, bool flow);
void out_list(struct out *o, bool flow);
void out_end(struct out *o);

void out_text(struct out *o, const char *s);
void out_bool(struct out *o, bool value);
void out_number(struct out *o, long value);

/* A key and its value. */
void out_pair(struct out *o, const char *key, const char *value);
void out_pair_bool(struct out *o, const char *key, bool value);
void out_pair_number(struct out *o, const char *key, long value);

/*
 * The first character that YAML 1.1 takes for the end of a line though it is none, or
 * for no text: where it is quoted there is a way to write it, in a comment none. NULL
 * if there is none.
 */
const char *out_odd(const char *s);

#endif
