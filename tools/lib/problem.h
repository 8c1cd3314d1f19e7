// SPDX-License-Identifier: MIT
/* problem.h - what is wrong with an image. */
#ifndef SEEDBED_PROBLEM_H
#define SEEDBED_PROBLEM_H

#include "image.h"

/* Sets state and problem, unless there is one: the first one found explains the rest.
 */
void image_problem(struct image *img, enum image_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
